"""A Dask cluster of real processes on this machine: a scheduler, and workers that can be killed one by one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

from tests.waiting import PATIENCE

_SCHEDULER = ("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
_WORKER = ("-m", "distributed.cli.dask_worker", "--host", "127.0.0.1", "--no-dashboard", "--no-nanny")


class DaskCluster:
    """`address` is the scheduler's. `environ` is what workers have in their environment beside the usual."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder, self._environ = folder, {**os.environ, **environ}
        self._file = folder / "scheduler.json"
        self._scheduler = self._start(_SCHEDULER, "--scheduler-file", str(self._file))
        self.address = self._listening()
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self) -> None:
        """One more worker process, with one thread."""
        folder = self._folder / f"worker-{len(self.workers)}"
        self.workers.append(self._start(_WORKER, "--nthreads", "1", "--local-directory", str(folder), self.address))

    def wait_for_workers(self) -> None:
        """Returns when each can be given work."""
        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=PATIENCE)

    @property
    def pids(self) -> list[int]:
        """Of the scheduler and the workers."""
        return [self._scheduler.pid, *(worker.pid for worker in self.workers)]

    def kill_worker(self, number: int) -> None:
        """As a machine does that goes away."""
        self.workers[number].send_signal(signal.SIGKILL)
        self.workers[number].wait()

    def kill_scheduler(self) -> None:
        self._scheduler.send_signal(signal.SIGKILL)
        self._scheduler.wait()

    def close(self) -> None:
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()

    def _start(self, *arguments: str | tuple[str, ...]) -> subprocess.Popen[bytes]:
        flat = [part for a in arguments for part in ([a] if isinstance(a, str) else a)]
        log = (self._folder / "log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, *flat], cwd=self._folder, env=self._environ, stdout=log, stderr=log
            )

    def _listening(self) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._file.exists() and (text := self._file.read_text()):
                return str(json.loads(text)["address"])
            time.sleep(0.05)
        raise TimeoutError((self._folder / "log").read_text())


@contextmanager
def dask_cluster(workers: int = 2, environ: Mapping[str, str] | None = None) -> Iterator[DaskCluster]:
    """A cluster for as long as the block runs."""
    with tempfile.TemporaryDirectory() as name:
        cluster = DaskCluster(Path(name), environ or {})
        try:
            for _ in range(workers):
                cluster.add_worker()
            cluster.wait_for_workers()
            yield cluster
        finally:
            cluster.close()
