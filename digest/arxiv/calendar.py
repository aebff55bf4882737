"""When arXiv announces papers, and when its feeds show them. Pure; all days are dates in US Eastern time.

Submissions of a day close at 14:00 Eastern, Monday to Friday. They are announced at 20:00 Eastern the same evening,
those of Friday on Sunday evening; there is no announcement on Friday and Saturday evening. The feeds turn over at the
midnight that follows: the feed of day D carries what was announced on the evening of D-1.
Source: https://info.arxiv.org/help/availability.html
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.models.notice import Notice

EASTERN = ZoneInfo("America/New_York")

CUT_OFF = time(14, 0)
MODERATION = timedelta(days=4)  # how long a paper may be held before it is announced, as a rule
_DAY = timedelta(days=1)
_FRIDAY, _SATURDAY = 4, 5

# The evenings without an announcement, as arXiv published them. What is not listed here shows itself as an empty feed.
DEFERRED = frozenset(
    {
        date(2025, 12, 30),
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 9, 7),
        date(2026, 11, 26),
        date(2026, 12, 25),
        date(2026, 12, 29),
        date(2026, 12, 31),
    }
)


def eastern_day(moment: datetime) -> date:
    """The date that it is at arXiv."""
    return moment.astimezone(EASTERN).date()


def why_quiet(day: date) -> Notice | None:
    """Why the feed of that day is expected to be empty; None where it is expected to list papers."""
    if day.weekday() >= _SATURDAY:
        return Notice.of("collect.weekend")
    if day - _DAY in DEFERRED:
        return Notice.of("collect.deferred", date=str(day - _DAY))
    return None


def is_announcement_day(day: date) -> bool:
    """Whether the feeds of that day are expected to list papers."""
    return why_quiet(day) is None


def turns_over_at(day: date) -> datetime:
    """The moment (UTC) from which the feeds carry that day: midnight Eastern."""
    return datetime.combine(day, time(), EASTERN).astimezone(UTC)


def local_moment(day: date, publish_at: str, timezone: str) -> datetime:
    """The moment (UTC) at which a clock in that zone shows `publish_at` on that day."""
    hour, minute = map(int, publish_at.split(":"))
    return datetime.combine(day, time(hour, minute), ZoneInfo(timezone)).astimezone(UTC)


def due_for(arxiv_day: date, publish_at: str, timezone: str) -> datetime:
    """The moment (UTC) at which a daily run is due that carries that day of arXiv: the first `publish_at` in its zone
    once the feeds have turned over."""
    opened = turns_over_at(arxiv_day)
    moments = (local_moment(arxiv_day + n * _DAY, publish_at, timezone) for n in (-1, 0, 1, 2))
    return next(moment for moment in moments if moment >= opened)


def newest_expected_day(now: datetime) -> date:
    """The newest day whose papers the feeds should list at that moment."""
    day = eastern_day(now)
    while not is_announcement_day(day):
        day -= _DAY
    return day


def announcement_day(submitted: datetime) -> date:
    """The feed day on which a paper submitted at that moment is listed, if moderation does not hold it."""
    local = submitted.astimezone(EASTERN)
    closes = local.date() if local.time() < CUT_OFF else local.date() + _DAY
    while closes.weekday() >= _SATURDAY:
        closes += _DAY
    evening = closes + 2 * _DAY if closes.weekday() == _FRIDAY else closes
    day = evening + _DAY
    while not is_announcement_day(day):
        day += _DAY
    return day


def submissions(start: date, end: date) -> tuple[datetime, datetime]:
    """The span (UTC) in which papers listed on the days `start` to `end` were submitted, with the days that moderation
    may have held them."""
    opened = start - _DAY
    while announcement_day(datetime.combine(opened, time(), EASTERN)) >= start:
        opened -= _DAY
    first = datetime.combine(opened, CUT_OFF, EASTERN) - MODERATION
    return first.astimezone(UTC), turns_over_at(end)
