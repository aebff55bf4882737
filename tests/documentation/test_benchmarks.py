"""The harness of the benchmarks: its table, and that a peer which can't be had is told of."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.__main__ import PARTS, machine, page
from benchmarks.figure import Figure, p95, spread

ROOT = Path(__file__).parents[2]


def test_the_page_holds_every_figure_with_its_goal() -> None:
    """What was met, what was missed, and what has no goal or could not be measured."""
    figures = [
        Figure("speed", "3 ms", "<= 5 ms", True, "how"),
        Figure("size", "9 | 10 MB", "<= 5 MB", False),
        Figure("peer", "not measured", note="why"),
    ]
    text = page({"feeds": (figures, 12.3)}, 60.0, 0.5)

    assert "| speed | 3 ms | <= 5 ms | met | how |" in text
    assert r"| size | 9 \| 10 MB | <= 5 MB | **missed** |  |" in text
    assert "| peer | not measured |  |  | why |" in text
    assert "`python -m benchmarks --only feeds`, 12 s." in text
    assert any("SQLite" in line for line in machine(1.0, 0.0))


def test_spread_is_the_median_with_least_and_most() -> None:
    """One value stands alone."""
    assert spread([3.0, 1.0, 2.0], " ms", 1) == "2.0 ms (1.0–3.0)"
    assert spread([3.0], " ms", 1) == "3.0 ms"
    assert p95([float(n) for n in range(100)]) == 95.0


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_figures(part: str) -> None:
    """And is imported without measuring anything."""
    module = __import__(f"benchmarks.parts.{part}", fromlist=["figures"])

    assert callable(module.figures)


def test_a_peer_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    """A package that pip can't find skips one row, not the run."""
    with pytest.raises(peers.PeerError, match="can't be installed here"):
        peers.ask("paperweight", [str(tmp_path / "no-such-package")])


@pytest.mark.slow
def test_a_mistyped_part_names_those_there_are() -> None:
    """With the exit code of a mistake."""
    command = [sys.executable, "-m", "benchmarks", "--only", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert all(name in done.stderr for name in PARTS)
