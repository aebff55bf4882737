"""When to ask again after a failure, and after how long. Pure, apart from the chance that is passed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
"""The statuses after which the same request may succeed."""

LONGEST_WAIT = 600.0  # seconds, over all attempts; who would have to wait longer gives up and comes back another time

LONGEST_RETRY_AFTER = 86_400.0  # seconds; whoever asks for more is asked again after a day

_FIRST = 1.0  # seconds, doubling
_LONGEST = 60.0
_RATE_LIMITED = 20  # intervals: a minute at arXiv's pace, doubling; what was measured to be needed after a bare 429
_JITTER = 0.25


def retry_after(value: str | None, now: datetime | None) -> float | None:
    """The seconds, a day at most and never negative, that a `Retry-After` header asks for: a number, also with a
    fraction, or a date, for which `now` is needed. None where it says nothing that can be read."""
    text = (value or "").strip()
    seconds = _number(text)
    if seconds is not None:
        return min(seconds, LONGEST_RETRY_AFTER)
    moment = _moment(text)
    if moment is None or now is None:
        return None
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_RETRY_AFTER)


def retry_after_of(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """What the headers of an answer ask for: `Retry-After-Ms`, or else `Retry-After`. A date in it is compared with the
    server's own `Date`; with `now`, by our clock, where it sends none."""
    milliseconds = _number(_header(headers, "Retry-After-Ms"))
    if milliseconds is not None:
        return min(milliseconds / 1000, LONGEST_RETRY_AFTER)
    return retry_after(_header(headers, "Retry-After"), _moment(_header(headers, "Date")) or now)


def _header(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name) or headers.get(name.lower()) or ""


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> float | None:
    """A number that is not negative, in plain digits."""
    text = text.strip()
    return float(text) if re.fullmatch(r"\d+(?:\.\d*)?|\.\d+", text, re.ASCII) else None


def back_off(attempt: int, first: float, longest: float) -> float:
    """The seconds to wait after the failed `attempt` (1, 2, …), doubling from `first` up to `longest`."""
    return min(first * 2.0 ** min(attempt - 1, 60), longest)


def retry_pause(attempt: int, interval: float, chance: Callable[[], float], *, rate_limited: bool = False) -> float:
    """The seconds to wait after the failed `attempt` (1, 2, …) where the server named none: exponential, up to a
    limit, with jitter. `chance` gives numbers from 0 to 1."""
    base = _RATE_LIMITED * interval if rate_limited else min(_FIRST, max(interval, 0.1))
    limit = LONGEST_WAIT if rate_limited else _LONGEST
    seconds = back_off(attempt, base, limit / (1 + _JITTER))
    return max(seconds, 0.1) * (1 + _JITTER * chance())
