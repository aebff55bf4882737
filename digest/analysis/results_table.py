"""A results table by rule: data set, metric, this paper, best baseline, difference; no model is asked.

A row or column is this paper's where its name says so ("Ours", the name that the title gives). A baseline is the best
of the others, which needs a direction: an arrow in the header, or a metric whose direction is known. Where that is not
known there is no baseline. Ablations, and columns of sizes and costs, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from digest.analysis.metric_names import direction_of, is_cost, is_percentage, metric_in
from digest.models.paper_facts import ResultCell, ResultRow
from digest.models.paper_text import PaperTable, PaperText, SectionKind

_NUMBER = re.compile(
    r"[^\w.,+−–-]*(?P<number>[+−–-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?)\s*(?P<percent>%)?"
    r"\s*(?:(?:±|\+/-|\\pm)\s*[\d.]+%?|\([\d.,±+−–% -]+\))?\s*(?:[*†‡§¶^]|\[[\d, ]+\])*"
)
_OURS = re.compile(r"\b(?:ours?|this (?:work|paper|study)|proposed|we)\b|本文|我们|所提", re.IGNORECASE)
_NO_BASELINE = re.compile(
    r"\b(?:human|oracle|upper bound|improvement|gain|difference|delta|std|average rank)\b|[Δ∆]|提升", re.IGNORECASE
)
_ABLATED = re.compile(
    r"(?:\bw/o\b|\bwithout\b|^\s*[-−–]\s*[A-Za-z]|^\s*\+\s*[A-Za-z]|\bours? (?:w/|with)\b)", re.IGNORECASE
)
_ABLATION = re.compile(r"\bablat|\bhyper-?parameters?\b|\bstatistics\b|\bsensitivity\b|消融", re.IGNORECASE)
_MAIN = re.compile(
    r"\b(?:main|overall|comparison|compared?|results?|performance|state[- ]of[- ]the[- ]art)\b|对比|结果", re.IGNORECASE
)
_ON = re.compile(r"\b(?:on|for|over) (?:the )?(?P<name>[A-Z0-9][\w.+/-]*(?: [A-Z0-9][\w.+/-]*){0,3})")
_INTRODUCED = re.compile(
    r"\b[Ww]e (?:\w+ )?(?:introduce|propose|present|release|develop)\b"
    r"(?:[^.;]{0,120}?(?:\b(?:called|named|dubbed|termed)|,(?: the)?|\())?\s?(?:the )?"
    r"(?P<name>[A-Z][\w-]+(?: \d\w*)?)(?= model|[,.;:)]| ?–| [a-z])"
)
_MOST_PER_TABLE = 4


@dataclass(frozen=True, slots=True)
class _Column:
    index: int
    name: str
    data_set: str
    metric: str
    higher_is_better: bool | None


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    group: str  # a data set that stands in a column of names
    cells: tuple[str, ...]
    is_own: bool


def results_table(text: PaperText, most: int = 8) -> tuple[ResultRow, ...]:
    """The paper's main results, at most `most`, those of the most telling tables first; empty where no table has a row
    or column of this paper's."""
    names = own_names(text)
    tables = sorted(enumerate(text.tables), key=lambda entry: (-_worth(entry[1]), entry[0]))
    rows = [row for _, table in tables for row in table_results(table, names)[:_MOST_PER_TABLE]]
    return tuple(rows[:most])


def own_names(text: PaperText) -> frozenset[str]:
    """What the paper calls its own method: in its title before a colon or with inner capitals, and in its abstract
    where it says that it is introduced."""
    head, colon, _ = text.title.partition(":")
    names = {head.strip()} if colon and len(head.split()) <= 2 else set()
    names |= set(re.findall(r"\b[A-Za-z]*[a-z][A-Z][\w-]*\b|\b[A-Z]{2,}[a-z]\w*\b", head))
    abstract = [p.text for section in text.sections if section.kind is SectionKind.ABSTRACT for p in section.paragraphs]
    names |= {match["name"] for paragraph in abstract for match in _INTRODUCED.finditer(paragraph)}
    return frozenset(name for name in names if len(name) > 1)


def table_results(table: PaperTable, names: Collection[str]) -> list[ResultRow]:
    """The results of one table, a row for each column of numbers; empty where it is no table of results."""
    if _ABLATION.search(table.caption):
        return []
    table = _with_methods_in_rows(table, names)
    rows = _rows(table, names)
    own_rows, baselines = [r for r in rows if r.is_own], [r for r in rows if not r.is_own]
    if not own_rows:
        return []
    groups = list(dict.fromkeys(row.group for row in own_rows))
    return [
        result
        for group in groups
        for column in _columns(table)
        if (result := _result(table, column, [r for r in own_rows if r.group == group], _rivals(baselines, group)))
    ]


def number_in(cell: str) -> Decimal | None:
    """The number of a cell that holds one and nothing else but its spread, a per cent sign or a mark."""
    match = _NUMBER.fullmatch(cell.strip())
    if match is None or not match["number"].strip("+−–-"):
        return None
    return Decimal(match["number"].replace(",", "").replace("−", "-").replace("–", "-"))


def _worth(table: PaperTable) -> int:
    return 2 * bool(_MAIN.search(table.caption)) + bool(table.label)


