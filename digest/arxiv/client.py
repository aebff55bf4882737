"""What Broadsheet asks of arXiv: a category's feed, papers by id, papers of past days, PDFs and HTML pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

from digest.arxiv import local_mirror
from digest.arxiv.calendar import announcement_day, submissions
from digest.arxiv.feeds import Feed, FeedError, parse_feed
from digest.arxiv.http_client import ArxivHttpClient, FetchError, HttpResponse
from digest.arxiv.ids import ArxivId, html_url, pdf_url
from digest.arxiv.query import QueryPage, ids_url, parse_page, submitted_url
from digest.arxiv.wellformed import looks_like_html
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind, Paper

MAX_FEED_BYTES = 20_000_000
HTML_INTERVAL = 15.0  # seconds between requests for pages: `Crawl-delay` of https://arxiv.org/robots.txt

_IDS_A_REQUEST = 100  # a request line may have 4,094 bytes
_PAGE = 500  # documented are up to 2,000; large pages are what the API answers with 503
_MOST = 10_000  # beyond that many results the API answers 500
_EMPTY_PAGES = 3  # how often one page may come back empty, which happens, before it is given up

_FEED = "application/rss+xml, application/atom+xml, application/xml;q=0.9"
_ATOM = "application/atom+xml, application/xml;q=0.9"


@dataclass(frozen=True, slots=True)
class _CachedFeed:
    """The last feed of a category with its validators. Kept together: "not modified" then always means this feed."""

    feed: Feed
    etag: str | None
    last_modified: str | None


class ArxivClient:
    """arXiv, or a stand-in for it. The URLs are as `ArxivSettings` describes them."""

    def __init__(
        self,
        fetcher: ArxivHttpClient,
        rss_url: str,
        api_url: str,
        pdf_url: str,
        *,
        html_url: str = "https://export.arxiv.org/html",
        max_feed_bytes: int = MAX_FEED_BYTES,
        shelf: Path | None = None,
    ) -> None:
        """`shelf` is a folder with PDFs and pages, read before arXiv is asked (`digest.arxiv.local_mirror`)."""
        self._fetcher = fetcher
        self._rss_url = rss_url
        self._api_url = api_url
        self._pdf_url = pdf_url
        self._html_url = html_url
        self._max_feed_bytes = max_feed_bytes
        self._shelf = shelf
        self._kept: dict[str, _CachedFeed] = {}

    async def feed(self, category: str) -> Feed:
        """The category's feed as it is now. One category a request: beyond 2,000 entries arXiv leaves out new ones.

        Raises `FetchError` or `FeedError`.
        """
        cached = self._kept.get(category)
        answer = await self._fetcher.get(
            feed_url(self._rss_url, category),
            max_bytes=self._max_feed_bytes,
            accept=_FEED,
            etag=cached.etag if cached else None,
            last_modified=cached.last_modified if cached else None,
        )
        if answer.not_modified and cached:
            return cached.feed
        if answer.status not in (200, 400):  # arXiv says 400 with a feed that names an unknown category
            raise FetchError(Notice.of("fetch.status", status=answer.status))
        feed = await asyncio.to_thread(parse_feed, answer.body, category)
        if answer.status != 200:
            raise FetchError(Notice.of("fetch.status", status=answer.status))
        self._kept[category] = _CachedFeed(feed, answer.etag, answer.last_modified)
        return feed

    async def papers(self, ids: Sequence[ArxivId]) -> list[Paper]:
        """The papers with these ids, in that order, each in the version asked for or its newest; unknown ones are left
        out. Raises `FetchError` or `FeedError`."""
        papers_by_id: dict[str, Paper] = {}
        names = list(dict.fromkeys(str(arxiv_id) for arxiv_id in ids))
        for start in range(0, len(names), _IDS_A_REQUEST):
            page = await self._page(ids_url(self._api_url, names[start : start + _IDS_A_REQUEST]))
            for paper in page.papers:
                papers_by_id[paper.versioned_id] = paper
                papers_by_id.setdefault(paper.id, paper)
        newest = {paper.id: paper for paper in sorted(papers_by_id.values(), key=lambda p: p.version)}
        answers = (
            papers_by_id.get(str(arxiv_id)) if arxiv_id.version else newest.get(arxiv_id.id)
            for arxiv_id in dict.fromkeys(ids)
        )
        return [paper for paper in answers if paper]

    async def announced(self, categories: Sequence[str], start: date, end: date) -> list[Announcement]:
        """What was probably listed as new or cross on the feed days `start` to `end`, for days whose feeds are gone.

        The API knows when papers were submitted, not when they were announced: the day is the one that arXiv's
        schedule gives, and papers that moderation may have held until `start` come on `start`. New versions of older
        papers can't be found this way. Raises `FetchError` or `FeedError`.
        """
        first, last = submissions(start, end)
        listed: list[Announcement] = []
        for category in categories:
            for paper in await self._submitted(category, first, last):
                day = max(announcement_day(paper.submitted), start) if paper.submitted else start
                if day <= end:
                    listed.append(Announcement(paper, day, _kind(paper, category), category))
        return listed

    async def pdf(self, paper: Paper, max_bytes: int) -> bytes:
        """The PDF of that version. Raises `FetchError` with a notice: not found, an HTML page, cut off, too large."""
        if self._shelf is not None and (stored := await asyncio.to_thread(_from_shelf, self._shelf, paper, max_bytes)):
            return stored
        url = pdf_url(paper.id, paper.version, self._pdf_url)
        answer = await self._fetcher.get(url, max_bytes=max_bytes, accept="application/pdf")
        if problem := why_no_pdf(answer, paper):
            raise FetchError(problem)
        return answer.body

    async def html(self, paper: Paper, max_bytes: int) -> bytes:
        """arXiv's HTML page of that version, at the pace that its robots.txt asks for. Raises `FetchError` with a
        notice: none there, another host, too large. Where the PDF comes from the shelf, so does the page."""
        if self._shelf is not None:
            path = local_mirror.html_page(self._shelf, paper)
            if path is not None:
                return await asyncio.to_thread(_beginning, path, max_bytes + 1)
            if local_mirror.read_local_pdf(self._shelf, paper) is not None:
                raise FetchError(Notice.of("fetch.html_not_found", paper=paper.versioned_id))
        url = html_url(paper.id, paper.version, self._html_url)
        answer = await self._fetcher.get(
            url, max_bytes=max_bytes, accept="text/html", interval=HTML_INTERVAL, same_site=True
        )
        if problem := why_no_html(answer, paper):
            raise FetchError(problem)
        return answer.body

    async def _submitted(self, category: str, first: datetime, last: datetime) -> list[Paper]:
        """Papers of a category submitted in a span; where there are more than the API gives, in two halves."""
        page = await self._full_page(category, first, last, 0)
        middle = first + (last - first) / 2
        if page.total > _MOST and (middle - first).total_seconds() > 60:
            return [
                *await self._submitted(category, first, middle),
                *await self._submitted(category, middle, last),
            ]
        papers = {paper.id: paper for paper in page.papers}
        got = page.entries
        while page.entries and got < min(page.total, _MOST):
            page = await self._full_page(category, first, last, got)
            papers.update((paper.id, paper) for paper in page.papers)
            got += page.entries
        return list(papers.values())

    async def _full_page(self, category: str, first: datetime, last: datetime, start: int) -> QueryPage:
        """A page; the API now and then answers with an empty one although there is more."""
        url = submitted_url(self._api_url, category, first, last, start, _PAGE)
        for _ in range(_EMPTY_PAGES):
            page = await self._page(url)
            if page.entries or page.total <= start:
                return page
        raise FeedError(Notice.of("query.empty_pages", category=category))

    async def _page(self, url: str) -> QueryPage:
        answer = await self._fetcher.get(url, max_bytes=self._max_feed_bytes, accept=_ATOM)
        if answer.status == 200 or b"/api/errors" in answer.body:
            return await asyncio.to_thread(parse_page, answer.body)
        raise FetchError(Notice.of("fetch.status", status=answer.status))


def feed_url(rss_url: str, category: str) -> str:
    """Where a category's feed is: `rss_url` is a folder, or a template with `{category}`."""
    name = quote(category, safe="")
    return rss_url.replace("{category}", name) if "{category}" in rss_url else f"{rss_url.rstrip('/')}/{name}"


