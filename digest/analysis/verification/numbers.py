"""Whether the numbers of a statement stand in the paper: in the quoted passage, or elsewhere in its text.

In every language, since digits are: `12 万` is `120,000`, `99毫秒` is `99 ms`, `2.3 倍` is `2.3x`. What the statement
only points at (Section 3.1), cites ([12]) or counts its own points with (1), 2), 3)) is no number of the paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

from digest.analysis.verification.references import without_pointers
from digest.text.paper_index import PaperIndex
from digest.text.quantities import quantities
from digest.text.tokens import without_marks
from digest.text.units import DATE, FRACTION, MAGNITUDE, ORDINAL, PERCENT, POINTS, SCORE, TIMES, Quantity

SMALL = 12  # counts up to here stand in every paper in one form or another
YEARS = range(1900, 2101)
_ORDINALS = (
    *("zeroth", "first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
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
_ROUGHLY = re.compile(
    r"(?:约|近|超过?|逾|多达|高达|不到|不足|将近|接近|大概|至少|至多|≈|~|∼|about|around|nearly|roughly|approximately|almost|some"
    r"|over|above|under|below|more\sthan|less\sthan|fewer\sthan|just|close\sto|up\sto|some)\s*(?:为|是|有|the)?\s*$",
    re.IGNORECASE,
)
_ROUGHLY_BEHIND = re.compile(r"\s*(?:左右|上下|以上|余|多(?!个百分点)|\+|or\s(?:so|more))", re.IGNORECASE)
_ROUND_ERROR = Decimal("0.1")
_RELATIVE = re.compile(r"\brelative(?:ly)?\b|相对", re.IGNORECASE)
_METRIC = re.compile(r"\s(?:[A-Z]{3,}|dB)\b")
_ABSOLUTE = re.compile(r"\babsolute(?:ly)?\b|\bpoints?\b|绝对|百分点", re.IGNORECASE)


def statement_quantities(statement: str) -> list[Quantity]:
    """The numbers that a statement takes from its paper. Pure."""
    text = without_pointers(statement)
    return quantities(_NOT_NUMBERS.sub(lambda match: " " * len(match.group()), without_marks(text)))


def is_rough(quantity: Quantity, text: str) -> bool:
    """Whether the text says that it rounds the number: 约 80%, about 80%, 80% or so."""
    before, behind = text[max(0, quantity.start - 16) : quantity.start], text[quantity.end : quantity.end + 8]
    return _ROUGHLY.search(before.rstrip("−-+ ")) is not None or _ROUGHLY_BEHIND.match(behind) is not None


def first_unsupported_number(statement: str, passage: str, passages: PaperIndex) -> Quantity | None:
    """The first number of the statement that the paper does not have, None where it has all. Pure."""
    numbers = statement_quantities(statement)
    if not numbers:
        return None
    quoted = quantities(passage)
    return next((q for q in numbers if not _stands(q, statement, quoted, passage, passages)), None)


def _stands(number: Quantity, statement: str, quoted: Sequence[Quantity], passage: str, passages: PaperIndex) -> bool:
    if number.name and (name := _named(number, passages)) is not None:
        return name
    if number.unit in (ORDINAL, FRACTION, MAGNITUDE):
        return True  # a way of speaking; compared with the quotation alone
    rough = is_rough(number, statement)
    if any(agrees(number, quantity, passage, rough=rough) for quantity in quoted) or computed(number, quoted):
        return True
    if stands_elsewhere(number, passages, rough=rough):
        return True
    return _is_fraction(number, passages) or is_common(number, passages)


def stands_elsewhere(
    number: Quantity, passages: PaperIndex, *, within: Iterable[int] | None = None, rough: bool = False
) -> bool:
    """Whether the paper has the number, with its unit, in any text or in those that start at the offsets `within`."""
    starts = None if within is None else frozenset(within)
    for value in _lookups(number, passages, rough=rough):
        for standing in passages.numbers.get(value, ()):
            if starts is not None and standing.block.start not in starts:
                continue
            if agrees(number, standing.quantity, standing.block.text, rough=rough):
                return True
    return False


def _lookups(number: Quantity, passages: PaperIndex, *, rough: bool) -> Iterable[Decimal]:
    """The values under which the index may have the number."""
    if number.unit == DATE:
        return [value for value in passages.numbers if 101 <= value <= 21011231]
    values = _values(number)
    if rough or len(number.raw.as_tuple().digits) >= 3:
        return [*_signed(values), *(v for v in passages.numbers if _rounds_to(number, v))]
    return _signed(values)


def _values(number: Quantity) -> set[Decimal]:
    return {abs(v) for v in (number.value, *number.readings[: 2 if "," in number.text else 0])}


def _signed(values: Iterable[Decimal]) -> list[Decimal]:
    return [signed for value in values for signed in (value, -value)]


def _named(number: Quantity, passages: PaperIndex) -> bool | None:
    """Whether the paper has the name that the number is part of (GPT-4); None: the paper has no such name at all."""
    if number.name in passages.letters:
        return True
    stem = re.sub(r"[\d.].*$", "", number.name)
    is_known = len(stem) > 1 and re.search(rf"{re.escape(stem)}\d", passages.letters)
    return False if is_known else None


def agrees(number: Quantity, quoted: Quantity, context: str, *, rough: bool = False) -> bool:
    """Whether two numbers mean the same: value, sign, scale and unit. `context` is the text of the other one; `rough`
    where the first is said to be rounded."""
    special = {number.unit, quoted.unit} & {DATE, FRACTION, MAGNITUDE, ORDINAL}
    if special:
        return _agree_specially(number, quoted)
    if _values(number) & {abs(v) for v in (quoted.value, quoted.raw, *quoted.readings)}:
        return _same_unit(number, quoted, context)
    if not (rough or _is_share(number, quoted) or len(number.raw.as_tuple().digits) >= 3):
        return False
    if _is_share(number, quoted):
        return _rounds(number.value, quoted.value * 100, exact_digits=not rough)
    if not _rounds(number.value, quoted.value, exact_digits=not rough):
        return False
    return number.unit == quoted.unit or (not number.unit) or _same_unit(number, quoted, context)


def _is_share(number: Quantity, quoted: Quantity) -> bool:
    """0.4834 for 48.3 %."""
    return number.unit in (PERCENT, POINTS) and not quoted.unit and _has_fraction(quoted.raw) and abs(quoted.raw) < 1


def _rounds_to(number: Quantity, value: Decimal) -> bool:
    return bool(number.value) and abs(abs(value) - abs(number.value)) <= abs(number.value) * _ROUND_ERROR


def _rounds(rounded: Decimal, exact: Decimal, *, exact_digits: bool) -> bool:
    """Whether `exact`, rounded to the digits of `rounded`, is that. `exact_digits`: three digits and a fraction at
    least, for a writer who rounds without a word."""
    digits = _significant(rounded)
    if exact_digits and (digits < 3 or not _has_fraction(rounded)):
        return False
    if not rounded or not exact or (rounded < 0) != (exact < 0) or _significant(exact) <= digits:
        return False
    if abs(exact - rounded) > abs(exact) * _ROUND_ERROR:
        return False
    step = Decimal(1).scaleb(rounded.normalize().as_tuple().exponent)  # type: ignore[arg-type]
    return abs(exact - rounded) <= step * (Decimal("0.5") if exact_digits else 1)


def _significant(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)


def _agree_specially(number: Quantity, quoted: Quantity) -> bool:
    units = number.unit, quoted.unit
    if units == (DATE, DATE):
        return _same_day(int(number.value), int(quoted.value))
    if units == ("", DATE):
        return number.value == int(quoted.value) // 10000
    if units == (FRACTION, FRACTION):
        return abs(number.value - quoted.value) < Decimal("0.001")
    if units == (FRACTION, PERCENT) or units == (PERCENT, FRACTION):
        share, percent = (number, quoted) if number.unit == FRACTION else (quoted, number)
        return abs(share.value * 100 - percent.value) <= 3
    if units == (FRACTION, ""):
        return abs(number.value - quoted.value) < Decimal("0.02")
    if units in ((FRACTION, TIMES), (TIMES, FRACTION)):
        return abs(number.value * quoted.value - 1) < Decimal("0.01")
    if units == (MAGNITUDE, MAGNITUDE):
        return number.value < quoted.readings[0] and quoted.value < number.readings[0]
    if number.unit == MAGNITUDE:
        return number.value <= abs(quoted.value) < number.readings[0]
    if ORDINAL in units:
        return number.value == quoted.value and bool({"", ORDINAL} >= set(units))
    return False


def _same_day(number: int, other: int) -> bool:
    """Whether two dates agree in all that both say; the first may say less, not more."""
    year, month, day = number // 10000, number // 100 % 100, number % 100
    return (
        (not year or not other // 10000 or year == other // 10000)
        and month == other // 100 % 100
        and (not day or day == other % 100)
    )


def _same_unit(number: Quantity, quoted: Quantity, context: str) -> bool:
    """Whether two numbers of the same digits have the same sign, scale and unit."""
    if number.value < 0 <= quoted.value:
        return False
    if number.unit == quoted.unit:
        same = abs(number.value) == abs(quoted.value) or abs(number.value) in map(abs, quoted.readings)
        return number.unit == "" or same
    if not number.unit:
        return True  # the statement names no unit
    if {number.unit, quoted.unit} <= {POINTS, SCORE}:
        return True
    if number.unit in (POINTS, SCORE) and quoted.unit == PERCENT:
        return _ABSOLUTE.search(_around(quoted, context)) is not None or not _RELATIVE.search(_around(quoted, context))
    if quoted.unit:
        return False
    if _METRIC.match(context, quoted.end):
        return False  # 0.9 BLEU is no percentage
    return number.raw == quoted.raw and (
        (number.unit in (PERCENT, POINTS, SCORE) and _has_fraction(quoted.raw)) or _mentions(number.unit, context)
    )


def _around(quantity: Quantity, context: str) -> str:
    """What stands close to a number: `an absolute 10%`, `a 5.2% relative gain`."""
    return context[max(0, quantity.start - 40) : quantity.end + 40]


def _has_fraction(value: Decimal) -> bool:
    return value != value.to_integral_value()


def _mentions(unit: str, context: str) -> bool:
    """Whether a text speaks of the unit somewhere: a table's head, the last number of a list."""
    pattern = _UNIT_WORDS.get(unit)
    return pattern is not None and re.search(pattern, context) is not None


