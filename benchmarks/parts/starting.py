"""How soon the command line answers, and what a bot takes that has nothing to do."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, seconds, spread

CONFIG = """
[arxiv]
rss_url = "http://127.0.0.1:9/rss"
api_url = "http://127.0.0.1:9/api"
pdf_url = "http://127.0.0.1:9/pdf"
[telegram]
base_url = "http://127.0.0.1:9/bot"
[slack]
base_url = "http://127.0.0.1:9/api/"
[[editions]]
name = "vla"
categories = ["cs.RO"]
keywords = ["vla"]
"""
TOKENS = {
    "TELEGRAM_BOT_TOKEN": "1234567:" + "x" * 35, "SLACK_BOT_TOKEN": "xoxb-made-up-token",
    "SLACK_APP_TOKEN": "xapp-made-up-token",
}  # fmt: skip


def figures(rounds: int = 15) -> Iterator[Figure]:
    """`--help` beside the import of click, in turns; then the resident memory of `broadsheet run`."""
    broadsheet = Path(sys.executable).with_name("broadsheet")
    click, ours = [], []
    for _ in range(rounds):
        click.append(seconds(lambda: _quiet([sys.executable, "-c", "import click"])))
        ours.append(seconds(lambda: _quiet([str(broadsheet), "--help"])))
    ratio = statistics.median(ours) / statistics.median(click)
    yield Figure(
        "broadsheet --help", f"{ratio:.2f} x import click", "<= 2.5 x", ratio <= 2.5,
        f"{spread([1e3 * s for s in ours], ' ms', 0)}; click {spread([1e3 * s for s in click], ' ms', 0)}",
    )  # fmt: skip
    sizes = [_resident(broadsheet) for _ in range(2)]
    largest = max(sizes)
    yield Figure(
        "idle bot, both platforms configured", f"{largest:.0f} MB resident", "<= 130 MB", largest <= 130,
        f"{len(sizes)} starts, 8 s each, platforms and feeds out of reach",
    )  # fmt: skip


def _quiet(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def _resident(broadsheet: Path, settle: float = 8.0) -> float:
    """Megabytes of `broadsheet run` some seconds after its start."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text(CONFIG, encoding="utf-8")
        process = subprocess.Popen(
            [broadsheet, "run"], cwd=folder, env={**os.environ, **TOKENS}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            time.sleep(settle)
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        finally:
            process.terminate()
            process.wait(timeout=20)
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return kilobytes / 1024
