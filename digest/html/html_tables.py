"""A table element -> rows of cells, with its header.

Cells that span rows or columns are repeated in each, so that every row has its own name and every number its column's.
Many tables have no `th`: what stands above the first rule is then the header, or the rows before the first number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.html.html_tree import Element, classes_of, has_class, is_hidden, tag_of
from digest.html.inline_text import SideMatter, line_of

MAX_CELLS = 20_000
_MAX_SPAN = 200
_MAX_HEADER = 5
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class TableGrid:
    """`header` and `rows` have the same number of cells in every row."""

    header: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]

    def lines(self) -> Iterator[str]:
        """A line for each row, without empty cells; a cell that spans several is written once."""
        for row in (*self.header, *self.rows):
            cells = [cell for i, cell in enumerate(row) if cell and (i == 0 or cell != row[i - 1])]
            if cells:
                yield " ".join(cells)


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    row_span: int
    column_span: int
    is_heading: bool
    above: bool  # a rule above it
    below: bool


def read_table(table: Element, side: SideMatter) -> TableGrid | None:
    """The rows of a table; None for an empty one."""
    rows = [[_cell(cell, side) for cell in _cells(row)] for row in _rows(table)]
    rows = [row for row in rows if row]
    if not any(cell.text for row in rows for cell in row):
        return None
    grid, spans_on = _expanded(rows)
    count = _header_rows(rows, grid, spans_on, _in_head(table))
    filled = [(i, row) for i, row in enumerate(grid) if any(row)]
    header = tuple(tuple(row) for i, row in filled if i < count)
    return TableGrid(header, tuple(tuple(row) for i, row in filled if i >= count))


def is_table(element: Element) -> bool:
    """Whether an element is a table of data: `table` or `span`, and no frame of a displayed formula."""
    return has_class(element, "ltx_tabular") or (
        tag_of(element) == "table" and not has_class(element, "ltx_equation", "ltx_equationgroup", "ltx_eqn_table")
    )


def _rows(table: Element) -> Iterator[Element]:
    """The table's own rows, not those of tables inside its cells."""
    for child in table:
        if is_hidden(child):
            continue
        if tag_of(child) == "tr" or has_class(child, "ltx_tr"):
            yield child
        elif tag_of(child) in ("thead", "tbody", "tfoot") or has_class(child, "ltx_thead", "ltx_tbody", "ltx_tfoot"):
            yield from _rows(child)


def _in_head(table: Element) -> int:
    """How many rows stand in the table's own head."""
    return sum(1 for child in table if tag_of(child) == "thead" for _ in _rows(child))


def _cells(row: Element) -> Iterator[Element]:
    return (c for c in row if (tag_of(c) in ("td", "th") or has_class(c, "ltx_td")) and not is_hidden(c))


def _cell(cell: Element, side: SideMatter) -> _Cell:
    borders = classes_of(cell)
    return _Cell(
        line_of(cell, side).text,
        _span(cell, "rowspan"),
        _span(cell, "colspan"),
        tag_of(cell) == "th" and "ltx_th_row" not in borders,
        not borders.isdisjoint(("ltx_border_t", "ltx_border_tt", "ltx_border_T")),
        not borders.isdisjoint(("ltx_border_b", "ltx_border_bb", "ltx_border_B")),
    )


def _span(cell: Element, name: str) -> int:
    value = (cell.get(name) or next((c[12:] for c in classes_of(cell) if c.startswith(f"ltx_{name}_")), "")).strip()
    return max(1, min(int(value), _MAX_SPAN)) if value.isdecimal() and len(value) < 5 else 1


def _expanded(rows: Sequence[Sequence[_Cell]]) -> tuple[list[list[str]], list[int]]:
    """The grid of texts, and for each row the last row that a cell beginning in it reaches into."""
    grid: list[list[str]] = [[] for _ in rows]
    taken: dict[tuple[int, int], str] = {}
    reach = list(range(len(rows)))
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while (r, column) in taken:
                column += 1
            for below in range(r, min(r + cell.row_span, len(rows))):
                for c in range(column, column + cell.column_span):
                    if len(taken) < MAX_CELLS:
                        taken[below, c] = cell.text
            if cell.text:
                reach[r] = max(reach[r], min(r + cell.row_span, len(rows)) - 1)
            column += cell.column_span
    width = 1 + max((c for _, c in taken), default=0)
    for r in range(len(rows)):
        grid[r] = [taken.get((r, c), "") for c in range(width)]
    return grid, reach


def _header_rows(
    rows: Sequence[Sequence[_Cell]], grid: Sequence[Sequence[str]], reach: Sequence[int], head: int
) -> int:
    """How many rows at the top are the header: marked as such, above the first rule, or without a number."""
    if len(rows) < 2:
        return 0
    marked = head or next((i for i, row in enumerate(rows) if not all(c.is_heading for c in row)), len(rows))
    ruled = _above_rule(rows)
    if marked and any(_NUMBER.search(cell) for row in grid[marked:ruled] for cell in row[1:]):
        ruled = 0
    count = max(marked, ruled) or _before_numbers(grid)
    while count and count < len(rows) and (last := max(reach[:count])) >= count:
        count = last + 1
    return count if count < len(rows) and count <= _MAX_HEADER else 0


def _above_rule(rows: Sequence[Sequence[_Cell]]) -> int:
    """The rows above the first rule that runs through most of the table; 0 where there is none."""
    for i in range(1, min(len(rows), _MAX_HEADER + 1)):
        ruled = max(sum(c.above for c in rows[i]) / len(rows[i]), sum(c.below for c in rows[i - 1]) / len(rows[i - 1]))
        if ruled > 0.6 and not _is_group(rows[i - 1]):
            return i
    return 0


def _is_group(row: Sequence[_Cell]) -> bool:
    return len(row) == 1 and row[0].column_span > 1


def _before_numbers(grid: Sequence[Sequence[str]]) -> int:
    """The rows before the first one with a number outside its first column, if that is not the first."""
    for i, row in enumerate(grid[:_MAX_HEADER]):
        if any(_NUMBER.search(cell) for cell in row[1:]):
            return i
    return 0
