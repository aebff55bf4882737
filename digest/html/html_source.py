"""arXiv's HTML page as the source of a paper's text: fetch it, read it, judge it, lay the PDF's pages over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from digest.arxiv.client import ArxivClient
from digest.arxiv.errors import FetchError
from digest.html.health import html_problem
from digest.html.html_paper import HtmlPage
from digest.html.page_overlay import with_pages
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import PaperText


class PageReader(Protocol):
    """Reads an HTML page within limits; never raises for a bad one."""

    def __call__(self, data: bytes, /) -> Awaitable[HtmlPage | Notice]: ...


class HtmlSource:
    """Pages of at most `max_bytes`."""

    def __init__(self, arxiv: ArxivClient, read: PageReader, max_bytes: int) -> None:
        self._arxiv = arxiv
        self._read = read
        self._max_bytes = max_bytes

    async def text(self, paper: Paper, pdf: PaperText | None) -> PaperText | Notice:
        """The text of the page, with the pages of `pdf` where there is one; or why the page is of no use."""
        try:
            data = await self._arxiv.html(paper, self._max_bytes)
        except FetchError as error:
            return error.notice
        page = await self._read(data)
        if isinstance(page, Notice):
            return page
        return await asyncio.to_thread(_judged, page, paper, pdf)


def _judged(page: HtmlPage, paper: Paper, pdf: PaperText | None) -> PaperText | Notice:
    problem = html_problem(page, paper, pdf)
    if problem is not None:
        return problem
    return page.text if pdf is None else with_pages(page.text, pdf)
