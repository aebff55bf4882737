"""Whether the numbers of a statement are the ones of its quotation: the same digits with the same unit, or, where the
quotation has no other number in that place, of its paragraph and the ones beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from digest.analysis.verification.numbers import SMALL, YEARS, agrees, computed, is_common, is_rough, stands_elsewhere
from digest.analysis.verification.support.wordings import Pair, Wording
from digest.models.analysis import Doubt, DoubtCode
from digest.text.paper_index import PaperIndex
from digest.text.tokens import without_marks
from digest.text.units import DATE, FRACTION, MAGNITUDE, ORDINAL, PERCENT, POINTS, SCORE, TIMES, Quantity

_NOUN = re.compile(r"[\s-]?(?:[KMBT]\b\s?)?([A-Za-z]{2,})")
_HAN_NOUN = re.compile(r"\s?([一-鿿])")
_COUNTED = {
    "层": "layer", "帧": "frame", "句": "sentence", "类": "class", "次": "time", "篇": "paper", "名": "participant",
    "人": "participant", "头": "head", "步": "step", "轮": "epoch", "维": "dimension", "张": "image", "行": "row",
    "列": "column",
}  # fmt: skip
_SIZES = {PERCENT: "share", POINTS: "share", SCORE: "share", TIMES: "share"}


def number_doubts(pair: Pair, near: Sequence[int], passages: PaperIndex) -> Iterable[Doubt]:
    """One doubt for the first number that is not the quotation's. `near` are the offsets at which the quotation's
    paragraph and its neighbours begin. Pure."""
    quoted = [q for q in _read(pair.quotation) if not q.name]
    unused = list(quoted)
    unmatched: list[Quantity] = []
    for number in pair.statement.quantities:
        if number.name:
            continue
        rough = is_rough(number, pair.statement.text)
        same = [q for q in quoted if agrees(number, q, pair.quotation.text, rough=rough)]
        if same:
            unused = [q for q in unused if q not in same]
        elif pairs := computed(number, quoted):
            unused = [q for q in unused if q not in pairs]
        else:
            unmatched.append(number)
    for number in unmatched:
        doubt = _doubt(number, pair, quoted, unused, near, passages)
        if doubt is not None:
            yield doubt
            return


def _read(wording: Wording) -> list[Quantity]:
    return Wording(without_marks(wording.text)).quoted_quantities


_AT_LEAST = re.compile(
    r"(?:超过|多于|高于|大于|逾|至少|不少于|不低于|\b(?:over|more\sthan|above|at\sleast|exceed\w*|greater\sthan))\s*$",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"(?:不到|不足|低于|少于|小于|至多|不超过|不多于|\b(?:less\sthan|under|below|fewer\sthan|at\smost|within))\s*$",
    re.IGNORECASE,
)


def _bound(number: Quantity, wording: Wording) -> tuple[int, str]:
    """1 where a text says that there is more than a number, -1 less, 0 neither; with its words."""
    before = wording.text[max(0, number.start - 16) : number.start].rstrip("的约 ")
    for side, pattern in ((-1, _AT_MOST), (1, _AT_LEAST)):
        if match := pattern.search(before):
            return side, match.group().strip()
    return 0, ""


def bound_doubts(pair: Pair) -> Iterable[Doubt]:
    """The quotation says "less than 5", the statement "more than 5"."""
    for number in pair.statement.quantities:
        side, words = _bound(number, pair.statement)
        for quoted in _read(pair.quotation) if side else ():
            quoted_side, quoted_words = _bound(quoted, pair.quotation)
            if quoted_side == -side and agrees(number, quoted, pair.quotation.text):
                yield Doubt(DoubtCode.NUMBER, f"{words} {number.text}", f"{quoted_words} {quoted.text}")
                return


def _doubt(
    number: Quantity,
    pair: Pair,
    quoted: Sequence[Quantity],
    unused: Sequence[Quantity],
    near: Sequence[int],
    passages: PaperIndex,
) -> Doubt | None:
    other_unit = next(
        (
            q
            for q in quoted
            if q.raw == number.raw and number.raw > 1 and q.unit != number.unit and q.unit and number.unit
        ),
        None,
    )
    if other_unit is not None and not (other_unit.spelled and number.spelled and not number.unit):
        return Doubt(DoubtCode.UNIT, number.text, other_unit.text)
    rival = next((q for q in unused if _is_rival(number, q, pair)), None)
    if rival is not None:
        code = DoubtCode.UNIT if rival.raw == number.raw else DoubtCode.NUMBER
        return Doubt(code, number.text, rival.text)
    if stands_elsewhere(number, passages, within=near, rough=is_rough(number, pair.statement.text)):
        return None
    if _needs_no_place(number, passages):
        return None
    return Doubt(DoubtCode.NUMBER, number.text)


def _needs_no_place(number: Quantity, passages: PaperIndex) -> bool:
    """What a writer may count or know without the sentence: small counts, years, parts of a whole."""
    if number.unit in (FRACTION, ORDINAL, MAGNITUDE, DATE):
        return True
    return is_common(number, passages)


def _is_rival(number: Quantity, quoted: Quantity, pair: Pair) -> bool:
    """Whether the quotation's number stands where the statement's does: of the same unit, counting the same."""
    if number.unit != quoted.unit:
        return number.unit in _SIZES and quoted.unit in _SIZES and number.raw == quoted.raw
    if number.unit:
        return True
    small = [_is_small(q) for q in (number, quoted)]
    if small[0] != small[1]:
        return _noun(number, pair.statement) == _noun(quoted, pair.quotation) != ""
    if _is_year(number) or _is_year(quoted):
        return _is_year(number) and _is_year(quoted) and pair.is_short
    ours, theirs = _noun(number, pair.statement), _noun(quoted, pair.quotation)
    if small[0]:
        return bool(ours) and ours == theirs and pair.is_short
    if ours and theirs and not pair.statement.is_chinese:
        return ours == theirs
    is_whole = ["." not in q.text for q in (number, quoted)]
    return is_whole[0] == is_whole[1] and pair.is_short


def _is_small(quantity: Quantity) -> bool:
    return quantity.raw <= SMALL and quantity.value == quantity.raw and quantity.raw == quantity.raw.to_integral_value()


def _is_year(quantity: Quantity) -> bool:
    return not quantity.unit and quantity.raw == quantity.raw.to_integral_value() and int(quantity.raw) in YEARS


def _noun(quantity: Quantity, wording: Wording) -> str:
    """What a bare number counts: `34-layer`, `34 层` -> layer; nothing where that is not plain."""
    if match := _NOUN.match(wording.text, quantity.end):
        return match[1].lower().rstrip("s")
    if match := _HAN_NOUN.match(wording.text, quantity.end):
        return _COUNTED.get(match[1], "")
    return _COUNTED.get(quantity.text[-1:], "")
