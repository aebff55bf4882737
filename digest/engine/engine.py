"""Where heavy work runs: child processes of this machine, one at a time, or a Dask cluster.

    PDF      --read-->     PaperText     wherever the engine puts it, always in a guarded child process (digest.pdf)
    Request  --analyse-->  Analysis      here; on the cluster's workers where `[engine] analyse` says so

The seam is `concurrent.futures.Executor`: work is one module-level function with plain data both ways. What a cluster
can't do is done here, so that a scheduler that is down costs time and no paper.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from digest.analysis.analyst import Analyst
from digest.engine.dask_executor import ClusterError, DaskExecutor, check_installed
from digest.engine.html_reader import read_html
from digest.engine.remote_analyst import RemoteAnalyst
from digest.html.html_paper import HtmlPage
from digest.models.notice import Notice
from digest.pdf.reader import draw_figure, read_pdf, stop_reading
from digest.pdf.result import FigureImage, ReadOutcome
from digest.ports import Clock, SpendingStore
from digest.settings import EngineSettings, LlmSettings, ReadingLimits

ON_A_CLUSTER = 16  # PDFs under way at once; each may hold 40 MB here while it travels


def _ignored(problem: str) -> None:
    """Nobody hears of it."""


class Engine:
    """Open for as long as the block runs. `at_once` is how many PDFs it is worth giving it at the same time."""

    def __init__(
        self, settings: EngineSettings, limits: ReadingLimits, on_failure: Callable[[str], None] = _ignored
    ) -> None:
        """Raises `ConfigError` where a cluster is wanted and Dask is not installed. Nothing connects yet."""
        self._settings, self._limits, self._on_failure = settings, limits, on_failure
        local_workers = min(_workers_here(settings), limits.at_once)
        # Each thread waits for a child process.
        self._home = ThreadPoolExecutor(local_workers, thread_name_prefix="read")
        self._cluster: DaskExecutor | None = None
        self.at_once = local_workers
        if settings.kind == "dask":
            check_installed()
            self.at_once = settings.workers or ON_A_CLUSTER
            self._cluster = DaskExecutor(settings.address, 2 * self.at_once if settings.analyse else self.at_once)

    async def read(self, data: bytes) -> ReadOutcome:
        """Read a PDF; never raises for a bad file."""
        if self._cluster is not None:
            try:
                return await read_pdf(data, self._limits, executor=self._cluster)
            except ClusterError as error:
                self._on_failure(f"a PDF is read here: {error}")
        return await read_pdf(data, self._limits, executor=self._home)

    async def read_html(self, data: bytes) -> HtmlPage | Notice:
        """Read an HTML page, always on this machine; never raises for a bad one."""
        return await read_html(data, self._limits, executor=self._home)

    async def draw(self, data: bytes) -> FigureImage | None:
        """The first figure of a PDF, else a thumbnail; None where nothing can be drawn. Never raises for a bad file."""
        return await asyncio.get_running_loop().run_in_executor(self._home, draw_figure, data, self._limits)

    def analyst(
        self,
        home: Analyst,
        llm: LlmSettings,
        clock: Clock,
        spending: SpendingStore | None = None,
        money: float | None = None,
    ) -> Analyst:
        """The analyst to work with in the place of `home`: itself, or one that has the cluster do it, within `money` in
        all where that is given."""
        if self._cluster is None or not self._settings.analyse:
            return home
        return RemoteAnalyst(home, self._cluster, llm, self.at_once, clock, spending, self._on_failure, money)

    def close(self) -> None:
        """Waits for what is being read here; what is under way on a cluster is given up."""
        if self._cluster is not None:
            self._cluster.shutdown()
        self._home.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _workers_here(settings: EngineSettings) -> int:
    """How many PDFs are read at once on this machine: as configured, else as many as this process has cores."""
    cores = len(os.sched_getaffinity(0))
    return {"inline": 1, "dask": cores}.get(settings.kind, settings.workers or cores)


def stop_workers() -> None:
    """Kill the processes that this one started and that still run: at its end nobody waits for what they do. Where the
    system does not tell which they are (it has no /proc), they run into their own limits."""
    stop_reading()
    children = {int(pid) for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()}
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
