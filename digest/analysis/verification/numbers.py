"""Whether the numbers of a statement stand in the paper: in the quoted passage, or elsewhere in its text.

In every language, since digits are: `12 万` is `120,000`, `99毫秒` is `99 ms`, `2.3 倍` is `2.3x`. What the statement
only points at (Section 3.1), cites ([12]) or counts its own points with (1), 2), 3)) is no number of the paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from digest.analysis.verification.references import without_pointers
from digest.text.paper_index import PaperIndex
from digest.text.quantities import PERCENT, POINTS, SCORE, TIMES, Quantity, quantities
from digest.text.tokens import without_marks

_SMALL = 12  # counts up to here stand in every paper in one form or another
_ORDINALS = (
    *("zeroth", "first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
_YEARS = range(1900, 2101)
_NOT_NUMBERS = re.compile(
    r"https?://\S+|(?<!\w)[\w.+-]{1,64}@[\w.-]+|(?i:arxiv:)?\b\d{4}\.\d{4,5}(?:v\d+)?\b"
    r"|(?:^|(?<=[\s;；。：:，,]))[（(]?\d{1,2}[）)](?!\s*[%％])|[①-⑳]"
    r"|^\s*\d{1,2}[.、．](?=\s*\D)",
    re.MULTILINE,
)
_UNIT_WORDS = {
    PERCENT: r"%|percent|per cent|％",
    POINTS: r"points|absolute|pp\b",
    TIMES: r"×|\dx\b|times|fold|speedup|speed-up",
    "s": r"\b(?:m|n|μ)?s\b|sec|hour|minute|day|week|time",
    "byte": r"\b[KMGT]i?B\b|memory",
    "Hz": r"Hz",
    "m": r"\b[ckmn]?m\b|met(?:er|re)|distance",
}


def first_unsupported_number(statement: str, passage: str, passages: PaperIndex) -> Quantity | None:
    """The first number of the statement that the paper does not have, None where it has all. Pure."""
    text = without_pointers(statement)
    text = _NOT_NUMBERS.sub(lambda match: " " * len(match.group()), without_marks(text))
    wanted = quantities(text)
    if not wanted:
        return None
    quoted = quantities(passage)
    return next((q for q in wanted if not _stands(q, quoted, passage, passages)), None)


def _stands(wanted: Quantity, quoted: Iterable[Quantity], passage: str, passages: PaperIndex) -> bool:
    if wanted.name and (known := _named(wanted, passages)) is not None:
        return known
    values = {abs(v) for v in (wanted.value, *wanted.readings[: 2 if "," in wanted.text else 0])}
    for quantity in quoted:
        if values & {abs(v) for v in (quantity.value, quantity.raw, *quantity.readings)} and _agrees(
            wanted, quantity, passage
        ):
            return True
    if any(
        _agrees(wanted, s.quantity, s.block.text) for value in _signed(values) for s in passages.numbers.get(value, ())
    ):
        return True
    return _is_fraction(wanted, passages) or _is_common(wanted, passages)


def _signed(values: Iterable[Decimal]) -> list[Decimal]:
    return [signed for value in values for signed in (value, -value)]


def _named(wanted: Quantity, passages: PaperIndex) -> bool | None:
    """Whether the paper has the name that the number is part of (GPT-4); None: the paper has no such name at all."""
    if wanted.name in passages.letters:
        return True
    stem = re.sub(r"[\d.].*$", "", wanted.name)
    is_known = len(stem) > 1 and re.search(rf"{re.escape(stem)}\d", passages.letters)
    return False if is_known else None


def _agrees(wanted: Quantity, found: Quantity, context: str) -> bool:
    """Whether two numbers of the same digits mean the same: sign, scale and unit."""
    if wanted.value < 0 <= found.value:
        return False
    if wanted.unit == found.unit:
        return (
            wanted.unit == "" or abs(wanted.value) == abs(found.value) or abs(wanted.value) in map(abs, found.readings)
        )
    if not wanted.unit:
        return True  # the statement names no unit
    if {wanted.unit, found.unit} <= {POINTS, SCORE}:
        return True
    if wanted.unit == POINTS and found.unit == PERCENT:
        return "absolute" in context
    if found.unit:
        return wanted.unit == "year" and found.unit in ("month", "s")
    return wanted.raw == found.raw and (_has_fraction(found.raw) or _mentions(wanted.unit, context))


def _has_fraction(value: Decimal) -> bool:
    return value != value.to_integral_value()


def _mentions(unit: str, context: str) -> bool:
    """Whether a text speaks of the unit somewhere: a table's head, the last number of a list."""
    pattern = _UNIT_WORDS.get(unit)
    return pattern is None or re.search(pattern, context) is not None


def _is_fraction(wanted: Quantity, passages: PaperIndex) -> bool:
    """45 % of a paper that writes 0.45."""
    if wanted.unit != PERCENT:
        return False
    share = wanted.value / 100
    return any(s.quantity.unit == "" and _has_fraction(s.quantity.raw) for s in passages.numbers.get(share, ()))


def _is_common(wanted: Quantity, passages: PaperIndex) -> bool:
    """Small counts, which a paper may spell, list or number, and years, which it may only cite."""
    value = wanted.value
    if _has_fraction(value) or not 0 <= value < _YEARS.stop:
        return False
    digits = str(int(value))
    if value <= _SMALL and wanted.unit == "":
        return not passages.words.isdisjoint((digits, _ORDINALS[int(value)]))
    return int(value) in _YEARS and wanted.unit in ("", "year") and digits in passages.words
