"""When an edition is due: a local time in its own zone, whatever its clocks do; and the clock that rings then.

A time that a change of clocks skips is due as much later as the clocks were put forward; one that comes twice is due
the first time. The bell is APScheduler's. It may ring once too often: what is due is worked out anew each time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from digest.arxiv.calendar import eastern_day, local_moment
from digest.models.edition import Edition

_DAY = timedelta(days=1)


def due_on(edition: Edition, day: date) -> datetime:
    """Return the moment (UTC) at which the edition is due on a day in its own zone."""
    return local_moment(day, edition.publish_at, edition.timezone)


def next_run(edition: Edition, now: datetime) -> datetime:
    """Return the first moment after `now` at which the edition is due, in its own zone."""
    zone = ZoneInfo(edition.timezone)
    today = now.astimezone(zone).date()
    moments = (due_on(edition, today + n * _DAY) for n in (-1, 0, 1, 2))
    return next(moment for moment in moments if moment > now).astimezone(zone)


def last_run(edition: Edition, now: datetime) -> datetime:
    """Return the latest moment (UTC) up to `now` at which the edition was due."""
    today = now.astimezone(ZoneInfo(edition.timezone)).date()
    moments = (due_on(edition, today + n * _DAY) for n in (1, 0, -1, -2))
    return next(moment for moment in moments if moment <= now)


def day_of(due: datetime) -> date:
    """Return the arXiv day that a run is about: the one that the feeds show at that moment."""
    return eastern_day(due)


class EditionScheduler:
    """Calls `tick` at the time of each edition, and every so many minutes besides. What is due is for `tick` to find
    out: a call too many does no harm, and calls that were missed are one call when the process wakes up."""

    def __init__(self, tick: Callable[[], Awaitable[None]]) -> None:
        self._tick = tick
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        self._scheduler.start()

    def set(self, editions: Sequence[Edition], probe_minutes: int) -> None:
        """Replace the scheduled editions with these."""
        self._scheduler.remove_all_jobs()
        times = sorted({(*map(int, e.publish_at.split(":")), e.timezone) for e in editions})
        triggers = [CronTrigger(hour=hour, minute=minute, timezone=zone) for hour, minute, zone in times]
        for fires in (*triggers, IntervalTrigger(minutes=probe_minutes, timezone=UTC)):
            self._scheduler.add_job(self._tick, fires, coalesce=True, misfire_grace_time=None, max_instances=1)

    def times(self) -> list[datetime]:
        """Return the next time of each scheduled job."""
        return [job.next_run_time for job in self._scheduler.get_jobs()]

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
