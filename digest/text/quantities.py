"""Numbers in running text, English and Chinese: their value, their unit, and how they were written.

`45.2%`, `−0.5`, `1,024`, `9,1`, `10^-3`, `1e-5`, `2.3x`, `3-5 ms`, `1.5M`, `7B`, `3.5 million`, `12万`, `百分之五`,
`两倍`, `twenty-four`. Values are exact decimals; a unit that has multiples is brought to its base (ms to s, 万 to 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from digest.text.tokens import tokenise

PERCENT, POINTS, SCORE, TIMES = "%", "percentage points", "points", "times"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text. `value` is in the base of `unit` ("" for none); `readings` are the other values that the
    same digits may mean (`9,1`, `7B`); `raw` is the number as written, without scale and unit."""

    value: Decimal
    unit: str
    text: str
    start: int
    end: int
    raw: Decimal
    readings: tuple[Decimal, ...] = ()
    spelled: bool = False
    name: str = ""  # the name that it is part of: GPT-4, ResNet50


_SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "hundreds": 100,
    "k": 1000, "mio": 10**6, "mn": 10**6, "bn": 10**9,
    "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "十万": 10**5,
    "百万": 10**6, "千万": 10**7, "亿": 10**8, "億": 10**8, "十亿": 10**9, "百亿": 10**10,
    "千亿": 10**11, "万亿": 10**12, "兆": 10**12,
}  # fmt: skip
_CAPITAL_SCALES = {"K": 10**3, "M": 10**6, "B": 10**9, "G": 10**9, "T": 10**12}
_UNITS: dict[str, tuple[str, str]] = {
    name: (unit, factor)
    for unit, factor, names in (
        (PERCENT, "1", "% ％ percent pct per\u00a0cent"),
        ("permille", "1", "‰"),
        (POINTS, "1", "percentage\u00a0points percentage\u00a0point pp 个百分点 百分点 個百分點"),
        (SCORE, "1", "points point"),
        (TIMES, "1", "x × times time fold -fold 倍"),
        ("s", "1", "s sec secs second seconds 秒 秒钟"),
        ("s", "0.001", "ms msec millisecond milliseconds 毫秒"),
        ("s", "0.000001", "μs µs us microsecond microseconds 微秒"),
        ("s", "0.000000001", "ns nanosecond nanoseconds 纳秒"),
        ("s", "60", "min mins minute minutes 分钟"),
        ("s", "3600", "h hr hrs hour hours 小时 个小时"),
        ("s", "86400", "day days 天 日"),
        ("s", "604800", "week weeks 周 个星期 星期"),
        ("month", "1", "month months 个月 月"),
        ("year", "1", "year years 年"),
        ("byte", "1", "byte bytes 字节"),
        ("byte", "1000", "KB kB"),
        ("byte", "1000000", "MB"),
        ("byte", "1000000000", "GB"),
        ("byte", "1000000000000", "TB"),
        ("byte", "1024", "KiB"),
        ("byte", "1048576", "MiB"),
        ("byte", "1073741824", "GiB"),
        ("Hz", "1", "Hz 赫兹 赫"),
        ("Hz", "1000", "kHz 千赫"),
        ("Hz", "1000000", "MHz 兆赫"),
        ("Hz", "1000000000", "GHz"),
        ("m", "1", "m meter meters metre metres 米"),
        ("m", "0.01", "cm 厘米"),
        ("m", "0.001", "mm 毫米"),
        ("m", "0.000000001", "nm 纳米"),
        ("m", "1000", "km 公里 千米"),
        ("kg", "1", "kg 千克 公斤"),
        ("kg", "0.001", "g 克"),
        ("W", "1", "W 瓦"),
        ("W", "1000", "kW 千瓦"),
        ("degree", "1", "° degree degrees 度"),
        ("dB", "1", "dB 分贝"),
    )
    for name in names.replace("\u00a0", "_").split()
}
_UNIT_WORDS = sorted((name.replace("_", " ") for name in _UNITS), key=len, reverse=True)
_HAN_VALUES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "兩": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip

