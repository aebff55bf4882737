"""What the keywords would have found: in the newest collected day, else in the newest feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest.arxiv.client import ArxivClient
from digest.arxiv.errors import ArxivError
from digest.arxiv.http_client import ArxivHttpClient
from digest.matching.matcher import Matcher
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.pipeline.collect import merge_feeds
from digest.ports import Clock
from digest.settings import Settings
from digest.text.latex.latex_to_text import latex_to_text
from storage.database.connection import Database
from storage.stores.papers import SqlitePaperStore

OUT_OF_REACH = ("fetch.unreachable", "fetch.timeout", "fetch.cut_off", "fetch.held")


@dataclass(frozen=True, slots=True)
class RecentDay:
    """The papers that keywords are tried on. `failed`: categories whose feed could not be had, each with why."""

    day: date | None
    papers: tuple[Paper, ...]
    collected: bool = False
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KeywordHits:
    """What one keyword found."""

    keyword: str
    papers: tuple[Paper, ...]

    @property
    def line(self) -> str:
        titles = " · ".join(_short(latex_to_text(paper.title)) for paper in self.papers[:2])
        return f"{len(self.papers):>4}  {self.keyword}" + (f"    {titles}" if titles else "")


async def newest_day(settings: Settings, categories: Sequence[str], clock: Clock) -> RecentDay:
    """The newest collected day of these categories, where there is one with all of them; else their feeds."""
    if settings.storage.path.is_file():
        with Database.open(settings.storage.path) as db:
            papers = SqlitePaperStore(db)
            for day in papers.days(categories)[:1]:
                if all(day in papers.days([category]) for category in categories):
                    return RecentDay(day, _papers(papers.announcements(day, categories)), collected=True)
    return await _feeds(settings, categories, clock)


async def _feeds(settings: Settings, categories: Sequence[str], clock: Clock) -> RecentDay:
    arxiv_settings = settings.arxiv
    fetcher = ArxivHttpClient(
        replace(settings.http, max_attempts=1),
        clock,
        contact=arxiv_settings.contact,
        min_interval=arxiv_settings.min_interval,
    )
    arxiv = ArxivClient(
        fetcher,
        arxiv_settings.rss_url,
        arxiv_settings.api_url,
        arxiv_settings.pdf_url,
        max_feed_bytes=settings.http.max_feed_bytes,
    )
    listed: list[Announcement] = []
    failed: list[tuple[str, str]] = []
    newest: date | None = None
    try:
        for category in categories:
            try:
                feed = await arxiv.feed(category)
            except ArxivError as error:
                failed.append((category, str(error)))
                if error.notice.code in OUT_OF_REACH:
                    break  # the others would only be waited for
                continue
            listed += feed.announcements
            newest = max(newest or feed.day, feed.day)
    finally:
        await fetcher.aclose()
    return RecentDay(newest, _papers(listed), failed=tuple(failed))


def keyword_hits(keywords: Sequence[str], papers: Sequence[Paper]) -> list[KeywordHits]:
    """What each keyword found. Raises `KeywordError` for one that does not parse."""
    return [
        KeywordHits(keyword, tuple(p for p in papers if matcher.matches(p)))
        for keyword in keywords
        if (matcher := Matcher([keyword]))
    ]


def distinct_papers(all_hits: Sequence[KeywordHits]) -> int:
    """How many papers were found by any of the keywords."""
    return len({paper.id for hits in all_hits for paper in hits.papers})


def _papers(listed: Sequence[Announcement]) -> tuple[Paper, ...]:
    """New and cross-listed papers, each once."""
    new_listings = [listing for listing in listed if listing.kind in (AnnouncementKind.NEW, AnnouncementKind.CROSS)]
    return tuple({listing.paper.id: listing.paper for listing in merge_feeds(new_listings)}.values())


def _short(title: str) -> str:
    return title if len(title) <= 48 else title[:47].rstrip() + "…"
