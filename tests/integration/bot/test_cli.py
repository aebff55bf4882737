"""The command line, in this process: what it prints, where, and with which exit code."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.main import COMMANDS, main
from bot.demo.arxiv_server import DemoArxiv, serve_arxiv

CONFIG = """
[arxiv]
rss_url = "{base}/rss"
api_url = "{base}/api/query"
pdf_url = "{base}/pdf"
min_interval = 0.0

[[editions]]
name = "vla"
categories = ["cs.RO", "cs.LG"]
keywords = ["vla", "traffic prediction"]
language = "en"
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the console script in a folder of its own: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("BROADSHEET") or name.endswith("_TOKEN"):
            monkeypatch.delenv(name)

    def run_it(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["broadsheet", *arguments])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        return (code, *capfd.readouterr())

    return run_it


@pytest.fixture
def made_up_arxiv(tmp_path: Path) -> "object":
    """The demonstration's arXiv, with a configuration that points to it."""
    with serve_arxiv(DemoArxiv()) as base:
        (tmp_path / "config.toml").write_text(CONFIG.format(base=base), encoding="utf-8")
        yield base


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    """`broadsheet COMMAND --help` says what the command does, and `broadsheet --help` lists it."""
    code, out, _ = run(command, "--help")
    listed = run("--help")[1]

    assert code == 0
    assert out.startswith(f"Usage: broadsheet {command}")
    assert f"  {command} " in listed
    assert "Exit codes:" in listed


def test_a_mistyped_command_is_named(run: Run) -> None:
    """With what was probably meant, on standard error, exit code 2."""
    code, out, err = run("digset")

    assert (code, out) == (2, "")
    assert "did you mean digest?" in err


def test_a_configuration_that_is_not_there(run: Run) -> None:
    """One sentence and exit code 2; no traceback."""
    code, out, err = run("digest")

    assert (code, out) == (2, "")
    assert "config.toml" in err
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.usefixtures("made_up_arxiv")
def test_a_digest_from_feeds_to_files(run: Run, tmp_path: Path) -> None:
    """`--json` prints one document and nothing else; the same day again gives the same, and the reports are written."""
    first = run("digest", "--no-publish", "--json", "--out", "reports")
    second = run("digest", "vla", "--date", "2026-01-09", "--no-publish", "--json")
    document = json.loads(first[1])

    assert first[0] == second[0] == 0
    assert document == json.loads(second[1])
    assert document["date"] == "2026-01-09"
    assert {card["id"] for card in document["cards"]} >= {"2601.90101", "2601.90113"}
    assert "2601.90131" not in {card["id"] for card in document["cards"]}  # Vladimir, and NetVLAD
    assert sorted(p.name for p in (tmp_path / "reports").iterdir()) == [
        "vla-2026-01-09.html",
        "vla-2026-01-09.json",
        "vla-2026-01-09.md",
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("made_up_arxiv")
def test_what_was_collected_can_be_asked_about(run: Run) -> None:
    """`match` looks into the collected days, `paper` finds a paper, `keywords` changes what the next digest watches."""
    run("digest", "--no-publish")
    found = json.loads(run("match", "learning rate", "--json")[1])
    paper = json.loads(run("paper", "https://arxiv.org/abs/2601.90101v1", "--json")[1])
    added = run("keywords", "add", "tactile")
    listed = run("keywords", "list")[1]

    assert [(row["id"], row["matches"][0]["field"]) for row in found] == [("2601.90138", "title")]
    assert paper["id"] == "2601.90101"
    assert paper["made_from"] == "full text"
    assert added[0] == 0
    assert "tactile" in listed


@pytest.mark.usefixtures("made_up_arxiv")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("digest", "robots"), 2, "no edition 'robots'"),
        (("digest", "--date", "2031-01-01"), 2, "future"),
        (("digest", "--date", "yesterday"), 2, "2026-01-09"),
        (("paper", "no paper"), 2, "arXiv"),
        (("paper", "2601.99999"), 2, "2601.99999"),
        (("match", '"open'), 2, "quot"),
        (("keywords", "add", "a +"), 2, "+"),
        (("keywords", "remove", "nothing"), 2, "no keyword"),
        (("read", "missing.pdf"), 2, "missing.pdf"),
    ],
)
def test_bad_input_gets_one_clear_sentence(run: Run, arguments: tuple[str, ...], code: int, says: str) -> None:
    """Nothing on standard output, no traceback, and the exit code of the reference."""
    ended, out, err = run(*arguments)

    assert (ended, out) == (code, "")
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_an_arxiv_that_cannot_be_read(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    """Where every category fails the digest says so, and so do one sentence and exit code 3."""
    config = CONFIG.format(base="http://127.0.0.1:9") + "[http]\nmax_attempts = 1\n"
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    code, out, err = run("digest", *options)

    assert code == 3
    assert "none of its categories could be read (cs.RO, cs.LG): " in err
    assert "Traceback" not in err
    if options:
        assert {state["state"] for state in json.loads(out)["categories"].values()} == {"failed"}


@pytest.mark.slow
def test_the_demonstration(run: Run, tmp_path: Path) -> None:
    """Cards on the terminal, reports and a preview in a folder, and three lines on going live."""
    code, out, _ = run("demo")
    folder = tmp_path / "out/demo"

    assert code == 0
    assert "要点" in out
    assert "NetVLAD" not in out
    assert "语言容量" in out
    assert "v1 → v2" in out
    assert "To go live:" in out
    assert {p.suffix for p in folder.iterdir()} == {".md", ".html", ".json"}
    assert (folder / "preview.html").exists()


def test_a_configuration_with_six_mistakes(run: Run, tmp_path: Path) -> None:
    """All of them at once, each with its key."""
    (tmp_path / "config.toml").write_text(
        '[arxiv]\nmin_interval = 1\nrss = "x"\n[telegram]\nin_doubt = "maybe"\n'
        '[[editions]]\nname = "a"\ncategories = ["cs.XX"]\ntimezone = "Mars/Base"\npublish_at = "25:00"\n',
        encoding="utf-8",
    )
    code, out, err = run("check-config")

    assert (code, out) == (2, "")
    assert "6 mistakes" in err
    for key in ("min_interval", "arxiv.rss", "in_doubt", "categories", "timezone", "publish_at"):
        assert key in err
