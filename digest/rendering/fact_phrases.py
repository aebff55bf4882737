"""What cards, reports and pages say of a paper's results and of repeating it: the same words everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from digest.i18n.translator import Translator
from digest.models.analysis import Analysis, Evidence, Verdict
from digest.models.paper import Paper
from digest.models.paper_facts import Availability, ReproducibilityFact, ResultCell, ResultRow
from digest.rendering import phrasing
from digest.rendering.document import TextRuns, text_run

NAME_SHOWN = 40  # columns of a method's or data set's name
VALUE_SHOWN = 24
DETAIL_SHOWN = 80
_TABLE = re.compile(r"(?:Table|Tab\.)\s*(?P<number>[\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ResultPhrases:
    """A row of the results table in words. `baseline` and `difference` are empty where there is none; `place` is the
    table and its page, `url` opens that page."""

    name: str
    this_paper: str
    baseline: str
    difference: str
    place: str
    url: str


def result_phrases(paper: Paper, analysis: Analysis, texts: Translator) -> list[ResultPhrases]:
    """The results of a paper, a row each."""
    return [_result(row, paper, texts) for row in analysis.results]


def result_line(result: ResultPhrases, texts: Translator) -> str:
    """A result in one line, without its place."""
    key = "result.compared" if result.baseline else "result.alone"
    return texts(key, name=result.name, ours=result.this_paper, baseline=result.baseline, difference=result.difference)


def reproducibility_runs(paper: Paper, analysis: Analysis, texts: Translator) -> list[TextRuns]:
    """What a paper says about repeating it, an item a topic with its place; empty where nothing was found."""
    items = [_fact(fact, paper, texts) for fact in analysis.reproducibility if _says_something(fact)]
    if items and analysis.unstated:
        topics = texts.list([texts(f"reproducibility.{topic}") for topic in analysis.unstated])
        items.append((text_run(texts("reproducibility.unstated", topics=topics)),))
    return items


def _result(row: ResultRow, paper: Paper, texts: Translator) -> ResultPhrases:
    cell = row.this_paper
    names = list(dict.fromkeys(filter(None, (_short(row.data_set), _short(row.metric)))))
    rival = texts("result.cell", name=_short(row.baseline.row), value=_value(row.baseline)) if row.baseline else ""
    return ResultPhrases(
        name=" · ".join(names) or _short(cell.column) or _short(cell.row),
        this_paper=_value(cell),
        baseline=rival,
        difference=_difference(row, texts),
        place=phrasing.place(_table(cell.table, texts), cell.page, texts),
        url=phrasing.pdf_url(paper, cell.page),
    )


def _difference(row: ResultRow, texts: Translator) -> str:
    if row.difference is None:
        return ""
    if not row.difference:
        return texts("result.equal")
    absolute = texts("result.points", n=_signed(row.difference)) if row.in_points else _signed(row.difference)
    if row.relative is not None:
        absolute = texts("result.relative", difference=absolute, relative=f"{_signed(row.relative)}%")
    if row.is_better is None:
        return absolute
    return texts("result.better" if row.is_better else "result.worse", difference=absolute)


def _signed(number: Decimal) -> str:
    return f"{number:+f}".replace("-", "\u2212")


def _value(cell: ResultCell) -> str:
    return phrasing.shortened(phrasing.clean(cell.text), VALUE_SHOWN)


def _short(name: str) -> str:
    return phrasing.shortened(phrasing.clean(name), NAME_SHOWN)


def _table(label: str, texts: Translator) -> str:
    match = _TABLE.fullmatch(label.strip())
    return texts("evidence.table", number=match["number"]) if match else _short(label)


def _says_something(fact: ReproducibilityFact) -> bool:
    return bool(fact.detail) or fact.availability is not Availability.STATED


def _fact(fact: ReproducibilityFact, paper: Paper, texts: Translator) -> TextRuns:
    """Code: available, github.com/… [§5 · p. 9]."""
    detail = phrasing.shortened(phrasing.clean(fact.detail), DETAIL_SHOWN)
    url = fact.detail if phrasing.is_link(fact.detail) else None
    stated = fact.availability is not Availability.STATED
    head = texts("reproducibility.topic", topic=texts(f"reproducibility.{fact.topic}"))
    word = texts(f"availability.{fact.availability}") if stated else ""
    runs = [text_run(head + word + (" " if word and detail else ""))]
    if detail:
        runs.append(text_run(detail, url=url))
    evidence = Evidence(fact.quote, Verdict.FOUND, fact.section, fact.page or None)
    where = phrasing.evidence_place(evidence, texts)
    if where:
        reference = texts("evidence.reference", place=where)
        inner = reference.lstrip()
        runs += [
            text_run(reference[: len(reference) - len(inner)]),
            text_run(inner, url=phrasing.pdf_url(paper, evidence.page)),
        ]
    return tuple(run for run in runs if run.text)
