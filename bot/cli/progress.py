"""What the commands show while they work: bars on a terminal, plain lines elsewhere, always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from digest.ports import ProgressObserver

STAGES = {
    "collect": "reading feeds",
    "analyse": "reading and analysing papers",
    "deliver": "delivering messages",
    "listings": "looking up what was announced",
    "papers": "reading and analysing papers",
    "days": "making digests",
    "archive": "writing days of the archive",
}


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[ProgressObserver]:
    """A `ProgressObserver` for as long as the block runs."""
    if quiet:
        yield lambda stage, done, total: None
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield bars
    else:
        yield _lines


def _lines(stage: str, done: int, total: int) -> None:
    """A line when a stage begins and one when it ends."""
    if done in (0, total) and total:
        click.echo(f"{STAGES[stage]}: {done} of {total}", err=True)


@contextmanager
def _bars() -> Iterator[ProgressObserver]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, object] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES[stage], total=total)
            bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield show
