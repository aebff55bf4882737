"""Tables and axis labels that no caption stands next to: rows of short cells and bare numbers between running text.

They are kept out of sentences, and given to a caption of their page that has nothing else to show.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from digest.pdf.extract.layout import PageLayout, PlacedLine, beside, is_numbers
from digest.pdf.tables.grid import cells_of, is_number

_SHORT = 0.55  # of a column's width: wider lines are text, unless they are rows
_BULLET = re.compile(r"(?:[•◦▪■‣∙–—*✓]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\[\d{1,3}\])\s?")
_LEAST_NUMBERS = 3
_FUNCTION = re.compile(
    r"\b(?:the|of|and|is|are|was|were|that|which|with|for|from|this|we|in|to|by|be|as)\b", re.IGNORECASE
)


def is_running(layout: PageLayout, spot: PlacedLine) -> bool:
    """Whether a line is running text that fills its column, whatever its size or font."""
    line = spot.line
    if line.width < 0.8 * spot.column.width or line.style.size < 0.85 * layout.body.size or len(cells_of(line)) > 2:
        return False
    words = line.text.split()
    small = sum(word[:1].islower() for word in words)
    return len(words) >= 6 and small >= 0.5 * len(words) and len(_FUNCTION.findall(line.text)) >= 1


def running_lines(layout: PageLayout) -> set[int]:
    """The lines of running text, and the short ones in which its paragraphs end."""
    running: set[int] = set()
    for i, spot in enumerate(layout.spots):
        tail = (
            i - 1 in running
            and spot.gap < 1.4
            and spot.line.page == layout.spots[i - 1].line.page
            and abs(spot.indent) < 2 * spot.line.style.size
            and abs(spot.line.style.size - layout.spots[i - 1].line.style.size) < 0.3
            and layout.spots[i - 1].line.text[-1:] not in ".:"
            and not is_numbers(spot.line.text)
        )
        if tail or is_running(layout, spot):
            running.add(i)
    return running


def loose_runs(layout: PageLayout, taken: Collection[int], running: Collection[int]) -> list[list[int]]:
    """Runs of lines, in reading order, that are cells of a table or labels of a figure. `taken`: lines that are
    something else; `running`: lines of running text."""
    runs: list[list[int]] = []
    run: list[int] = []
    for i, spot in enumerate(layout.spots):
        follows = not run or (run[-1] == i - 1 and layout.spots[run[-1]].line.page == spot.line.page)
        if i in taken or i in running or not follows or not _may_be_cell(layout, i):
            runs.append(run)
            run = [] if i in taken or i in running or not _may_be_cell(layout, i) else [i]
        else:
            run.append(i)
    runs.append(run)
    trimmed = (_trimmed(layout, run) for run in runs)
    return [run for run in trimmed if _is_loose(layout, run)]


def _may_be_cell(layout: PageLayout, i: int) -> bool:
    spot = layout.spots[i]
    line = spot.line
    if line.maths >= 0.5 or "=" in line.text or _BULLET.match(line.text):
        return is_number(line.text) and line.maths < 0.5
    if len(cells_of(line)) >= 3 or is_numbers(line.text):
        return True
    if line.width < _SHORT * spot.column.width:
        return True
    near = (layout.spots[n] for n in (i - 1, i + 1) if 0 <= n < len(layout.spots))
    return any(beside(spot.line, neighbour.line) and len(neighbour.line.text) < len(line.text) for neighbour in near)


def _trimmed(layout: PageLayout, run: list[int]) -> list[int]:
    """The run without the end of a paragraph before it, and without the beginning of one behind it."""
    spots = layout.spots
    while run and not _is_cell(layout, run, 0) and _is_tail(layout, run[0]):
        run = run[1:]
    while run and not _is_cell(layout, run, len(run) - 1) and spots[run[-1]].line.text[-1:] in ".:;":
        run = run[:-1]
    return run


def _is_cell(layout: PageLayout, run: Sequence[int], at: int) -> bool:
    """Whether a line of the run is a number, a row, or stands beside another one."""
    spots = layout.spots
    line = spots[run[at]].line
    if is_number(line.text) or len(cells_of(line)) >= 3:
        return True
    near = [run[n] for n in (at - 1, at + 1) if 0 <= n < len(run)]
    return any(beside(spots[run[at]].line, spots[n].line) for n in near)


def _is_tail(layout: PageLayout, i: int) -> bool:
    """Whether a short line goes on with the paragraph right above it."""
    if i == 0:
        return False
    above, spot = layout.spots[i - 1], layout.spots[i]
    return above.line.page == spot.line.page and spot.gap < 1.4 and above.line.width > _SHORT * above.column.width


def _is_loose(layout: PageLayout, run: Sequence[int]) -> bool:
    """Whether a run has the numbers and the cells of a table or of a figure's axes."""
    if len(run) < 2:
        return False
    lines = [layout.spots[i].line for i in run]
    cells = [cell for line in lines for cell in cells_of(line)]
    numbers = sum(is_number(cell.text) for cell in cells)
    if numbers < _LEAST_NUMBERS or 4 * numbers < len(cells):
        return False
    pairs = sum(beside(layout.spots[a].line, layout.spots[b].line) for a, b in pairwise(run))
    wide = sum(len(cells_of(line)) >= 3 for line in lines)
    maths = sum(line.maths >= 0.25 for line in lines)
    return 3 * maths < len(lines) and (pairs + wide >= 2 or 2 * numbers >= len(cells))
