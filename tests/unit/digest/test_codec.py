"""Model <-> JSON: what goes in comes out."""

import dataclasses
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.codec import DecodeError, decode, encode, from_json, to_json, whole_text
from digest.models import (
    analysis,
    delivery,
    digest,
    edition,
    feed,
    match,
    notice,
    paper,
    paper_facts,
    paper_text,
    spending,
)
from digest.models.analysis import Analysis
from digest.models.delivery import Delivery, DeliveryState
from digest.models.digest import Digest
from digest.models.edition import Edition, Platform, Target
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import PaperText

MODULES = (notice, paper, feed, match, edition, paper_text, paper_facts, analysis, spending, digest, delivery)
CLASSES = [
    value
    for module in MODULES
    for value in vars(module).values()
    if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == module.__name__
]

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))
st.register_type_strategy(object, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_dataclass_survives_the_trip(cls: type, data: st.DataObject) -> None:
    """Both as plain data and as JSON; plain data is what JSON can hold."""
    value = data.draw(st.from_type(cls))

    assert decode(cls, encode(value)) == value
    assert from_json(cls, to_json(value)) == value
    assert json.loads(json.dumps(encode(value))) == encode(value)


def test_types_of_parameters_are_kept() -> None:
    """A number of a notice stays the number that plurals are chosen by."""
    notice = Notice.of("x", a=1, b=1.0, c="1")

    assert [type(v) for _, v in from_json(Notice, to_json(notice)).params] == [int, float, str]


def test_an_older_text_can_be_read() -> None:
    """Missing fields have their defaults, unknown ones are passed over."""
    stored = {"name": "a", "categories": ["cs.AI"], "keywords": [], "colour": "red"}

    assert decode(Edition, stored) == Edition("a", ("cs.AI",), ())


@pytest.mark.parametrize("text", ["", "null", "[]", '{"id": 3}', '{"id": "2601.1", "version": "x"}'])
def test_what_is_no_paper_is_refused(text: str) -> None:
    """With the place, and without the data."""
    with pytest.raises(DecodeError, match="not a Paper: "):
        from_json(Paper, text)


def test_half_a_surrogate_pair_does_no_harm() -> None:
    """A model or a PDF may yield one; it is replaced, and nothing else is touched."""
    delivery = Delivery(1, "d", Target(Platform("slack"), "C1"), "card", None, {"text": "a\ud83d b 😀"})

    assert from_json(Delivery, to_json(delivery)).payload == {"text": "a\ufffd b 😀"}
    assert whole_text("\ud83d\ude00") == "😀"


def test_dates_are_iso() -> None:
    """So that SQLite can order and compare them."""
    digest = Digest("e", "t", "zh", date(2026, 1, 9), (), (), 0)

    assert encode(digest)["day"] == "2026-01-09"


def test_the_named_ones_are_covered() -> None:
    """The classes that are stored whole are among those tried above."""
    stored: set[Any] = {Analysis, Digest, PaperText, Paper, Delivery, Edition}

    assert stored <= set(CLASSES)
    assert DeliveryState("sent") is DeliveryState.SENT