def _from_shelf(folder: Path, paper: Paper, max_bytes: int) -> bytes | None:
    path = local_mirror.read_local_pdf(folder, paper)
    return None if path is None else _beginning(path, max_bytes + 1)  # one more: the reader refuses it by its size


def _beginning(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


def why_no_pdf(answer: HttpResponse, paper: Paper) -> Notice | None:
    """What is wrong with an answer that should be a paper's PDF; None where nothing is."""
    head, tail = answer.body[:1024], answer.body[-4096:]
    if answer.status in (404, 410):
        return Notice.of("fetch.pdf_not_found", paper=paper.versioned_id)
    if answer.status != 200:
        return Notice.of("fetch.status", status=answer.status)
    if not answer.body:
        return Notice.of("fetch.pdf_empty")
    if b"%PDF-" not in head:
        is_html = looks_like_html(head) or "html" in answer.content_type
        return Notice.of("fetch.pdf_html" if is_html else "fetch.not_pdf")
    if not answer.complete and b"%%EOF" not in tail:
        return Notice.of("fetch.pdf_cut_off")
    return None


def why_no_html(answer: HttpResponse, paper: Paper) -> Notice | None:
    """What is wrong with an answer that should be a paper's HTML page; None where nothing is seen yet."""
    if answer.status in (404, 410):
        return Notice.of("fetch.html_not_found", paper=paper.versioned_id)
    if answer.status != 200:
        return Notice.of("fetch.status", status=answer.status)
    return None if answer.body else Notice.of("fetch.html_not_found", paper=paper.versioned_id)


def _kind(paper: Paper, category: str) -> AnnouncementKind:
    """A listing is new only in the feed of its primary category, or of that one's archive."""
    primary = paper.primary_category
    return AnnouncementKind.NEW if primary == category or primary.startswith(f"{category}.") else AnnouncementKind.CROSS
