"""Recorded answers of arXiv, and 56 recorded days played by the mirror of arXiv."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest

from bot.clock import SystemClock
from digest.arxiv.client import ArxivClient, why_no_pdf
from digest.arxiv.errors import FeedError, FetchError
from digest.arxiv.feeds import parse_feed
from digest.arxiv.http_client import ArxivHttpClient, HttpResponse
from digest.arxiv.ids import parse_id
from digest.arxiv.query import parse_page
from digest.models.feed import FeedState
from digest.models.paper import AnnouncementKind, Paper
from digest.pipeline.collect import collect, merge_feeds
from digest.settings import HttpSettings
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.stores import FakePapers
from tests.shared import SHARED, needs_shared
from tests.waiting import PATIENCE

pytestmark = needs_shared

CORPUS = SHARED / "corpus"
FEEDS = CORPUS / "feeds"
CATEGORIES = ["cs.AI", "cs.LG", "cs.RO", "cs.CV"]
SHORT = 4.0  # seconds of patience, where an answer is to come too late


# --- recorded answers ---


def test_the_recorded_feed_is_read_to_the_letter() -> None:
    """139 entries, each field as an independent parser sees it; names readable, of one piece."""
    data = (FEEDS / "rss_cs.CL_2026-08-13_full.xml").read_bytes()
    feed = parse_feed(data, "cs.CL")
    items = list(ElementTree.fromstring(data).iter("item"))

    assert (feed.day, feed.skipped, len(feed.announcements)) == (date(2026, 8, 13), (), 139)
    for item, listed in zip(items, feed.announcements, strict=True):
        paper, text = listed.paper, item.findtext("description") or ""
        assert item.findtext("guid") == f"oai:arXiv.org:{paper.versioned_id}"
        assert item.findtext("title") == paper.title
        assert text == f"arXiv:{paper.versioned_id} Announce Type: {listed.kind} \nAbstract: {paper.abstract}"
        assert tuple(c.text for c in item.findall("category")) == paper.categories
        assert item.findtext("{http://purl.org/dc/elements/1.1/}rights") == paper.licence
        assert not re.search(r'[\\{}:()"]', "".join(paper.authors))
    kinds = [sum(a.kind is kind for a in feed.announcements) for kind in AnnouncementKind]
    assert kinds == [56, 36, 32, 15]


@pytest.mark.parametrize(
    ("name", "day", "entries"),
    [
        ("rss_cs_2025-04-27_sunday_empty.xml", date(2025, 4, 27), 0),
        ("rss_physics_2025-12-31_deferred_mailing_empty.xml", date(2025, 12, 31), 0),
        ("rss_cs.LG+cs.AI+cs.CL+stat.ML_2026-09-24_4items.xml", date(2026, 9, 24), 4),
        ("atom_cs.AI_2025-08-20_7items.xml", date(2025, 8, 20), 7),
    ],
)
def test_recorded_feeds_of_all_forms(name: str, day: date, entries: int) -> None:
    """Empty days, a feed of several categories, and Atom."""
    feed = parse_feed((FEEDS / name).read_bytes(), "cs.AI")

    assert (feed.day, len(feed.announcements), feed.skipped) == (day, entries, ())
    assert all(a.paper.authors and a.paper.abstract and a.paper.licence for a in feed.announcements)


def test_every_cut_of_the_recorded_feed_is_refused() -> None:
    """In steps of a thousand bytes, and in the last ones each."""
    data = (FEEDS / "rss_cs.CL_2026-08-13_full.xml").read_bytes()
    whole = len(data.rstrip())
    for end in [*range(1, whole, 1000), *range(whole - 40, whole)]:
        with pytest.raises(FeedError):
            parse_feed(data[:end], "cs.CL")


def test_recorded_answers_of_the_query_api() -> None:
    """Papers with what feeds leave out, no result, and an error."""
    [old] = parse_page((FEEDS / "tamnd_api_hep-th_9711200.xml").read_bytes()).papers
    page = parse_page((FEEDS / "api_cat_LG_AI_2026-04-30_20.xml").read_bytes())

    assert (old.versioned_id, old.authors, old.primary_category) == (
        "hep-th/9711200v3",
        ("Juan M. Maldacena",),
        "hep-th",
    )
    assert (old.comment or "").startswith("20 pages, harvmac")
    assert old.submitted == datetime(1997, 11, 27, 23, 53, 13, tzinfo=UTC)
    assert (page.total, len(page.papers)) == (364_218, 20)
    assert parse_page((FEEDS / "tamnd_api_zero_results.xml").read_bytes()).papers == ()
    with pytest.raises(FeedError, match="start must be an integer"):
        parse_page((FEEDS / "tamnd_api_error_start.xml").read_bytes())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("abs_0902.4054_withdrawn.html", "feed.html"),
        ("rate_exceeded.txt", "feed.not_xml"),
        ("robots.txt", "feed.not_xml"),
    ],
)
def test_recorded_answers_that_are_no_feed(name: str, code: str) -> None:
    """A page of arXiv's, and its plain texts."""
    with pytest.raises(FeedError) as raised:
        parse_feed((FEEDS / name).read_bytes(), "cs.AI")

    assert raised.value.notice.code == code


