"""A small arXiv on loopback: feeds, the query API, PDFs and HTML pages of made-up papers, with faults and a log.

async with FakeArxiv(clock) as arxiv:
    arxiv.days[DAY] = made_day(DAY, 20)
    arxiv.day = DAY
    arxiv.faults.append(Fault("/rss/cs.AI", status=503, times=2))
    ... Arxiv(fetcher, arxiv.rss_url, arxiv.api_url, arxiv.pdf_url) ...
    assert [r.path for r in arxiv.log] == [...]
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.ports import Clock
from tests.fakes.clocks.still_clock import FakeClock

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
_EASTERN = ZoneInfo("America/New_York")
_KINDS = (
    AnnouncementKind.NEW,
    AnnouncementKind.NEW,
    AnnouncementKind.CROSS,
    AnnouncementKind.REPLACE,
    AnnouncementKind.REPLACE_CROSS,
)


@dataclass
class Fault:
    """What happens to the next `times` requests whose path begins with `prefix`."""

    prefix: str = "/"
    times: int = 1
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None  # instead of the answer
    content_type: str = "text/html"  # of `body`
    keep: int | None = None  # so many bytes of the body, then the connection ends
    drop: bool = False  # the connection ends without an answer
    hang: bool = False  # no answer, ever
    unsized: bool = False  # the end of the connection is the end of the body
    day: date | None = None  # that day's listings under the present day


@dataclass(frozen=True)
class Request:
    at: float  # seconds on the clock
    path: str  # with the query
    headers: dict[str, str]  # names in small letters


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    content_type: str


class FakeArxiv:
    """Serves `days[day]` and whatever else tests put into its fields."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.day = date(2026, 1, 9)
        self.days: dict[date, Sequence[Announcement]] = {}
        self.papers: list[Paper] = []  # what the query API knows besides
        self.pdfs: dict[str, bytes] = {}  # by id with version
        self.pages: dict[str, bytes] = {}  # HTML, by id with version
        self.faults: list[Fault] = []
        self.log: list[Request] = []
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self._server.close()
        for task in self._open.values():
            task.cancel()
        await asyncio.gather(*self._open.values(), return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def rss_url(self) -> str:
        return f"{self.url}/rss"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/query"

    @property
    def pdf_url(self) -> str:
        return f"{self.url}/pdf"

    @property
    def html_url(self) -> str:
        return f"{self.url}/html"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open[writer] = task
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client or the test has gone
        finally:
            del self._open[writer]
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False ends the connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return False
        first, *lines = head.strip().split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.log.append(Request(self.clock.monotonic(), path, headers))
        fault = self._fault(path)
        if fault.hang:
            await reader.read()
            return False
        if fault.drop:
            return False
        answer = self._answer(path, fault)
        etag = f'"{hash(answer.body)}"'
        if answer.status == 200 and headers.get("if-none-match") == etag:
            answer = _Answer(304, b"", answer.content_type)
        stamp = format_datetime(self.clock.now())
        named = {"Content-Type": answer.content_type, "ETag": etag, "Date": stamp, **fault.headers}
        if not fault.unsized:
            named["Content-Length"] = str(len(answer.body))
        text = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        writer.write(f"HTTP/1.1 {answer.status} X\r\n{text}\r\n".encode("latin-1"))
        writer.write(answer.body if fault.keep is None else answer.body[: fault.keep])
        await writer.drain()
        return fault.keep is None and not fault.unsized

    def _fault(self, path: str) -> Fault:
        for fault in self.faults:
            if unquote(path).startswith(fault.prefix):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return Fault()

    def _answer(self, path: str, fault: Fault) -> _Answer:
        if fault.body is not None:
            return _Answer(fault.status, fault.body, fault.content_type)
        if fault.status != 200:
            return _Answer(fault.status, b"fault", "text/plain")
        url = urlsplit(path)
        where = unquote(url.path)
        if where.startswith("/rss/"):
            listed = self.days.get(fault.day or self.day, ())
            return _Answer(200, rss(where.removeprefix("/rss/"), self.day, listed).encode(), "application/xml")
        if where.startswith("/pdf/"):
            pdf = self.pdfs.get(where.removeprefix("/pdf/"))
            return _Answer(404, b"no", "text/html") if pdf is None else _Answer(200, pdf, "application/pdf")
        if where.startswith("/html/"):
            return self._page(where.removeprefix("/html/"))
        if where == "/api/query":
            return _Answer(200, self._query(parse_qs(url.query)).encode(), "application/atom+xml")
        return _Answer(404, b"no", "text/plain")

    def _page(self, name: str) -> _Answer:
        """A paper's HTML page; arXiv's own words where there is none."""
        page = self.pages.get(name)
        missing = f"<html><body><h1>No HTML for '{name.partition('v')[0]}'</h1></body></html>".encode()
        return _Answer(404, missing, "text/html") if page is None else _Answer(200, page, "text/html; charset=utf-8")

    def _query(self, query: dict[str, list[str]]) -> str:
        start, count = int(query.get("start", ["0"])[0]), int(query.get("max_results", ["10"])[0])
        known = [*self.papers, *(a.paper for listed in self.days.values() for a in listed)]
        if ids := query.get("id_list"):
            found = [p for one in ids[0].split(",") for p in known if one in (p.id, p.versioned_id)]
        else:
            found = _submitted(known, query["search_query"][0])
        return atom(found[start : start + count], len(found), start)


def _submitted(papers: Iterable[Paper], query: str) -> list[Paper]:
    """The papers that a query of the form `cat:X AND submittedDate:[A TO B]` finds."""
    match = re.fullmatch(r"cat:(\S+?)(\.\*)? AND submittedDate:\[(\d{12}) TO (\d{12})\]", query)
    assert match, query
    category, whole, *span = match.groups()
    first, last = (datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC) for text in span)

    def fits(paper: Paper) -> bool:
        in_it = any(c == category or (whole and c.startswith(f"{category}.")) for c in paper.categories)
        return bool(in_it and paper.submitted and first <= paper.submitted <= last)

    return sorted(filter(fits, papers), key=lambda p: p.submitted or first)