_units = "|".join(re.escape(name) for name in _UNIT_WORDS)
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
    (?P<scale> \s?(?:thousands?|millions?|billions?|trillions?|hundreds?|bn|mn|mio)\b
             | \s?(?:十万|百万|千万|万亿|十亿|百亿|千亿|万|萬|亿|億|兆|千(?![克米瓦赫])|百(?!分))
             | [KMBGT](?![A-Za-z]) | k(?![A-Za-z]) )?
    (?P<unit> \s?-?(?:{_units})(?![A-Za-z])(?!(?<=[x×])\s?\d) )?
    """,
    re.VERBOSE,
)
_SPELLED = re.compile(
    rf"""\b(?=[efnostz])(?:
      (?P<tens>{"|".join(_TENS)})(?:[-\s](?P<unit>{"|".join(list(_ONES)[1:10])}))?
    | (?P<ones>{"|".join(_ONES)})
    )\b(?:\s(?P<scale>hundred|thousand|million|billion)\b)?(?:[\s-](?P<measure>percent|percentage\spoints|points|times|fold)\b)?""",
    re.VERBOSE | re.IGNORECASE,
)
_HAN_NUMBER = re.compile(
    r"(?P<percent>百分之)?(?P<number>[零〇一二三四五六七八九十百千万亿两]+(?:点[零〇一二三四五六七八九]+)?)"
    r"(?P<measure>个百分点|倍|个|種|种|项|类|层|次|组|条|篇|名|张|步|阶段|分钟|小时|秒|天|年|万|亿)?"
)
_HAN_DIGIT = re.compile("[零〇一二三四五六七八九十百千万亿两]")
_RANGE = re.compile(r"\s?(?:-|–|—|~|～|∼|到|至|to|and|和|,|，|、|/|或|or|±)\s?")
_LETTERS = re.compile(r"[A-Za-z]*")


def quantities(text: str) -> list[Quantity]:
    """Every number of `text` in order, the spelled ones too."""
    found = sorted([*_digits(text), *_spelled(text), *_chinese(text)], key=lambda q: q.start)
    return _shared_units(found, text)


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
    word = (match["scale"] or "").strip()
    if word in _CAPITAL_SCALES:
        return _CAPITAL_SCALES[word]
    return _SCALES.get(word.lower(), _SCALES.get(word.lower().rstrip("s"), 1))


def _unit(match: re.Match[str], text: str) -> tuple[str, Decimal]:
    if text[max(0, match.start("number") - 5) : match.start("number")].rstrip().endswith("百分之"):
        return PERCENT, Decimal(1)
    word = (match["unit"] or "").strip().lstrip("-")
    key = word.replace(" ", "_")
    unit, factor = _UNITS.get(key, _UNITS.get(key.lower(), ("", "1")))
    if unit in ("s", "m", "kg") and word in ("s", "m", "g", "h") and match["unit"] != word:
        return "", Decimal(1)  # `5 m` may be anything
    return unit, Decimal(factor)


def _name(match: re.Match[str], text: str) -> str:
    """The name that the number is part of, as its tokens in one word (`gpt4`), or nothing."""
    if not match["name"]:
        return ""
    end = _LETTERS.match(text, match.end("number"))
    return "".join(tokenise(text[match.start("name") : end.end() if end else match.end("number")]).norms)


def _spelled(text: str) -> Iterator[Quantity]:
    for match in _SPELLED.finditer(text):
        lowered = {key: (value or "").lower() for key, value in match.groupdict().items()}
        if lowered["ones"] == "one" and not lowered["scale"]:
            continue
        value = _TENS.get(lowered["tens"], 0) + _ONES.get(lowered["unit"], 0) + _ONES.get(lowered["ones"], 0)
        unit = {"percent": PERCENT, "points": SCORE, "percentage points": POINTS, "times": TIMES, "fold": TIMES}
        raw = Decimal(value)
        yield Quantity(
            raw * _SCALES.get(lowered["scale"], 1), unit.get(lowered["measure"], ""), match.group(), match.start(),
            match.end(), raw, spelled=True,
        )  # fmt: skip


def _chinese(text: str) -> Iterator[Quantity]:
    """Chinese numerals that count something: 三个, 两倍, 百分之五. Others (一致, 统一, 十分) are words."""
    if not _HAN_DIGIT.search(text):
        return
    for match in _HAN_NUMBER.finditer(text):
        measure = match["measure"]
        if not match["percent"] and (not measure or match["number"] in ("一", "十", "百", "千", "万", "亿", "千万")):
            continue
        value = _han_value(match["number"])
        if value is None:
            continue
        unit = PERCENT if match["percent"] else {"倍": TIMES, "个百分点": POINTS}.get(measure or "", "")
        yield Quantity(value, unit, match.group(), match.start(), match.end(), value, spelled=True)


def _han_value(digits: str) -> Decimal | None:
    whole, _, fraction = digits.partition("点")
    if not any(c in _HAN_POWERS for c in whole):
        if len(whole) > 1 and not all(c in _HAN_VALUES for c in whole):
            return None
        total = int("".join(str(_HAN_VALUES[c]) for c in whole))
    else:
        total = section = digit = 0
        for c in whole:
            if c in _HAN_VALUES:
                digit = _HAN_VALUES[c]
            elif _HAN_POWERS[c] >= 10**4:
                total, section, digit = (total + section + digit or 1) * _HAN_POWERS[c], 0, 0
            else:
                section, digit = section + (digit or 1) * _HAN_POWERS[c], 0
        total += section + digit
    tail = "".join(str(_HAN_VALUES[c]) for c in fraction)
    return Decimal(f"{total}.{tail}") if tail else Decimal(total)


def _shared_units(found: list[Quantity], text: str) -> list[Quantity]:
    """`3-5 ms`, `45, 37 and 20%`: the unit of the last holds for those that it is joined to."""
    for i in range(len(found) - 2, -1, -1):
        here, following = found[i], found[i + 1]
        joined = _RANGE.fullmatch(text, here.end, following.start) if here.end <= following.start else None
        if joined and not here.unit and not here.name and following.unit and here.value == here.raw:
            factor = following.value / following.raw if following.raw else Decimal(1)
            found[i] = replace(here, value=here.raw * factor, unit=following.unit, readings=(*here.readings, here.raw))
    return found
