"""The check of a statement: honest quotations pass, doctored ones do not, and the reason is named."""

import pytest

from digest.analysis.verification.alignment import AlignmentFault, Difference
from digest.analysis.verification.statements import verify_statement
from digest.i18n.translator import LANGUAGES, Translator
from digest.models.analysis import Evidence, Verdict
from digest.models.notice import Notice
from digest.models.paper_text import PaperParagraph, PaperText, Section
from digest.text.paper_index import PaperIndex
from tests.builders import lantern_paper

PASSAGES = PaperIndex(lantern_paper.TEXT)


def quoted(quote: str) -> Evidence:
    return verify_statement("", quote, PASSAGES)


@pytest.mark.parametrize(
    "quote",
    [
        "Lantern outperforms GridStar by 6.2 points on DarkRooms and by 4.1 points on NightShelf.",
        "LANTERN OUTPERFORMS GRIDSTAR BY 6.2 POINTS ON DARKROOMS",
        "“…most planners assume that every place is lit equally well.”",
        "most planners assume that every place is lit equally well. This assumption fails in warehouses",
        "lamps are switched off to save energy. As a result, locali-\nzation is lost after 40 s on average",
        "Its behavior is governed by a single weight",
        "Its behavoiur is governed by a single weight",
        "Collisions drop from 31 to 12 in 1000 runs",
        "The success rate rises from 75.2 percent to 81.4 %",
        "the mean path is at most 8 % longer",
        "with a learning rate of 10^-4",
        "Training takes 3.5 hours on one GPU with a learning rate of $10^{-4}$",
        "Robots that work at night must find their way with little light. [...] This assumption fails in warehouses",
        "[T]he planner only expands cells that the camera has seen",
        "> the planner only expands cells that the camera has seen",
        "**Removing the illumination map** lowers the success rate by 9.8 points",
        "Unlike earlier work, planner only expands cells that the camera has seen",
        "We search the graph with A* and stop after 50 ms.",
    ],
)
def test_honest_quotations_are_found(quote: str) -> None:
    """Case, markup, hyphens, spelling, a slip, dropped citations, an article, ellipses: the words are the paper's."""
    evidence = quoted(quote)

    assert evidence.verdict is Verdict.FOUND
    assert evidence.why is None
    assert evidence.page is not None
    assert evidence.passage


@pytest.mark.parametrize(
    "quote",
    [
        "Lantern outperforms GridStar by 6.3 points on DarkRooms and by 4.1 points on NightShelf.",
        "Lantern outperforms GridStar by 4.1 points on DarkRooms and by 6.2 points on NightShelf.",
        "The success rate rises from 75.2% to 81.4 percentage points",
        "The success rate rises from 75.2% to -81.4%, while the mean path",
        "localization is lost after 40 ms on average, and the robot stops",
        "with a learning rate of 10^4, training takes",
        "Training takes 3.5 days on one GPU with a learning rate of",
        "most planners assume that every place is lit equally well [3, 8]",
        "lamps are switched off to save energy (Okafor et al., 2022)",
        "which keeps the memory below 64 GB on a Raspberry Pi 4",
        "as shown in Figure 2. The map is a grid whose cells",
    ],
)
def test_another_number_sign_or_unit_is_not_the_papers(quote: str) -> None:
    """Where only numbers, signs and units differ, the verdict names the number, and the paper's wording is shown."""
    evidence = quoted(quote)

    assert evidence.verdict in (Verdict.NUMBER_NOT_FOUND, Verdict.QUOTATION_NOT_FOUND)
    assert evidence.why is not None


def test_a_doctored_number_is_told_from_a_missing_passage() -> None:
    """A doctored number inside an otherwise matching quotation is `number not found`."""
    doctored = quoted("Lantern outperforms GridStar by 6.3 points on DarkRooms and by 4.1 points on NightShelf.")
    missing = quoted("Our method was also tested under water, where it found every second wreck.")

    assert doctored.verdict is Verdict.NUMBER_NOT_FOUND
    assert doctored.passage is not None
    assert "6.2 points" in doctored.passage
    assert missing.verdict is Verdict.QUOTATION_NOT_FOUND
    assert missing.page is None


@pytest.mark.parametrize(
    "quote",
    [
        "the gain does come from longer paths, not the map",
        "We also show that the gain does come from longer paths.",
        "We also show that the gain comes from longer paths.",
        "Lantern needs an extra sensor and runs on the robot's own processor",
        "Lantern does not outperform GridStar by 6.2 points on DarkRooms",
        "Lantern underperforms GridStar by 6.2 points on DarkRooms and by 4.1",
        "GridStar outperforms Lantern by 6.2 points on DarkRooms and by 4.1 points",
        "Lantern outperforms LowLux by 6.2 points on DarkRooms and by 4.1 points",
        "Lantern significantly outperforms GridStar by 6.2 points on DarkRooms",
        "the planner expands cells that the camera has seen, which keeps the memory",
        "the mean path is 8% longer. Training takes 3.5 hours on one GPU",
        "the weight is larger than 0.5 and governs its behaviour",
        "Removing the illumination map raises the success rate by 9.8 points",
        "than any other change. The planner without the map is better than GridStar.",
        "Moreover, we test indoors. In future work, we will learn when lamps",
        "the planner with the map is not better than GridStar. Collisions drop",
        "Robots that work at night are governed by a single weight in warehouses",
        "Robots that work at night must find their way … stop after 50 ms on a Raspberry Pi",
        "This assumption fails in warehouses … most planners assume that every place",
        "we do … change the localization module. Our contributions are",
        "the gain does … come from longer paths in the benchmarks",
        "that the camera has not seen, which keeps the memory below",
        "change the localization module in this paper at all",
    ],
)
def test_doctored_quotations_are_refused(quote: str) -> None:
    """A word added, turned, exchanged or left out that carries the statement; pieces stitched or out of order."""
    assert quoted(quote).verdict is not Verdict.FOUND