def rss(category: str, day: date, listed: Iterable[Announcement], *, end: bool = True) -> str:
    """A feed as arXiv writes it: the listings that belong to the category, each kind as it stands."""
    midnight = datetime.combine(day, time(), _EASTERN)
    stamp = format_datetime(midnight)
    items = "".join(_item(a, stamp) for a in listed if _belongs(a.paper, category))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{category} updates on arXiv.org</title><link>http://rss.arxiv.org/rss/{category}</link>"
        f"<lastBuildDate>{format_datetime(midnight.astimezone(UTC))}</lastBuildDate><pubDate>{stamp}</pubDate>"
        f"<skipDays><day>Saturday</day><day>Sunday</day></skipDays>\n{items}{'</channel></rss>' if end else ''}"
    )


def _item(a: Announcement, stamp: str) -> str:
    p = a.paper
    categories = "".join(f"<category>{c}</category>" for c in p.categories)
    return (
        f"<item><title>{escape(p.title)}</title><link>https://arxiv.org/abs/{p.id}</link>"
        f"<description>arXiv:{p.versioned_id} Announce Type: {a.kind} \nAbstract: {escape(p.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{p.versioned_id}</guid>{categories}<pubDate>{stamp}</pubDate>'
        f"<arxiv:announce_type>{a.kind}</arxiv:announce_type><dc:rights>{escape(p.licence or '')}</dc:rights>"
        f"<dc:creator>{escape(', '.join(p.authors))}</dc:creator></item>\n"
    )


def _belongs(paper: Paper, category: str) -> bool:
    return any(c == category or c.startswith(f"{category}.") for c in paper.categories)


def atom(papers: Iterable[Paper], total: int, start: int = 0) -> str:
    """An answer of the query API."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom">'
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{''.join(map(_entry, papers))}</feed>"
    )


def _entry(p: Paper) -> str:
    stamp = (p.submitted or datetime(2026, 1, 8, 12, tzinfo=UTC)).isoformat()
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in p.authors)
    categories = "".join(f"<category term={quoteattr(c)}/>" for c in p.categories)
    return (
        f"<entry><id>http://arxiv.org/abs/{p.versioned_id}</id><title>{escape(p.title)}</title>"
        f"<published>{stamp}</published><updated>{stamp}</updated><summary>{escape(p.abstract)}</summary>{authors}"
        f"<arxiv:primary_category term={quoteattr(p.primary_category)}/>{categories}</entry>"
    )


def made_paper(number: int, day: date = date(2026, 1, 9), **changes: object) -> Paper:
    """A made-up paper; the same number gives the same paper."""
    submitted = datetime.combine(day - timedelta(days=2), time(15, number % 60), UTC)
    fields: dict[str, object] = {
        "id": f"{day:%y%m}.{number:05}",
        "version": 1,
        "title": f"On the $n$-th made-up paper, number {number}: a <study> & its limits",
        "authors": (f"Ada Author{number}", "Blaise Pascal"),
        "abstract": f"We make up paper {number}. " + "It has a < b and some more words. " * 30,
        "categories": ("cs.AI", "cs.LG") if number % 2 else ("cs.RO", "cs.AI"),
        "licence": "http://creativecommons.org/licenses/by/4.0/",
        "submitted": submitted,
    }
    return Paper(**{**fields, **changes})  # type: ignore[arg-type]


def made_day(day: date, count: int, *, first: int = 1, category: str = "cs.AI") -> list[Announcement]:
    """A day of made-up listings, all kinds among them."""
    numbers = range(first, first + count)
    return [Announcement(made_paper(n, day), day, _KINDS[n % len(_KINDS)], category) for n in numbers]
