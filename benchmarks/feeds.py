"""From a feed's bytes to stored matches, beside feedparser alone and academic-paperweight."""

from __future__ import annotations

import asyncio
import io
import json
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import feedparser.api as feedparser

from benchmarks.collecting import AS_WE_DO, Recorded
from benchmarks.figures import Figure, seconds, skipped, spread
from benchmarks.peers import PeerError, ask
from digest.collect import collect
from digest.match import MatcherPool
from digest.model import Edition
from storage.database import Database
from storage.papers import Papers
from tests.fakes.arxiv import made_day, rss
from tests.fakes.clock import FakeClock

RECORDED = Path(__file__).parents[2] / "shared" / "corpus" / "feeds" / "rss_cs.CL_2026-08-13_full.xml"
KEYWORDS = ("vla", "vision language action", "traffic prediction", "retrieval augmented", "reasoning -survey")
EDITION = Edition("bench", ("cs.CL", "cs.AI"), KEYWORDS)
GOAL = "<= 1.5 x feedparser"
DAY = date(2026, 8, 13)


def figures(rounds: int = 9) -> Iterator[Figure]:
    """The real day where it is, and a made one of 2,000 entries."""
    if RECORDED.exists():
        yield from _feed("a real day of 139 entries", "cs.CL", RECORDED.read_bytes(), rounds)
    made = rss("cs.AI", DAY, made_day(DAY, 2000)).encode()
    yield from _feed("a made day of 2,000 entries", "cs.AI", made, rounds)


def _feed(name: str, category: str, data: bytes, rounds: int) -> Iterator[Figure]:
    alone, whole, matched = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):  # in turns: whatever else the machine does meets both
            alone.append(seconds(lambda: feedparser.parse(io.BytesIO(data), **AS_WE_DO)))
            with Database.open(Path(folder) / f"{number}.db") as db:
                found: list[int] = []
                whole.append(seconds(lambda db=db, found=found: found.append(to_matches(db, category, data))))  # type: ignore[misc]
                matched = found[0]
        path = Path(folder) / "feed.xml"
        path.write_bytes(data)
        ratio = statistics.median(w / a for w, a in zip(whole, alone, strict=True))
        yield Figure(
            f"feed bytes to stored matches, {name}", f"{ratio:.2f} x feedparser", GOAL, ratio <= 1.5,
            f"{spread([1e3 * s for s in whole], ' ms', 1)}; feedparser {spread([1e3 * s for s in alone], ' ms', 1)}; "
            f"{matched} matched",
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


def to_matches(db: Database, category: str, data: bytes) -> int:
    """Collect a category's feed into the database and match what is stored."""
    papers, clock = Papers(db), FakeClock(datetime(2026, 11, 24, tzinfo=UTC))
    collected = asyncio.run(collect(Recorded(data), papers, [category], clock))
    day = MatcherPool([EDITION]).match_day(papers.announcements(collected.day, [category]))
    return len(day.choose(EDITION, {}).cards)