def test_a_quotation_may_not_begin_behind_its_negation() -> None:
    """`… not [better than GridStar …]` is cut so that it says the contrary."""
    evidence = quoted("better than GridStar. Collisions drop from 31 to 12 in 1,000 runs")

    assert evidence.verdict is Verdict.QUOTATION_NOT_FOUND
    assert evidence.why is not None
    assert dict(evidence.why.params)["written"] == "not"


@pytest.mark.parametrize("quote", ["", "   ", "1", "Lantern", "in the dark", "…", "a map"])
def test_short_quotations_prove_nothing(quote: str) -> None:
    """At least five words and 25 letters: anything shorter stands in every paper."""
    assert quoted(quote).verdict is Verdict.QUOTATION_NOT_FOUND


def test_chinese_quotations_are_measured_in_characters() -> None:
    """Ten Chinese characters are as good as five words; a changed or dropped one counts."""
    sentence = "实验结果表明，该方法在三个基准上不依赖额外的传感器。"
    passages = PaperIndex(PaperText("", (Section("", 1, paragraphs=(PaperParagraph(sentence, 1),)),), 1, 1))

    assert verify_statement("", "该方法在三个基准上不依赖额外的传感器", passages).verdict is Verdict.FOUND
    assert verify_statement("", "该方法在三个基准上依赖额外的传感器", passages).verdict is Verdict.QUOTATION_NOT_FOUND
    assert verify_statement("", "该方法在四个基准上不依赖额外的传感器", passages).verdict is not Verdict.FOUND
    assert verify_statement("", "不依赖", passages).verdict is Verdict.QUOTATION_NOT_FOUND


QUOTE = "The success rate rises from 75.2% to 81.4%, while the mean path is at most 8% longer."


def test_a_statement_needs_its_numbers_and_references() -> None:
    """Behind a good quotation, the statement's own numbers and pointers are looked for in the whole paper."""
    assert verify_statement("成功率提高到 81.4%（见表1），内存低于 64MB", QUOTE, PASSAGES).verdict is Verdict.FOUND
    assert verify_statement("成功率提高到 84.1%", QUOTE, PASSAGES).verdict is Verdict.NUMBER_NOT_FOUND
    assert verify_statement("成功率提高到 81.4%（见第3.4节）", QUOTE, PASSAGES).verdict is Verdict.REFERENCE_NOT_FOUND


def test_the_quotation_comes_first() -> None:
    """With several faults the verdict is that of the quotation."""
    evidence = verify_statement("提高到 99.9%（图9）", "a sentence that is nowhere in this paper at all", PASSAGES)

    assert evidence.verdict is Verdict.QUOTATION_NOT_FOUND


def test_pieces_are_shown_with_their_own_words() -> None:
    """The passage of a quotation with ellipses is the pieces as the paper has them."""
    evidence = quoted("robots that work at night must find their way ... this assumption fails in warehouses")

    assert evidence.passage == "Robots that work at night must find their way … This assumption fails in warehouses,"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: str) -> None:
    """Each reason that the check can give is in the catalogue."""
    texts = Translator(language)
    for quote in (
        "",
        "short",
        "nothing of the kind is written in it",
        QUOTE.replace("8%", "9%"),
        QUOTE.replace("8%", "8 ms"),
    ):
        why = verify_statement("", quote, PASSAGES).why
        assert why is not None
        assert texts.notice(why)
    for fault in (
        AlignmentFault(kind, quoted, written)
        for kind in Difference
        for quoted, written in (("5", "6"), ("5", ""), ("", "6"))
    ):
        if fault.quoted or fault.kind is not Difference.NUMBER:  # a number left out is a word left out
            assert texts.notice(Notice.of(fault.code, quoted=fault.quoted, written=fault.written))
    for statement in ("99.9%", "见图9"):
        why = verify_statement(statement, QUOTE, PASSAGES).why
        assert why is not None
        assert texts.notice(why)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "1," * 5000,
        "a" * 50_000,
        "the map " * 5000,
        "…" * 5000,
        "[1" * 5000,
        "一" * 5000,
        "10^" * 5000,
        "\ud800\x00 ok",
    ],
)
def test_no_text_is_too_much(text: str) -> None:
    """Endless, nested or broken text is refused like any other, and in time."""
    assert verify_statement(text, text, PASSAGES).verdict is Verdict.QUOTATION_NOT_FOUND
    assert verify_statement(text, QUOTE, PASSAGES).verdict is not None
