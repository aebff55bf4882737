"""What Broadsheet asks of arXiv, against the small arXiv on loopback."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.arxiv.calendar import EASTERN, announcement_day
from digest.arxiv.client import ArxivClient, feed_url
from digest.arxiv.errors import ArxivError, FeedError, FetchError
from digest.arxiv.http_client import ArxivHttpClient
from digest.arxiv.ids import ArxivId, parse_id
from digest.i18n.translator import Translator
from digest.models.paper import AnnouncementKind
from digest.settings import HttpSettings
from tests.fakes.arxiv import PDF, FakeArxiv, Fault, atom, made_day, made_paper, rss
from tests.fakes.clocks.still_clock import FakeClock

DAY = date(2026, 1, 9)
NO_SUCH = rss("x", DAY, []).replace("<title>x", "<title>Feed error for query: x").encode()


@pytest.fixture
async def fake() -> AsyncIterator[FakeArxiv]:
    async with FakeArxiv(FakeClock()) as served:
        served.days[DAY] = made_day(DAY, 10)
        yield served


@pytest.fixture
async def arxiv(fake: FakeArxiv) -> AsyncIterator[ArxivClient]:
    fetcher = ArxivHttpClient(HttpSettings(max_attempts=3), fake.clock)
    yield ArxivClient(fetcher, fake.rss_url, fake.api_url, fake.pdf_url)
    await fetcher.aclose()


def code(error: ArxivError) -> str:
    assert all(Translator(language).notice(error.notice) for language in ("zh", "en"))
    return error.notice.code


async def test_one_category_a_request(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """Each category has its own feed, so that none is pushed out by the limit of 2,000 entries."""
    feeds = [await arxiv.feed(category) for category in ("cs.AI", "cs.LG")]

    assert [request.path for request in fake.log] == ["/rss/cs.AI", "/rss/cs.LG"]
    assert [(f.category, f.day, len(f.announcements)) for f in feeds] == [("cs.AI", DAY, 10), ("cs.LG", DAY, 5)]


async def test_an_unchanged_feed_is_still_the_whole_feed(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """ "Not modified" gives what was had before, however often; a changed feed is read anew."""
    first = await arxiv.feed("cs.AI")
    again = [await arxiv.feed("cs.AI") for _ in range(2)]
    fake.days[DAY] = made_day(DAY, 12)

    assert all(feed == first for feed in again)
    assert "if-none-match" in fake.log[2].headers
    assert len((await arxiv.feed("cs.AI")).announcements) == 12


async def test_validators_do_not_outlive_what_they_stand_for(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """After an answer that can't be used, the last good feed keeps its own validators."""
    first = await arxiv.feed("cs.AI")
    fake.faults.append(Fault("/rss/", body=b"<html>", headers={"ETag": '"page"'}))
    with pytest.raises(FeedError):
        await arxiv.feed("cs.AI")

    assert await arxiv.feed("cs.AI") == first
    assert fake.log[2].headers["if-none-match"] != '"page"'


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        (Fault(body=b"<!doctype html><html></html>"), "feed.html"),
        (Fault(body=b""), "feed.nothing"),
        (Fault(body=rss("cs.AI", DAY, made_day(DAY, 4), end=False).encode()), "feed.cut_off"),
        (Fault(keep=700, times=9), "fetch.cut_off"),
        (Fault(body=b"Rate exceeded.", status=429, times=9), "fetch.rate_limited"),
        (Fault(body=NO_SUCH, status=400), "feed.unknown_category"),
        (Fault(body=rss("x", DAY, []).encode(), status=400), "fetch.status"),
        (Fault(status=404), "fetch.status"),
        (Fault(status=301), "fetch.status"),
    ],
)
async def test_a_feed_that_can_not_be_had_says_why(
    fake: FakeArxiv, arxiv: ArxivClient, fault: Fault, wanted: str
) -> None:
    """Each failure has its own notice."""
    fake.faults.append(replace(fault))
    with pytest.raises(ArxivError) as raised:
        await arxiv.feed("cs.AI")

    assert code(raised.value) == wanted


