"""Writes the archive: what a new day touches, and nothing else.

    days that are new or changed -> their pages, their papers' pages
        -> the pages that list them: neighbours, month, keywords, authors, search, feed, the edition, the front page

It works from the database alone, so it may run anywhere and be broken off: the days whose pages were not all written
are written again. Each file is written beside and put into its place, so that a reader never gets half of one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from bot.site.trends_page import trends_files
from digest.arxiv.calendar import eastern_day
from digest.errors import InputError
from digest.i18n.translator import Translator
from digest.models.digest import Card, Digest, PaperUpdate
from digest.models.edition import Edition
from digest.pipeline.compose import combine
from digest.rendering import phrasing, site_urls
from digest.rendering.figure_licences import figure_alt, figure_credit, figure_licence
from digest.settings import Settings
from digest.site import atom, entries, pages, search_index
from digest.site.entries import DaySummary, SiteEntry
from storage.database.connection import Database
from storage.site_index import SiteIndex
from storage.stores.all_stores import SqliteStores
from storage.stores.digests import SqliteDigestStore
from storage.stores.figures import FigureFolder, figure_folder

ON_FRONT = 8  # days on an edition's first page
CACHED_DIGESTS = 64


class SiteProgress(Protocol):
    """Hears how many days of the site are written."""

    def __call__(self, done: int, total: int, /) -> None: ...


def site_folder(settings: Settings) -> Path | None:
    """The folder of `[archive] path`, which is relative to the configuration file; None where there is no archive."""
    path = settings.archive.path
    return settings.source.absolute().parent / path if path else None


def site_url(settings: Settings, edition: Edition) -> str:
    """Where people find the archive with an edition's pages; empty where there are none. People's own editions have
    none."""
    has_pages = settings.archive.path and edition.name in {candidate.name for candidate in settings.editions}
    return settings.archive.public_url if has_pages else ""


def ignore_days(done: int, total: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class SiteUpdate:
    """What was done: days and files written."""

    days: int = 0
    files: int = 0


def never() -> bool:
    """Nobody asks for it to be broken off."""
    return False


def update_site(
    settings: Settings,
    folder: Path,
    editions: Sequence[Edition],
    *,
    rewrite_all: bool = False,
    progress: SiteProgress = ignore_days,
    stopping: Callable[[], bool] = never,
) -> SiteUpdate:
    """Bring the site in `folder` up to date with the database. `anew`: write every page, whether it has changed or not.
    `stopping` is asked before each file: when it says so, the work is left to the next time.

    Blocks; opens a connection of its own, so that any thread may call it. Raises `InputError` where the folder can't
    be written, `StorageError` where the database can't be read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Database.open(settings.storage.path) as db, SiteIndex.open(folder) as catalogue:
            writer = _FileWriter(folder, rewrite_all, stopping)
            figures = FigureFolder(figure_folder(settings.storage.path))
            public_url = settings.archive.public_url
            today = eastern_day(db.now())
            site = _SiteWriter(
                SqliteDigestStore(db), figures, catalogue, writer, public_url, rewrite_all, SqliteStores.of(db), today
            )
            days = [_EditionSite(edition, site).renew(progress) for edition in editions]
            if any(days) or not (folder / site_urls.index()).exists():
                _front(settings.editions, catalogue, writer)
            return SiteUpdate(sum(days), writer.files)
    except _Stopped:
        return SiteUpdate()
    except OSError as error:
        raise InputError(f"can't write the archive to {error.filename or folder}: {error.strerror}") from error


class _Stopped(Exception):  # noqa: N818 - asked for, not a fault
    """The work was broken off, and is left to the next time."""


class _FileWriter:
    """Puts files into their places. A file that is the same already is left alone, for the sake of copies by rsync."""

    def __init__(self, folder: Path, rewrite_all: bool, stopping: Callable[[], bool]) -> None:
        self._folder = folder
        self._anew = rewrite_all
        self._stopping = stopping
        self.files = 0

    def has(self, url: str) -> bool:
        return (self._folder / url).exists()

    def __call__(self, url: str, content: str | bytes) -> None:
        if self._stopping():
            raise _Stopped
        path = self._folder / url
        data = content.encode() if isinstance(content, str) else content
        if not self._anew and _is_same(path, data):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        self.files += 1


def _is_same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


@dataclass(slots=True)
class _ChangedPages:
    """What the changed days are listed under."""

    days: set[date] = field(default_factory=set)
    papers: set[str] = field(default_factory=set)
    months: set[str] = field(default_factory=set)
    keywords: set[tuple[str, str]] = field(default_factory=set)  # (keyword, month)
    buckets: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)

    def add(self, day: date, listed: Sequence[SiteEntry]) -> None:
        month = site_urls.month_of(day)
        self.days.add(day)
        self.months.add(month)
        for entry in listed:
            self.papers.add(entry.paper_id)
            self.keywords.update((keyword, month) for keyword in entry.keywords)
            for filed in map(site_urls.author_entry, entry.authors):
                self.buckets.add(filed.bucket)


