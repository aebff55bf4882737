"""Everything that is measured, in one run: `make bench`, or `python -m benchmarks [--only NAME…] [--out FILE]`.

Each part runs in a process of its own, one after another, so that none has the memory or the caches of another. Parts
that compare with other projects install those into environments of their own. The table goes to docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.figure import Figure

PARTS = {
    "starting": "Start-up and memory",
    "feeds": "From feed to stored matches",
    "editions": "Keywords and editions",
    "reading": "Reading PDFs",
    "cluster": "Engines",
    "models": "Prompts and money",
    "quality": "Right while fast",
    "splitting": "Messages",
    "crash": "Processes that are killed",
    "archive": "The archive",
    "ranking": "A digest that learns",
    "digests": "A day's digest with a model",
    "store": "A database of a million papers",
}
LIMIT = 15 * 60  # seconds for everything
ROOT = Path(__file__).parents[1]
LIBRARIES = ("feedparser", "pymupdf-lite", "sqlite-utils", "openai", "distributed", "pydantic", "rapidfuzz")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="NAME", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--out", type=Path, default=None, help="by default docs/benchmarks.md, for a whole run")
    parser.add_argument("--figures", choices=PARTS, help=argparse.SUPPRESS)  # one part, as JSON lines
    given = parser.parse_args()
    if given.figures:
        for figure in importlib.import_module(f"benchmarks.parts.{given.figures}").figures():
            print(json.dumps(asdict(figure)), flush=True)
        return
    begun, load = time.monotonic(), os.getloadavg()[0]
    measured = {name: _part(name, begun) for name in given.only or PARTS}
    out = given.out or (None if given.only else ROOT / "docs" / "benchmarks.md")
    if out is not None:
        out.write_text(page(measured, time.monotonic() - begun, load), encoding="utf-8")
        print(f"written: {out}")
    figures = [figure for figures, _ in measured.values() for figure in figures]
    missed = [figure.what for figure in figures if figure.met is False]
    print(f"{len(figures)} figures, {len(missed)} goals missed, {time.monotonic() - begun:.0f} s")


def _part(name: str, begun: float) -> tuple[list[Figure], float]:
    """A part's figures, shown as they come, and how long it took. One that breaks is shown as such."""
    print(f"\n{PARTS[name]}", flush=True)
    figures: list[Figure] = []
    start = time.monotonic()
    left = LIMIT - (start - begun)
    command = [sys.executable, "-m", "benchmarks", "--figures", name]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        timer = subprocess.Popen([sys.executable, "-c", _WATCH, str(process.pid), str(max(1.0, left))])
        for line in process.stdout:
            if line.startswith('{"what"'):
                figures.append(Figure(**json.loads(line)))
                print(
                    f"  {_mark(figures[-1])} {figures[-1].what}: {figures[-1].value}  [{figures[-1].note}]", flush=True
                )
    timer.kill()
    timer.wait()
    if process.returncode:
        figures.append(Figure(f"{name}: not finished", f"exit code {process.returncode}", "", False))
        print(f"  {figures[-1].what}", flush=True)
    return figures, time.monotonic() - start


_WATCH = """
import os, signal, sys, time
time.sleep(float(sys.argv[2]))
os.kill(int(sys.argv[1]), signal.SIGTERM)
"""


def _mark(figure: Figure) -> str:
    return {True: "ok", False: "MISSED", None: "--"}[figure.met]


# --- the page ---------------------------------------------------------------------------------------------------


def page(measured: dict[str, tuple[list[Figure], float]], took: float, load: float) -> str:
    """The table as Markdown, with what it was measured on."""
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`, in one run; none of it is written by hand. A figure is the median of several rounds,",
        "with the least and the most in brackets. Comparisons are made in turns, in the same run.",
        "",
        *(f"- {line}" for line in machine(took, load)),
    ]
    for name, (figures, seconds) in measured.items():
        lines += ["", f"## {PARTS[name]}", "", f"`python -m benchmarks --only {name}`, {seconds:.0f} s.", ""]
        lines += ["| what | measured | goal | | how |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(figure) for figure in figures]
    return "\n".join(lines) + "\n"


def _row(figure: Figure) -> str:
    met = {True: "met", False: "**missed**", None: ""}[figure.met]
    cells = (figure.what, figure.value, figure.goal, met, figure.note)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def machine(took: float, load: float) -> list[str]:
    """What it was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"{datetime.now(UTC):%Y-%m-%d}, {took / 60:.0f} minutes; load before it began {load:.1f}",
        f"{len(os.sched_getaffinity(0))} cores ({_processor()}), {memory:.0f} GB of memory, {platform.system()}",
        f"Python {platform.python_version()}, SQLite {_sqlite()}, {libraries}",
        f"Broadsheet {version('broadsheet')} {_commit()}",
    ]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor() or platform.machine()
    lines = info.read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _sqlite() -> str:
    import sqlite3

    return sqlite3.sqlite_version


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


if __name__ == "__main__":
    main()
