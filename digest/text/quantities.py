"""Numbers in running text, English and Chinese: their value, their unit, and how they were written.

`45.2%`, `−0.5`, `1,024`, `9,1`, `10^-3`, `1e-5`, `2.3x`, `3-5 ms`, `1.5M`, `7B`, `3.5 million`, `12万`, `百分之五`,
`两倍`, `twenty-four`. Values are exact decimals; a unit that has multiples is brought to its base (ms to s, 万 to 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from digest.text.spelled_numbers import dates, spelled_numbers
from digest.text.tokens import tokenise
from digest.text.units import CAPITAL_SCALES, PERCENT, SCALES, UNIT_WORDS, UNITS, Quantity

_units = "|".join(re.escape(name) for name in UNIT_WORDS)
_QUANTITY = re.compile(
    rf"""
    (?= (?<![A-Za-zΑ-ω])[A-Za-zΑ-ω]++[-–_.]?[-−–+±]?\s?\.?\d | [-−–+±\d.] )  # else not worth a try: most places are not
    (?P<name> (?<![A-Za-zΑ-ω])[A-Za-zΑ-ω]++[-–_.]? )?
    (?P<sign> −\s? | (?<![\w)\]])[-–]\s? | (?<![\w)\]])[+±]\s? )?
    (?P<number>
        \d{{1,3}}(?:(?:[,\u2009\u202f'’]\d{{3}})+|(?:,\s000)+)(?!\d)(?:\.\d+)?
      | \d+(?:\.\d+)+ | \d+,\d{{1,2}}(?![\d,.]\d|\d) | \d+ | (?<![\w.])\.\d+
    )
    (?P<power> (?:\s?[×x·*]\s?10\s?\^?\s?\{{?\s?(?P<exponent>[-−–+]?\s?[\d⁻⁰¹²³⁴-⁹]{{1,4}})\}}?)
             | [eE](?P<exponent_e>[-−–+]?\d{{1,3}})(?!\w) )?
    (?P<self_power> (?:\s?\^\s?\{{?\s?(?P<exponent_s>[-−–+]?\s?\d{{1,3}})\}}? | (?P<exponent_u>[⁻⁺]?[⁰¹²³⁴-⁹]+)
             | (?<=10)−(?P<exponent_m>\d{{1,2}}) )(?!\d) )?
    (?P<scale> [\s-]?(?:thousands?|millions?|billions?|trillions?|hundreds?|bn|mn|mio)\b
             | \s?(?:十万|百万|千万|万亿|十亿|百亿|千亿|万|萬|亿|億|兆|千(?![克米瓦赫])|百(?!分))
             | [KMBGT](?![A-Za-z]) | k(?![A-Za-z]) )?
    (?P<unit> \s?-?(?:{_units})(?![A-Za-z])(?!(?<=[x×])\s?\d) )?
    """,
    re.VERBOSE,
)
_RANGE = re.compile(r"\s?(?:-|–|—|~|～|∼|到|至|to|and|和|,|，|、|/|或|or|±)\s?")
_LETTERS = re.compile(r"[A-Za-z]*")
_NUMERIC = re.compile(r"\d|[A-Za-z]|[零〇一二三四五六七八九十百千万亿两半翻成]")
_CURRENCIES = {"$": "USD", "€": "EUR", "¥": "CNY", "£": "GBP"}
# 310 GPU hours, 310 GPU 天: the unit of time behind a word
_BEHIND_WORD = re.compile(
    r"[\s-]?(?!(?:to|and|of|in|per|or|an?|the|for|by|at|from|after|within|every)\b)[A-Za-z][A-Za-z0-9]{1,7}[\s-]?"
    r"(?P<unit>hours?|days?|weeks?|months?|years?|minutes?|小时|个小时|天|周|个月|年)(?![A-Za-z])"
)


def quantities(text: str) -> list[Quantity]:
    """Every number of `text` in order, the spelled ones too."""
    if not _NUMERIC.search(text):
        return []
    days = dates(text)
    text_without_days = _blanked(text, days)
    numbers = sorted(
        [*days, *_digits(text_without_days), *spelled_numbers(text_without_days)], key=lambda q: (q.start, -q.end)
    )
    return _shared_units(_without_overlaps(numbers), text)


def _without_overlaps(numbers: list[Quantity]) -> list[Quantity]:
    """Of two readings of the same place the longer one: `two thirds` holds no `two`."""
    result: list[Quantity] = []
    for quantity in numbers:
        if not result or quantity.start >= result[-1].end or not (quantity.spelled or result[-1].spelled):
            result.append(quantity)
        elif quantity.end > result[-1].end:
            result[-1] = quantity
    return result


def _blanked(text: str, spans: list[Quantity]) -> str:
    """The text with blanks where dates stand: every offset stays what it was."""
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def _digits(text: str) -> Iterator[Quantity]:
    for match in _QUANTITY.finditer(text):
        raw = match["number"]
        value = _decimal(raw)
        exponent = _exponent(match)
        readings: list[Decimal] = []
        if match["self_power"]:
            value = value ** int(exponent or 0) if value else value  # 0^0 has none
        elif exponent is not None:
            value = value.scaleb(exponent)
        if "," in raw and re.fullmatch(r"\d+,\d{1,2}", raw):  # 9,1: a decimal comma, or two numbers
            readings = [Decimal(part) for part in raw.split(",")]
        if raw.count(".") > 1:
            value = Decimal(".".join(raw.split(".")[:2]))
        plain = -value if (match["sign"] or "").strip() in ("-", "–", "−") else value
        unit, factor = _unit(match, text)
        scale = _scale(match)
        if scale != 1:
            readings.append(plain)
        yield Quantity(
            plain * scale * factor, unit, match.group().strip(), match.start("number"), match.end(), plain,
            tuple(readings), name=_name(match, text),
        )  # fmt: skip


def _decimal(raw: str) -> Decimal:
    if raw.isdecimal():
        return Decimal(raw)
    if re.fullmatch(r"\d+,\d{1,2}", raw):
        return Decimal(raw.replace(",", "."))
    parts = re.sub(r"[,\s'’]", "", raw).split(".")
    return Decimal(".".join(parts[:2]) if len(parts) > 1 else parts[0])


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−–", "0123456789-+--")


def _exponent(match: re.Match[str]) -> int | None:
    for group in ("exponent", "exponent_e", "exponent_s", "exponent_u"):
        if match[group]:
            digits = match[group].translate(_SUPERSCRIPTS).replace(" ", "")
            return max(-400, min(400, int(digits))) if re.fullmatch(r"[-+]?\d+", digits) else None
    return -int(match["exponent_m"]) if match["exponent_m"] else None


def _scale(match: re.Match[str]) -> int:
    word = (match["scale"] or "").strip(" -\u00a0")
    if word in CAPITAL_SCALES:
        return CAPITAL_SCALES[word]
    return SCALES.get(word.lower(), SCALES.get(word.lower().rstrip("s"), 1))


def _unit(match: re.Match[str], text: str) -> tuple[str, Decimal]:
    before = text[max(0, match.start("number") - 2) : match.start("number")].rstrip()
    if before[-1:] in _CURRENCIES and not match["unit"]:
        return _CURRENCIES[before[-1]], Decimal(1)
    if text[max(0, match.start("number") - 5) : match.start("number")].rstrip().endswith("百分之"):
        return PERCENT, Decimal(1)
    word = (match["unit"] or "").strip().lstrip("-")
    if not word and (behind := _BEHIND_WORD.match(text, match.end())):
        word = behind["unit"]
    key = word.replace(" ", "_")
    unit, factor = UNITS.get(key, UNITS.get(key.lower(), ("", "1")))
    if word == "年" and not match["scale"] and re.fullmatch(r"(?:19|20)\d\d", match["number"]):
        return "", Decimal(1)  # the year itself, not so many years
    if unit in ("s", "m", "kg") and word in ("s", "m", "g", "h") and match["unit"] != word:
        return "", Decimal(1)  # `5 m` may be anything
    return unit, Decimal(factor)


def _name(match: re.Match[str], text: str) -> str:
    """The name that the number is part of, as its tokens in one word (`gpt4`), or nothing."""
    if not match["name"]:
        return ""
    end = _LETTERS.match(text, match.end("number"))
    return "".join(tokenise(text[match.start("name") : end.end() if end else match.end("number")]).norms)


def _shared_units(numbers: list[Quantity], text: str) -> list[Quantity]:
    """`3-5 ms`, `45, 37 and 20%`: the unit of the last holds for those that it is joined to."""
    for i in range(len(numbers) - 2, -1, -1):
        pair, following = numbers[i], numbers[i + 1]
        joined = _RANGE.fullmatch(text, pair.end, following.start) if pair.end <= following.start else None
        if joined and not pair.unit and not pair.name and following.unit and pair.value == pair.raw:
            factor = following.value / following.raw if following.raw else Decimal(1)
            numbers[i] = replace(
                pair, value=pair.raw * factor, unit=following.unit, readings=(*pair.readings, pair.raw)
            )
    return numbers
