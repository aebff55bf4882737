"""Numbers without a digit, English and Chinese: `twenty-four`, `三周`, `a third`, `两成`, `millions of`, `twice`.

Dates too: `December 2022`, `2024-10-01` and `2024 年 10 月 1 日` are one value, whatever their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from digest.text.units import DATE, FRACTION, MAGNITUDE, ORDINAL, PERCENT, POINTS, SCALES, SCORE, TIMES, Quantity

_HAN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "兩": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ORDINALS = (
    *("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)  # from the third on: "first" and "second" are mostly other words
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MEASURES = {
    "percent": (PERCENT, 1), "percentage points": (POINTS, 1), "points": (SCORE, 1), "times": (TIMES, 1),
    "fold": (TIMES, 1), "second": ("s", 1), "minute": ("s", 60), "hour": ("s", 3600), "day": ("s", 86400),
    "week": ("s", 604800), "month": ("month", 1), "year": ("year", 1),
    "倍": (TIMES, 1), "个百分点": (POINTS, 1), "秒": ("s", 1), "分钟": ("s", 60), "小时": ("s", 3600),
    "个小时": ("s", 3600), "天": ("s", 86400), "周": ("s", 604800), "星期": ("s", 604800), "个星期": ("s", 604800),
    "个月": ("month", 1), "年": ("year", 1),
}  # fmt: skip

_SPELLED = re.compile(
    rf"""\b(?=[efnostz])(?:
      (?P<tens>{"|".join(_TENS)})(?:[-\s](?P<unit>{"|".join(list(_ONES)[1:10])}))?
    | (?P<ones>{"|".join(_ONES)})
    )(?:(?P<fold>fold)\b|\b(?:\s(?P<scale>hundred|thousand|million|billion)\b)?
    (?:[\s-](?P<measure>percent|percentage\spoints|points|times|fold|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b)?)""",
    re.VERBOSE | re.IGNORECASE,
)
_HAN_NUMBER = re.compile(
    r"(?P<percent>百分之)?(?P<number>[零〇一二三四五六七八九十百千万亿两]+(?:点[零〇一二三四五六七八九]+)?)"
    r"(?P<measure>个百分点|倍|个小时|个星期|个月|个|種|种|项|类|层|次|组|条|篇|名|张|步|阶段|分钟|小时|秒|天|周(?!期)|星期|年(?!代)|万|亿)?"
)
_HAN_DIGIT = re.compile("[零〇一二三四五六七八九十百千万亿两半翻]")
_HAN_FRACTION = re.compile(
    r"([一二三四五六七八九十]|\d{1,2})分之([一二三四五六七八九十两]|\d{1,2})|(?<!第)一半|减半|半数"
)
_HAN_TENTHS = re.compile(
    r"(?<![一-鿿\d])(?:约|近|超过?|不到|低|高|逾|了)*([一二两三四五六七八九])成([一二三四五六七八九半])?(?![功为熟果本就立员分绩长])"
)
_HAN_MAGNITUDE = re.compile(r"(?:[数几上]|成|好几)(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)|(成千上万)")
_HAN_TWICE = re.compile(r"翻(?:了)?(?:一)?[倍番]")
_HAN_ORDINAL = re.compile(r"第([一二三四五六七八九十]{1,3}|\d{1,3})(?![节章图表页部]|\s*[节章])")
_FRACTION = re.compile(
    r"\b(?P<count>a|one|two|three|four|1|2|3)[\s-](?P<part>thirds?|quarters?|fifths?|sixths?|eighths?|tenths?)\b"
    r"|(?<![\d./])(?P<upper>[1-9])/(?P<lower>10|[2-9])(?![\d./%％])|\b(?P<half>half|halves|halved|halving)\b",
    re.IGNORECASE,
)
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_MAGNITUDE = re.compile(
    r"(?<![\d.]\s)\b(?P<tens>tens|hundreds|dozens)?(?:\sof\s)?(?P<scale>thousands|millions|billions|trillions)\b"
    r"|\b(?:several|a\sfew|many)\s(?P<few>hundred|thousand|million|billion|trillion)\b|\b(?P<hundreds>hundreds)\sof\b(?!\s(?:thou|mill|bill))",
    re.IGNORECASE,
)
_TWICE = re.compile(
    r"\b(?P<two>twice|doubl(?:es|ed|ing)|double\sthe|halving)\b|\b(?P<three>thrice|tripl(?:es|ed|ing)|triple\sthe)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"(?<!\ba\s)(?<!-)\b(?P<word>{'|'.join(_ORDINALS)})\b|(?<![\w.])(?P<digits>\d{{1,3}})(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_MONTH = "|".join([*_MONTHS, *(rf"{m[:3]}\.?" for m in _MONTHS if m != "May"), r"Sept\.?"])
_DATES = (
    re.compile(r"(?<![\d.-])(?P<y>(?:19|20)\d\d)[-/.](?P<m>0[1-9]|1[0-2])[-/.](?P<d>[0-3]\d)(?![\d.-])"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*年\s*(?P<m>\d{1,2})\s*月(?:份)?(?:\s*(?P<d>\d{1,2})\s*[日号])?"),
    re.compile(r"(?<!\d)(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]|(?<![\d.])(?P<m2>1[0-2]|[1-9])\s*月(?![均度球])"),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<n>{_MONTH})(?:,?\s(?P<y>(?:19|20)\d\d))?(?!\w)"),
    re.compile(rf"\b(?P<n>{_MONTH})\s(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<y>(?:19|20)\d\d))?(?!\d)|(?:of\s)?(?P<y2>(?:19|20)\d\d))"),
    re.compile(rf"\b(?P<n>{'|'.join(m for m in _MONTHS if m not in ('May', 'March'))})\b"),
)  # fmt: skip
_LETTER = re.compile(r"[A-Za-z]")


def dates(text: str) -> list[Quantity]:
    """The dates of a text that name a month, as yyyymmdd with zeros for what is not said."""
    result: list[Quantity] = []
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            groups = match.groupdict()
            month = int(groups.get("m") or groups.get("m2") or 0) or _month(groups.get("n") or "")
            if not 1 <= month <= 12:
                continue
            year, day = int(groups.get("y") or groups.get("y2") or 0), int(groups.get("d") or 0)
            value = Decimal(year * 10000 + month * 100 + day)
            taken.append(match.span())
            result.append(Quantity(value, DATE, match.group().strip(), match.start(), match.end(), value, spelled=True))
    return result


def _month(name: str) -> int:
    return next((i for i, month in enumerate(_MONTHS, 1) if name and month.startswith(name.rstrip(".")[:3])), 0)


def spelled_numbers(text: str) -> Iterator[Quantity]:
    """Every number of a text that is written in words; dates are not among them."""
    if _LETTER.search(text):
        yield from _english(text)
    yield from _fractions(text)
    if _HAN_DIGIT.search(text) or "成" in text or "第" in text:
        yield from _chinese(text)


def _english(text: str) -> Iterator[Quantity]:
    for match in _SPELLED.finditer(text):
        lowered = {key: (value or "").lower() for key, value in match.groupdict().items()}
        measure = lowered["fold"] or (
            lowered["measure"] if lowered["measure"] in _MEASURES else lowered["measure"].rstrip("s")
        )
        if lowered["ones"] == "one" and not lowered["scale"] and not measure:
            continue
        value = _TENS.get(lowered["tens"], 0) + _ONES.get(lowered["unit"], 0) + _ONES.get(lowered["ones"], 0)
        unit, factor = _MEASURES.get(measure, ("", 1))
        raw = Decimal(value)
        scaled = raw * SCALES.get(lowered["scale"], 1) * factor
        yield Quantity(scaled, unit, match.group(), match.start(), match.end(), raw, spelled=True)
    for match in _MAGNITUDE.finditer(text):
        scale = SCALES[(match["scale"] or match["few"] or match["hundreds"]).lower().rstrip("s")]
        scale *= {"tens": 10, "dozens": 10, "hundreds": 100}.get((match["tens"] or "").lower(), 1)
        yield _magnitude(match, scale, 10 if match["tens"] else 1000)
    for match in _TWICE.finditer(text):
        times = Decimal(2 if match["two"] else 3)
        yield Quantity(times, TIMES, match.group(), match.start(), match.end(), times, spelled=True)
    for match in _ORDINAL.finditer(text):
        ordinal = Decimal(match["digits"] or _ORDINALS.index(match["word"].lower()) + 3)
        yield Quantity(ordinal, ORDINAL, match.group(), match.start(), match.end(), ordinal, spelled=True)


def _magnitude(match: re.Match[str], scale: int, reach: int) -> Quantity:
    low = Decimal(scale)
    return Quantity(
        low, MAGNITUDE, match.group().strip(), match.start(), match.end(), low, (low * reach,), spelled=True
    )


def _fractions(text: str) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(text):
        if match["half"]:
            value = Decimal(1) / 2
        elif match["part"]:
            counts = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}
            count = match["count"].lower()
            value = Decimal(counts.get(count) or int(count)) / _PARTS[match["part"].lower().rstrip("s")]
        else:
            value = Decimal(match["upper"]) / Decimal(match["lower"])
        yield Quantity(value, FRACTION, match.group(), match.start(), match.end(), value, spelled=True)
    for match in _HAN_FRACTION.finditer(text):
        lower, upper = (_small(match[1]), _small(match[2])) if match[1] else (2, 1)
        if lower:
            value = Decimal(upper) / lower
            yield Quantity(value, FRACTION, match.group(), match.start(), match.end(), value, spelled=True)


def _small(digits: str) -> int:
    return int(digits) if digits.isdecimal() and digits.isascii() else int(_han_value(digits) or 0)


def _chinese(text: str) -> Iterator[Quantity]:
    """Chinese numerals that count something: 三个, 两倍, 百分之五. Others (一致, 统一, 十分) are words."""
    for match in _HAN_NUMBER.finditer(text):
        measure = match["measure"]
        if not match["percent"] and (not measure or match["number"] in ("一", "十", "百", "千", "万", "亿", "千万")):
            continue
        if text[max(0, match.start() - 1) : match.start()] in ("第", "数", "几", "上"):
            continue
        value = _han_value(match["number"])
        if value is None:
            continue
        unit, factor = (PERCENT, 1) if match["percent"] else _MEASURES.get(measure or "", ("", 1))
        yield Quantity(value * factor, unit, match.group(), match.start(), match.end(), value, spelled=True)
    for match in _HAN_TENTHS.finditer(text):
        tenths = Decimal(
            _HAN_DIGITS[match[1]] * 10 + (5 if match[2] == "半" else _HAN_DIGITS.get(match[2], 0) if match[2] else 0)
        )
        yield Quantity(tenths, PERCENT, match.group(), match.start(), match.end(), tenths, spelled=True)
    for match in _HAN_MAGNITUDE.finditer(text):
        yield _magnitude(match, SCALES[match[1]] if match[1] else 1000, 10 if match[1] else 100)
    for match in _HAN_TWICE.finditer(text):
        yield Quantity(Decimal(2), TIMES, match.group(), match.start(), match.end(), Decimal(2), spelled=True)
    for match in _HAN_ORDINAL.finditer(text):
        if (value := Decimal(_small(match[1]))) >= 3:
            yield Quantity(value, ORDINAL, match.group(), match.start(), match.end(), value, spelled=True)


def _han_value(digits: str) -> Decimal | None:
    whole, _, fraction = digits.partition("点")
    if not any(c in _HAN_POWERS for c in whole):
        if len(whole) > 1 and not all(c in _HAN_DIGITS for c in whole):
            return None
        total = int("".join(str(_HAN_DIGITS[c]) for c in whole))
    else:
        total = section = digit = 0
        for c in whole:
            if c in _HAN_DIGITS:
                digit = _HAN_DIGITS[c]
            elif _HAN_POWERS[c] >= 10**4:
                total, section, digit = (total + section + digit or 1) * _HAN_POWERS[c], 0, 0
            else:
                section, digit = section + (digit or 1) * _HAN_POWERS[c], 0
        total += section + digit
    tail = "".join(str(_HAN_DIGITS[c]) for c in fraction)
    return Decimal(f"{total}.{tail}") if tail else Decimal(total)
