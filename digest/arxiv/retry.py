"""When to ask again after a failure, and after how long. Pure, apart from the chance that is passed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
"""The statuses after which the same request may succeed."""

LONGEST_WAIT = 600.0  # seconds, over all attempts; who would have to wait longer gives up and comes back another time

_A_DAY = 86_400.0
_FIRST = 1.0  # seconds, doubling
_LONGEST = 60.0
_RATE_LIMITED = 20  # intervals: a minute at arXiv's pace, doubling; what was measured to be needed after a bare 429
_JITTER = 0.25


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds, a day at most, that a `Retry-After` header asks for in either of its forms; None where it says
    nothing."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _A_DAY)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (aware - now).total_seconds()), _A_DAY)


def retry_pause(attempt: int, interval: float, chance: Callable[[], float], *, rate_limited: bool = False) -> float:
    """The seconds to wait after the failed `attempt` (1, 2, …) where the server named none: exponential, up to a
    limit, with jitter. `chance` gives numbers from 0 to 1."""
    base = _RATE_LIMITED * interval if rate_limited else min(_FIRST, max(interval, 0.1))
    limit = LONGEST_WAIT if rate_limited else _LONGEST
    seconds = min(base * 2.0 ** (attempt - 1), limit / (1 + _JITTER))
    return max(seconds, 0.1) * (1 + _JITTER * chance())
