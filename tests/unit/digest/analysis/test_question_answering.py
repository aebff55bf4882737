"""The passages of a paper that fit a question."""

import pytest

from digest.analysis.question_answering import passages_for
from digest.models.analysis import Verdict
from tests.builders import lantern_paper


def best(question: str) -> str:
    found = passages_for(question, lantern_paper.TEXT)
    return found[0].text if found else ""


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How long does training take?", "3.5 hours"),
        ("On which benchmarks was it evaluated?", "DarkRooms, NightShelf and LowLux"),
        ("What are the limitations?", "A limitation of our approach"),
        ("How much memory does the planner need?", "64 MB"),
        ("Does the planer have colisions?", "Collisions drop"),
        ("训练需要多少时间？", "3.5 hours"),
        ("有什么局限？", "A limitation of our approach"),
        ("GridStar 的成功率？", "GridStar"),
    ],
)
def test_the_best_passage_answers(question: str, words: str) -> None:
    """In English and, by the terms of the trade, in Chinese; a slip of the pen does not matter."""
    assert words in best(question)


def test_passages_have_their_place() -> None:
    """Each is verbatim, with section and page, and none says what another says."""
    found = passages_for("Which planner is better than GridStar?", lantern_paper.TEXT, limit=3)

    assert 1 <= len(found) <= 3
    assert len({s.text for s in found}) == len(found)
    for statement in found:
        assert statement.evidence is not None
        assert statement.evidence.verdict is Verdict.FOUND
        assert statement.evidence.quote == statement.text
        assert statement.evidence.page is not None


@pytest.mark.parametrize("question", ["", "?", "What is it?", "Who won the football match in Naples?", "\ud800"])
def test_what_the_paper_does_not_tell_is_not_made_up(question: str) -> None:
    """Without a word of the question in the paper there is no passage."""
    assert passages_for(question, lantern_paper.TEXT) == ()


def test_the_bibliography_is_no_answer() -> None:
    """Titles of other works are not searched."""
    assert all(
        "Made-up Robotics" not in s.text for s in passages_for("planning with maps robotics", lantern_paper.TEXT, 20)
    )
