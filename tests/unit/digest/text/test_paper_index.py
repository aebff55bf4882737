"""The search index of a paper: where quotations stand, and what the paper has."""

import pytest

from digest.analysis.verification.statements import verify_statement
from digest.models.paper_text import PaperParagraph, PaperText, Section
from digest.text.paper_index import PaperIndex
from digest.text.tokens import tokenise
from tests.builders import lantern_paper

PASSAGES = PaperIndex(lantern_paper.TEXT)


def test_a_quotation_is_found_with_its_page_and_section() -> None:
    """A quotation's place is the page and section that it begins in; the passage is the paper's own wording."""
    found = PASSAGES.find("the planner only expands cells that the camera has seen")

    assert found is not None
    assert (found.page, found.section) == (4, "2 Method")
    assert found.passage == "the planner only expands cells that the camera has seen,"
    assert PASSAGES.text[found.start : found.end] == found.passage


@pytest.mark.parametrize(
    "quote",
    [
        "LANTERN NEEDS NO EXTRA SENSOR AND RUNS ON THE ROBOT'S OWN PROCESSOR",
        "Lantern needs no extra sen-\nsor and runs on the robot’s own processor",
        "Lantern needs no extra sensor\u00a0and runs on\nthe robot's own proces\u00adsor",
        "Lantern needs no extrasensor and runs on the robot's own procesor",
    ],
)
def test_case_breaks_hyphens_and_slips_do_not_hide_a_quotation(quote: str) -> None:
    """What a PDF or a writer does to the looks of a sentence does not matter to where it stands."""
    found = PASSAGES.find(quote)

    assert found is not None
    assert found.passage.startswith("Lantern needs no extra sensor")
    assert found.score > 90


def test_what_is_not_there_is_not_found() -> None:
    """A sentence of another paper has no place."""
    assert PASSAGES.find("The transformer attends to all tokens of the sequence at once") is None


def test_a_sentence_runs_on_behind_headings_and_formulas() -> None:
    """A quotation may span paragraphs, and what stands between them without belonging to the sentence."""
    found = PASSAGES.find("the weight is never larger than 0.5. where l is the length of the path and b its mean")

    assert found is not None
    assert "(1)" in found.passage


def test_pages_follow_the_breaks_of_a_paragraph() -> None:
    """A paragraph that runs on has the page of each of its parts."""
    assert PASSAGES.page_at(PASSAGES.text.index("where l is the length")) == 3
    assert PASSAGES.page_at(PASSAGES.text.index("Raspberry")) == 4


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (PASSAGES.has_section("2.1"), True),
        (PASSAGES.has_section("4"), True),
        (PASSAGES.has_section("IV"), True),
        (PASSAGES.has_section("5"), False),
        (PASSAGES.has_section("2.2"), False),
        (PASSAGES.has_figure("1"), True),
        (PASSAGES.has_figure("2"), False),
        (PASSAGES.has_table("1"), True),
        (PASSAGES.has_table("3"), False),
        (PASSAGES.has_equation("1"), True),
        (PASSAGES.has_equation("2"), False),
        (PASSAGES.has_algorithm("1"), False),
    ],
)
def test_the_paper_knows_what_it_has(asked: bool, answer: bool) -> None:
    """Sections by their numbers, figures and tables by their captions, formulas by the numbers beside them."""
    assert asked is answer


def test_subsections_of_roman_sections_have_compound_numbers() -> None:
    """`III-A` is the subsection A of section III."""
    sections = (Section("Method", 1, "III"), Section("Map", 1, "A", level=2), Section("Grid", 1, "1", level=3))
    text = PaperText("", sections, 1, 1)

    assert PaperIndex(text).has_section("III-A")
    assert PaperIndex(text).has_section("III-A.1")
    assert PaperIndex(text).has_section("III-A.2")  # such subsections are often set into the text
    assert not PaperIndex(text).has_section("III-B.1")
    assert PaperIndex(text).has_section("3")
    assert not PaperIndex(text).has_section("IV-A")


def test_the_bibliography_is_known() -> None:
    """Places in the list of references are told from the paper's own words."""
    assert PASSAGES.in_references(PASSAGES.text.index("Made-up Robotics"))
    assert not PASSAGES.in_references(PASSAGES.text.index("Robots that work"))


def test_an_empty_paper_has_nothing() -> None:
    """A paper without text is searched without an error."""
    empty = PaperIndex(PaperText("", (), 0, 0))

    assert empty.find("a quotation of five words") is None
    assert list(empty.near(tokenise("a quotation of five words"))) == []
    assert not empty.has_section("1")


def test_the_same_sentence_twice_gives_its_first_place() -> None:
    """Of several places that read the same, the first in reading order is named."""
    sentence = "Light is a resource that a robot can plan for."
    sections = (
        Section("One", 1, "1", paragraphs=(PaperParagraph(sentence, 1),)),
        Section("Two", 2, "2", paragraphs=(PaperParagraph(sentence, 2),)),
    )
    found = PaperIndex(PaperText("", sections, 2, 2)).find(sentence)

    assert found is not None
    assert found.page == 1


def test_a_complete_index_grows_no_more() -> None:
    """What a check needs of the paper is there before it: no answer waits for the numbers of a whole paper."""
    passages = PaperIndex(lantern_paper.TEXT)
    passages.complete()
    known = set(vars(passages))
    verify_statement(
        "In Section 2 and Eq. (1), GPT-4 reaches 71.8% of 1,024 cells.", "the planner only expands cells", passages
    )
    verify_statement("It has 3 stages.", "the planner only expands cells that the camera has seen", passages)

    assert set(vars(passages)) == known