async def test_a_huge_feed_is_not_swallowed(fake: FakeArxiv) -> None:
    """The limit of the settings holds."""
    fetcher = ArxivHttpClient(HttpSettings(max_attempts=1), fake.clock)
    arxiv = ArxivClient(fetcher, fake.rss_url, fake.api_url, fake.pdf_url, max_feed_bytes=2000)
    with pytest.raises(FetchError) as raised:
        await arxiv.feed("cs.AI")
    await fetcher.aclose()

    assert code(raised.value) == "fetch.too_large"


def test_feed_addresses_follow_the_setting() -> None:
    """A folder, or a template."""
    assert feed_url("https://rss.arxiv.org/rss/", "cs.AI") == "https://rss.arxiv.org/rss/cs.AI"
    assert feed_url("https://x.org/{category}.xml", "hep-th") == "https://x.org/hep-th.xml"
    assert feed_url("https://x.org", "a/../b?") == "https://x.org/a%2F..%2Fb%3F"


async def test_papers_come_in_the_order_asked_for(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """Each in the version asked for, by default the newest; unknown ones are left out."""
    first, second, old = made_paper(1), made_paper(2), made_paper(3, id="hep-th/9901001", version=2)
    fake.days = {}
    fake.papers = [first, replace(first, version=2), second, old]
    asked = ["hep-th/9901001", "2601.00001v1", "2601.99999", "2601.00001", "2601.00002"]

    papers = await arxiv.papers([parse_id(text) for text in asked])

    assert [p.versioned_id for p in papers] == ["hep-th/9901001v2", "2601.00001v1", "2601.00001v2", "2601.00002v1"]
    assert len(fake.log) == 1


async def test_many_ids_are_asked_for_in_batches(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """A hundred a request: more would not fit into a request line of arXiv's."""
    fake.papers = [made_paper(n) for n in range(1000, 1250)]
    papers = await arxiv.papers([ArxivId(p.id) for p in fake.papers])

    assert [p.id for p in papers] == [p.id for p in fake.papers]
    assert len(fake.log) == 3
    assert all(later.at - earlier.at >= 3 for earlier, later in pairwise(fake.log))


async def test_a_missed_day_is_found_by_submission(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """Papers come on the day of arXiv's schedule, new in their primary category and cross-lists elsewhere; what was
    submitted too late for the last day is not of it."""

    def submitted(number: int, when: str) -> None:
        moment = datetime.fromisoformat(when).replace(tzinfo=EASTERN).astimezone(UTC)
        fake.papers.append(made_paper(number, submitted=moment))

    fake.days = {}
    submitted(1, "2026-02-03T13:00")  # Tuesday: listed on Wednesday
    submitted(2, "2026-02-03T15:00")  # listed on Thursday
    submitted(3, "2026-02-04T13:59")  # listed on Thursday
    submitted(4, "2026-02-04T14:01")  # listed on Friday
    submitted(5, "2026-02-01T10:00")  # three days before: moderation may have held it until Wednesday
    submitted(6, "2026-01-25T10:00")  # long ago

    found = await arxiv.announced(["cs.AI"], date(2026, 2, 4), date(2026, 2, 5))

    assert [(a.paper.id[-1], a.day.day, a.kind) for a in sorted(found, key=lambda a: a.paper.id)] == [
        ("1", 4, AnnouncementKind.NEW),
        ("2", 5, AnnouncementKind.CROSS),
        ("3", 5, AnnouncementKind.NEW),
        ("5", 4, AnnouncementKind.NEW),
    ]


async def test_a_long_time_is_paged_and_empty_pages_are_asked_for_again(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """Nothing is lost between pages, nor to pages that come back empty now and then."""
    fake.days = {}
    moment = datetime(2026, 2, 3, 15, tzinfo=UTC)
    fake.papers = [made_paper(n, submitted=moment + timedelta(seconds=n)) for n in range(1200)]
    fake.faults.append(Fault("/api/query", body=atom([], 1200).encode(), times=2))
    day = announcement_day(moment)

    found = await arxiv.announced(["cs"], day, day)

    assert {a.paper.id for a in found} == {p.id for p in fake.papers}
    assert {a.kind for a in found} == {AnnouncementKind.NEW}
    assert len(fake.log) == 2 + 3


async def test_pages_that_stay_empty_are_a_failure(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """Half of a missed day is not the day."""
    fake.faults.append(Fault("/api/query", body=atom([], 1200).encode(), times=99))
    with pytest.raises(FeedError) as raised:
        await arxiv.announced(["cs.AI"], DAY, DAY)

    assert code(raised.value) == "query.empty_pages"


async def test_more_than_the_api_gives_is_asked_for_in_parts(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """Beyond 10,000 results the API fails: the span is halved until each part fits."""
    fake.faults.append(Fault("/api/query", body=atom([made_paper(1)], 10_001).encode()))
    fake.faults.append(Fault("/api/query", body=atom([made_paper(2)], 1).encode()))
    fake.faults.append(Fault("/api/query", body=atom([made_paper(3)], 1).encode()))
    found = await arxiv.announced(["cs.AI"], DAY, DAY)
    spans = [parse_qs(urlsplit(r.path).query)["search_query"][0].partition("[")[2] for r in fake.log]

    assert {a.paper.id for a in found} <= {"2601.00002", "2601.00003"}
    assert spans[1].partition(" TO ")[2].rstrip("]") == spans[2].partition(" TO ")[0]
    assert (spans[0][:12], spans[0][-13:]) == (spans[1][:12], spans[2][-13:])


async def test_a_pdf_comes_in_its_version(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """The version that was announced, not the newest."""
    fake.pdfs["2601.00001v2"] = PDF

    assert await arxiv.pdf(made_paper(1, version=2), 10_000) == PDF
    assert fake.log[0].path == "/pdf/2601.00001v2"


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        (Fault(status=404), "fetch.pdf_not_found"),
        (Fault(status=410), "fetch.pdf_not_found"),
        (Fault(status=418), "fetch.status"),
        (Fault(body=b"<html><title>File unavailable</title></html>"), "fetch.pdf_html"),
        (Fault(body=b"PDF is being made, try later", content_type="text/html"), "fetch.pdf_html"),
        (Fault(body=b"\x89PNG", content_type="image/png"), "fetch.not_pdf"),
        (Fault(body=b"", content_type="application/pdf"), "fetch.pdf_empty"),
        (Fault(body=b"x" * 1100 + PDF, content_type="application/pdf"), "fetch.not_pdf"),
        (Fault(body=PDF[:30], content_type="application/pdf", unsized=True), "fetch.pdf_cut_off"),
        (Fault(keep=10, times=9), "fetch.cut_off"),
        (Fault(status=503, times=9), "fetch.server"),
        (Fault(body=b"%PDF-" + b"x" * 20_000), "fetch.too_large"),
    ],
)
async def test_a_pdf_that_can_not_be_had_says_why(
    fake: FakeArxiv, arxiv: ArxivClient, fault: Fault, wanted: str
) -> None:
    """Not there, a web page, something else, empty, cut off, too large."""
    fake.pdfs["2601.00001v1"] = PDF
    fake.faults.append(replace(fault))
    with pytest.raises(FetchError) as raised:
        await arxiv.pdf(made_paper(1), 10_000)

    assert code(raised.value) == wanted


async def test_a_pdf_without_a_length_is_whole_if_it_ends_as_one(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """Where HTTP does not tell, the file's own end does."""
    fake.faults.append(Fault(body=PDF, content_type="application/pdf", unsized=True))

    assert await arxiv.pdf(made_paper(1), 10_000) == PDF


async def test_a_passing_fault_costs_no_pdf(fake: FakeArxiv, arxiv: ArxivClient) -> None:
    """Cut off once, whole the second time."""
    fake.pdfs["2601.00001v1"] = PDF
    fake.faults.append(Fault("/pdf/", keep=10))

    assert await arxiv.pdf(made_paper(1), 10_000) == PDF
