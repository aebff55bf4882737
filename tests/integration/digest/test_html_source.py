"""arXiv's page as a source: fetched politely, read in a child, judged; whatever it is, the paper is carded."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from digest.arxiv.client import HTML_INTERVAL, ArxivClient
from digest.arxiv.http_client import ArxivHttpClient
from digest.engine.html_reader import read_html
from digest.html.html_paper import HtmlPage
from digest.html.html_source import HtmlSource
from digest.models.notice import Notice
from digest.models.paper_text import PaperText
from digest.settings import HttpSettings, ReadingLimits
from tests.builders import html_pages
from tests.builders.html_pages import page_of
from tests.builders.lantern_paper import PAPER, TEXT
from tests.fakes.arxiv import FakeArxiv, Fault
from tests.fakes.clocks.still_clock import FakeClock

LIMITS = ReadingLimits(max_html_bytes=2_000_000)
WHERE = f"/html/{PAPER.versioned_id}"


class Lab:
    """A fake arXiv and what asks it."""

    def __init__(self, arxiv: FakeArxiv, fetcher: ArxivHttpClient) -> None:
        self.arxiv = arxiv
        client = ArxivClient(fetcher, arxiv.rss_url, arxiv.api_url, arxiv.pdf_url, html_url=arxiv.html_url)
        self.source = HtmlSource(client, self._read, LIMITS.max_html_bytes)

    async def _read(self, data: bytes) -> HtmlPage | Notice:
        return await read_html(data, LIMITS)

    async def ask(self, page: bytes | None = None) -> PaperText | str:
        if page is not None:
            self.arxiv.pages[PAPER.versioned_id] = page
        answer = await self.source.text(PAPER, TEXT)
        return answer.code if isinstance(answer, Notice) else answer


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    clock = FakeClock()
    async with FakeArxiv(clock) as arxiv:
        fetcher = ArxivHttpClient(HttpSettings(max_attempts=2), clock, min_interval=0.0)
        yield Lab(arxiv, fetcher)
        await fetcher.aclose()


async def test_a_sound_page_gives_the_text_with_pages(lab: Lab) -> None:
    text = await lab.ask(page_of(PAPER, TEXT))

    assert isinstance(text, PaperText)
    assert (text.source, text.pages, text.sections[1].page) == ("html", 7, 1)
    assert [r.path for r in lab.arxiv.log] == [WHERE]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (None, "fetch.html_not_found"),
        (b"", "fetch.html_not_found"),
        (b"%PDF-1.7 a file", "html.not_html"),
        (b"\x00" * 400, "html.not_html"),
        (html_pages.failed(), "html.no_title"),
        (html_pages.withdrawn(PAPER), "html.no_paper"),
        (html_pages.stub(), "html.includes_pdf"),
        (html_pages.nested(20_000), "html.nested"),
        (page_of(PAPER, TEXT) + b" " * 3_000_000, "fetch.too_large"),
        (page_of(PAPER, TEXT)[:2500], "html.cut_off"),
        (page_of(PAPER, TEXT, stamp="2601.00001v3"), "html.other_version"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_page_of_no_use_is_a_notice(lab: Lab, page: bytes | None, code: str) -> None:
    assert await lab.ask(page) == code


async def test_a_page_that_comes_late_is_had_then(lab: Lab) -> None:
    assert await lab.ask() == "fetch.html_not_found"
    assert isinstance(await lab.ask(page_of(PAPER, TEXT)), PaperText)


async def test_a_redirect_to_another_host_is_not_followed(lab: Lab) -> None:
    lab.arxiv.faults.append(Fault(WHERE, status=302, headers={"Location": "https://example.com/paper"}))

    assert await lab.ask() == "fetch.redirect"


async def test_a_failing_server_is_asked_again(lab: Lab) -> None:
    lab.arxiv.faults.append(Fault(WHERE, status=503))

    assert isinstance(await lab.ask(page_of(PAPER, TEXT)), PaperText)


async def test_scripts_do_not_run_and_change_nothing(lab: Lab) -> None:
    page = page_of(PAPER, TEXT).replace(b"<nav", b"<script>document.title = 1; while (true) {}</script><nav", 1)

    assert isinstance(await lab.ask(page), PaperText)


async def test_arxiv_itself_is_asked_every_fifteen_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """https://arxiv.org/robots.txt: Crawl-delay 15. A mirror on this machine may be asked at once."""
    clock = FakeClock()
    async with FakeArxiv(clock) as arxiv:
        monkeypatch.setattr("digest.arxiv.http_client._is_local", lambda url: False)
        fetcher = ArxivHttpClient(HttpSettings(), clock, min_interval=3.0)
        client = ArxivClient(fetcher, arxiv.rss_url, arxiv.api_url, arxiv.pdf_url, html_url=arxiv.html_url)
        arxiv.pages[PAPER.versioned_id] = b"<html>"
        for _ in range(3):
            await client.html(PAPER, 1000)
        await fetcher.aclose()

    times = [request.at for request in arxiv.log]
    assert [after - before for before, after in pairwise(times)] == [HTML_INTERVAL] * 2
