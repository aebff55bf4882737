"""An archive of many days: what a day more costs, and how the browser searches it.

    python -m benchmarks.parts.archive [--days 1000] [--folder FOLDER]

Made-up digests of 20 cards with 20 checked statements each, words by Zipf's law, authors of whom the commonest family
names are as common as Zhang. Goals, at 1,000 days and 20,000 papers: a day more at most 2 s; the search index at most
5 MB compressed; an answer in the browser at most 100 ms; HTML, style and script of a day at most 150 KB.

That command writes all pages, which takes minutes. `make bench` has the same catalogue and index and leaves out the
pages of older days: nothing that is measured reads or writes them.
"""

from __future__ import annotations

import argparse
import gzip
import random
import statistics
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import accumulate, islice
from pathlib import Path
from time import perf_counter

from benchmarks.figure import Figure, p95, seconds, skipped, spread
from benchmarks.storage import Words, words
from bot.site.builder import update_site
from digest.models.analysis import Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Evidence, Statement, Verdict
from digest.models.digest import Card, Digest
from digest.models.edition import Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.match import Match, MatchField
from digest.models.paper import AnnouncementKind, Paper
from digest.rendering import site_urls
from digest.settings import Settings, StorageSettings
from digest.settings.schema import ArchiveSettings
from digest.site import entries, search_index
from digest.site.entries import DaySummary
from storage.database.connection import Database
from storage.site_index import SiteIndex
from storage.stores.digests import SqliteDigestStore
from tests.system.browser import CHROMIUM, Chromium

CARDS = 20
FIRST = date(2023, 1, 2)
KEYWORDS = ("vision language action", "vla", "diffusion policy", "world model", "time series forecasting", "traffic")
EDITION = Edition("bench", ("cs.RO", "cs.LG"), KEYWORDS, "VLA Daily", language="en")
DAYS, ADDED, QUERIES = 1_000, 5, 60


