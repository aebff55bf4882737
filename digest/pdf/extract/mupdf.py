"""The one import of pymupdf. It has hardly any types of its own, so its objects are `Any` up to the edge of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymupdf as _pymupdf

from digest.models.notice import Notice

pymupdf: Any = _pymupdf
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""

_OUT_OF_MEMORY = ("malloc", "realloc", "calloc", "memory", "bad_alloc")


class UnreadableError(Exception):
    """A PDF that can't be read at all, with the reason."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.code)
        self.notice = notice


def open_pdf(data: bytes) -> Any:
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


class _Pictures(pymupdf.mupdf.FzDevice2):  # type: ignore[misc]  # pymupdf's classes are Any
    """A device that notes where pictures and shadings are painted, and paints nothing. MuPDF calls its methods."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Box] = []
        self.use_virtual_fill_image()
        self.use_virtual_fill_image_mask()
        self.use_virtual_fill_shade()

    def fill_image(self, _context: Any, _image: Any, matrix: Any, *_: Any) -> None:
        self._add(pymupdf.mupdf.ll_fz_transform_rect(pymupdf.mupdf.fz_unit_rect, matrix))

    fill_image_mask = fill_image

    def fill_shade(self, _context: Any, shade: Any, matrix: Any, *_: Any) -> None:
        self._add(pymupdf.mupdf.ll_fz_bound_shade(shade, matrix))

    def _add(self, box: Any) -> None:
        self.places.append((box.x0, box.y0, box.x1, box.y1))


def pictures(drawing: Any) -> list[Box]:
    """The places of the pictures and shadings in a display list. A twentieth of what `Page.get_bboxlog` takes, which
    interprets the page once more."""
    mupdf, device = pymupdf.mupdf, _Pictures()
    everywhere = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
    mupdf.fz_run_display_list(drawing.this, device, mupdf.FzMatrix(), everywhere, mupdf.FzCookie())
    mupdf.fz_close_device(device)
    return device.places


def link_annotations(page: Any) -> Iterator[tuple[str, Box]]:
    """The addresses that a page links to, and where. pymupdf's own `Link` objects take eight times as long."""
    inner = page.this.super() if hasattr(page.this, "super") else page.this
    link = pymupdf.mupdf.fz_load_links(inner)
    while link.m_internal:
        uri, box = link.m_internal.uri, link.m_internal.rect
        if uri and not uri.startswith("#"):
            yield str(uri), (box.x0, box.y0, box.x1, box.y1)
        link = link.next()
