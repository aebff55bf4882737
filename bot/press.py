"""The day of each edition: what is due is made once, what is late is waited for, what was missed is caught up.

    tick -> for each edition: due?  collect  |  make, or wait for late categories, or give up  |  supplement

`tick` may be called at any time and as often as one likes: what it does follows from the clock and the store alone, so
a process that was down, or killed in the middle, goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.app import App
from bot.schedule import day_of, last_run
from digest.collect import Collected, catch_up
from digest.errors import BroadsheetError, UnknownError
from digest.model import CategoryDay, Digest, Edition, FeedState, Notice


class Outcome(StrEnum):
    """How the run of a day ended; kept with the run, and shown by /status."""

    PUBLISHED = "published"
    EMPTY = "empty"
    FAILED = "failed"


class Decision(StrEnum):
    """What is to be done about the digest of a day now."""

    MAKE = "make"
    WAIT = "wait"  # for categories that are late
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Day:
    """What decides: the day's run and how far its categories are."""

    is_done: bool
    would_show: bool  # something new matches
    is_settled: bool  # no category can still bring anything
    is_given_up: bool  # late categories are no longer waited for


def decide(day: Day) -> Decision:
    """Pure. What matches is published at once; an empty digest waits until nothing can come any more."""
    if day.would_show:
        return Decision.MAKE
    if day.is_done:
        return Decision.NOTHING
    return Decision.MAKE if day.is_settled or day.is_given_up else Decision.WAIT


Tell = Callable[[str, Edition, date, str], None]
"""Is told what happened: "published", "empty", "waiting", "failed", "caught up"."""


class Press:
    """Makes the digests of all editions when they are due."""

    def __init__(self, app: App, editions: Callable[[], Sequence[Edition]], tell: Tell) -> None:
        self._app = app
        self._editions = editions
        self._tell = tell
        self._looked: dict[tuple[str, date], datetime] = {}  # when a day's feeds were asked last

    async def tick(self) -> None:
        """Do what is due. An edition that fails stops no other; it is tried again at the next tick."""
        now = self._app.clock.now()
        for edition in self._editions():
            due = last_run(edition, now)
            await self._guarded(edition, day_of(due), self._run(edition, day_of(due), due, now))
        horizon = now - timedelta(days=3)
        self._looked = {key: moment for key, moment in self._looked.items() if moment > horizon}

    async def _guarded(self, edition: Edition, day: date, run: Awaitable[None]) -> None:
        try:
            await run
        except BroadsheetError as error:
            self._app.stores.editions.run_ended(edition.name, day, Outcome.FAILED)
            self._tell("failed", edition, day, str(error))

    async def _run(self, edition: Edition, day: date, due: datetime, now: datetime) -> None:
        schedule, store = self._app.settings.schedule, self._app.stores.editions
        run = store.last_run(edition.name)
        is_given_up = now >= due + timedelta(hours=schedule.give_up_hours)
        if run is not None and run.day < day - timedelta(days=1):
            await self._catch_up(edition, run.day + timedelta(days=1), day - timedelta(days=1))
        is_done = run is not None and run.day == day and run.ended is not None and run.outcome != Outcome.FAILED
        if is_done and (is_given_up or self._is_settled(edition, day)):
            return
        if self._was_looked_at(edition, day, now) and not is_given_up:
            return
        self._looked[edition.name, day] = now
        if not is_done:
            store.run_began(edition.name, day)
        collected = await self._collect(edition, day)
        decision = decide(
            Day(
                is_done,
                self._app.pipeline.would_show(edition, day),
                all(state.state.is_settled for state in collected.states),
                is_given_up,
            )
        )
        if decision is Decision.MAKE:
            self._ended(edition, await self._app.make_collected(edition, collected))
        elif decision is Decision.WAIT:
            self._tell("waiting", edition, day, "")

    def _ended(self, edition: Edition, digest: Digest) -> None:
        outcome = Outcome.EMPTY if digest.empty else Outcome.PUBLISHED
        self._app.stores.editions.run_ended(edition.name, digest.day, outcome)
        self._tell(outcome, edition, digest.day, "")
        self._app.sender.wake()

    def _was_looked_at(self, edition: Edition, day: date, now: datetime) -> bool:
        looked = self._looked.get((edition.name, day))
        return looked is not None and now < looked + timedelta(minutes=self._app.settings.schedule.probe_minutes)

    def _is_settled(self, edition: Edition, day: date) -> bool:
        states = [self._app.stores.papers.category_day(category, day) for category in edition.categories]
        return all(state is not None and state.state.is_settled for state in states)

    async def _collect(self, edition: Edition, day: date) -> Collected:
        """The day's states; where the feeds have gone past it, those that are stored."""
        try:
            return await self._app.pipeline.collect(edition, day)
        except UnknownError:
            stored = self._app.stores.papers.category_day
            gone = Notice.of("collect.gone", date=str(day))
            return Collected(
                day,
                tuple(stored(c, day) or CategoryDay(c, day, FeedState.FAILED, reason=gone) for c in edition.categories),
            )

    async def _catch_up(self, edition: Edition, first: date, last: date) -> None:
        """The days on which nobody was at work: their announcements come from the API, and each has its digest."""
        first = max(first, last - timedelta(days=self._app.settings.schedule.catch_up_days - 1))
        papers = self._app.stores.papers
        await catch_up(self._app.arxiv, papers, edition.categories, first, last)
        day = first
        while day <= last:
            if self._app.pipeline.would_show(edition, day):
                states = [papers.category_day(category, day) for category in edition.categories]
                collected = Collected(day, tuple(state for state in states if state is not None))
                self._app.stores.editions.run_began(edition.name, day)
                self._ended(edition, await self._app.make_collected(edition, collected, caught_up=True))
                self._tell("caught up", edition, day, "")
            day += timedelta(days=1)
