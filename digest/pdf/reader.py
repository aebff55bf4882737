"""Stage 3: a PDF -> `PaperText`, read in a guarded child process of its own.

    bytes --guard--> [child: lines | furniture | headings | floats | sections | paragraphs | links] --> PaperText

The parent never parses the PDF: it has a child forked for it, gives that the bytes and limits, and takes back data that
can't execute. A bad file is a `ReadFailure` with one clear reason; only a mistake of ours raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pdf.result import READER_VERSION, FigureImage, ReadFailure, ReadOutcome

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from digest.settings import ReadingLimits

__all__ = [
    "READER_VERSION",
    "FigureImage",
    "ReadFailure",
    "ReadOutcome",
    "draw_figure",
    "read_bytes",
    "read_file",
    "read_pdf",
    "stop_reading",
]


async def read_pdf(
    data: bytes, limits: ReadingLimits, *, executor: Executor | None = None, expected_bytes: int | None = None
) -> ReadOutcome:
    """Read a PDF without blocking the event loop: in a thread that waits for the child, or wherever `executor` runs.

    Never raises for a bad file. The work handed to an executor is `read_bytes` with plain data both ways.
    `expected_bytes` is the length that the server announced, if it did: a file cut off is then told from a damaged one.
    """
    import asyncio  # here: each child imports this package, and asyncio is a third of what it would import

    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, read_bytes, data, limits, expected_bytes)


def read_bytes(data: bytes, limits: ReadingLimits, expected_bytes: int | None = None) -> ReadOutcome:
    """Read a PDF; blocks until its child process has ended, at most a quarter longer than `limits.wall_seconds`."""
    # The child imports this package too and must stay small: what only the parent needs is imported here.
    from digest.pdf.sandbox.supervisor import read

    return read(data, limits, expected_bytes)


def read_file(path: Path, limits: ReadingLimits) -> ReadOutcome:
    """Read the PDF at `path`; OSError if there is no such file."""
    with path.open("rb") as file:
        return read_bytes(file.read(limits.max_bytes + 1), limits)


def draw_figure(data: bytes, limits: ReadingLimits) -> FigureImage | None:
    """The picture for a card: a crop of Figure 1, else a thumbnail of page 1; None when the file can't be drawn."""
    from digest.pdf.sandbox.supervisor import draw

    return draw(data, limits)


def stop_reading() -> None:
    """Read nothing more in this process: what is being read ends at once, as a file that can't be read."""
    from digest.pdf.sandbox.supervisor import stop

    stop()
