"""The door to pymupdf: a PDF's bytes -> pages as lines, one page at a time. Runs in the child only.

Reading order is the order of the page's content: LaTeX writes column after column, and sorting by place is wrong on
every two-column page (measured).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

from digest.models.notice import Notice
from digest.pdf.extract.hidden_text import GreyImage, without_hidden
from digest.pdf.extract.legibility import unmapped
from digest.pdf.extract.lines import printed_lines
from digest.pdf.extract.mupdf import (
    Box,
    UnreadableError,
    is_out_of_memory,
    link_annotations,
    open_pdf,
    pictures,
    pymupdf,
)
from digest.pdf.extract.page_choice import chosen_pages, missing
from digest.pdf.extract.page_elements import DroppedText, LinkAnnotation, OutlineEntry, PdfInfo, PdfPage

_FLAGS = (
    pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES & ~pymupdf.TEXT_PRESERVE_LIGATURES
    | pymupdf.TEXT_MEDIABOX_CLIP
)
_PAINTED = pymupdf.TEXT_COLLECT_VECTORS  # painted areas too, among the text in the order of painting: what covers what
_MAX_LINES = 20_000  # of a page: more is no page of a paper
_MAX_CHARACTERS = 300_000
_LEAST_FRAME = (60.0, 24.0)  # points
_MAX_URIS = 500  # of a page
_MAX_OUTLINE = 2_000


class PdfDocument:
    """An open PDF: `with PdfDocument(data, max_pages=300) as pdf: ...`.

    Opening raises `UnreadableError`; reading may raise anything.
    """

    def __init__(self, data: bytes, *, max_pages: int, hidden_text: bool = True) -> None:
        self._document = open_pdf(data)
        self._max_pages, self._hidden_text = max_pages, hidden_text
        self.page_count = int(self._document.page_count)
        self._read = self._damaged = 0
        self._error: Exception | None = None
        self._indices: list[int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._document.close()

    def pages(self) -> Iterator[PdfPage]:
        """The pages in order, at most as many as the limit allows; damaged ones are left out and counted.

        Memory that runs out ends it: what comes after would fare no better.
        """
        for index in self._chosen():
            try:
                page = self._page(index)
            except Exception as error:
                if is_out_of_memory(error):
                    raise
                self._damaged += 1
                self._error = error
                continue
            self._read += 1
            yield page
        if not self._read and self._error is not None:
            raise self._error

    def about(self) -> PdfInfo:
        """What the PDF says of itself, and whether all of it is read."""
        pages, unread = self.page_count, missing(self._chosen(), self.page_count)
        partial = Notice.of("pdf.pages_left_out", left_out=unread, pages=pages) if unread else None
        if self._damaged:
            partial = Notice.of("pdf.page_damaged", n=self._damaged)
        return PdfInfo(pages, self._title(), self.outline(), partial)

    def outline(self) -> tuple[OutlineEntry, ...]:
        """The outline's entries; empty where there is none or it is broken."""
        try:
            entries = self._document.get_toc(simple=True)
        except Exception:  # noqa: BLE001 an outline is a hint, and a broken one is none
            return ()
        return tuple(OutlineEntry(int(level), str(title), int(page)) for level, title, page in entries[:_MAX_OUTLINE])

    def _chosen(self) -> list[int]:
        """The indices of the pages that are read: all, or those that say most."""
        if self._indices is None:
            self._indices = chosen_pages(self.page_count, self._max_pages, self.outline)
        return self._indices

    def _title(self) -> str:
        return str((self._document.metadata or {}).get("title") or "")

    def _page(self, index: int) -> PdfPage:
        page = self._document[index]
        drawing = page.get_displaylist(annots=0)  # readers' notes are not the paper's text
        flags = _FLAGS | _PAINTED if self._hidden_text else _FLAGS
        content = pymupdf.TextPage(drawing.get_textpage(flags=flags)).extractDICT()
        number = index + 1
        hidden: list[DroppedText] = []
        recognised = 0
        images = pictures(drawing) if self._hidden_text else []
        width, height = float(content["width"]), float(content["height"])
        frames = tuple(_frames((*images, *_vectors(content["blocks"])), width, height))
        if self._hidden_text:
            hidden, recognised = without_hidden(content, number, images, partial(_grey, drawing))
        if sample := unmapped(content["blocks"]):
            hidden.append(DroppedText("unmapped letters", "no map to Unicode", sample, number))
        lines, dropped = printed_lines(content["blocks"], number, _MAX_LINES)
        if len(lines) + len(dropped) >= _MAX_LINES or sum(len(ln.text) for ln in lines) > _MAX_CHARACTERS:
            raise UnreadableError(Notice.of("pdf.output"))
        uris = tuple(_uris(page, number))
        return PdfPage(
            number, width, height, tuple(lines), uris, (*hidden, *dropped), frames=frames, recognised=recognised > 0
        )

    def painted(self, number: int) -> Iterator[tuple[float, float, float, float]]:
        """The places of everything that is painted on a page, text included, in no order."""
        for kind, box in self._document[number - 1].get_bboxlog():
            if not kind.startswith("ignore") and kind != "clip-path":
                yield box[0], box[1], box[2], box[3]


def _vectors(blocks: Sequence[Any]) -> Iterator[Box]:
    for block in blocks:
        if block["type"] == 3:
            yield block["bbox"]


def _frames(boxes: Iterable[Box], width: float, height: float) -> Iterator[Box]:
    """The boxes that can hold lines of text, but not the whole page, which is its ground."""
    for box in boxes:
        wide, high = box[2] - box[0], box[3] - box[1]
        if wide > _LEAST_FRAME[0] and high > _LEAST_FRAME[1] and not (wide > 0.85 * width and high > 0.8 * height):
            yield box


def _grey(drawing: Any, part: Box) -> GreyImage:
    picture = drawing.get_pixmap(colorspace=pymupdf.csGRAY, alpha=0, clip=pymupdf.Rect(part) & drawing.rect)
    return GreyImage(picture.x, picture.y, picture.width, picture.height, picture.stride, picture.samples)


def _uris(page: Any, number: int) -> Iterator[LinkAnnotation]:
    for count, (uri, box) in enumerate(link_annotations(page)):
        if count >= _MAX_URIS:
            return
        yield LinkAnnotation(uri, number, *box)
