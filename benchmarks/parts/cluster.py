"""A Dask cluster of two worker processes beside the local pool of two, and one worker beside two."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Any

import psutil

from benchmarks.figure import Figure, spread
from benchmarks.parts.reading import LIMITS, papers
from digest.engine.engine import Engine
from digest.settings import EngineSettings
from tests.fakes.dask_cluster import dask_cluster

ROUNDS = 3
CORES = 2


def figures() -> Iterator[Figure]:
    """The same PDFs through each engine, in turns; all processes are up before anything is timed."""
    files = list(papers().values())
    rates: dict[str, list[float]] = {"local": [], "one": [], "two": []}
    busy = 0.0  # seconds of processor that two workers took, with scheduler and client
    with dask_cluster(1) as one, dask_cluster(2) as two:
        engines = {
            "local": Engine(EngineSettings(workers=2), LIMITS),
            "one": Engine(EngineSettings(kind="dask", address=one.address, workers=4), LIMITS),
            "two": Engine(EngineSettings(kind="dask", address=two.address, workers=4), LIMITS),
        }
        for engine in engines.values():
            asyncio.run(_all(engine, files[:4]))
        for _ in range(ROUNDS):
            for name, engine in engines.items():
                begun, before = time.perf_counter(), processor_time(two.pids)
                asyncio.run(_all(engine, files))
                rates[name].append(len(files) / (time.perf_counter() - begun))
                busy += processor_time(two.pids) - before if name == "two" else 0.0
        for engine in engines.values():
            engine.close()
    share = statistics.median(two / local for two, local in zip(rates["two"], rates["local"], strict=True))
    growth = statistics.median(two / one for two, one in zip(rates["two"], rates["one"], strict=True))
    yield Figure(
        "Dask, 2 workers against the local pool of 2", f"{share:.2f} of its throughput", ">= 0.85", share >= 0.85,
        f"{spread(rates['two'], ' PDFs/s')} against {spread(rates['local'])}; {len(files)} PDFs, {ROUNDS} rounds",
    )  # fmt: skip
    each = busy / (ROUNDS * len(files))
    most = CORES / each / statistics.median(rates["one"])
    yield Figure(
        "Dask, 1 worker -> 2 workers", f"{growth:.2f} x", ">= 1.7 x", growth >= 1.7,
        f"1: {spread(rates['one'], ' PDFs/s')}; a PDF takes {1e3 * each:.0f} ms of processor with what "
        f"scheduler, workers and client do for it, so two cores allow {most:.2f} x at most",
    )  # fmt: skip


def processor_time(pids: Sequence[int]) -> float:
    """Seconds of processor that processes, their children and this one have used."""
    processes: list[Any] = list(map(psutil.Process, pids))
    processes += [child for process in processes for child in process.children(recursive=True)]
    own = time.process_time()
    return own + sum(sum(process.cpu_times()[:4]) for process in processes)  # user, system, and of ended children


async def _all(engine: Engine, files: Sequence[bytes]) -> None:
    await asyncio.gather(*map(engine.read, files))
