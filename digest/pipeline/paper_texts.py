"""The texts and figures of papers: from the store, else fetched from arXiv and read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from digest.arxiv.client import ArxivClient
from digest.arxiv.http_client import FetchError
from digest.html.html_document import HTML_READER_VERSION
from digest.models.digest import CardFigure
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import PaperText
from digest.pdf.result import READER_VERSION, ReadFailure
from digest.ports import FigureDrawer, FigureStore, HtmlText, PaperErrorObserver, PaperStore, PdfReader

PDFS_AT_ONCE = 4  # each may hold 40 MB until it is read


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What could be read of a paper: its text, or why there is none."""

    text: PaperText | None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Readers:
    """How a paper is read. Without `html`, only its PDF is; without `draw_figure`, no figure is drawn.

    At most `pdfs_at_once` PDFs of at most `max_pdf_bytes` are fetched or read at the same time.
    """

    read_pdf: PdfReader
    max_pdf_bytes: int
    html: HtmlText | None = None
    draw_figure: FigureDrawer | None = None
    pdfs_at_once: int = PDFS_AT_ONCE


class PaperTexts:
    """Texts and first figures of papers. Each is read once and then stored."""

    def __init__(
        self,
        arxiv: ArxivClient,
        papers: PaperStore,
        readers: Readers,
        on_error: PaperErrorObserver,
        figures: FigureStore | None = None,
    ) -> None:
        self._arxiv = arxiv
        self._papers = papers
        self._readers = readers
        self._on_error = on_error
        self._figures = figures
        self._slots = asyncio.Semaphore(readers.pdfs_at_once)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._to_draw: set[str] = set()  # papers whose figure is drawn when their PDF is fetched to be read

    def lock(self, paper: Paper) -> asyncio.Lock:
        """The lock of a paper's version: one job a paper, however many ask."""
        return self._locks.setdefault(paper.versioned_id, asyncio.Lock())

    async def read(self, paper: Paper) -> ReadResult:
        """The text of a paper: from the store, else fetched and read; why there is none, as notices.

        It is the HTML page's where that is sound, else the PDF's, and stays what it is once it is stored.
        """
        stored = self.text(paper)
        if stored is not None:
            return ReadResult(stored)
        pdf = await self.pdf_text(paper)
        if self._readers.html is None:
            return pdf
        try:
            page = await self._readers.html.text(paper, pdf.text)
        except Exception as error:  # noqa: BLE001 - as for an analysis: one paper, not the day
            self._on_error(paper, error)
            return pdf
        if isinstance(page, Notice):  # one paper in ten has no page: nobody needs to know while there is a PDF
            is_usual = pdf.text is not None and page.code == "fetch.html_not_found"
            return pdf if is_usual else replace(pdf, notices=(*pdf.notices, page))
        self._papers.save_text(paper.id, paper.version, page)
        return ReadResult(page, () if pdf.text else pdf.notices)

    def text(self, paper: Paper) -> PaperText | None:
        """What was read of that version: of its HTML page, else of its PDF."""
        return stored_text(self._papers, paper)

    async def pdf_text(self, paper: Paper) -> ReadResult:
        """The text of a paper's PDF: from the store, else fetched and read."""
        stored = self._papers.text(paper.id, paper.version, READER_VERSION)
        if stored is not None:
            return ReadResult(stored)
        async with self._slots:
            try:
                data = await self._arxiv.pdf(paper, self._readers.max_pdf_bytes)
            except FetchError as error:
                return ReadResult(None, (error.notice,))
            if paper.versioned_id in self._to_draw:
                await self._store_figure(paper, data)
            result = await self._read_safely(paper, data)
        if isinstance(result, ReadFailure):
            return ReadResult(None, (result.notice,))
        self._papers.save_text(paper.id, paper.version, result)
        return ReadResult(result, (result.partial,) if result.partial else ())

    async def _read_safely(self, paper: Paper, data: bytes) -> PaperText | ReadFailure:
        try:
            return await self._readers.read_pdf(data)
        except Exception as error:  # noqa: BLE001 - as for an analysis: one paper, not the day
            self._on_error(paper, error)
            return ReadFailure(Notice.of("pipeline.mistake"))

    def has_text(self, paper: Paper) -> bool:
        """Whether that version was read."""
        return self.text(paper) is not None

    def comparable(self, paper: Paper, version: int) -> PaperText | None:
        """The text of an earlier version, of its PDF if there is one: versions are compared within one source."""
        texts = (self._papers.text(paper.id, version, v) for v in (READER_VERSION, HTML_READER_VERSION))
        return next((text for text in texts if text is not None), None)

    def expect_figure(self, paper: Paper) -> None:
        """Draw the paper's figure from its PDF when that is fetched to be read."""
        self._to_draw.add(paper.versioned_id)

    async def figure(self, paper: Paper) -> CardFigure | None:
        """The first figure of a paper whose licence allows it to be shown: stored, drawn, or none."""
        if self._figures is None:
            return None
        async with self.lock(paper), self._slots:
            self._to_draw.discard(paper.versioned_id)
            if not self._figures.is_known(paper.id, paper.version):
                try:
                    data = await self._arxiv.pdf(paper, self._readers.max_pdf_bytes)
                except FetchError:
                    return None  # the card says so already
                await self._store_figure(paper, data)
        image = self._figures.figure(paper.id, paper.version)
        return CardFigure(image.caption, image.page, image.width, image.height) if image else None

    async def _store_figure(self, paper: Paper, data: bytes) -> None:
        """Draw and store; a paper without a first figure is remembered as such."""
        if self._readers.draw_figure is None or self._figures is None:
            return
        try:
            drawn = await self._readers.draw_figure(data)
        except Exception as error:  # noqa: BLE001 - as for an analysis: the card stays text
            self._on_error(paper, error)
            return
        self._figures.save(paper.id, paper.version, None if drawn is None or drawn.is_thumbnail else drawn)


def stored_text(papers: PaperStore, paper: Paper) -> PaperText | None:
    """What is stored of a paper's text: of its HTML page, else of its PDF."""
    texts = (papers.text(paper.id, paper.version, v) for v in (HTML_READER_VERSION, READER_VERSION))
    return next((text for text in texts if text is not None), None)
