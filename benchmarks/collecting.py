"""What collecting a category costs beside feedparser alone: `python -m benchmarks.collecting`.

A made-up feed of 139 entries, the size of cs.CL on a weekday, and one of 2,000, the most that arXiv gives; or a
recorded one, `--feed FILE`. Goal: reading, checking and storing a feed takes at most 1.5 times what feedparser takes.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import feedparser.api as feedparser

from digest.arxiv.feeds import Feed, parse_feed
from digest.pipeline.collect import collect
from storage.database.connection import Database
from storage.stores.papers import SqlitePaperStore
from tests.fakes.arxiv import made_day, rss
from tests.fakes.clocks.still_clock import FakeClock

DAY = date(2026, 1, 9)
CATEGORY = "cs.AI"
AS_WE_DO = {"sanitize_html": False, "resolve_relative_uris": False}


class Recorded:
    """The feeds of collecting, from memory: what is measured is not the network."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def feed(self, category: str) -> Feed:
        return await asyncio.to_thread(parse_feed, self._data, category)


def _collected(papers: SqlitePaperStore, clock: FakeClock, data: bytes) -> None:
    asyncio.run(collect(Recorded(data), papers, [CATEGORY], clock))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feed", type=Path, help="a recorded feed")
    path = parser.parse_args().feed
    made = {f"{n:,} made-up entries": rss(CATEGORY, DAY, made_day(DAY, n)).encode() for n in (139, 2000)}
    for name, data in ({path.name: path.read_bytes()} if path else made).items():
        alone, whole = compare(data, rounds=15 if len(data) < 1_000_000 else 5)
        print(f"{name}: feedparser {alone * 1e3:.1f} ms, collect {whole * 1e3:.1f} ms, ratio {whole / alone:.2f}")


def compare(data: bytes, rounds: int) -> tuple[float, float]:
    """The best seconds of feedparser alone and of collecting into a new database, in turns: other work only adds."""
    alone, whole = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            alone.append(seconds(lambda: feedparser.parse(io.BytesIO(data), **AS_WE_DO)))
            database = Database.open(Path(folder) / f"{number}.db")
            papers, clock = SqlitePaperStore(database), FakeClock(datetime(2026, 11, 24, tzinfo=UTC))
            whole.append(seconds(partial(_collected, papers, clock, data)))
            database.close()
    return min(alone), min(whole)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
