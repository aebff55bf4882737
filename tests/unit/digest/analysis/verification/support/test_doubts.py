"""The support checks: what stands against a quotation is named, what goes beyond it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.analysis.judge.labelled_set import LabelledStatement, labelled_set
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import DoubtCode, Evidence, Verdict
from digest.text.paper_index import PaperIndex

PAPER = PaperIndex(labelled_set().paper)
TEXTS = {row.quotation.split()[0] + row.quotation.split()[1]: row.quotation for row in labelled_set().statements}
ERROR, WIND, GROUP = TEXTS["Onthe"], TEXTS["Addingwind"], TEXTS["Brandtet"]
NOT_BY_WORDS = {"extra", "moved"}  # no list of words tells them all


def checked(statement: str, *quotes: str) -> Evidence:
    return verify_statement(statement, quotes, PAPER)


def codes(evidence: Evidence) -> set[DoubtCode]:
    return {doubt.code for doubt in evidence.doubts}


@pytest.mark.parametrize("row", [r for r in labelled_set().statements if r.is_honest], ids=lambda r: r.statement[:40])
def test_no_honest_statement_is_flagged(row: LabelledStatement) -> None:
    evidence = checked(row.statement, row.quotation)

    assert (evidence.verdict, evidence.doubts) == (Verdict.FOUND, ())


@pytest.mark.parametrize(
    "row",
    [r for r in labelled_set().statements if not r.is_honest and r.kind not in NOT_BY_WORDS],
    ids=lambda r: r.statement[:40],
)
def test_wrong_statements_are_flagged(row: LabelledStatement) -> None:
    evidence = checked(row.statement, row.quotation)

    assert evidence.verdict is not Verdict.FOUND or evidence.doubts


@pytest.mark.parametrize(
    ("statement", "quote", "code", "ours", "theirs"),
    [
        ("On Marlow TideNet raises the mean error by 12.4%.", ERROR, DoubtCode.DIRECTION, "raises", "reduces"),
        ("TideNet lowers the mean error on Marlow by 8.3%.", ERROR, DoubtCode.NUMBER, "8.3%", "12.4%"),
        ("TideNet 在 ImageNet 上误差降低 12.4%。", ERROR, DoubtCode.NAME, "ImageNet", ""),
        ("本文的循环网络用浮标数据训练，比潮汐表好 8.3%。", GROUP, DoubtCode.ORIGIN, "本文", ""),
        ("Wind observations improved the forecast beyond six hours.", WIND, DoubtCode.NEGATION, "", "not"),
    ],
)
def test_a_doubt_names_the_words(statement: str, quote: str, code: DoubtCode, ours: str, theirs: str) -> None:
    """A code, the statement's words and the quotation's."""
    doubts = checked(statement, quote).doubts

    assert (code, ours, theirs) in [(d.code, d.statement, d.quotation) for d in doubts]


def test_a_second_quotation_bears_what_the_first_does_not() -> None:
    """A number of another passage is in order once that passage is quoted too."""
    second = next(r.quotation for r in labelled_set().statements if r.quotation.startswith("TideNet has"))
    claim = "TideNet lowers the mean error on Marlow by 12.4% with 3.2 million parameters."

    assert not checked(claim, ERROR, second).doubts
    assert checked(claim, ERROR, second).more[0].page == 4
    assert checked(claim, ERROR, "words that no paper about tides has in it").verdict is Verdict.QUOTATION_NOT_FOUND
    assert checked(claim, *([ERROR] * 4)).verdict is Verdict.QUOTATION_NOT_FOUND


def test_a_passage_on_earlier_work_is_labelled() -> None:
    """A label, no doubt: the statement says whose work it is."""
    evidence = checked("Brandt et al. (2019) show that a recurrent network beats tide tables by 8.3%.", GROUP)

    assert evidence.of_others
    assert not evidence.doubts
    assert not checked("TideNet lowers the mean error on Marlow by 12.4%.", ERROR).of_others


def test_a_computed_difference_is_named() -> None:
    """Two numbers of the quotation may be subtracted; the reader sees that it was done."""
    quote = next(r.quotation for r in labelled_set().statements if "0.91 on Marlow" in r.quotation)

    assert checked("TideNet 在 Marlow 上比在 Osprey 上高 0.07（0.91 对 0.84）。", quote).computed == ("0.07",)


HOSTILE = st.text(max_size=200) | st.sampled_from(
    [
        "\x00\x1b[31m",
        "１２．４％" * 50,
        r"$\frac{1}{2}$ \sqrt{",
        "误差" * 5000,
        "word " * 10_000,
        "‮abc",
        "不" * 300,
        "()[]〔〕",
    ]
)


@given(HOSTILE, st.lists(HOSTILE, max_size=4))
def test_whatever_comes_in_has_one_outcome(statement: str, quotes: list[str]) -> None:
    """Control characters, no quotation, many, LaTeX, full width, very long ones: a verdict, and no exception."""
    assert isinstance(checked(statement, *quotes), Evidence)
    assert isinstance(checked(statement, ERROR), Evidence)
