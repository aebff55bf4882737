"""Where heavy work runs: child processes of this machine, this thread, or a Dask cluster.

The seam is `concurrent.futures.Executor`: work is one module-level function with frozen dataclasses both ways. Each PDF
is opened in a guarded child process wherever the executor runs (`digest.read.guard`), so the local engines are threads
that wait for such children.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from digest.read import ReadOutcome, read_pdf
from digest.settings import EngineSettings, ReadingLimits


def workers(settings: EngineSettings) -> int:
    """How many PDFs are read at once: as configured, else as many as this process has cores."""
    if settings.kind == "inline":
        return 1
    return settings.workers or len(os.sched_getaffinity(0))


def executor(settings: EngineSettings) -> Executor:
    """The engine's executor; the caller shuts it down."""
    return ThreadPoolExecutor(workers(settings), thread_name_prefix="read")


def reader(pool: Executor, limits: ReadingLimits) -> Callable[[bytes], Awaitable[ReadOutcome]]:
    """What the pipeline reads PDFs with."""

    async def read(data: bytes) -> ReadOutcome:
        return await read_pdf(data, limits, executor=pool)

    return read


def end_children() -> None:
    """Kill the processes that this one started and that still run: at its end nobody waits for what they read. Where
    the system does not tell which they are (it has no /proc), they run into their own limits."""
    children = {int(pid) for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()}
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
