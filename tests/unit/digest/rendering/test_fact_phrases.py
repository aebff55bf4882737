"""Results and what a paper says about repeating it, in words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from digest.codec import from_json, to_json
from digest.i18n.translator import Translator
from digest.models.analysis import Analysis
from digest.models.paper_facts import Availability, ReproducibilityFact, ReproducibilityTopic, ResultCell, ResultRow
from digest.rendering.cards import paper_card
from digest.rendering.document import Quote, plain_text
from digest.rendering.fact_phrases import reproducibility_runs, result_line, result_phrases
from digest.report import digest_json
from tests.builders.digests import rich_day

EN, ZH = Translator("en"), Translator("zh")
CARD = rich_day().cards[0]
AGAINST = "Lanes · MAE: 2.41, best other in the table Dense 2.40"
CELL = ResultCell("2.41", "Table 4", "Ours", "MAE", 6)


def compared(points: str, **changes: object) -> Analysis:
    row = ResultRow(
        "Lanes", "MAE", CELL, replace(CELL, text="2.40", row="Dense"), Decimal(points), Decimal("0.4"), False, False
    )
    return replace(CARD.analysis, results=(replace(row, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("analysis", "line"),
    [
        (compared("0.01"), f"{AGAINST}; +0.01 (relative +0.4%), worse"),
        (compared("-7.20", in_points=True, relative=None, is_better=True), f"{AGAINST}; \u22127.20 points, better"),
        (compared("0", is_better=None), f"{AGAINST}; equal"),
        (compared("0.01", baseline=None, difference=None), "Lanes · MAE: 2.41"),
        (compared("0.01", data_set="", metric="", baseline=None, difference=None), "MAE: 2.41"),
    ],
    ids=["relative", "points", "equal", "no rival", "unnamed"],
)  # fmt: skip
def test_a_result_says_by_how_much_over_what(analysis: Analysis, line: str) -> None:
    """Points or relative is said, and whether the difference is to the paper's advantage."""
    (result,) = result_phrases(CARD.paper, analysis, EN)

    assert result_line(result, EN) == line
    assert result.place.replace("\u00a0", " ") == "Table 4 · p. 6"
    assert result.url.endswith("#page=6")


def test_chinese_places_have_no_english_label() -> None:
    """A table is 表 in a Chinese card."""
    (result,) = result_phrases(CARD.paper, compared("0.01"), ZH)

    assert result.place.replace("\u00a0", " ") == "表 4 · 第6页"


def test_a_fact_without_words_is_left_out() -> None:
    """A heading over nothing helps nobody; and what was not found is named only beside what was."""
    empty = ReproducibilityFact(ReproducibilityTopic.SEEDS, Availability.STATED, "", "Seeds.", None, 3)
    analysis = replace(CARD.analysis, reproducibility=(empty,))

    assert reproducibility_runs(CARD.paper, analysis, EN) == []


def test_a_code_address_is_a_link_with_its_place() -> None:
    """As the paper says it: nobody looked whether the address works."""
    code, weights, *_, unstated = reproducibility_runs(CARD.paper, CARD.analysis, EN)

    assert plain_text(code).replace("\u00a0", " ") == (
        "code: available https://github.com/example-lab/harbour [Abstract · p. 1]"
    )
    assert code[1].url == "https://github.com/example-lab/harbour"
    assert plain_text(weights).startswith("weights: promised [")
    assert plain_text(unstated) == "nothing found on licence, seeds"


def test_an_analysis_of_before_has_neither_part() -> None:
    """What an older Broadsheet stored loads, and its card has no empty headings."""
    stored = to_json(CARD.analysis)
    assert from_json(Analysis, stored) == CARD.analysis

    old = replace(CARD.analysis, results=(), reproducibility=(), unstated=())
    blocks = paper_card(replace(CARD, analysis=old), "en").blocks
    assert sum(isinstance(block, Quote) for block in blocks) == 7


def test_programs_get_every_cell_with_its_place() -> None:
    """Numbers as the paper prints them."""
    data = digest_json(rich_day())["cards"][0]

    assert data["results"][0]["this_paper"] == {
        "text": "68.9 ± 0.4", "table": "Table 2", "row": "Harbour (ours)", "column": "Success (%)", "page": 7,
    }  # fmt: skip
    assert data["results"][2]["baseline"] is None
    assert [fact["topic"] for fact in data["reproducibility"]] == ["code", "weights", "compute"]
