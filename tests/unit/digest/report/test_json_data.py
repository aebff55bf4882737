"""A digest as plain data."""

import json

from digest.report import digest_json
from tests.builders.digests import empty_day, rich_day
from tests.builders.golden import golden


def test_the_day_is_as_it_was_looked_at() -> None:
    """Every field of a day with everything in it."""
    made = json.dumps(digest_json(rich_day()), ensure_ascii=False, indent=1) + "\n"

    assert made == golden("cards/day-zh.json", made)


def test_a_card_has_all_that_is_promised() -> None:
    """Names of fields are an interface: programs read them."""
    card = digest_json(rich_day())["cards"][0]

    promised = (
        "id version title authors categories kind update matches abstract code_url made_from analyst pages_read pages "
        "parts takeaway links notices"
    )
    assert card.keys() >= set(promised.split())
    assert (card["kind"], card["update"], card["made_from"]) == ("cross", False, "full text")
    assert card["matches"][0] == {"keyword": "vla", "field": "title", "text": "Vision-Language-Action"}
    assert [part["key"] for part in card["parts"]] == [
        "overview",
        "motivation",
        "contributions",
        "method",
        "experiments",
        "limitations",
    ]


def test_found_is_true_false_or_unknown() -> None:
    """Found in the paper, looked for and not found, or never looked for."""
    cards = digest_json(rich_day())["cards"]
    contributions = cards[0]["parts"][2]["statements"]

    assert [statement["found"] for statement in contributions] == [True, True, False, True]
    assert contributions[0]["page"] == 4
    assert contributions[2]["verdict"] == "number not found"
    assert cards[3]["parts"][0]["statements"][0]["found"] is None
    assert cards[3]["made_from"] == "abstract"


def test_titles_names_and_abstracts_are_readable() -> None:
    """No LaTeX in what other programs show."""
    card = digest_json(rich_day())["cards"][1]

    assert card["title"].startswith("TIDE: 𝒪(n log n) Spatio-Temporal Prediction")
    assert card["authors"][0] == "Zoë Müller"
    assert "within 3% of" in card["abstract"]


def test_categories_have_their_states_and_reasons() -> None:
    """By name; a reason is a sentence in the digest's language."""
    categories = digest_json(rich_day("en"))["categories"]

    assert categories["cs.AI"] == {"state": "fresh", "entries": 142, "reason": None}
    assert categories["cs.RO"]["state"] == "waiting"
    assert categories["cs.RO"]["reason"] == "not announced yet: the feed still shows 2026-01-08"


def test_an_empty_day_says_why() -> None:
    """And has empty lists."""
    data = digest_json(empty_day("en"))

    assert (data["cards"], data["updates"], data["date"]) == ([], [], "2026-01-10")
    assert data["empty"] == "weekend: arXiv announces nothing"


def test_updates_are_marked_as_such() -> None:
    """With the version before, where the edition showed one."""
    first, second = digest_json(rich_day())["updates"]

    assert (first["update"], first["version"], first["previous_version"]) == (True, 2, 1)
    assert first["changes"][1]["new"] == "a 15% improvement"
    assert second["previous_version"] is None
