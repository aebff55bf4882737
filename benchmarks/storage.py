"""How a database of many papers answers beside a small one: `python -m benchmarks.storage [--papers 1000000]`.

Made-up papers of the length of real ones: words drawn with the frequencies that a vocabulary of 20,000 has by Zipf's
law, so that the commonest stand in nearly every abstract. Goal: a paper and a search for one to three words take at
most 20 ms for 95 of 100, at a million papers; the bytes that a paper takes are printed.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from pathlib import Path

from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind, Paper
from storage.database.connection import Database
from storage.maintenance import database_size, optimize
from storage.stores.papers import SqlitePaperStore

VOCABULARY = 20_000
A_DAY = 2_000
ASKED = 300
SYLLABLES = "ba ce di fo gu ka le mi no pu ra se ti vo zu"


@dataclass(frozen=True, slots=True)
class Words:
    """Words by Zipf's law; `topical` are those that a person searches for, without the hundred commonest."""

    chance: random.Random
    all: list[str]
    weights: list[float]

    def text(self, count: int) -> str:
        return " ".join(self.chance.choices(self.all, cum_weights=self.weights, k=count))

    def topical(self, count: int) -> str:
        return " ".join(self.chance.choices(self.all[100:5_000], k=count))


def words(seed: int = 1) -> Words:
    chance = random.Random(seed)
    syllables = SYLLABLES.split()
    made: dict[str, None] = {}
    while len(made) < VOCABULARY:
        made["".join(chance.choices(syllables, k=chance.randint(2, 5)))] = None
    return Words(chance, list(made), list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1))))


def days(count: int, vocabulary: Words) -> Iterator[tuple[date, list[Paper]]]:
    """So many papers over the months from 2007 on."""
    for start in range(0, count, A_DAY):
        month = start * 228 // count
        day = date(2007 + month // 12, month % 12 + 1, 1 + start // A_DAY % 28)
        numbers = range(start, min(count, start + A_DAY))
        yield day, [made_paper(f"{day:%y%m}.{n % 100_000:05d}", day, vocabulary) for n in numbers]


def made_paper(paper_id: str, day: date, vocabulary: Words) -> Paper:
    return Paper(
        id=paper_id,
        version=1,
        title=vocabulary.text(9),
        authors=tuple(vocabulary.topical(2).title() for _ in range(5)),
        abstract=vocabulary.text(190),
        categories=("cs.AI", "cs.LG"),
        licence="http://creativecommons.org/licenses/by/4.0/",
        submitted=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )


def fill(db: Database, count: int, vocabulary: Words) -> tuple[float, float]:
    """Microseconds a paper for storing and for indexing."""
    papers = SqlitePaperStore(db)
    storing = indexing = 0.0
    for day, some in days(count, vocabulary):
        listed = [Announcement(paper, day, AnnouncementKind.NEW, "cs.AI") for paper in some]
        began = time.perf_counter()
        papers.save_day(CategoryDay("cs.AI", day, FeedState.FRESH, len(some)), listed)
        stored = time.perf_counter()
        papers.index_new()
        storing, indexing = storing + stored - began, indexing + time.perf_counter() - stored
    optimize(db)
    return storing / count * 1e6, indexing / count * 1e6


def milliseconds(ask: Callable[[str], object], questions: list[str]) -> str:
    times = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - began) * 1e3)
    times.sort()
    return f"p50 {times[len(times) // 2]:7.2f}   p95 {times[int(len(times) * 0.95)]:7.2f}   max {times[-1]:7.2f} ms"


def measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder) / "b.db") as db:
        vocabulary = words()
        storing, indexing = fill(db, count, vocabulary)
        print(
            f"{count:,} papers: {database_size(db) / count:,.0f} bytes, "
            f"{storing:.0f} us stored, {indexing:.0f} us indexed each"
        )
        papers = SqlitePaperStore(db)
        ids = [paper_id for (paper_id,) in db.rows("SELECT id FROM papers ORDER BY random() LIMIT ?", (ASKED,))]
        print(f"  {'/paper':18}{milliseconds(papers.paper, ids)}")
        for number in (1, 2, 3):
            asked = [vocabulary.topical(number) for _ in range(ASKED)]
            print(f"  {f'/search {number} topical':18}{milliseconds(papers.search, asked)}")
        asked = [vocabulary.text(3) for _ in range(ASKED)]
        print(f"  {'/search 3 common':18}{milliseconds(papers.search, asked)}")
        titles = [title for (title,) in db.rows("SELECT title FROM papers ORDER BY random() LIMIT ?", (ASKED,))]
        print(f"  {'/search title':18}{milliseconds(papers.search, titles)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=1_000_000)
    for count in sorted({1_000, parser.parse_args().papers}):
        measure(count)


if __name__ == "__main__":
    main()
