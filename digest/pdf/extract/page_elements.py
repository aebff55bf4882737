"""The reader's own words for what stands on a page. Nothing of pymupdf's gets past them.

Coordinates are points from a page's top left corner; pages count from 1.
"""

from __future__ import annotations

from typing import NamedTuple

from digest.models.notice import Notice


class FontStyle(NamedTuple):
    """How the letters of a line look. `size` is in points, rounded to a quarter, because PDFs scale their fonts."""

    font: str
    size: float
    bold: bool
    italic: bool


Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""


class Cell(NamedTuple):
    """A piece of a line as MuPDF gives it: in a table, a cell."""

    x0: float
    x1: float
    text: str


class TextLine(NamedTuple):
    """One printed line of one column: its parts joined, its control characters and ligatures gone."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float  # the height of the baseline of most of its letters
    page: int
    style: FontStyle  # of most of its letters
    lead: int  # how many characters at the start are set apart (bold, italic, capitals in small size), 0 if none
    capitals: bool  # set in small capitals: printed as capitals of two sizes
    marker: bool  # begins with a superscript
    maths: float  # the share of its characters that is in maths fonts
    block: int  # lines of one block of the page's content belong together
    parts: int = 1  # how many pieces of MuPDF's it was joined from
    cells: tuple[Cell, ...] = ()  # those pieces, if there are several

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


class LinkAnnotation(NamedTuple):
    """A link annotation and the place that it covers."""

    uri: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class DroppedText(NamedTuple):
    """A line that was taken out while its page was read, and why."""

    what: str
    reason: str
    text: str
    page: int


class PdfPage(NamedTuple):
    """One page as its lines, in the order of the page's content."""

    number: int
    width: float
    height: float
    lines: tuple[TextLine, ...]
    uris: tuple[LinkAnnotation, ...] = ()
    dropped: tuple[DroppedText, ...] = ()
    top: float = 0.0  # where running heads end, and
    bottom: float = 99_999.0  # where running feet begin
    frames: tuple[Box, ...] = ()  # drawn boxes and pictures large enough to hold lines of text
    recognised: bool = False  # its text is an invisible layer over a picture of the page (OCR)


class OutlineEntry(NamedTuple):
    """One entry of the PDF's outline: a name and a hint, no more. The page may be wrong, or 0."""

    level: int
    title: str
    page: int


class PdfInfo(NamedTuple):
    """What is known of a PDF beside its pages. `pages` 0: unknown."""

    pages: int = 0
    title: str = ""
    outline: tuple[OutlineEntry, ...] = ()
    partial: Notice | None = None