# --- the mirror ---


@dataclass(frozen=True)
class Mirror:
    url: str

    def post(self, path: str, **body: Any) -> None:
        with urlopen(Request(f"{self.url}{path}", json.dumps(body).encode())) as answer:
            answer.read()

    def get(self, path: str) -> None:
        urlopen(f"{self.url}{path}").close()

    def log(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.url}/_log") as answer:
            return json.loads(answer.read())  # type: ignore[no-any-return]


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    script = [SHARED / "arxiv-mirror" / "mirror.py", "--days", CORPUS / "days", "--pdfs", CORPUS / "pdf"]
    with subprocess.Popen([sys.executable, *map(str, script)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield Mirror(process.stdout.readline().strip())
        process.terminate()


@asynccontextmanager
async def connected(mirror: Mirror, clock: FakeClock, patience: float = PATIENCE) -> AsyncIterator[ArxivClient]:
    fetcher = ArxivHttpClient(HttpSettings(max_attempts=4, read_timeout=patience), clock)
    yield ArxivClient(fetcher, f"{mirror.url}/rss", f"{mirror.url}/api/query", f"{mirror.url}/pdf")
    await fetcher.aclose()


def recorded(day: date) -> list[dict[str, Any]]:
    lines = (CORPUS / "days" / f"{day}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def all_days() -> list[date]:
    return [date.fromisoformat(path.stem) for path in sorted((CORPUS / "days").glob("*.jsonl"))]


def clock_at(day: date) -> FakeClock:
    return FakeClock(datetime.combine(day, time(6), UTC))


async def test_56_days_in_their_order(mirror: Mirror) -> None:
    """Each category of each day has exactly the recorded papers, or is stale where all of them were listed the time
    before; no `oai:` in an id, no prefix in an abstract, no empty name."""
    store = FakePapers()
    before: dict[str, set[tuple[str, int]]] = {}
    for day in all_days():
        mirror.post("/_day", day=str(day))
        async with connected(mirror, clock_at(day)) as arxiv:
            collected = await collect(arxiv, store, CATEGORIES, clock_at(day))
        assert collected.day == day
        assert collected.skipped == ()
        for state in collected.states:
            papers = {(p["id"], p["version"]) for p in recorded(day) if state.category in p["categories"]}
            listed = {(a.paper.id, a.paper.version) for a in store.announcements(day, [state.category])}
            stale = bool(papers) and papers <= before.get(state.category, set())
            assert state.state is (FeedState.STALE if stale else FeedState.FRESH if papers else FeedState.QUIET)
            assert listed == (set() if stale else papers)
            before[state.category] = listed or before.get(state.category, set())
        for announcement in store.announcements(day, CATEGORIES):
            _is_sound(announcement.paper)
    double = date(2025, 10, 9)
    assert {s.state for c in CATEGORIES if (s := store.category_day(c, double))} == {FeedState.STALE}


def _is_sound(paper: Paper) -> None:
    assert str(parse_id(paper.id)) == paper.id
    assert "Announce Type" not in paper.abstract
    assert paper.abstract
    assert paper.authors
    for name in paper.authors:
        assert name.strip(" :")
        assert not re.search(r"[\\{}()]", name), name


async def test_the_nine_of_january(mirror: Mirror) -> None:
    """All 302 papers of the day of the sample report, merged from four categories: strongest kind, readable authors."""
    day = date(2026, 1, 9)
    store = FakePapers()
    async with connected(mirror, clock_at(day)) as arxiv:
        await collect(arxiv, store, CATEGORIES, clock_at(day))
    merged = {a.paper.id: a for a in merge_feeds(store.announcements(day, CATEGORIES))}
    wanted = {p["id"]: p for p in recorded(day) if set(p["categories"]) & set(CATEGORIES)}

    assert {(i, a.paper.version, a.kind) for i, a in merged.items()} == {
        (i, p["version"], p["announce_type"]) for i, p in wanted.items()
    }
    alpamayo = next(a.paper for a in merged.values() if "Alpamayo" in a.paper.title)
    assert alpamayo.authors[:2] == ("NVIDIA", "Yan Wang")


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        ({"status": 429, "retry_after": 2, "times": 2}, FeedState.FRESH, None),
        ({"status": 429, "times": 2}, FeedState.FRESH, None),
        ({"status": 503, "times": 3}, FeedState.FRESH, None),
        ({"truncate": 0.5, "times": 2}, FeedState.FRESH, None),
        ({"delay": 2 * SHORT, "times": 1}, FeedState.FRESH, None),
        ({"status": 503, "times": 4}, FeedState.FAILED, "fetch.server"),
        ({"truncate": 0.5, "times": 4}, FeedState.FAILED, "fetch.cut_off"),
        ({"truncate": 0.99, "times": 4}, FeedState.FAILED, "fetch.cut_off"),
        ({"status": 404}, FeedState.FAILED, "fetch.status"),
        ({"body": "<html>maintenance</html>"}, FeedState.FAILED, "feed.html"),
        ({"body": ""}, FeedState.FAILED, "feed.nothing"),
        ({"stale": "2026-01-08"}, FeedState.STALE, "collect.stale"),
    ],
)
async def test_faults_of_the_mirror(mirror: Mirror, fault: dict[str, Any], state: FeedState, code: str | None) -> None:
    """What passes costs time only; what does not has its state and reason; the other category is never touched, and the
    next run has the day whole."""
    day, store = date(2026, 1, 9), FakePapers()
    mirror.post("/_day", day="2026-01-08")
    patience = SHORT if "delay" in fault else PATIENCE
    async with connected(mirror, clock_at(date(2026, 1, 8)), patience) as arxiv:
        await collect(arxiv, store, CATEGORIES[:2], clock_at(date(2026, 1, 8)))
        mirror.post("/_day", day=str(day))
        mirror.post("/_fault", prefix="/rss/cs.AI", **fault)
        clock = clock_at(day)
        first = await collect(arxiv, store, CATEGORIES[:2], clock)
        second = await collect(arxiv, store, CATEGORIES[:2], clock)

    assert [(s.state, s.reason and s.reason.code) for s in first.states] == [(state, code), (FeedState.FRESH, None)]
    assert [(s.state, s.entries) for s in second.states] == [(FeedState.FRESH, 162), (FeedState.FRESH, 41)]


async def test_19_pdfs_at_arxivs_pace(mirror: Mirror) -> None:
    """Every recorded PDF comes whole, asked for in its version; what is not there says so."""
    clock = FakeClock()
    began = clock.monotonic()
    async with connected(mirror, clock) as arxiv:
        for path in sorted((CORPUS / "pdf").glob("*.pdf")):
            identity = parse_id(path.stem.replace("_", "/"))
            paper = Paper(identity.id, identity.version or 1, "", (), "", ())
            assert await arxiv.pdf(paper, 40_000_000) == path.read_bytes()
        with pytest.raises(FetchError, match=r"arXiv has no PDF of 9901\.00001v1"):
            await arxiv.pdf(Paper("9901.00001", 1, "", (), "", ()), 40_000_000)

    assert clock.monotonic() - began >= 19 * 3
    assert all(entry["agent"].startswith("Broadsheet/") for entry in mirror.log())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("html_instead_of_pdf.pdf", "fetch.pdf_html"),
        ("rate_exceeded.pdf", "fetch.not_pdf"),
        ("zero_bytes.pdf", "fetch.pdf_empty"),
        ("truncated_1706.03762v7_30pct.pdf", "fetch.pdf_cut_off"),
        ("scanned_1page_no_text.pdf", None),
        ("password_2206.01062_pg3.pdf", None),
    ],
)
def test_files_that_are_not_what_they_say(name: str, code: str | None) -> None:
    """Only what begins as a PDF passes for one, and without a length only what ends as one."""
    body = (CORPUS / "pdf-special" / name).read_bytes()
    problem = why_no_pdf(HttpResponse(200, body, complete=False), Paper("9901.00001", 1, "", (), "", ()))

    assert (problem and problem.code) == code


async def test_papers_by_id(mirror: Mirror) -> None:
    """The query API gives the papers of the recorded days, a hundred a request."""
    wanted = list(dict.fromkeys(p["id"] for p in recorded(date(2026, 1, 8))))
    async with connected(mirror, FakeClock()) as arxiv:
        papers = await arxiv.papers([parse_id(name) for name in wanted])

    assert [p.id for p in papers] == wanted
    assert len(mirror.log()) == 3


async def test_the_pace_on_the_wall_clock(mirror: Mirror) -> None:
    """Not only on the tests' clock: the mirror itself sees the interval between requests."""
    fetcher = ArxivHttpClient(HttpSettings(), SystemClock(), min_interval=0.2)
    mirror.get("/rss/cs.AI")  # before the first of the fetcher's begins
    for category in CATEGORIES:
        await fetcher.get(f"{mirror.url}/rss/{category}", max_bytes=10_000_000)
    await fetcher.aclose()
    began, *starts = [entry["at"] for entry in mirror.log()]

    assert len(starts) == len(CATEGORIES)
    assert all(start - began >= 0.2 * n - 0.001 for n, start in enumerate(starts))  # each may come late, none early
