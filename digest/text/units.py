"""A number of a text with its unit, and the words by which units and scales are written, English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

PERCENT, POINTS, SCORE, TIMES = "%", "percentage points", "points", "times"
DATE = "date"  # the value is yyyymmdd, with zeros for what the text does not say
FRACTION = "fraction"  # a third, 1/4, 三分之一
MAGNITUDE = "magnitude"  # millions, 数百万: from `value` up to, not including, the only reading
ORDINAL = "ordinal"


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


SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "hundreds": 100,
    "k": 1000, "mio": 10**6, "mn": 10**6, "bn": 10**9,
    "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "十万": 10**5,
    "百万": 10**6, "千万": 10**7, "亿": 10**8, "億": 10**8, "十亿": 10**9, "百亿": 10**10,
    "千亿": 10**11, "万亿": 10**12, "兆": 10**12,
}  # fmt: skip
CAPITAL_SCALES = {"K": 10**3, "M": 10**6, "B": 10**9, "G": 10**9, "T": 10**12}
UNITS: dict[str, tuple[str, str]] = {
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
        ("USD", "1", "dollars dollar USD 美元"),
        ("EUR", "1", "euros euro EUR 欧元"),
        ("CNY", "1", "yuan RMB CNY 人民币"),
    )
    for name in names.replace("\u00a0", "_").split()
}
UNIT_WORDS = sorted((name.replace("_", " ") for name in UNITS), key=len, reverse=True)
