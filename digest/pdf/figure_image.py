"""The picture for a paper's card, drawn in the child: Figure 1 with its caption, else a thumbnail of page 1.

The figure is what is painted between its caption and the nearest running text. Guessing at clusters of drawings is slow
and cuts figures apart (measured).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from digest.pdf.extract.layout import PageLayout, page_layout
from digest.pdf.extract.mupdf import open_pdf, pymupdf
from digest.pdf.extract.pdf_document import PdfDocument
from digest.pdf.structure.floats import Float, figure_text_lines, find_captions
from digest.pdf.structure.hyphenation import joined, vocabulary
from digest.pdf.structure.page_furniture import without_furniture

FigureInfo = dict[str, str | int | bool]
_PAGES = 5  # Figure 1 stands on one of the first pages, or there is none worth showing
_MAX_PIXELS = 1200
_MAX_BYTES = 400_000
_LEAST = 40.0  # points, of a figure's height and width
_MARGIN = 4.0
_HEAD = 0.1  # of the height that a page is filled to: thin things above are running heads and their rules


class Area(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float

    def joined(self, area: Area) -> Area:
        return Area(min(self.x0, area.x0), min(self.y0, area.y0), max(self.x1, area.x1), max(self.y1, area.y1))


def draw_first_figure(data: bytes) -> tuple[FigureInfo, bytes] | None:
    """A description and a PNG of at most 1200 px and 400 KB, or None when even a thumbnail is too large."""
    figure = _first_figure(data)
    document = open_pdf(data)
    if figure is not None:
        page, area, caption = figure
        picture = _png(document[page - 1], area)
        if picture is not None:
            return _about(picture, caption, page, is_thumbnail=False)
    bounds = document[0].rect
    picture = _png(document[0], Area(bounds.x0, bounds.y0, bounds.x1, bounds.y1))
    return None if picture is None else _about(picture, "", 1, is_thumbnail=True)


def _about(picture: tuple[bytes, int, int], caption: str, page: int, *, is_thumbnail: bool) -> tuple[FigureInfo, bytes]:
    png, width, height = picture
    return {"caption": caption, "page": page, "width": width, "height": height, "is_thumbnail": is_thumbnail}, png


def _png(page: Any, area: Area) -> tuple[bytes, int, int] | None:
    """The area as a PNG within the limits, with its width and height in pixels."""
    longest = max(area.x1 - area.x0, area.y1 - area.y0, 1.0)
    zoom = min(_MAX_PIXELS / longest, 4.0)
    for _ in range(6):
        matrix = pymupdf.Matrix(zoom, zoom)
        picture = page.get_pixmap(matrix=matrix, clip=pymupdf.Rect(*area), alpha=False, annots=False)
        data: bytes = picture.tobytes("png")
        if len(data) <= _MAX_BYTES and max(picture.width, picture.height) <= _MAX_PIXELS:
            return data, picture.width, picture.height
        zoom *= 0.75
    return None


def _first_figure(data: bytes) -> tuple[int, Area, str] | None:
    """The page, place and caption of Figure 1, if it is found whole."""
    with PdfDocument(data, max_pages=_PAGES, hidden_text=False) as pdf:
        pages = without_furniture(list(pdf.pages()))
        layout = page_layout(pages)
        words = vocabulary(spot.line.text for spot in layout.spots)
        captions = find_captions(layout, set())
        for item in captions:
            if item.kind != "figure" or item.number.rstrip("a") not in ("1", "I"):
                continue
            page = pages[item.page - 1]
            inner = [box for box in pdf.painted(item.page) if box[1] > page.top - 1 and box[3] < page.bottom + 1]
            area = _area(layout, item, captions, inner)
            if area is not None:
                text = ""
                for i in range(item.first, item.last + 1):
                    line = layout.spots[i].line.text
                    text = joined(text, line, words) if text else line
                return item.page, area, text
    return None


def _area(layout: PageLayout, item: Float, floats: Sequence[Float], painted: Sequence[Sequence[float]]) -> Area | None:
    """The place of a figure and its caption: above the caption as a rule, below it where nothing is above."""
    lines = [layout.spots[i].line for i in range(item.first, item.last + 1)]
    caption = Area(
        min(ln.x0 for ln in lines), min(ln.y0 for ln in lines), max(ln.x1 for ln in lines), max(ln.y1 for ln in lines)
    )
    column = layout.spots[item.first].column
    left, right = min(column.left, caption.x0) - 3, max(column.right, caption.x1) + 3
    text = list(_running_text(layout, item, floats, left, right))
    head = _HEAD * layout.depths[item.page]
    top = max((area.y1 for area in text if area.y1 <= caption.y0 + 2), default=0.0)
    bottom = min((area.y0 for area in text if area.y0 >= caption.y1 - 2), default=99_999.0)
    for y0, y1 in ((top, caption.y0), (caption.y1, bottom)):
        inside = [
            Area(*box)
            for box in painted
            if left - 12 <= box[0] and box[2] <= right + 12 and y0 - 1.5 <= box[1] and box[3] <= y1 + 2
            if box[3] >= head or box[3] - box[1] >= 16
        ]
        if not inside:
            continue
        whole = inside[0]
        for area in inside[1:]:
            whole = whole.joined(area)
        if whole.x1 - whole.x0 >= _LEAST and whole.y1 - whole.y0 >= _LEAST:
            whole = whole.joined(caption)
            return Area(whole.x0 - _MARGIN, whole.y0 - _MARGIN, whole.x1 + _MARGIN, whole.y1 + _MARGIN)
    return None


def _running_text(
    layout: PageLayout, item: Float, floats: Sequence[Float], left: float, right: float
) -> Iterator[Area]:
    """The places of the lines on the figure's page, in its columns, that are running text or other captions."""
    odd = figure_text_lines(layout, {item.page})
    float_lines = {i for f in floats if f.page == item.page and f != item for i in range(f.first, f.last + 1)}
    for i, spot in enumerate(layout.spots):
        line = spot.line
        if line.page != item.page or item.first <= i <= item.last or line.x1 < left or line.x0 > right:
            continue
        wide = line.width > 0.55 * spot.column.width
        if i in float_lines or (i not in odd and (wide or line.style.bold or line.style.size > layout.body.size + 1)):
            yield Area(line.x0, line.y0, line.x1, line.y1)
