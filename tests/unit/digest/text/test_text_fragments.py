"""Text directives: words that stand once, from between formulas, links and notes."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.analysis.evidence_links import AROUND, PassageLocator, with_links
from digest.models.analysis import (
    Analysis,
    AnalysisPart,
    AnalysisPartKey,
    AnalysisSource,
    Evidence,
    PassageLocation,
    Statement,
    Verdict,
)
from digest.models.paper_text import PaperParagraph, PaperText, ParagraphKind, Section
from digest.text.paper_index import PaperIndex
from digest.text.text_fragments import FragmentBuilder
from tests.builders.lantern_paper import TEXT

SENTENCE = "Training takes 3.5 hours on one GPU with a learning rate of 10⁻⁴ as in [3], and it ends when x_i falls."


def paper(*paragraphs: PaperParagraph | str, source: str = "html") -> PaperText:
    made = tuple(PaperParagraph(p, 1, anchor="S1.p1") if isinstance(p, str) else p for p in paragraphs)
    return PaperText("A Title", (Section("One", 1, "1", paragraphs=made),), 1, 1, source=source)


def directive(text: PaperText, passage: str, *, pdf: bool = False) -> str:
    index = PaperIndex(text)
    start = index.text.index(passage)
    return FragmentBuilder(index).directive(start, start + len(passage), pdf=pdf)


def words_of(made: str) -> list[str]:
    assert made.startswith(":~:text=")
    return [unquote(part) for part in made.removeprefix(":~:text=").split(",")]


def with_breaks(text: str, *broken: str) -> PaperParagraph:
    spans = tuple((text.index(b), text.index(b) + len(b)) for b in broken)
    return PaperParagraph(text, 1, anchor="S1.p1", run_breaks=spans)


def test_a_sentence_is_its_first_and_last_words() -> None:
    text = paper("Lamps age quickly in winter. We never saw the robot stop. Rooms differ.")

    assert words_of(directive(text, "We never saw the robot stop.")) == ["We never saw", "robot stop"]


def test_a_short_passage_is_taken_whole() -> None:
    assert words_of(directive(paper("Lamps age. So it ends. Rooms differ."), "So it ends.")) == ["So it ends"]


def test_the_beginning_is_as_long_as_it_must_be_to_stand_once() -> None:
    text = paper("We saw the old robot stop. We saw the old lamp fall down.")

    assert words_of(directive(text, "We saw the old lamp fall down."))[0] == "We saw the old lamp"


def test_words_that_stand_twice_have_no_directive() -> None:
    text = paper("We saw the lamp.", "We saw the lamp.")

    assert directive(text, "We saw the lamp.") == ""


def test_the_end_does_not_stand_before() -> None:
    """A browser takes the first end that it meets."""
    text = paper("Robots find their dim light here and lamps give dim light. Rooms differ.")

    made = directive(text, "Robots find their dim light here and lamps give dim light.")

    assert words_of(made) == ["Robots find their", "give dim light"]


def test_formulas_links_and_notes_are_cut_out_with_the_words_that_touch_them() -> None:
    text = paper(with_breaks("Here x_i-th lamps are lit by [3], the guard of the night x_j.", "x_i", "[3]", "x_j"))

    assert words_of(directive(text, "x_i-th lamps are lit by [3], the guard of the night x_j.")) == [
        "lamps are lit",
        "the night",
    ]


def test_in_a_pdf_hyphens_and_symbols_end_a_run_too() -> None:
    text = paper(
        "A pre-trained policy reads the order well, 10⁻⁴ of all state-of-the-art ones fail badly.", source="pdf"
    )

    made = directive(
        text, "A pre-trained policy reads the order well, 10⁻⁴ of all state-of-the-art ones fail badly.", pdf=True
    )

    assert words_of(made) == ["policy reads the", "fail badly"]


def test_signs_with_a_meaning_are_encoded() -> None:
    text = paper("Well-lit rooms, halls & R-type lamps age. Others stay.")

    made = directive(text, "Well-lit rooms, halls & R-type lamps age.")

    assert made == ":~:text=Well%2Dlit%20rooms%2C%20halls,lamps%20age"


def test_headings_and_displayed_formulas_between_are_passed_over() -> None:
    text = paper("The loss is then", PaperParagraph("$a=b$ (1)", 1, ParagraphKind.EQUATION), "where a stays small.")
    whole = PaperIndex(text).text

    made = directive(text, whole[whole.index("The loss") :])

    assert words_of(made) == ["The loss is", "stays small"]


def test_chinese_is_cut_between_clauses() -> None:
    text = paper("我们提出一种新的规划方法，它沿着光移动机器人。房间各不相同。")

    assert words_of(directive(text, "我们提出一种新的规划方法，它沿着光移动机器人。"))[0].startswith(
        "我们提出一种新的规划方法"
    )


@given(st.lists(st.text("abc XY.,-[]3é", min_size=1, max_size=40), min_size=1, max_size=6), st.data())
def test_a_directive_always_names_words_of_the_passage_that_stand_once(texts: list[str], data: st.DataObject) -> None:
    text = paper(*texts)
    index = PaperIndex(text)
    start = data.draw(st.integers(0, len(index.text) - 1))
    end = data.draw(st.integers(start + 1, len(index.text)))

    for pdf in (False, True):
        made = FragmentBuilder(index).directive(start, end, pdf=pdf)
        if made:
            assert re.fullmatch(r":~:text=[\w%.~]+(,[\w%.~]+)?", made)
            head = words_of(made)[0].lower()
            assert len(re.findall(rf"(?<!\w){re.escape(head)}(?!\w)", " ".join(index.text.lower().split()))) >= 1


# --- locations of passages --------------------------------------------------------------------------------------


def found(passage: str, page: int = 1) -> Evidence:
    return Evidence(passage, Verdict.FOUND, "1 One", page, passage)


def test_a_passage_of_an_html_page_has_a_link_to_each_source() -> None:
    text = paper(with_breaks(SENTENCE + " Rooms differ.", "10⁻⁴", "[3]", "x_i"))

    location = PassageLocator(text).location(found(SENTENCE))

    assert location == PassageLocation(
        pdf_directive=":~:text=Training%20takes%203.5,ends%20when",
        anchor="S1.p1",
        html_directive=":~:text=Training%20takes%203.5,ends%20when",
        behind="Rooms differ.",
    )


def test_a_passage_of_a_pdf_has_no_paragraph_in_a_page() -> None:
    location = PassageLocator(TEXT).location(
        found("Removing the illumination map lowers the success rate by 9.8 points", 5)
    )

    assert location is not None
    assert (location.anchor, location.html_directive) == ("", "")
    assert location.pdf_directive == ":~:text=Removing%20the%20illumination,9.8%20points"
    assert location.behind.startswith("more than any other change.")


def test_the_words_around_are_a_quotation_and_no_copy() -> None:
    text = paper("a b c. " * 300 + "We never saw the robot stop. " + "d e f. " * 300)

    location = PassageLocator(text).location(found("We never saw the robot stop."))

    assert location is not None
    assert location.before.startswith("… ")
    assert location.behind.endswith(" …")
    assert len(location.before) <= AROUND + 2
    assert len(location.behind) <= AROUND + 2


def test_a_passage_that_stands_twice_is_that_of_its_page() -> None:
    twice = "The planner always follows the light in the room."
    text = paper(PaperParagraph(f"Early. {twice}", 1), PaperParagraph(f"{twice} Late.", 2))

    location = PassageLocator(text).location(found(twice, page=2))

    assert location is not None
    assert (location.before, location.behind) == ("", "Late.")


@pytest.mark.parametrize("source", ["pdf", "html"])
def test_an_analysis_says_from_which_text_it_is(source: str) -> None:
    text = paper(SENTENCE, source=source)
    statement = Statement("It is quick.", found("Training takes 3.5 hours on one GPU"))
    doubtful = Statement("It is slow.", Evidence("It never ends.", Verdict.QUOTATION_NOT_FOUND))
    parts = (AnalysisPart(AnalysisPartKey.METHOD, (statement, doubtful, Statement("No evidence."))),)
    analysis = Analysis("2601.00001", 1, "en", "excerpt", AnalysisSource.FULL_TEXT, parts, takeaway=statement)

    linked = with_links(analysis, text)

    assert linked.source == source
    assert re.fullmatch("[0-9a-f]{64}", linked.text_sha256)
    assert linked.text_sha256 != with_links(analysis, paper("Others.", source=source)).text_sha256
    first, second, third = linked.parts[0].statements
    assert first.evidence is not None
    assert first.evidence.location is not None
    assert linked.takeaway == first
    assert (second, third) == (doubtful, Statement("No evidence."))
