"""What is printed on pages for turning them, not for reading: running heads, page numbers, stamps, line numbers.

A running head is either the same text (its digits apart) on many pages, or a line that stands alone at the same height
of many pages, whatever it says: heads name the section that the page is in.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from digest.pdf.extract.layout import plain_style
from digest.pdf.extract.page_elements import DroppedText, PdfPage, TextLine

_TOP, _BOTTOM = 0.18, 0.8  # the bands of a page's height in which furniture stands, outside of the running text
_LARGEST = 1.45  # of the running text's size: no running head is larger
_SHARE = 0.18  # of the pages that say the same
_SLOT_SHARE = 0.4  # of the pages that have a line alone at one height
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*", re.IGNORECASE
)
_NO_DIGITS = dict.fromkeys(map(ord, "0123456789"))
_STAMP = re.compile(r"\s*arXiv:\s*(?:\d{4}\.\d{4,5}|[a-z.-]+/\d{7})(?:v\d+)?\s*\[[\w.-]+\]", re.IGNORECASE)


class EdgeLine(NamedTuple):
    """A line in the top or the bottom band. `apart`: how many of its heights lie between it and the text."""

    line: TextLine
    top: bool
    apart: float
    alike: bool  # the nearest line inwards is set in the same style


def without_furniture(pages: Sequence[PdfPage]) -> list[PdfPage]:
    """The pages without their furniture; what was taken out is added to what each page dropped."""
    if not pages:
        return []
    top, bottom = _text_block(pages)
    largest = _LARGEST * plain_style(line for page in pages for line in page.lines).size
    edges = {page.number: _edges(page, top, bottom, largest) for page in pages}
    usual = _usual_gap(pages)
    heads = _repeated(edges, len(pages), usual) | _slots(edges, len(pages), usual)
    shift = _numbering(edges)
    return [_cleared(page, edges[page.number], heads, usual, shift) for page in pages]


def _text_block(pages: Sequence[PdfPage]) -> tuple[float, float]:
    """Where the running text begins and ends on most pages: furniture stands outside, a table at the top does not."""
    long = {page.number: [ln for ln in page.lines if ln.width > 0.3 * page.width] for page in pages}
    outer = {
        page.number: [ln for ln in long[page.number] if ln.y1 < 0.2 * page.height or ln.y0 > 0.8 * page.height]
        for page in pages
    }
    often = Counter(_masked(line.text) for lines in outer.values() for line in lines)
    tops: list[float] = []
    bottoms: list[float] = []
    for number, lines in long.items():
        heads = {id(ln) for ln in outer[number] if often[_masked(ln.text)] > 1}
        text = [ln for ln in lines if id(ln) not in heads]
        if len(text) >= 8:
            tops.append(min(ln.y0 for ln in text))
            bottoms.append(max(ln.y1 for ln in text))
    if not tops:  # too little text to say; most templates keep to these margins
        return 0.135 * pages[0].height, 0.88 * pages[0].height
    return sorted(tops)[len(tops) // 4], sorted(bottoms)[-1 - len(bottoms) // 4]


def _edges(page: PdfPage, text_top: float, text_bottom: float, largest: float) -> list[EdgeLine]:
    """The lines of the bands, those in larger letters apart: they are titles of chapters."""
    top, bottom = min(_TOP * page.height, text_top + 3), max(_BOTTOM * page.height, text_bottom - 3)
    in_bands = [ln for ln in page.lines if (ln.y1 < top or ln.y0 > bottom) and ln.style.size <= largest]
    return [_edge(ln, page.lines, ln.y1 < top) for ln in in_bands]


def _edge(line: TextLine, lines: Iterable[TextLine], top: bool) -> EdgeLine:
    """A line of a band with its distance to the nearest one inwards, in heights of the line."""
    size = max(line.style.size, 1.0)
    if top:
        nearest = min((ln for ln in lines if ln.y0 > line.y1 - 0.3 * size), key=lambda ln: ln.y0, default=None)
        distance = 99.0 if nearest is None else (nearest.y0 - line.y1) / size
    else:
        nearest = max((ln for ln in lines if ln.y1 < line.y0 + 0.3 * size), key=lambda ln: ln.y1, default=None)
        distance = 99.0 if nearest is None else (line.y0 - nearest.y1) / size
    return EdgeLine(line, top, distance, nearest is not None and nearest.style == line.style)


def _masked(text: str) -> str:
    return text.translate(_NO_DIGITS).casefold().strip()


Key = tuple[bool, str] | tuple[bool, int]


def _repeated(edges: dict[int, list[EdgeLine]], pages: int, usual: float) -> set[Key]:
    """Texts that stand at one height of many pages: apart from the text, or else on half of the pages."""
    where: dict[tuple[bool, str], dict[int, EdgeLine]] = defaultdict(dict)
    for number, page_edges in edges.items():
        for edge in page_edges:
            where[edge.top, _masked(edge.line.text)][number] = edge
    heads: set[Key] = set()
    for key, by_page in where.items():
        is_set_apart = sum(edge.apart > usual + 0.3 for edge in by_page.values()) >= 0.6 * len(by_page)
        if not is_set_apart and sum(edge.alike for edge in by_page.values()) > 0.4 * len(by_page):
            continue  # a line of text that repeats, not a head above another one
        least = max(2, (_SHARE if is_set_apart else 0.5) * pages)
        letters = sum(c.isalpha() for c in key[1])
        if len(by_page) >= least and letters >= 3 and _level([e.line.y1 for e in by_page.values()], least):
            heads.add(key)
    return heads


def _level(heights: list[float], least: float) -> bool:
    middle = median(heights)
    return sum(abs(h - middle) < 4 for h in heights) >= min(least, 0.6 * len(heights))


def _slots(edges: dict[int, list[EdgeLine]], pages: int, usual: float) -> set[Key]:
    """Heights at which many pages have a line alone, and most of these lines stand on more pages than one."""
    seen: dict[tuple[bool, int], dict[int, EdgeLine]] = defaultdict(dict)
    for number, page_edges in edges.items():
        for edge in page_edges:
            for height in (round(edge.line.y1 / 2), round(edge.line.y1 / 2) + 1):
                seen[edge.top, height].setdefault(number, edge)
    least = max(3, _SLOT_SHARE * pages)
    slots: set[Key] = set()
    for slot, by_page in seen.items():
        if len(by_page) < least:
            continue
        alone = sum(edge.apart > usual + 0.4 for edge in by_page.values())
        texts = Counter(_masked(edge.line.text) for edge in by_page.values())
        shared = sum(n for n in texts.values() if n > 1)
        if alone >= 0.85 * len(by_page) and shared >= 0.5 * len(by_page):
            slots.add(slot)
    return slots


def _usual_gap(pages: Sequence[PdfPage]) -> float:
    """The white space between neighbouring lines of text, in heights of a line."""
    gaps = [
        round((b.y0 - a.y1) / max(a.style.size, 1.0), 1)
        for page in pages for a, b in pairwise(page.lines) if 0 < b.y1 - a.y1 < 3 * a.style.size
    ]  # fmt: skip
    return Counter(gaps).most_common(1)[0][0] if gaps else 0.0


def _numbering(edges: dict[int, list[EdgeLine]]) -> int | None:
    """How far printed page numbers are ahead of the pages, where three pages or more agree."""
    shifts: Counter[int] = Counter()
    for number, page_edges in edges.items():
        shifts.update(
            {int(e.line.text) - number for e in page_edges if e.line.text.isdecimal() and len(e.line.text) < 5}
        )
    shift, often = shifts.most_common(1)[0] if shifts else (0, 0)
    return shift if often >= 3 else None


def _cleared(page: PdfPage, edges: Sequence[EdgeLine], heads: set[Key], usual: float, shift: int | None) -> PdfPage:
    """The page without its furniture, peeled from its edges inwards: text is never skipped over."""
    gone: dict[int, str] = {}
    for top in (True, False):
        band = sorted((e for e in edges if e.top is top), key=lambda e: e.line.y1 if top else -e.line.y0)
        barrier: TextLine | None = None
        for edge in band:
            line = edge.line
            beyond = barrier is not None and (line.y0 > barrier.y1 - 2 if top else line.y1 < barrier.y0 + 2)
            counted = shift is not None and line.text == str(page.number + shift)
            kind = None if beyond else "page number" if counted else _furniture(edge, heads, usual)
            if kind:
                gone[id(line)] = kind
            else:
                barrier = barrier or line
    for line in page.lines if page.number == 1 else ():
        if _STAMP.match(line.text):
            gone[id(line)] = "arXiv stamp"
    if not gone:
        return page
    dropped = [
        DroppedText(gone[id(ln)], "not part of the text", ln.text, page.number) for ln in page.lines if id(ln) in gone
    ]
    body_lines = tuple(ln for ln in page.lines if id(ln) not in gone)
    cut = [line for line in page.lines if id(line) in gone]
    return page._replace(
        lines=body_lines,
        dropped=(*page.dropped, *dropped),
        top=max((ln.y1 for ln in cut if ln.y1 < _TOP * page.height), default=page.top),
        bottom=min((ln.y0 for ln in cut if ln.y0 > _BOTTOM * page.height), default=page.bottom),
    )


def _furniture(edge: EdgeLine, heads: set[Key], usual: float) -> str | None:
    line = edge.line
    if _PAGE_NUMBER.fullmatch(line.text) and edge.apart > usual:
        return "page number"
    if (edge.top, _masked(line.text)) in heads:
        return "running head"
    slot = {(edge.top, round(line.y1 / 2)), (edge.top, round(line.y1 / 2) + 1)}
    return "running head" if slot & heads and edge.apart > usual + 0.4 else None