class Press:
    """Makes digests; the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._words: Words = words(seed)
        self._chance = random.Random(seed)
        letters = "abcdefghijklmnopqrstuvwyz"  # names begin with any letter
        pool = [f"{self._chance.choice(letters)}{word}".capitalize() for word in self._words.all]
        self._families, self._given = pool[:8_000], pool[8_000:12_000]
        self._weights = list(accumulate(1 / (rank + 4) for rank in range(len(self._families))))
        self._number = 0

    def digests(self, days: int) -> Iterator[Digest]:
        day = FIRST
        for _ in range(days):
            yield self._digest(day)
            day += timedelta(days=1 if day.weekday() < 4 else 3)

    def _digest(self, day: date) -> Digest:
        states = tuple(CategoryDay(name, day, FeedState.FRESH, 150) for name in EDITION.categories)
        cards = tuple(self._card(day) for _ in range(CARDS))
        return Digest(EDITION.name, EDITION.title, "en", day, states, KEYWORDS, 300, cards)

    def _card(self, day: date) -> Card:
        self._number += 1
        text, chance = self._words.text, self._chance
        keyword = chance.choice(KEYWORDS)
        paper = Paper(
            f"{day:%y%m}.{self._number % 100_000:05}",
            1,
            f"{self._words.topical(4).title()}: {text(8)} {keyword}",
            tuple(self._author() for _ in range(chance.randint(2, 9))),
            text(190) + ".",
            EDITION.categories,
        )
        parts = tuple(
            AnalysisPart(key, tuple(self._statement() for _ in range(4))) for key in list(AnalysisPartKey)[:5]
        )
        analysis = Analysis(paper.id, 1, "en", "model", AnalysisSource.FULL_TEXT, parts, self._statement(), 14, 14)
        match = Match(keyword, MatchField.TITLE, 0, len(keyword), keyword)
        return Card(paper, AnnouncementKind.NEW, (match,), analysis)

    def _author(self) -> str:
        family = self._chance.choices(self._families, cum_weights=self._weights)[0]
        return f"{self._chance.choice(self._given)} {family}"

    def _statement(self) -> Statement:
        section = f"{self._chance.randint(1, 5)} {self._words.text(2)}"
        said, quote = self._words.text(22), self._words.text(16)
        return Statement(said, Evidence(quote, Verdict.FOUND, section, self._chance.randint(1, 14), quote))

    def query(self) -> str:
        """What a person may type: a word or two of a title, an author, a keyword."""
        kinds = [
            self._words.topical(1),
            self._words.topical(1)[:4],
            self._chance.choice(KEYWORDS),
            f'"{self._chance.choice(KEYWORDS)}" {self._words.topical(1)}',
            self._author(),
        ]
        return self._chance.choice(kinds)


class Archive:
    """An archive in a folder, with a press that makes its days."""

    def __init__(self, folder: Path) -> None:
        self.site, self.press = folder / "site", Press()
        self.pages = self.site / EDITION.name
        database, archive = StorageSettings(folder / "bench.db"), ArchiveSettings(str(self.site))
        self.settings = Settings(storage=database, archive=archive, editions=(EDITION,))

    def add(self, digests: Iterable[Digest]) -> int:
        """Store them and bring the site up to date; how many files that wrote."""
        self._store(digests)
        return update_site(self.settings, self.site, self.settings.editions).files

    def enter(self, digests: Iterable[Digest]) -> None:
        """Take days into the catalogue and the search index, without their pages; store the last one, to which the
        page of the next day links."""
        with SiteIndex.open(self.site) as catalogue:
            for digest in digests:
                catalogue.put(EDITION.name, DaySummary(digest.day, len(digest.cards), 0), entries.entries(digest))
            self._store([digest])
            for month in catalogue.months(EDITION.name):
                listed = catalogue.month(EDITION.name, month.name)
                (self.pages / site_urls.search_shard(month.name)).write_text(
                    search_index.shard_script(month.name, listed), encoding="utf-8"
                )

    def _store(self, digests: Iterable[Digest]) -> None:
        with Database.open(self.settings.storage.path) as db, db.transaction():
            for digest in digests:
                SqliteDigestStore(db).save_digest(digest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--folder", type=Path, help="where the site is left; by default it is gone afterwards")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="broadsheet-archive-") as temporary:
        archive = Archive(given.folder or Path(temporary))
        digests = archive.press.digests(given.days + ADDED)
        took = seconds(lambda: archive.add(islice(digests, given.days)))
        files = [path for path in archive.site.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        print(f"{given.days} days, {given.days * CARDS} papers: {len(files)} files, {size / 1e6:.0f} MB, {took:.0f} s")
        for figure in measured(archive, digests, given.days):
            print(f"{figure.what}: {figure.value} (goal {figure.goal}) [{figure.note}]")


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="broadsheet-archive-") as temporary:
        archive = Archive(Path(temporary))
        digests = archive.press.digests(DAYS + ADDED)
        archive.add([next(digests)])
        archive.enter(islice(digests, DAYS - 2))
        archive.add([next(digests)])
        yield from measured(archive, digests, DAYS)


def measured(archive: Archive, more: Iterator[Digest], days: int) -> Iterator[Figure]:
    """The figures of a site of so many days, to which `more` are added one by one."""
    took, files, day = [], 0, FIRST
    for digest in more:
        began = perf_counter()
        files, day = archive.add([digest]), digest.day
        took.append(perf_counter() - began)
    yield Figure(
        f"archive of {days:,} days, {days * CARDS:,} papers: a day more", spread(took, " s"), "<= 2 s",
        statistics.median(took) <= 2, f"{CARDS} cards, {files} files",
    )  # fmt: skip
    shards = sorted((archive.pages / "search").glob("*.js"))
    small = sum(len(gzip.compress(shard.read_bytes(), 6)) for shard in shards) / 1e6
    yield Figure(
        "its search index, compressed", f"{small:.2f} MB", "<= 5 MB", small <= 5,
        f"{len(shards)} files, {sum(shard.stat().st_size for shard in shards) / 1e6:.1f} MB as they lie",
    )  # fmt: skip
    page = (archive.pages / f"{day}.html").stat().st_size / 1e3
    shared = sum((archive.site / name).stat().st_size for name in ("broadsheet.css", "broadsheet.js")) / 1e3
    of_papers = [path.stat().st_size / 1e3 for path in (archive.pages / "papers").glob("*.html")]
    yield Figure(
        f"a day's page of {CARDS} cards with style and script", f"{page + shared:.0f} KB", "<= 150 KB",
        page + shared <= 150, f"style and script {shared:.0f} KB; a paper's page {statistics.mean(of_papers):.0f} KB",
    )  # fmt: skip
    yield _searched(archive) if CHROMIUM else skipped("an answer in the browser", "no Chromium is here", "<= 100 ms")


def _searched(archive: Archive) -> Figure:
    """The index loaded and searched by the browser, from the disk."""
    with Chromium() as browser:
        began = perf_counter()
        page = browser.open((archive.pages / "search.html").as_uri() + "?q=vla")
        page.until("document.getElementById('hits').dataset.ready === 'yes'")
        loaded = perf_counter() - began
        took = []
        for _ in range(QUERIES):
            script = (
                f"(q => {{ const f = document.getElementById('q'); f.value = q; const t = performance.now();"
                " f.dispatchEvent(new Event('input')); document.getElementById('hits').offsetHeight;"
                f" return performance.now() - t; }})({archive.press.query()!r})"
            )
            took.append(float(page.evaluate(script)))
        assert not page.errors
    return Figure(
        "an answer in the browser", f"p95 {p95(took):.0f} ms", "<= 100 ms", p95(took) <= 100,
        f"{QUERIES} queries, {spread(took, ' ms', 0)}; the index is loaded in {loaded:.1f} s",
    )  # fmt: skip


if __name__ == "__main__":
    main()
