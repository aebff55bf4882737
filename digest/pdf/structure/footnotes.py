"""Footnotes: small print at the foot of a column, begun by a mark; on the first page, small print without one too."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from digest.pdf.extract.layout import PageLayout, PlacedLine

_MARK = re.compile(r"(?:[*∗†‡§¶‖#⋆]{1,3}|\d{1,2}|\d{1,2}\.\s)\s?(?=[^\W\d_]|[\"“(\[])")

_IMPRINT = re.compile(
    r"permission|copyright|©|proceedings|preprint|correspond|conference|workshop|contribut|@|submitted|licen[sc]e|"
    r"work done|published|accepted|subject classification|key ?words|received|thanks?\b|supported|funded|grant|"
    r"e-?mail|doi\b|arxiv|manuscript|address",
    re.IGNORECASE,
)
_WORDS_OF_A_NOTE = 4  # in the margin
_MOST = 14  # lines of footnotes below a column, where they are as large as the text


class FootnoteLines(NamedTuple):
    """The lines of one footnote, as indices of the layout."""

    page: int
    lines: tuple[int, ...]


def footnotes(layout: PageLayout, taken: Collection[int]) -> list[FootnoteLines]:
    """Every footnote in reading order."""
    notes: list[FootnoteLines] = []
    for column in _columns(layout):
        foot = _small_foot(layout, column, taken) or _marked_foot(layout, column, taken)
        if foot:
            starts = [i for i in foot if _is_marked(layout.spots[i])]
            bounds = [*sorted({foot[0], *starts}), foot[-1] + 1]
            page = layout.spots[foot[0]].line.page
            notes += [FootnoteLines(page, tuple(i for i in foot if b <= i < e)) for b, e in pairwise(bounds)]
    return notes


def margin_notes(layout: PageLayout, taken: Collection[int], running: Collection[int]) -> list[FootnoteLines]:
    """Notes set beside running text, outside of every column of it. `running`: the lines of running text."""
    neighbours: dict[int, list[PlacedLine]] = {}
    for i in running:
        neighbours.setdefault(layout.spots[i].line.page, []).append(layout.spots[i])
    groups: list[list[int]] = []
    for i, spot in enumerate(layout.spots):
        if i in taken or i in running or not _is_outside(spot, neighbours.get(spot.line.page, ())):
            continue
        if groups and groups[-1][-1] == i - 1 and layout.spots[i - 1].line.page == spot.line.page and spot.gap < 1.6:
            groups[-1].append(i)
        else:
            groups.append([i])
    words = [sum(len(layout.spots[i].line.text.split()) for i in group) for group in groups]
    return [
        FootnoteLines(layout.spots[group[0]].line.page, tuple(group))
        for group, count in zip(groups, words, strict=True)
        if count >= _WORDS_OF_A_NOTE
    ]


def _is_outside(spot: PlacedLine, neighbours: Sequence[PlacedLine]) -> bool:
    """Whether a line stands in the margin, at the height of running text."""
    line, column = spot.line, spot.column
    if not (line.x0 > column.right + 4 or line.x1 < column.left - 4) or line.width > 0.5 * column.width:
        return False
    level = [
        neighbour.line
        for neighbour in neighbours
        if neighbour.line.y0 - 8 < line.y1 and line.y0 < neighbour.line.y1 + 8
    ]
    return bool(level) and all(line.x0 > neighbour.x1 or line.x1 < neighbour.x0 for neighbour in level)


def _is_marked(spot: PlacedLine) -> bool:
    match = _MARK.match(spot.line.text)
    return match is not None and (spot.line.marker or not match[0].strip().isdigit())


def _columns(layout: PageLayout) -> list[range]:
    """The runs of lines that go down one column of one page."""
    spots = layout.spots
    runs: list[range] = []
    start = 0
    for i in range(1, len(spots) + 1):
        if i == len(spots) or spots[i].line.page != spots[i - 1].line.page or spots[i].line.y1 < spots[i - 1].line.y0:
            runs.append(range(start, i))
            start = i
    return runs


def _small_foot(layout: PageLayout, column: range, taken: Collection[int]) -> list[int]:
    """Small print that ends a column: from its first mark on, or the last block of the first page's column."""
    spots = layout.spots
    foot: list[int] = []
    for i in reversed(column):
        if i in taken or not _is_small(layout, spots[i]):
            break
        foot.insert(0, i)
    marked = next((n for n, i in enumerate(foot) if _is_marked(spots[i]) and spots[i].gap > 1.02), None)
    if marked is not None:
        foot = foot[marked:]
    elif foot and spots[foot[0]].line.page == 1:
        foot = _imprint(spots, foot)
    else:
        foot = []
    return foot if foot and _is_low(layout, foot) else []


def _imprint(spots: Sequence[PlacedLine], foot: list[int]) -> list[int]:
    """The small print of a first page that has no mark: from white space on, and it reads like an imprint."""
    fresh = [n for n, i in enumerate(foot) if spots[i].gap > 1.2]
    for n in fresh:
        opening = " ".join(spots[i].line.text for i in foot[n : n + 2])
        if len(foot) - n <= _MOST + 6 and _IMPRINT.search(opening):
            return foot[n:]
    return foot[fresh[-1] :] if fresh and len(foot) - fresh[-1] <= 4 else []


def _marked_foot(layout: PageLayout, column: range, taken: Collection[int]) -> list[int]:
    """The last lines of a column from a superscript mark on, where footnotes are as large as the text."""
    spots = layout.spots
    best: list[int] = []
    for i in reversed(column[-_MOST:]):
        if i in taken or spots[i].line.style.size > layout.body.size + 0.6:
            break
        if spots[i].line.marker and _is_marked(spots[i]) and spots[i].gap > 1.02:
            best = list(range(i, column[-1] + 1))
    return best if best and _is_low(layout, best) and spots[best[0]].gap > 1.15 else []


def _is_small(layout: PageLayout, spot: PlacedLine) -> bool:
    return 0.5 * layout.body.size < spot.line.style.size <= 0.935 * layout.body.size


def _is_low(layout: PageLayout, foot: Sequence[int]) -> bool:
    """Whether lines stand in the lower half of their page and end at its foot."""
    first, last = layout.spots[foot[0]].line, layout.spots[foot[-1]].line
    deepest = layout.depths.get(first.page, last.y1)
    return first.y0 > 0.45 * deepest and last.y1 > 0.8 * deepest
