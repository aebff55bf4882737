"""When an edition is due: a local time in its own zone, whatever its clocks do; and the clock that rings then.

The rules of time zones and their changes are APScheduler's: a time that a clock change skips fires right after it, one
that comes twice fires once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from digest.arxiv.calendar import eastern_day
from digest.model import Edition


@lru_cache(maxsize=10_000)
def trigger(publish_at: str, timezone: str) -> CronTrigger:
    """Fires every day at HH:MM in an IANA time zone."""
    hour, minute = publish_at.split(":")
    return CronTrigger(hour=int(hour), minute=int(minute), timezone=timezone)


def next_run(edition: Edition, now: datetime) -> datetime:
    """The first moment after `now` at which the edition is due, in its own zone."""
    fires: datetime = trigger(edition.publish_at, edition.timezone).get_next_fire_time(None, now + timedelta(seconds=1))
    return fires


def last_run(edition: Edition, now: datetime) -> datetime:
    """The latest moment up to `now` at which the edition was due."""
    fires = trigger(edition.publish_at, edition.timezone)
    found: datetime | None = None
    moment = fires.get_next_fire_time(None, now - timedelta(days=2))
    while moment is not None and moment <= now:
        found = moment
        moment = fires.get_next_fire_time(moment, moment + timedelta(minutes=1))
    assert found is not None, "a daily trigger fires within two days"
    return found


def day_of(due: datetime) -> date:
    """Which day of arXiv a run is about: the one that its feeds show at that moment."""
    return eastern_day(due)


class Rings:
    """Calls `tick` at the time of each edition, and every so many minutes besides. What is due is for `tick` to find
    out: a call too many does no harm, and calls that were missed are one call when the process wakes up."""

    def __init__(self, tick: Callable[[], Awaitable[None]]) -> None:
        self._tick = tick
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        self._scheduler.start()

    def set(self, editions: Sequence[Edition], probe_minutes: int) -> None:
        """From now on for these editions; what was set before is forgotten."""
        self._scheduler.remove_all_jobs()
        triggers = [trigger(at, zone) for at, zone in sorted({(e.publish_at, e.timezone) for e in editions})]
        for fires in (*triggers, IntervalTrigger(minutes=probe_minutes, timezone=UTC)):
            self._scheduler.add_job(self._tick, fires, coalesce=True, misfire_grace_time=None, max_instances=1)

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
