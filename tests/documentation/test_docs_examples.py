"""Every example of the documentation that is marked `sh run` runs, as it stands, in a fresh installation."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import COMMANDS
from bot.demo.arxiv_server import DemoArxiv, serve_arxiv
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
CONFIG = """
[arxiv]
rss_url = "{base}/rss"
api_url = "{base}/api/query"
pdf_url = "{base}/pdf"
min_interval = 0.0

[[editions]]
name = "vla"
categories = ["cs.RO", "cs.LG"]
keywords = ["vla"]
language = "en"
"""


def examples(page: Path) -> list[str]:
    return re.findall(r"^```sh run\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Path]:
    """A folder with a configuration and a day collected."""
    with serve_arxiv(DemoArxiv()) as base:
        (tmp_path / "config.toml").write_text(CONFIG.format(base=base), encoding="utf-8")
        yield tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=lambda page: page.stem)
def test_every_example_runs(page: Path, installation: Path) -> None:
    """One after the other, in one folder, with no token and nobody to answer questions."""
    tools = Path(sys.executable).parent
    environ = {
        k: v for k, v in os.environ.items() if not k.startswith("BROADSHEET") and not k.endswith(("_TOKEN", "_KEY"))
    }
    environ["PATH"] = f"{tools}{os.pathsep}{environ['PATH']}"
    made = ["broadsheet", "keywords", "list"]  # a database is there, as after the first day
    subprocess.run(made, cwd=installation, env=environ, check=True, capture_output=True)
    for example in examples(page):
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", example],
            cwd=installation, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=10 * PATIENCE,
        )  # fmt: skip

        assert ended.returncode == 0, f"{page.name}: {example}\n{ended.stdout}\n{ended.stderr}"


def commands(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Every command line of the page: command and options."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^    (.*)$", text, re.MULTILINE) + re.findall(r"`(broadsheet [^`]*)`", text)
    blocks += [
        line
        for example in re.findall(r"^```sh.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for line in example.splitlines()
    ]
    for line in blocks:
        for found in re.finditer(r"(?:^|[\s/])broadsheet((?: --config \S+)?) ([a-z][a-z-]*)([^&|;]*)", line):
            yield found[2], re.findall(r"(?<!\S)--[a-z][a-z-]*", found[3])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    """With its options: none is misspelt, none has gone."""
    import importlib

    import click

    for name, options in commands(page):
        if name not in COMMANDS:
            assert name in ("with", "and", "as"), f"{page.name}: broadsheet {name}"
            continue
        command = importlib.import_module(f"bot.cli.{COMMANDS[name][0]}").command
        several = [command, *(command.commands.values() if isinstance(command, click.Group) else [])]
        known = {option for one in several for p in one.params if isinstance(p, click.Option) for option in p.opts}
        assert set(options) <= known | {"--help"}, f"{page.name}: broadsheet {name}"
