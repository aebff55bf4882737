"""Where lines stand: the paper's plain text style, the columns of each page, and the space above each line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from digest.pdf.extract.page_elements import Box, FontStyle, PdfPage, TextLine

_FIGURES = dict.fromkeys(map(ord, "0123456789.,%±+-–−()/"))
TOP = 9.0  # the gap above a line that is the first of its column


class Column(NamedTuple):
    left: float
    right: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


class PlacedLine(NamedTuple):
    """A line in its place. `gap` is the distance to the line above, in the plain text's line distances (1 = next line);
    `TOP` at the top of a column."""

    line: TextLine
    column: Column
    gap: float

    @property
    def indent(self) -> float:
        return self.line.x0 - self.column.left

    @property
    def is_centred(self) -> bool:
        left, right = self.indent, self.column.right - self.line.x1
        return left > 1.5 * self.line.style.size and abs(left - right) < max(6.0, 0.12 * self.column.width)


class PageLayout(NamedTuple):
    """A paper's lines in reading order, each in its place."""

    body: FontStyle
    pitch: float  # the distance of the plain text's lines
    spots: tuple[PlacedLine, ...]
    two_columns: bool
    depths: Mapping[int, float]  # how far down each page its lines reach
    frames: Mapping[int, Sequence[Box]]  # each page's drawn boxes and pictures

    def is_plain(self, style: FontStyle) -> bool:
        """Whether letters look as the running text does."""
        body = self.body
        return abs(style.size - body.size) < 0.6 and style.bold == body.bold and style.italic == body.italic


def page_layout(pages: Sequence[PdfPage]) -> PageLayout:
    """The layout of a paper from its pages' lines."""
    body = plain_style(line for page in pages for line in page.lines)
    by_page = [_columns(page, body) for page in pages]
    usual = Counter(columns for columns in by_page if columns).most_common(1)
    two = sum(len(c) == 2 for c in by_page) * 2 > sum(bool(c) for c in by_page)
    pitch = _pitch(pages, body)
    spots: list[PlacedLine] = []
    for page, columns in zip(pages, by_page, strict=True):
        fallback = usual[0][0] if usual else (Column(0.1 * page.width, 0.9 * page.width),)
        spots += _spots(page, columns or fallback, pitch)
    depths = {page.number: max(ln.y1 for ln in page.lines) for page in pages if page.lines}
    frames = {page.number: page.frames for page in pages if page.frames}
    return PageLayout(body, pitch, tuple(spots), two, depths, frames)


def plain_style(lines: Iterable[TextLine]) -> FontStyle:
    """The style of most of the letters; of the sizes of one font within half a point, the commonest."""
    letters: Counter[FontStyle] = Counter()
    for line in lines:
        letters[line.style] += len(line.text)
    if not letters:
        return FontStyle("", 10.0, bold=False, italic=False)
    fonts: Counter[tuple[str, int]] = Counter()
    for style, count in letters.items():
        fonts[style.font, round(style.size)] += count
    (font, size), _ = fonts.most_common(1)[0]
    return max((s for s in letters if s.font == font and round(s.size) == size), key=letters.__getitem__)


def _columns(page: PdfPage, body: FontStyle) -> tuple[Column, ...]:
    """The columns of a page by its lines of plain text; empty where there are too few to tell."""
    long = [ln for ln in page.lines if abs(ln.style.size - body.size) < 1.1 and ln.width > 0.22 * page.width]
    if len(long) < 5:
        return ()
    middle = (min(ln.x0 for ln in long) + max(ln.x1 for ln in long)) / 2
    left = [ln for ln in long if ln.x1 <= middle + 8]
    right = [ln for ln in long if ln.x0 >= middle - 8]
    if len(left) + len(right) >= 0.55 * len(long) and left and right:
        return (_column(left), _column(right))
    if len(left) >= 0.8 * len(long):
        shift = page.width - _column(left).right - _column(left).left
        return (_column(left), Column(_column(left).left + shift, _column(left).right + shift))
    return (_column(long),)


def _column(lines: Sequence[TextLine]) -> Column:
    """Where most lines begin, and where they end: at one edge if the text is justified, else about as far as any."""
    left = Counter(round(ln.x0) for ln in lines).most_common(1)[0][0]
    right, often = Counter(round(ln.x1) for ln in lines).most_common(1)[0]
    if often < 0.25 * len(lines):
        right = sorted(round(ln.x1) for ln in lines)[-1 - len(lines) // 20]
    return Column(left, max(right, left + 1))


def _pitch(pages: Sequence[PdfPage], body: FontStyle) -> float:
    steps: Counter[float] = Counter()
    for page in pages:
        for above, line in zip(page.lines, page.lines[1:], strict=False):
            step = line.base - above.base
            if 0 < step < 3 * body.size and abs(line.style.size - body.size) < 0.6:
                steps[round(step * 2) / 2] += 1
    return max(steps.most_common(1)[0][0], 1.0) if steps else max(1.2 * body.size, 1.0)


def _spots(page: PdfPage, columns: tuple[Column, ...], pitch: float) -> Iterable[PlacedLine]:
    above: TextLine | None = None
    above_column: Column | None = None
    for line in page.lines:
        column = _column_of(line, columns)
        gap = TOP
        if above is not None and line.y1 > above.y0 and (column == above_column or _overlap(line, above)):
            gap = (line.base - above.base) / pitch
        yield PlacedLine(line, column, gap)
        above, above_column = line, column


def _overlap(line: TextLine, second: TextLine) -> bool:
    return min(line.x1, second.x1) - max(line.x0, second.x0) > 0


def _column_of(line: TextLine, columns: tuple[Column, ...]) -> Column:
    if len(columns) == 1:
        return columns[0]
    left, right = columns
    if line.x0 < left.right - 10 and line.x1 > right.left + 10:
        return Column(left.left, right.right)
    return left if line.middle < (left.right + right.left) / 2 else right


def side_by_side(spot: PlacedLine, neighbour: PlacedLine) -> bool:
    """Whether two lines of one column stand beside one another, as the cells of a table do."""
    return spot.column == neighbour.column and beside(spot.line, neighbour.line)


def beside(a: TextLine, b: TextLine) -> bool:
    """Whether two lines of a page stand at one height, apart from one another."""
    if abs(a.base - b.base) > a.height or a.page != b.page:
        return False
    overlap = min(a.y1, b.y1) - max(a.y0, b.y0)
    return overlap > 0.6 * min(a.height, b.height) and (a.x0 > b.x1 - 1 or b.x0 > a.x1 - 1)


def is_numbers(text: str) -> bool:
    """Mostly digits, or a row of a table: many of its words are numbers."""
    if not any(map(str.isdigit, text)):
        return False
    digits = len(text) - len(text.translate(_FIGURES))
    words = text.split()
    numbers = sum(w[0].isdigit() or w in "–-—✓✗×" or (w[0] in "+-–−±(" and w[1:2].isdigit()) for w in words)
    return digits >= 0.6 * len(text.replace(" ", "")) or (numbers >= 3 and numbers >= 0.4 * len(words))
