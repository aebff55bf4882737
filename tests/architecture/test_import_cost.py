"""Nothing heavy is imported before it is needed: read from the modules of a fresh process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

LIBRARIES = {
    "aiohttp",
    "apscheduler",
    "babel",
    "dask",
    "distributed",
    "feedparser",
    "httpx",
    "httpx2",
    "jinja2",
    "openai",
    "pydantic",
    "pylatexenc",
    "pymupdf",
    "rapidfuzz",
    "rich",
    "slack_bolt",
    "slack_sdk",
    "sqlite_utils",
    "structlog",
    "telegram",
}
_SAYS_WHAT_IT_IMPORTED = (
    "import json, sys\n"
    "sys.argv = ['broadsheet', *sys.argv[1:]]\n"
    "from bot.cli.main import main\n"
    "try:\n"
    "    main()\n"
    "except SystemExit:\n"
    "    pass\n"
    "print('\\n' + json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
)
CONFIG = '[[editions]]\nname = "vla"\ncategories = ["cs.RO"]\n[llm]\nmodel = "m"\n'

pytestmark = pytest.mark.slow


def imported(folder: Path, *arguments: str) -> set[str]:
    """The libraries that a command imported, of those in LIBRARIES."""
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-c", _SAYS_WHAT_IT_IMPORTED, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return set(json.loads(done.stdout.splitlines()[-1])) & LIBRARIES


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("digest", "--help"), ("nonsense",)])
def test_help_imports_none_of_the_libraries(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Only click."""
    assert imported(tmp_path, *arguments) == set()


@pytest.mark.parametrize(
    ("arguments", "never"),
    [
        (("check-config",), "openai pymupdf telegram slack_sdk feedparser distributed sqlite_utils"),
        (("keywords", "list"), "openai pymupdf telegram slack_sdk feedparser distributed"),
        (("match", "vla"), "openai pymupdf telegram slack_sdk distributed"),
        (("status",), "openai pymupdf telegram slack_sdk feedparser distributed"),
    ],
)
def test_a_command_imports_what_it_needs(tmp_path: Path, arguments: tuple[str, ...], never: str) -> None:
    """No model's SDK, PDF library, platform or cluster where none is used."""
    assert imported(tmp_path, *arguments) & set(never.split()) == set()


def test_the_bot_imports_no_cluster_and_no_pdf_library(tmp_path: Path) -> None:
    """What stays up reads PDFs in child processes, and knows Dask only where it is configured."""
    script = "import json, sys, bot.service\nprint(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))\n"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=True
    )

    assert {"distributed", "dask", "pymupdf", "openai"} & set(json.loads(done.stdout)) == set()
