"""Twelve weeks of keywords as one picture, legible on a phone: a row of bars for each keyword, each bar with its count.

Drawn with PyMuPDF, which is there for PDFs anyway: PNG for chats, SVG for pages. `python -m digest.trends.chart`
draws in a process of its own, so that the bot need not hold the library.
"""

from __future__ import annotations

import sys
from datetime import date
from html import escape

import pymupdf

from digest.codec import from_json
from digest.i18n.translator import Translator
from digest.rendering.phrasing import clean, shortened
from digest.trends.aggregation import KeywordSeries, WeeklyTrends
from digest.trends.summary import alt

ROWS = 6
WIDTH = 540.0  # points; a phone shows them 360 to 400 wide
MARGIN, TOP, ROW, FOOT = 24.0, 84.0, 92.0, 44.0
BAR_HEIGHT = 40.0  # of the largest count in the picture
GAP = 6.0
SCALE = 2.0  # pixels a point
INK, QUIET, BAR, NOW = (0.11, 0.13, 0.16), (0.36, 0.39, 0.44), (0.70, 0.77, 0.86), (0.09, 0.36, 0.65)
KEYWORD_COLUMNS = 40


def draw_chart(trends: WeeklyTrends, form: str = "png") -> bytes:
    """The picture, drawn here."""
    rows = trends.series[:ROWS]
    height = TOP + ROW * max(1, len(rows)) + FOOT
    with pymupdf.open() as document:
        page = document.new_page(width=WIDTH, height=height)
        page.draw_rect(page.rect, color=None, fill=(1, 1, 1))
        _draw(page, trends, rows)
        if form == "svg":
            before, mark, after = str(page.get_svg_image()).partition(">")
            return f"{before}{mark}<title>{escape(alt(trends))}</title>{after}".encode()
        png: bytes = page.get_pixmap(matrix=pymupdf.Matrix(SCALE, SCALE), alpha=False).tobytes("png")
        return png


def _draw(page: pymupdf.Page, trends: WeeklyTrends, rows: tuple[KeywordSeries, ...]) -> None:
    texts = Translator(trends.language)
    _write(page, (MARGIN, 38), shortened(clean(trends.title), 36), 24, INK, bold=True)
    _write(page, (MARGIN, 62), texts("trends.axis"), 15, QUIET)
    most = max((n for series in rows for n in series.counts), default=0) or 1
    for number, series in enumerate(rows):
        _row(page, TOP + ROW * number, series, most)
    if not rows:
        _write(page, (MARGIN, TOP + 24), texts("trends.no_keywords"), 16, QUIET)
    _weeks(page, TOP + ROW * max(1, len(rows)) + 14, trends.weeks, texts)


def _row(page: pymupdf.Page, top: float, series: KeywordSeries, most: int) -> None:
    """A keyword above its bars; this week's bar is darker, and every bar that is not empty has its count."""
    _write(page, (MARGIN, top + 16), shortened(clean(series.keyword), KEYWORD_COLUMNS), 18, INK, bold=True)
    step = _step(len(series.counts))
    base = top + ROW - 14
    for position, count in enumerate(series.counts):
        left, is_now = MARGIN + position * step, position + 1 == len(series.counts)
        height = max(1.5, BAR_HEIGHT * count / most)
        bar = pymupdf.Rect(left, base - height, left + step - GAP, base)
        page.draw_rect(bar, color=None, fill=NOW if is_now else BAR)
        if count or is_now:
            middle = left + (step - GAP) / 2
            _write(page, (middle, base - height - 4), str(count), 14, NOW if is_now else QUIET, bold=is_now, align=0.5)


def _weeks(page: pymupdf.Page, y: float, weeks: tuple[date, ...], texts: Translator) -> None:
    """The first day of the first, a middle and the last week, below their bars."""
    step, last = _step(len(weeks)), len(weeks) - 1
    for position, align in ((0, 0.0), (last // 2 + 1, 0.5), (last, 1.0)):
        x = MARGIN + position * step + (step - GAP) * align
        day = texts("trends.day", month=weeks[position].month, day=weeks[position].day)
        _write(page, (x, y), day, 14, QUIET, align=align)


def _step(bars: int) -> float:
    return (WIDTH - 2 * MARGIN + GAP) / bars


def _write(
    page: pymupdf.Page,
    at: tuple[float, float],
    text: str,
    size: float,
    colour: tuple[float, float, float],
    *,
    bold: bool = False,
    align: float = 0.0,
) -> None:
    """Text with its base line at a point: its left end, or the part of its width that `align` says. What Helvetica has
    no signs for is in the library's Chinese font."""
    font = pymupdf.Font("hebo" if bold else "helv")
    if not all(font.has_glyph(ord(sign)) for sign in text):
        font = pymupdf.Font("cjk")
    x = at[0] - font.text_length(text, size) * align
    writer = pymupdf.TextWriter(page.rect)
    writer.append((x, at[1]), text, font=font, fontsize=size)
    writer.write_text(page, color=colour)


def main() -> None:
    form = sys.argv[1] if len(sys.argv) > 1 else "png"
    sys.stdout.buffer.write(draw_chart(from_json(WeeklyTrends, sys.stdin.buffer.read()), form))


if __name__ == "__main__":
    main()
