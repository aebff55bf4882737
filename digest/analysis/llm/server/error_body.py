"""What stands in the body of an error: codes, the limit of a prompt, the pause that is asked for. Pure.

Bodies have any shape: what a key or a word means is in `server_quirks.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from digest.analysis.llm.server.server_quirks import server_quirks
from digest.arxiv.retry import LONGEST_RETRY_AFTER

_READ = 20_000  # characters of an error that are looked at; a page of a proxy may be longer
_LEAST_WINDOW, _LARGEST_WINDOW = 256, 100_000_000  # tokens
_NUMBER = re.compile(
    r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\w.,])\d+(?:\.\d+)?\s?k\b|(?<![\d.])\d+(?![\d.]\d)", re.IGNORECASE
)
_CODE_KEYS = frozenset(
    {"code", "type", "status", "reason", "error_type", "error_code", "errorcode", "errcode", "error"}
)
_UNITS = {"ms": 0.001, "毫秒": 0.001, "s": 1.0, "秒": 1.0, "m": 60.0, "分钟": 60.0, "h": 3600.0, "小时": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|milli|毫秒|s|秒|m|分钟|h|小时)?", re.IGNORECASE)
_DEEPEST = 6  # levels of a body that are looked at


def text_of(body: object) -> str:
    """The body as text, as much of it as is looked at."""
    return f"{body}"[:_READ]


def codes_in(body: object) -> Iterator[str]:
    """The machine-readable codes of a body, in small letters."""
    for key, value in _pairs(body):
        if key in _CODE_KEYS and isinstance(value, str | int) and not re.search(r"\s", str(value)):
            yield str(value).lower()


def _pairs(body: object, depth: int = 0) -> Iterator[tuple[str, object]]:
    """Every key of a body and what it holds, at any level."""
    if depth > _DEEPEST:
        return
    if isinstance(body, Mapping):
        for key, value in body.items():
            yield str(key).lower(), value
            yield from _pairs(value, depth + 1)
    elif isinstance(body, list | tuple):
        for value in body:
            yield from _pairs(value, depth + 1)


def limit_in(text: str) -> int | None:
    """The largest prompt in tokens that an error names; never the size of what was sent."""
    cues, start = server_quirks().limits, 0
    for match in _NUMBER.finditer(text):
        before, size = text[start : match.start()], _whole(match.group())
        if size >= _LEAST_WINDOW:  # a small number is none of interest: "should be [1, 30720]"
            start = match.end()
        if not _LEAST_WINDOW <= size <= _LARGEST_WINDOW or cues.is_sum.match(text, match.end()):
            continue
        neighbourhood = before[-24:] + " " + text[match.end() : match.end() + 24]
        if cues.not_tokens.search(neighbourhood):
            continue
        last = max(cues.cue.finditer(before), key=lambda cue: cue.start(), default=None)
        if cues.after.match(text, match.end()) or (last is not None and last["limit"] is not None):
            return size
    return None


def _whole(number: str) -> int:
    """A number as servers write it: 8192, 131,072, 32k."""
    number = number.replace(",", "").strip()
    try:
        return int(float(number[:-1]) * 1000) if number[-1] in "kK" else int(float(number[:12]))
    except ValueError:
        return 0


def wait_in(body: object) -> float | None:
    """Seconds that the body of an error asks to wait, under a key of its own or in words; None where it names none."""
    cues = server_quirks().waits
    for key, value in _pairs(body):
        if cues.keys.search(key) and isinstance(value, str | int | float) and not isinstance(value, bool):
            unit = "ms" if key.endswith(("ms", "milliseconds")) else "s"
            seconds = _seconds(str(value), unit)
            if seconds is not None:
                return seconds
    for words in cues.words:
        for match in words.finditer(text_of(body)):
            seconds = _seconds(match[1])
            if seconds is not None:
                return seconds
    return None


def _seconds(text: str, unit: str = "s") -> float | None:
    """A duration in seconds: `14s`, `250ms`, `1m26.4s`, `2 minutes`, `30`. None where it is none."""
    total, has_number = 0.0, False
    for number, name in _DURATION.findall(text[:60]):
        total += float(number[:12]) * _UNITS["ms" if name.lower() == "milli" else name.lower() or unit]
        has_number = True
    return min(total, LONGEST_RETRY_AFTER) if has_number else None
