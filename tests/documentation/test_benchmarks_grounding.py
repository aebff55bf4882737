"""The benchmark of the check, run on a made-up paper: its goals hold there too, and it measures what it says."""

import random
from collections import Counter

import pytest

from benchmarks.grounding import Case, make_cases, quotable
from benchmarks.hard_quotation_changes import MORE_DOCTORED, MORE_HONEST
from benchmarks.quotation_changes import DOCTORED, HONEST
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import Verdict
from digest.text.paper_index import PaperIndex
from tests.builders import lantern_paper

PAPERS = {"lantern": lantern_paper.TEXT}
PASSAGES = PaperIndex(lantern_paper.TEXT)


def cases(count: int = 280) -> list[Case]:
    honest, doctored = {**HONEST, **MORE_HONEST}, {**DOCTORED, **MORE_DOCTORED}
    return list(make_cases(PAPERS, count, random.Random(1), honest, doctored))


def test_the_cases_are_the_same_every_time() -> None:
    """The seed is fixed, and each case differs from its sentence."""
    made = cases()

    assert made == cases()
    assert all(case.quote != case.original for case in made)
    assert len({case.kind for case in made}) >= 24


def test_quotable_sentences_are_the_papers_body() -> None:
    """Neither the bibliography nor formulas are quoted."""
    found = quotable(lantern_paper.TEXT)

    assert len(found) > 20
    assert not [sentence for sentence in found if "Made-up Robotics" in sentence or "c(p)" in sentence]


@pytest.mark.parametrize(("honest", "least", "most"), [(True, 0.97, 1.0), (False, 0.0, 0.005)])
def test_the_goals_hold(honest: bool, least: float, most: float) -> None:
    """At least 97 % of the honest quotations are accepted, at most 0.5 % of the doctored."""
    judged = Counter(
        verify_statement("", case.quote, PASSAGES).verdict is Verdict.FOUND for case in cases() if case.honest is honest
    )

    assert least <= judged[True] / judged.total() <= most