@dataclass(frozen=True, slots=True)
class _SiteWriter:
    """What the parts of a site are made with."""

    digests: SqliteDigestStore
    figures: FigureFolder
    catalogue: SiteIndex
    writer: _FileWriter
    public_url: str
    anew: bool
    stores: SqliteStores
    today: date


class _EditionSite:
    """The part of the site that is an edition's."""

    def __init__(self, edition: Edition, site: _SiteWriter) -> None:
        self._edition = edition
        self._name = edition.name
        self._texts = Translator(edition.language)
        self._digests = site.digests
        self._figures = site.figures
        self._catalogue = site.catalogue
        self._writer = site.writer
        self._public_url = site.public_url
        self._anew = site.anew
        self._stores = site.stores
        self._today = site.today
        self._pages = pages.SitePages(edition)
        self._digest = lru_cache(CACHED_DIGESTS)(self._read)

    def renew(self, progress: SiteProgress) -> int:
        """Write what has changed; of how many days."""
        edition = self._edition
        how = f"{pages.site_version()} {edition.language} {edition.title} {edition.trends} {self._public_url}"
        if self._anew or self._catalogue.how_made(self._name) != how:
            self._catalogue.begin(self._name, how)
        numbers = self._catalogue.numbers(self._name)
        stored = self._digests.numbers(self._name)
        days = sorted(day for day, count in stored.items() if numbers.get(day) != count)
        if not days and numbers:
            return 0
        touched = _ChangedPages()
        for day in days:
            self._enter(day, touched)
        for done, day in enumerate(days, 1):
            self._write_day(day)
            progress(done, len(days))
        for day in self._neighbours(days):
            self._write_day(day, only_page=True)
        self._write_papers(touched, set(days))
        self._write_months(touched)
        self._write_keywords(touched)
        self._write_authors(touched)
        self._write_first_pages()
        if self._edition.trends != "none":
            last = max(stored, default=self._today)  # an edition that is still to begin has a page of its week too
            for url, content in trends_files(self._stores, self._edition, last).items():
                self._put(url, content)
        return len(days)

    def _put(self, url: str, content: str | bytes) -> None:
        self._writer(f"{self._name}/{url}", content)

    # --- days and papers ----------------------------------------------------------------------------------------

    def _read(self, day: date) -> Digest:
        return combine(self._digests.digests(self._name, day))

    def _enter(self, day: date, touched: _ChangedPages) -> None:
        """Take a day into the catalogue, and note what lists it, or listed it before. A group of family names is
        written only where a name came or went."""
        earlier = self._catalogue.day(self._name, day)
        touched.add(day, earlier)
        numbers = len(self._digests.digests(self._name, day))
        digest = self._digest(day)
        listed = entries.entries(digest)
        line = DaySummary(day, len(digest.cards), len(digest.updates), numbers)
        names = {
            (a.bucket, a.family) for entry in (*earlier, *listed) for a in map(site_urls.author_entry, entry.authors)
        }
        existing_families = {name for name in names if self._catalogue.has_family(self._name, *name)}
        self._catalogue.put(self._name, line, listed)
        touched.add(day, listed)
        now = {name for name in names if self._catalogue.has_family(self._name, *name)}
        touched.groups.update(site_urls.author_group(bucket) for bucket, _ in existing_families ^ now)

    def _neighbours(self, days: Sequence[date]) -> list[date]:
        """The days on either side, whose pages link to a new one."""
        neighbours = {day for one in days for day in self._catalogue.beside(self._name, one) if day}
        return sorted(neighbours - set(days))

    def _write_day(self, day: date, *, only_page: bool = False) -> None:
        digest = self._digest(day)
        before, after = self._catalogue.beside(self._name, day)
        pictures = {card.paper.id: picture for card in digest.cards if (picture := self._picture(card))}
        self._put(site_urls.day(day), self._pages.day(digest, before, after, pictures))
        if not only_page:
            papers = {card.paper.id for card in digest.cards} | {update.paper.id for update in digest.updates}
            for paper_id in sorted(papers):
                self._write_paper(paper_id)

    def _write_papers(self, touched: _ChangedPages, days: set[date]) -> None:
        """Papers that a changed day no longer shows, as far as another one does."""
        for paper_id in touched.papers:
            entries = self._catalogue.shown(self._name, paper_id)
            if entries and not days.intersection(entries):
                self._write_paper(paper_id)

    def _write_paper(self, paper_id: str) -> None:
        card: Card | None = None
        history: list[tuple[date, PaperUpdate | None]] = []
        for day in self._catalogue.shown(self._name, paper_id):
            digest = self._digest(day)
            update = next((entry for entry in digest.updates if entry.paper.id == paper_id), None)
            card = next((entry for entry in digest.cards if entry.paper.id == paper_id), card)
            history.append((day, update))
        picture = self._picture(card) if card else None
        self._put(site_urls.paper(paper_id), self._pages.paper(paper_id, card, history, picture))

    def _picture(self, card: Card) -> pages.ShownFigure | None:
        """The figure of a card, copied into the site; what was copied once outlives the store's own."""
        licence, figure = figure_licence(card.paper), card.figure
        if licence is None or figure is None:
            return None
        figure_url = site_urls.figure(card.paper.id, card.paper.version)
        if self._anew or not self._writer.has(f"{self._name}/{figure_url}"):
            drawn = self._figures.figure(card.paper.id, card.paper.version)
            if drawn is not None:
                self._put(figure_url, drawn.png)
            elif not self._writer.has(f"{self._name}/{figure_url}"):
                return None
        caption = phrasing.clean(figure.caption)
        by = figure_credit(card, self._texts)
        size = figure.width, figure.height
        return pages.ShownFigure(
            figure_url, *size, figure_alt(card, self._texts), caption, by, licence.name, licence.url
        )

    # --- what lists them ----------------------------------------------------------------------------------------

    def _write_months(self, touched: _ChangedPages) -> None:
        months = self._catalogue.months(self._name)
        at = {month.name: i for i, month in enumerate(months)}
        neighbour_indexes = {i for name in touched.months if name in at for i in (at[name] - 1, at[name], at[name] + 1)}
        for i in sorted(neighbour_indexes & set(range(len(months)))):
            month = months[i]
            listed = self._catalogue.month(self._name, month.name)
            before = months[i + 1] if i + 1 < len(months) else None
            after = months[i - 1] if i else None
            days = self._catalogue.month_days(self._name, month.name)
            self._put(month.place, self._pages.month(month, days, listed, before, after))
            if month.name in touched.months:
                self._put(site_urls.search_shard(month.name), search_index.shard_script(month.name, listed))
        self._put("search/months.js", search_index.shard_scripts(months))

    def _write_keywords(self, touched: _ChangedPages) -> None:
        for keyword in sorted({keyword for keyword, _ in touched.keywords}):
            months = self._catalogue.keyword_months(self._name, keyword)
            changed = {month for one, month in touched.keywords if one == keyword}
            for month in months:
                if month is months[0] or month.name in changed:
                    listed = self._catalogue.keyword_month(self._name, keyword, month.name)
                    self._put(month.place, self._pages.keyword_month(keyword, month, listed))
                if month is months[0]:
                    self._put(site_urls.keyword(keyword), self._pages.keyword(keyword, months, listed))
        self._put("keywords/index.html", self._pages.keywords(self._catalogue.keywords(self._name)))

    def _write_authors(self, touched: _ChangedPages) -> None:
        for bucket in sorted(touched.buckets):
            authors = self._catalogue.authors(self._name, bucket)
            self._put(site_urls.authors(bucket), self._pages.authors(bucket, authors))
        for group in sorted(touched.groups):
            self._put(
                site_urls.authors(group), self._pages.families(group, self._catalogue.families(self._name, group))
            )
        self._put("authors/index.html", self._pages.groups(self._catalogue.groups(self._name)))

    def _write_first_pages(self) -> None:
        newest = [
            (line, self._catalogue.day(self._name, line.day))
            for line in self._catalogue.days(self._name, max(atom.DAYS, ON_FRONT))
        ]
        months = self._catalogue.months(self._name)
        in_all = len(self._catalogue.numbers(self._name))
        self._put(site_urls.index(), self._pages.edition(months, newest[:ON_FRONT], in_all))
        self._put("search.html", self._pages.search())
        self._put("feed.xml", atom.atom_feed(self._edition, newest[: atom.DAYS], self._public_url))


def _front(editions: Sequence[Edition], catalogue: SiteIndex, writer: _FileWriter) -> None:
    """What belongs to no edition."""
    for name, text in pages.shared_assets().items():
        writer(name, text)
    writer(".nojekyll", "")  # GitHub's pages otherwise leave files out
    language = editions[0].language if editions else "en"
    writer(site_urls.index(), pages.front_page(list(_lines(editions, catalogue)), language))


def _lines(editions: Sequence[Edition], catalogue: SiteIndex) -> Iterator[pages.EditionSummary]:
    for edition in editions:
        days = catalogue.numbers(edition.name)
        papers = sum(month.count for month in catalogue.months(edition.name))
        title = edition.title or edition.name
        yield pages.EditionSummary(edition.name, title, edition.categories, len(days), papers, max(days, default=None))
