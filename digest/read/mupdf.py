"""The one import of pymupdf. It has hardly any types of its own, so its objects are `Any` up to the edge of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymupdf as _pymupdf

from digest.model import Notice

pymupdf: Any = _pymupdf


_OUT_OF_MEMORY = ("malloc", "realloc", "calloc", "memory", "bad_alloc")


class UnreadableError(Exception):
    """A PDF that can't be read at all, with the reason."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.code)
        self.notice = notice


def opened(data: bytes) -> Any:
    """The document, with at least one page; `UnreadableError` if it is none, and anything at all if it is damaged."""
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    document = pymupdf.open(stream=data, filetype="pdf")
    if not document.is_pdf:
        raise UnreadableError(Notice.of("pdf.not_pdf"))
    if document.needs_pass:
        raise UnreadableError(Notice.of("pdf.encrypted"))
    if document.page_count < 1:
        raise UnreadableError(Notice.of("pdf.no_pages"))
    return document


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error means that memory ran out: MuPDF says so by RuntimeError as well as by MemoryError."""
    text = f"{type(error).__name__} {error}".lower()
    return isinstance(error, MemoryError) or any(word in text for word in _OUT_OF_MEMORY)


def link_annotations(page: Any) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """The addresses that a page links to, and where. pymupdf's own `Link` objects take eight times as long."""
    inner = page.this.super() if hasattr(page.this, "super") else page.this
    link = pymupdf.mupdf.fz_load_links(inner)
    while link.m_internal:
        uri, box = link.m_internal.uri, link.m_internal.rect
        if uri and not uri.startswith("#"):
            yield str(uri), (box.x0, box.y0, box.x1, box.y1)
        link = link.next()
