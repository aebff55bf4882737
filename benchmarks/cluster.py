"""A Dask cluster of two worker processes beside the local pool of two, and one worker beside two."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence

from benchmarks.figures import Figure, spread
from benchmarks.reading import LIMITS, papers
from digest.engine import Engine
from digest.settings import EngineSettings
from tests.fakes.cluster import dask_cluster

ROUNDS = 3


def figures() -> Iterator[Figure]:
    """The same PDFs through each engine, in turns; all processes are up before anything is timed."""
    files = list(papers().values())
    rates: dict[str, list[float]] = {"local": [], "one": [], "two": []}
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
                begun = time.perf_counter()
                asyncio.run(_all(engine, files))
                rates[name].append(len(files) / (time.perf_counter() - begun))
        for engine in engines.values():
            engine.close()
    share = statistics.median(two / local for two, local in zip(rates["two"], rates["local"], strict=True))
    growth = statistics.median(two / one for two, one in zip(rates["two"], rates["one"], strict=True))
    yield Figure(
        "Dask, 2 workers against the local pool of 2", f"{share:.2f} of its throughput", ">= 0.85", share >= 0.85,
        f"{spread(rates['two'], ' PDFs/s')} against {spread(rates['local'])}; {len(files)} PDFs, {ROUNDS} rounds",
    )  # fmt: skip
    yield Figure(
        "Dask, 1 worker -> 2 workers",
        f"{growth:.2f} x",
        ">= 1.7 x",
        growth >= 1.7,
        f"1: {spread(rates['one'], ' PDFs/s')}",
    )


async def _all(engine: Engine, files: Sequence[bytes]) -> None:
    await asyncio.gather(*map(engine.read, files))