def computed(number: Quantity, quoted: Sequence[Quantity]) -> tuple[Quantity, Quantity] | None:
    """The two numbers of the quotation whose difference the statement gives, None if it is none. Pure."""
    if number.unit not in (POINTS, SCORE, PERCENT, "") or number.name or abs(number.value) <= 0:
        return None
    for first, second in combinations(quoted, 2):
        if first.unit != second.unit or first.unit not in (PERCENT, POINTS, SCORE, "") or first.name or second.name:
            continue
        difference = abs(first.value - second.value)
        is_share = not first.unit and number.unit in (POINTS, PERCENT) and max(abs(first.value), abs(second.value)) <= 1
        if is_share and _has_fraction(first.raw) and difference * 100 == abs(number.value):
            return first, second
        is_same_kind = number.unit in (POINTS, SCORE) or (number.unit == first.unit and _has_fraction(number.raw))
        if is_same_kind and difference == abs(number.value):
            return first, second
    return None


def _is_fraction(number: Quantity, passages: PaperIndex) -> bool:
    """45 % of a paper that writes 0.45."""
    if number.unit != PERCENT:
        return False
    share = number.value / 100
    return any(s.quantity.unit == "" and _has_fraction(s.quantity.raw) for s in passages.numbers.get(share, ()))


def is_common(number: Quantity, passages: PaperIndex) -> bool:
    """Small counts, which a paper may spell, list or number, and years, which it may only cite."""
    value = number.value
    if number.unit == DATE:
        year = str(int(value) // 10000)
        return int(value) < 10000 or (int(value) % 10000 == 0 and year in passages.words)
    if _has_fraction(value) or not 0 <= value < YEARS.stop:
        return False
    digits = str(int(value))
    if value <= SMALL and number.unit == "":
        return not passages.words.isdisjoint((digits, _ORDINALS[int(value)]))
    return int(value) in YEARS and number.unit in ("", "year") and digits in passages.words