def _with_methods_in_rows(table: PaperTable, names: Collection[str]) -> PaperTable:
    """The table, turned where its methods stand in the header: a column each."""
    if len(table.header) != 1 or any(_is_own(row[0], names) for row in table.rows if row):
        return table
    header = table.header[0]
    if not any(_is_own(name, names) for name in header[1:]) or any(len(row) != len(header) for row in table.rows):
        return table
    turned = list(zip(header, *table.rows, strict=True))
    return PaperTable(table.label, table.caption, table.page, (turned[0],), tuple(turned[1:]))


def _rows(table: PaperTable, names: Collection[str]) -> list[_Row]:
    """The rows with their names. A row of one text alone names the data set of those below it."""
    named = _name_columns(table)
    methods = max(range(named), key=lambda i: sum(_is_own(row[i], names) for row in table.rows if len(row) > i))
    rows, group = [], ""
    for cells in table.rows:
        if len(set(cells)) == 1 and number_in(cells[0]) is None:
            group = cells[0].strip()
            continue
        if len(cells) <= methods:
            continue
        baselines = [cells[i].strip() for i in range(min(named, len(cells))) if i != methods and cells[i].strip()]
        rows.append(
            _Row(cells[methods].strip(), baselines[0] if baselines else group, cells, _is_own(cells[methods], names))
        )
    return rows if _is_grouped(rows) else [replace(row, group="") for row in rows]


def _is_grouped(rows: Sequence[_Row]) -> bool:
    """Whether the second names are data sets: each has a row of this paper and another one."""
    groups, baselines = ({r.group for r in rows if r.is_own is kind} for kind in (True, False))
    return bool(groups) and groups <= baselines


def _rivals(baselines: Sequence[_Row], group: str) -> list[_Row]:
    fit = [row for row in baselines if row.group == group]
    return [row for row in fit if row.name and not _NO_BASELINE.search(row.name) and not _ABLATED.search(row.name)]


def _name_columns(table: PaperTable) -> int:
    """How many columns at the left hold names: at least one, then those without any number."""
    width = max((len(row) for row in table.rows), default=0)
    count = 1
    while count < width - 1 and not any(number_in(row[count]) is not None for row in table.rows if len(row) > count):
        count += 1
    return count


def _columns(table: PaperTable) -> Iterator[_Column]:
    width = max((len(row) for row in table.rows), default=0)
    for index in range(_name_columns(table), width):
        levels = list(dict.fromkeys(row[index].strip() for row in table.header if len(row) > index))
        levels = [level for level in levels if level]
        name = " ".join(levels)
        if not levels or is_cost(name):
            continue
        metric = next((level for level in reversed(levels) if metric_in(level)), "")
        data_set = " ".join(level for level in levels if level != metric)
        if not metric:
            metric = metric_in(table.caption)
        if not data_set and metric == metric_in(metric) and (on := _ON.search(table.caption)):
            data_set = on["name"]
        yield _Column(index, name, data_set, _without_arrow(metric), direction_of(f"{name} {metric}"))


def _result(
    table: PaperTable, column: _Column, own_rows: Sequence[_Row], baselines: Sequence[_Row]
) -> ResultRow | None:
    ours = _best(own_rows, column)
    if ours is None:
        return None
    row, value = ours
    data_set = " ".join(part for part in (row.group, column.data_set) if part)
    result = ResultRow(data_set, column.metric, _cell(table, row, column))
    rival = _best(baselines, column) if column.higher_is_better is not None else None
    if rival is None:
        return result
    best_baseline, baseline = rival
    difference = value - baseline
    relative = (100 * difference / abs(baseline)).quantize(Decimal("0.1")) if baseline else None
    in_points = is_percentage(f"{column.name} {column.metric}", table.caption, row.cells[column.index], value)
    return ResultRow(
        data_set, column.metric, result.this_paper, _cell(table, best_baseline, column), difference, relative,
        in_points, None if not difference else (difference > 0) is column.higher_is_better,
    )  # fmt: skip


def _best(rows: Sequence[_Row], column: _Column) -> tuple[_Row, Decimal] | None:
    """The row with the best number of a column; the last one where it is not known which is better."""
    numbers = [
        (row, number)
        for row in rows
        if len(row.cells) > column.index and (number := number_in(row.cells[column.index])) is not None
    ]
    if not numbers:
        return None
    if column.higher_is_better is None:
        return numbers[-1]
    return (max if column.higher_is_better else min)(numbers, key=lambda entry: entry[1])


def _cell(table: PaperTable, row: _Row, column: _Column) -> ResultCell:
    return ResultCell(row.cells[column.index].strip(), table.label, row.name, column.name, table.page)


def _is_own(name: str, names: Collection[str]) -> bool:
    if _ABLATED.search(name):
        return False
    return bool(_OURS.search(name)) or any(
        re.match(rf"(?:the )?{re.escape(own_name)}(?![\w])", name.strip(), re.IGNORECASE) for own_name in names
    )


def _without_arrow(metric: str) -> str:
    return re.sub(r"\s*[(\[]?[↑↓⇑⇓][)\]]?\s*", " ", metric).strip()
