"""The lines of a table -> rows of cells: which cells stand in one row, in one column, and which rows are the header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.pdf.extract.page_elements import Cell, TextLine

_COLUMN_GAP = 0.7  # of the letters' size: wider than a space, narrower than what parts two columns
_NUMBER = re.compile(r"[-–—−+±~≈<>≤≥$€£(]*\s?\d[\d.,:/]*\s?(?:%|[kKMBx×]|\S{0,12})?")
_EMPTY = frozenset(("-", "–", "—", "−", "/", "✓", "✗", "×", "n/a", "N/A", "N.A."))
_MOST_HEADER_ROWS = 4
_LONG = 40  # characters of a cell that is a sentence rather than a value or a name

Row = tuple[str, ...]


def cells_of(line: TextLine) -> list[Cell]:
    """The cells of one printed line."""
    pieces = line.cells or (Cell(line.x0, line.x1, line.text),)
    cells: list[Cell] = []
    for piece in pieces:
        last = cells[-1] if cells else None
        if last is not None and piece.x0 - last.x1 < _COLUMN_GAP * line.style.size:
            space = " " if piece.x0 - last.x1 > 0.12 * line.style.size else ""
            cells[-1] = Cell(last.x0, max(last.x1, piece.x1), last.text + space + piece.text)
        else:
            cells.append(piece)
    return cells


def printed_rows(lines: Sequence[TextLine]) -> list[list[Cell]]:
    """The rows of a table from top to bottom, each with its cells from left to right."""
    rows: list[tuple[float, list[TextLine]]] = []
    for line in sorted(lines, key=lambda line: line.base):
        if rows and line.base - rows[-1][0] < 0.4 * line.style.size:
            rows[-1][1].append(line)
        else:
            rows.append((line.base, [line]))
    return [_merged(row) for _, row in rows]


def _merged(row: Sequence[TextLine]) -> list[Cell]:
    cells: list[Cell] = []
    size = max(line.style.size for line in row)
    for cell in sorted((cell for line in row for cell in cells_of(line)), key=lambda cell: cell.x0):
        last = cells[-1] if cells else None
        if last is not None and cell.x0 - last.x1 < 0.3 * size:
            cells[-1] = Cell(last.x0, max(last.x1, cell.x1), f"{last.text} {cell.text}")
        else:
            cells.append(cell)
    return cells


def is_number(text: str) -> bool:
    """Whether a cell holds a value: a number, with a sign, a unit or an error behind it, or a mark for none."""
    return text in _EMPTY or _NUMBER.fullmatch(text.strip()) is not None or _mostly_digits(text)


def _mostly_digits(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    return digits > letters and digits >= 0.4 * len(text.replace(" ", ""))


def is_tabular(lines: Sequence[TextLine]) -> bool:
    """Whether lines are rows of cells: several rows have more cells than one, and these are short."""
    rows = [row for row in printed_rows(lines) if len(row) > 1]
    cells = [cell for row in rows for cell in row]
    return len(rows) >= 2 and sum(len(cell.text) < _LONG for cell in cells) >= 0.6 * len(cells)


def values(lines: Sequence[TextLine]) -> int:
    """How many cells hold a value."""
    return sum(is_number(cell.text) for line in lines for cell in cells_of(line))


def grid(lines: Sequence[TextLine]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The header and the rows of a table. A cell over several columns is repeated in each."""
    printed = printed_rows(lines)
    columns = _columns(printed)
    rows = [_placed(row, columns) for row in printed]
    first = _first_of_values(printed)
    return tuple(rows[:first]), tuple(rows[first:])


def _columns(rows: Sequence[Sequence[Cell]]) -> list[tuple[float, float]]:
    """Where the columns stand, by the fullest row first; what overlaps several of them spans them."""
    columns: list[tuple[float, float]] = []
    for row in sorted(rows, key=len, reverse=True):
        for cell in row:
            over = [i for i, (x0, x1) in enumerate(columns) if min(x1, cell.x1) - max(x0, cell.x0) > 0]
            if not over:
                columns.append((cell.x0, cell.x1))
                columns.sort()
            elif len(over) == 1:
                i = over[0]
                columns[i] = _stretched(columns, i, cell)
    return columns


def _stretched(columns: Sequence[tuple[float, float]], i: int, cell: Cell) -> tuple[float, float]:
    """A column as wide as it and a cell together, without touching its neighbours."""
    x0, x1 = min(columns[i][0], cell.x0), max(columns[i][1], cell.x1)
    left = columns[i - 1][1] if i else x0 - 1
    right = columns[i + 1][0] if i + 1 < len(columns) else x1 + 1
    return max(x0, left + 0.1), min(x1, right - 0.1)


def _placed(row: Sequence[Cell], columns: Sequence[tuple[float, float]]) -> Row:
    texts = [""] * len(columns)
    for cell in row:
        over = [i for i, (x0, x1) in enumerate(columns) if min(x1, cell.x1) - max(x0, cell.x0) > 0]
        for i in over if len(row) > 1 or len(cell.text) < _LONG else over[:1]:
            texts[i] = f"{texts[i]} {cell.text}".strip()
    return tuple(texts)


def _first_of_values(rows: Sequence[Sequence[Cell]]) -> int:
    """How many rows at the top are header: those above the first that has values behind its name."""
    for i, row in enumerate(rows[: _MOST_HEADER_ROWS + 1]):
        values = sum(is_number(cell.text) and not _is_year(cell.text) for cell in row[1:])
        if len(row) > 1 and 2 * values >= len(row) - 1:
            return i
    has_values = any(is_number(cell.text) for row in rows for cell in row[1:])
    return 1 if len(rows) > 1 and not has_values else 0


def _is_year(text: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", text) is not None
