"""How good a model is as a judge: the labelled set, by kind and language, with and without the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.analysis.judge.labelled_set import LabelledStatement, labelled_set
from digest.analysis.judge.statement_judge import Judge, JudgeAccount
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import Compared, Statement
from digest.text.paper_index import PaperIndex

_A_CARD = 25  # statements in one call, as of a card


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One statement of the set, and who flagged it. `judged`: the judge's answer counted."""

    labelled: LabelledStatement
    by_rules: bool
    by_judge: bool
    judged: bool


async def judge_trial(judge: Judge, account: JudgeAccount) -> list[TrialRow]:
    """Have the judge look at the whole set, a card's worth at a time."""
    data = labelled_set()
    paper = PaperIndex(data.paper)
    rows: list[TrialRow] = []
    for start in range(0, len(data.statements), _A_CARD):
        labelled = data.statements[start : start + _A_CARD]
        checked = [Statement(r.statement, verify_statement(r.statement, r.quotation, paper)) for r in labelled]
        judged = await judge.review(data.title, checked, account)
        rows += [_row(*row) for row in zip(labelled, checked, judged, strict=True)]
    return rows


def _row(labelled: LabelledStatement, checked: Statement, judged: Statement) -> TrialRow:
    was_judged = judged.evidence is not None and judged.evidence.compared is Compared.RULES_AND_JUDGE
    by_rules = not checked.is_found or bool(checked.doubts)
    return TrialRow(labelled, by_rules, len(judged.doubts) > len(checked.doubts), was_judged)


def trial_table(rows: Sequence[TrialRow]) -> list[tuple[str, int, int, int, int]]:
    """A line each kind, honest ones last: how many, flagged by the rules, by the judge, by either."""
    kinds = sorted({row.labelled.kind for row in rows}, key=lambda k: (k in ("honest", "self-contained"), k))
    table = []
    for kind in kinds:
        kind_rows = [row for row in rows if row.labelled.kind == kind]
        either = sum(row.by_rules or row.by_judge for row in kind_rows)
        table.append(
            (kind, len(kind_rows), sum(r.by_rules for r in kind_rows), sum(r.by_judge for r in kind_rows), either)
        )
    return table
