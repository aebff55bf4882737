"""From a feed's bytes to stored matches, beside feedparser alone and academic-paperweight."""

from __future__ import annotations

import asyncio
import io
import json
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

import feedparser.api as feedparser

from benchmarks.collecting import AS_WE_DO, Recorded
from benchmarks.figure import Figure, seconds, skipped, spread
from benchmarks.peers import PeerError, ask
from digest.matching.batch import BatchMatcher
from digest.models.edition import Edition
from digest.pipeline.collect import collect
from storage.database.connection import Database
from storage.stores.papers import SqlitePaperStore
from tests.fakes.arxiv import made_day, rss
from tests.fakes.clocks.still_clock import FakeClock

RECORDED = Path(__file__).parents[3] / "shared" / "corpus" / "feeds" / "rss_cs.CL_2026-08-13_full.xml"
KEYWORDS = ("vla", "vision language action", "traffic prediction", "retrieval augmented", "reasoning -survey")
EDITION = Edition("bench", ("cs.CL", "cs.AI"), KEYWORDS)
GOAL = "<= 1.5 x feedparser"
DAY = date(2026, 8, 13)


def figures() -> Iterator[Figure]:
    """The real day where it is, and a made one of 2,000 entries."""
    if RECORDED.exists():
        yield from _feed("a real day of 139 entries", "cs.CL", RECORDED.read_bytes(), rounds=31)
    made = rss("cs.AI", DAY, made_day(DAY, 2000)).encode()
    yield from _feed("a made day of 2,000 entries", "cs.AI", made, rounds=9)


def _feed(name: str, category: str, data: bytes, rounds: int) -> Iterator[Figure]:
    """As in a bot that has run before: its loop and the thread that parses are there, it has collected the day before,
    and it knows words that it met. The first round, which knows none and makes LaTeX's tables, is told apart."""
    alone, stored, whole, matched = [], [], [], 0
    before = rss(category, DAY - timedelta(days=1), made_day(DAY - timedelta(days=1), 20)).encode()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as loop:
        for number in range(rounds + 1):  # in turns: whatever else the machine does meets both
            with Database.open(Path(folder) / f"{number}.db") as db:
                collected(loop, db, category, before)
                alone.append(seconds(lambda: feedparser.parse(io.BytesIO(data), **AS_WE_DO)))
                begun = perf_counter()
                day = collected(loop, db, category, data)
                stored.append(perf_counter() - begun)
                matched = matches(db, category, day)
                whole.append(perf_counter() - begun)
        path = Path(folder) / "feed.xml"
        path.write_bytes(data)
        first, *ratios = [w / a for w, a in zip(whole, alone, strict=True)]
        ratio = statistics.median(ratios)
        share = statistics.median(s / a for s, a in zip(stored[1:], alone[1:], strict=True))
        spreads = [spread([1e3 * s for s in times[1:]], " ms", 1) for times in (whole, alone)]
        yield Figure(
            f"feed bytes to stored matches, {name}", f"{ratio:.2f} x feedparser", GOAL, ratio <= 1.5,
            f"{spreads[0]}; feedparser {spreads[1]}; {matched} matched; collecting and storing alone {share:.2f} x, "
            "the rest is seeing the words and matching, without papers that are only replaced; words of earlier rounds "
            f"are known: the first round, in which each is new, took {first:.2f} x",
        )  # fmt: skip
        try:
            peer = ask("paperweight", ["academic-paperweight"], str(path), json.dumps(KEYWORDS), str(rounds))
        except PeerError as error:
            yield skipped("academic-paperweight: collecting and scoring, same feed", str(error))
            return
        yield Figure(
            f"academic-paperweight {peer['version']}: collecting and scoring, same feed",
            spread([1e3 * s for s in peer["seconds"]], " ms", 1),
            note=f"{peer['papers']} papers, {peer['matched']} matched; stores nothing, keeps no kinds, days or states, "
            "and counts keywords inside of words",
        )


def collected(loop: asyncio.Runner, db: Database, category: str, data: bytes) -> date:
    """Collect a category's feed into the database; its day."""
    clock = FakeClock(datetime(2026, 11, 24, tzinfo=UTC))
    return loop.run(collect(Recorded(data), SqlitePaperStore(db), [category], clock)).day


def matches(db: Database, category: str, day: date) -> int:
    """Match what is stored of a day; how much would become a card."""
    matched = BatchMatcher([EDITION]).match_day(SqlitePaperStore(db).announcements(day, [category]))
    return len(matched.choose(EDITION, {}).cards)
