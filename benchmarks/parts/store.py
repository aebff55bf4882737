"""A database of a million papers beside one of a thousand: questions of people, and the making of a day's digest."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.figure import Figure, p95, spread
from benchmarks.storage import ASKED, fill, made_paper, words
from digest.matching.batch import BatchMatcher
from digest.models.analysis import Analysis, AnalysisSource
from digest.models.digest import Card
from digest.models.edition import Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.pipeline.compose import compose
from storage.database.connection import Database
from storage.maintenance import database_size
from storage.stores.all_stores import SqliteStores
from storage.stores.papers import SqlitePaperStore

MANY, FEW, A_DAY, ROUNDS = 1_000_000, 1_000, 2_000, 5
LATER = date(2030, 1, 7)  # than all papers of the database


@dataclass(frozen=True, slots=True)
class Measured:
    """A database of so many papers: milliseconds, seconds a day's digest, bytes and microseconds a paper."""

    papers: int
    paper: list[float]
    search: list[float]
    days: list[float]
    bytes_each: float
    microseconds: float


def figures(many: int = MANY) -> Iterator[Figure]:
    """Both in one run."""
    few, lots = measure(FEW), measure(many)
    for what, small, large in (("/paper", few.paper, lots.paper), ("/search", few.search, lots.search)):
        yield Figure(
            f"{what} in {many:,} papers", f"p95 {p95(large):.2f} ms", "p95 <= 20 ms", p95(large) <= 20,
            f"median {statistics.median(large):.2f}, most {max(large):.2f}; in {FEW:,}: p95 {p95(small):.2f} ms",
        )  # fmt: skip
    ratio = statistics.median(lots.days) / statistics.median(few.days)
    yield Figure(
        f"a day's digest in {many:,} papers against {FEW:,}", f"{ratio:.2f} x", "<= 1.2 x", ratio <= 1.2,
        f"store {A_DAY:,} announcements, match, compose, save: {spread([1e3 * s for s in lots.days], ' ms', 0)} and "
        f"{spread([1e3 * s for s in few.days], ' ms', 0)}",
    )  # fmt: skip
    yield Figure(
        "bytes a paper, all indexes included", f"{lots.bytes_each:,.0f}", "stated", None,
        f"{lots.microseconds:.0f} µs to store and index one",
    )  # fmt: skip


def measure(count: int) -> Measured:
    """Fill a database and ask it."""
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder) / "b.db") as db:
        vocabulary, papers = words(), SqlitePaperStore(db)
        storing, indexing = fill(db, count, vocabulary)
        each = database_size(db) / count
        ids = [one for (one,) in db.rows("SELECT id FROM papers ORDER BY random() LIMIT ?", (ASKED,))]
        titles = [one for (one,) in db.rows("SELECT title FROM papers ORDER BY random() LIMIT ?", (ASKED // 3,))]
        asked = [vocabulary.topical(number) for number in (1, 2, 3) for _ in range(ASKED)] + titles
        looked_up = [_milliseconds(papers.paper, one) for one in ids]
        searched = [_milliseconds(papers.search, one) for one in asked]
        edition = Edition("e", ("cs.AI",), tuple(vocabulary.topical(1) for _ in range(5)))
        days = []
        for number in range(ROUNDS):
            day = LATER + timedelta(days=number)
            made = [made_paper(f"3001.{number}{n:04}", day, vocabulary) for n in range(A_DAY)]
            days.append(_day(SqliteStores.of(db), edition, day, made))
    return Measured(count, looked_up, searched, days, each, storing + indexing)


def _milliseconds(ask: Callable[[str], object], question: str) -> float:
    begun = time.perf_counter()
    ask(question)
    return (time.perf_counter() - begun) * 1e3


def _day(stores: SqliteStores, edition: Edition, day: date, papers: list[Paper]) -> float:
    """Seconds from a day's announcements to its saved digest, analyses apart."""
    listed = [Announcement(paper, day, AnnouncementKind.NEW, "cs.AI") for paper in papers]
    state = CategoryDay("cs.AI", day, FeedState.FRESH, len(listed))
    begun = time.perf_counter()
    stores.papers.save_day(state, listed)
    matched = BatchMatcher([edition]).match_day(stores.papers.announcements(day, edition.categories))
    choice = matched.choose(edition, stores.digests.carded(edition.name), stores.digests.updated(edition.name))
    cards = [
        Card(c.paper, c.kind, c.matches, Analysis(c.paper.id, 1, "en", "excerpt", AnalysisSource.ABSTRACT, ()))
        for c in choice.cards
    ]
    stores.digests.save_digest(compose(edition, day, [state], choice.announced, cards, ()))
    return time.perf_counter() - begun
