"""Contents pages: rows of titles that end in page numbers. They are not headings, and not text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from digest.pdf.extract.layout import PlacedLine
from digest.pdf.structure.numbering import is_contents, numbers

_LEADERS = re.compile(r"(?:\s*[.·…]){4,}\s*(\d{1,4}|[ivxl]{1,6})?\s*$|(?:\s\.){3,}")
_DOTS = re.compile(r"\.\.|\. \.|…|··|· ·")
_TRAILING = re.compile(r"^(?=.*[^\W\d_]).*\s(\d{1,3})$")
_NUMBER = re.compile(r"\d{1,3}")
_LAST_PAGE = 12
_PATIENCE = 3  # lines in a row without a page number: a long title


def contents(spots: Sequence[PlacedLine]) -> set[int]:
    """The indices of the lines of contents lists, their own headings apart. They stand in front, if anywhere."""
    indexes: set[int] = set()
    index = 0
    while index < len(spots) and spots[index].line.page <= _LAST_PAGE:
        named = is_contents(spots[index].line.text)
        start = index + 1 if named else index
        if named or _page_of(spots, index) is not None:
            rows, pages = _run(spots, start)
            if len(pages) >= (2 if named else 5) and _rising(pages) and (named or _is_listing(spots, rows)):
                indexes.update(rows)
                index = rows[-1] + 1
                continue
        index += 1
    return indexes


def _is_listing(spots: Sequence[PlacedLine], rows: Sequence[int]) -> bool:
    """Whether rows with numbers at their ends are a contents list and no table: dots, or titles with numbers."""
    texts = [spots[i].line.text for i in rows if not _NUMBER.fullmatch(spots[i].line.text)]
    return sum(bool(_LEADERS.search(t) or numbers(t)) for t in texts) >= 0.5 * len(texts)


def _run(spots: Sequence[PlacedLine], start: int) -> tuple[list[int], list[int]]:
    """Lines from `start` on up to the last that has a page number, and those numbers."""
    rows: list[int] = []
    pages: list[int] = []
    waiting: list[int] = []
    index = start
    while index < len(spots) and len(waiting) <= _PATIENCE:
        page = _page_of(spots, index)
        if page is None or (pages and page < pages[-1] - 1):
            waiting.append(index)
            index += 1
            continue
        rows += [*waiting, index]
        waiting = []
        pages.append(page)
        if index + 1 < len(spots) and _NUMBER.fullmatch(spots[index + 1].line.text):
            index += 1
            rows.append(index)
        index += 1
    return rows, pages


def _page_of(spots: Sequence[PlacedLine], index: int) -> int | None:
    """The page number that a row of a contents list ends in, or None for another line."""
    spot = spots[index]
    text = spot.line.text
    if _DOTS.search(text) and (match := _LEADERS.search(text)):
        number = match[1] or (spots[index + 1].line.text if index + 1 < len(spots) else "")
        return int(number) if number.isdigit() else 0
    behind = spots[index + 1].line if index + 1 < len(spots) else None
    if behind is not None and len(behind.text) <= 3 and _NUMBER.fullmatch(behind.text):
        level = min(behind.y1, spot.line.y1) - max(behind.y0, spot.line.y0) > 0.5 * behind.height
        return int(behind.text) if level and behind.x0 > spot.line.x1 and any(c.isalpha() for c in text) else None
    match = _TRAILING.match(text) if text[-1].isdigit() else None
    at_the_edge = abs(spot.line.x1 - spot.column.right) < 4
    return int(match[1]) if match and at_the_edge else None


def _rising(pages: Sequence[int]) -> bool:
    numbered = [p for p in pages if p]
    return all(b >= a - 1 for a, b in pairwise(numbered)) and (len(set(numbered)) > 1 or len(numbered) < 3)
