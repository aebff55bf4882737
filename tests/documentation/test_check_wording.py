"""What is said of the check, everywhere, is what the check does: one list of sentences, and words that promise more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from digest.analysis.llm.prompts import instructions
from digest.i18n.translator import Translator, catalogue

ROOT = Path(__file__).parents[2]
PLACES = {
    "README": (ROOT / "README.md").read_text("utf-8"),
    "why": (ROOT / "docs" / "why.md").read_text("utf-8"),
    "report": Translator("en")("report.by"),
    "about": Translator("en")("about.what"),
}
PROMISES = re.compile(
    r"verified|proven|guarantee[sd]? (?:to be )?(?:right|true|correct)|every (?:quotation and )?number is checked"
    r"|numbers? (?:of|in) the statement must be in the quotation|全部正确|已证实|保证正确|均已核实",
    re.IGNORECASE,
)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_says_what_is_compared_and_what_that_is_worth(place: str) -> None:
    """Quotations and numbers are looked up, rules compare, and that does not make a statement right."""
    text = " ".join(PLACES[place].lower().split())

    assert "looked up in the paper" in text
    assert re.search(r"rules compared? each statement with its quotation", text)
    assert "does not make a statement right: go by the quotation" in text


@pytest.mark.parametrize("key", ["report.by", "about.what"])
def test_the_chinese_texts_say_the_same(key: str) -> None:
    text = Translator("zh")(key)

    assert "按规则与引文比对" in text
    assert "不" in text
    assert "请以引文为准" in text


def test_no_text_promises_more_than_was_compared() -> None:
    """Not on cards, in chats, in the archive, in the documentation, nor to the model."""
    texts = {key: " ".join(str(form) for form in forms.values()) for key, forms in catalogue().items()}
    texts |= PLACES | {"prompt": instructions()}

    assert {key: m.group() for key, text in texts.items() if (m := PROMISES.search(text))} == {}


def test_the_foot_of_a_card_speaks_of_quotations_not_of_statements() -> None:
    """How many quotations are in the paper; the statements are the model's."""
    english, chinese = Translator("en"), Translator("zh")

    assert english("made.found.all", n=25) == "25 quotations, all in the paper"
    assert chinese("made.found.all", n=25) == "25 条引文均见于原文"
    assert "go by the quotations" in english("made.model", analyst="a model")
    assert "请以引文为准" in chinese("made.model", analyst="a model")
    assert chinese("made.doubts", n=2) == "2 条陈述请对照引文"


def test_the_prompt_asks_for_what_the_check_accepts() -> None:
    """One to three quotations, numbers and names in one of them, table rows allowed."""
    asked = instructions()

    assert '"quotes"' in asked
    assert "one to three" in asked
    assert "Each number with its unit, each name" in asked
    assert "row of a table" in asked
