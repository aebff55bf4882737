"""The check for anybody's summary: claims in, verdicts out."""

import json

import pytest

from digest.analysis.verification.claims import (
    SubmittedClaim,
    as_json,
    check_claims,
    has_doubts,
    parse_claims,
    rows,
    summary,
)
from digest.errors import InputError
from digest.i18n.translator import Translator
from digest.models.analysis import Verdict
from tests.builders import lantern_paper

QUOTE = "The success rate rises from 75.2% to 81.4%, while the mean path is at most 8% longer."
CLAIMS = [
    SubmittedClaim("成功率提高到 81.4%", QUOTE),
    SubmittedClaim("成功率提高到 84.1%", QUOTE),
    SubmittedClaim("成功率见第3.4节", QUOTE),
    SubmittedClaim("它会飞", "Lantern also flies over the roofs of the town at night"),
]
ENGLISH = Translator("en")


def test_claims_are_read_in_order() -> None:
    """Each entry has a claim and a quotation; other keys do not matter, nor does a byte order mark."""
    data = '\ufeff[{"claim": "a", "quote": "b", "page": 3}, {"quote": "", "claim": "c"}]'

    assert parse_claims(data.encode()) == parse_claims(data) == [SubmittedClaim("a", "b"), SubmittedClaim("c", "")]
    assert parse_claims('{"claims": [{"claim": "a", "quote": "b"}]}') == [SubmittedClaim("a", "b")]
    assert parse_claims("[]") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b'[{"claim": "a", "quote": "b"},', "line 1, column"),
        (b"\xff\xfe[", "not UTF-8"),
        (b'{"claim": "a"}', "holds an object, not a list"),
        (b'"text"', "holds a text, not a list"),
        (b'[{"claim": "a"}]', 'claim 1: "quote" is missing'),
        (b'[{"claim": "a", "quote": "b"}, {"claim": 3, "quote": null}]', 'claim 2: "claim" is a number'),
        (b'[{"claim": "a", "quote": "b"}, {"claim": 3, "quote": null}]', 'claim 2: "quote" is null'),
        (b'["a", ["b"]]', "claim 2 is a list, not an object"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_mistakes_are_named(data: bytes, said: str) -> None:
    """A list that can't be used says what is wrong, where, and how it should look."""
    with pytest.raises(InputError) as caught:
        parse_claims(data, "claims.json")

    assert said in str(caught.value)
    assert "claims.json" in str(caught.value)


def test_many_mistakes_are_counted() -> None:
    """No flood: ten are named, the rest counted."""
    with pytest.raises(InputError, match="and 40 more"):
        parse_claims(json.dumps([{}] * 25))


def test_verdicts_come_in_order() -> None:
    """Each claim has its own verdict, with page, section, passage and reason."""
    answer = as_json(check_claims(CLAIMS, lantern_paper.TEXT), ENGLISH)

    assert [c["verdict"] for c in answer["claims"]] == [
        "found",
        "number not found",
        "reference not found",
        "quotation not found",
    ]
    first, second, *_, last = answer["claims"]
    assert first == {
        "verdict": "found",
        "page": 5,
        "section": "3 Experiments",
        "passage": QUOTE,
        "why": None,
        "doubts": [],
        "compared": "rules",
        "earlier_work": False,
        "computed": [],
        "more": [],
    }
    assert "84.1%" in str(second["why"])
    assert last["page"] is None
    assert json.loads(json.dumps(answer)) == answer


def test_rows_name_place_and_reason() -> None:
    """A table shows where a quotation stands, and why another does not."""
    table = rows(CLAIMS, check_claims(CLAIMS, lantern_paper.TEXT), ENGLISH)

    assert [row.number for row in table] == [1, 2, 3, 4]
    assert table[0].place == "p. 5, 3 Experiments"
    assert table[0].why == ""
    assert table[3].verdict is Verdict.QUOTATION_NOT_FOUND
    assert table[3].place == ""


def test_a_claim_may_have_three_quotations_and_has_doubts_named() -> None:
    """Each quotation is looked up; what stands against them is named with its words, and counts as a reason to look."""
    second = "Lantern plans paths over a map of lamps."
    claims = parse_claims(
        json.dumps([{"claim": "成功率降低到 81.4%。", "quote": [QUOTE]}, {"claim": "a", "quote": [QUOTE] * 4}])
    )
    evidence = check_claims(claims, lantern_paper.TEXT)
    first, many = as_json(evidence, ENGLISH)["claims"]

    assert claims[0].more == ()
    assert len(claims[1].more) == 3, second
    assert first["verdict"] == "found"
    assert first["doubts"] == [{"code": "direction", "claim": "降低", "quote": "rises"}]
    assert many["verdict"] == "quotation not found"
    assert has_doubts(evidence)
    assert not has_doubts(check_claims(CLAIMS[:1], lantern_paper.TEXT))
    assert "do not say that a claim is true" in summary(evidence)
