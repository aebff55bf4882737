"""The day of each edition: what is due is made once, what is late is waited for, what was missed is caught up.

    tick -> probe the feeds -> for each edition:  past days that are open  |  the day that is due  |  a supplement

`tick` may be called at any time and as often as one likes: what it does follows from the clock and the store alone, so
a process that was down, or killed in the middle, goes on where it stood.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.scheduling.digest_services import DigestServices
from bot.scheduling.run_events import RunEvent, RunEventKind
from bot.scheduling.schedule import day_of, last_run
from bot.scheduling.weekly_trends import add_trends
from digest.arxiv.calendar import eastern_day, is_announcement_day
from digest.errors import BroadsheetError, StorageBusyError, StorageError, UnknownError
from digest.models.digest import Digest
from digest.models.edition import Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.pipeline.collect import CollectedDay, catch_up, collect
from digest.trends.chart_process import render_chart

LOCKED_AT_MOST = 60  # times that the work is begun anew while the database is locked
AFTER_A_LOCK = 1.0  # seconds
EDITIONS_AT_ONCE = 200  # in the making; most of them wait for papers that they share
_DAY = timedelta(days=1)
FRIDAY = 4  # of the week, Monday 0
_MAY_YET_FILL = "collect.empty"  # an empty feed on a day on which papers are announced
_GONE = "collect.gone"  # the feeds have gone past the day


class RunOutcome(StrEnum):
    """How far the run of a day is; kept with the run, and shown by /status."""

    PUBLISHED = "published"
    EMPTY = "empty"
    PARTIAL = "partial"  # made; a category may still come
    GIVEN_UP = "given up"  # made; a category never came
    FAILED = "failed"  # not made


_OVER = (RunOutcome.PUBLISHED, RunOutcome.EMPTY)


class RunDecision(StrEnum):
    """What is to be done about the digest of a day now."""

    MAKE = "make"
    WAIT = "wait"  # for categories that are late
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class EditionDay:
    """What decides: the day's digest and how far its categories are."""

    is_made: bool
    would_show: bool  # something new matches
    is_settled: bool  # each category is fresh or quiet
    is_given_up: bool  # late categories are no longer waited for


def decide_run(day: EditionDay) -> RunDecision:
    """Pure. What matches is published at once; an empty digest waits until nothing can come any more."""
    if day.would_show:
        return RunDecision.MAKE
    if day.is_made:
        return RunDecision.NOTHING
    return RunDecision.MAKE if day.is_settled or day.is_given_up else RunDecision.WAIT


def run_outcome(digest_is_empty: bool, states: Sequence[CategoryDay], is_given_up: bool) -> RunOutcome:
    """Return the outcome of the run once its digest is made. Pure."""
    if is_given_up and not all(state.state.is_settled for state in states):
        return RunOutcome.GIVEN_UP
    if not is_given_up and any(map(may_still_come, states)):
        return RunOutcome.PARTIAL
    return RunOutcome.EMPTY if digest_is_empty else RunOutcome.PUBLISHED


def may_still_come(state: CategoryDay) -> bool:
    """Return whether fetching the category again may bring new papers."""
    return not state.state.is_settled or (state.reason is not None and state.reason.code == _MAY_YET_FILL)


class DigestRunner:
    """Makes the digests of all editions when they are due. `app` and `editions` give what is in force at the moment."""

    def __init__(
        self,
        app: Callable[[], DigestServices],
        editions: Callable[[], Sequence[Edition]],
        notify: Callable[[RunEvent], None],
    ):
        self._current = app
        self._editions = editions
        self._tell = notify
        self._at_work: set[str] = set()
        self._asked: dict[tuple[str, date], datetime] = {}  # when a category was asked for a day
        self._looked_back: dict[str, datetime] = {}  # when an edition's missed days were asked for
        self._lost: dict[str, Notice] = {}  # days that nobody will fetch, until the edition's readers are told
        self._draw = render_chart
        self._told_weeks: dict[str, date] = {}  # the last Friday of each edition whose trends are in the outbox
        self._asking = asyncio.Lock()
        self._room = asyncio.Semaphore(EDITIONS_AT_ONCE)

    @property
    def _app(self) -> DigestServices:
        return self._current()

    async def tick(self) -> None:
        """Do what is due. An edition that is being made is left alone; one that fails stops no other, and is tried
        again at the next tick."""
        now = self._app.clock.now()
        editions = [edition for edition in self._editions() if edition.name not in self._at_work]
        async with asyncio.TaskGroup() as group:
            for edition in editions:
                await self._room.acquire()
                group.create_task(self._guarded(edition, now)).add_done_callback(lambda _: self._room.release())
                await asyncio.sleep(0)  # its beginning, then whoever else waits: thousands begin one by one
        await self._probe(now)
        self._asked = {key: moment for key, moment in self._asked.items() if moment > now - 3 * _DAY}

    async def _guarded(self, edition: Edition, now: datetime) -> None:
        if edition.name in self._at_work:
            return
        due = last_run(edition, now)
        day = day_of(due)
        self._at_work.add(edition.name)
        try:
            await self._work_patiently(edition, day, due, now)
        except BroadsheetError as error:
            self._failed(RunEvent(RunEventKind.FAILED, edition, day, why=str(error)))
        except Exception as error:  # noqa: BLE001 - logged in full; the other editions continue
            self._failed(RunEvent(RunEventKind.FAILED, edition, day, why=type(error).__name__, error=error))
        finally:
            self._at_work.discard(edition.name)

    async def _work_patiently(self, edition: Edition, day: date, due: datetime, now: datetime) -> None:
        """Retry while another program writes to the database; each step resumes where the last one stopped."""
        for _ in range(LOCKED_AT_MOST):
            try:
                return await self._work(edition, day, due, now)
            except StorageBusyError:
                await self._app.clock.sleep(AFTER_A_LOCK)
        return await self._work(edition, day, due, now)

    async def _work(self, edition: Edition, day: date, due: datetime, now: datetime) -> None:
        if await self._is_missed(edition, day, now):
            await self._past(edition, day + _DAY, now)
        elif edition.name in self._looked_back:  # past days could not be fetched: today does not wait for them
            await self._present(edition, day, due, now)
            await self._past(edition, day, now)
        else:
            await self._past(edition, day, now)
            await self._present(edition, day, due, now)

    def _failed(self, news: RunEvent) -> None:
        editions = self._app.stores.editions
        with suppress(StorageError):  # that is why it failed, maybe; it is told all the same
            run = editions.last_run(news.edition.name)
            if run is None or run.day != news.day or run.ended is None or run.outcome == RunOutcome.FAILED:
                editions.run_began(news.edition.name, news.day)
                editions.run_ended(news.edition.name, news.day, RunOutcome.FAILED)
        self._tell(news)

    # --- the day that is due ------------------------------------------------------------------------------------

    async def _present(self, edition: Edition, day: date, due: datetime, now: datetime) -> None:
        store = self._app.stores.editions
        run = store.last_run(edition.name)
        run = run if run is not None and run.day == day else None
        if run is not None and run.outcome in (*_OVER, RunOutcome.GIVEN_UP):
            await self._week(edition, day)
            return
        if run is None or run.ended is None or run.outcome == RunOutcome.FAILED:
            store.run_began(edition.name, day)
        is_made = run is not None and run.outcome == RunOutcome.PARTIAL
        is_given_up = now >= due + timedelta(hours=self._app.settings.schedule.give_up_hours)
        collected = CollectedDay(day, await self._states(edition.categories, day, now))
        is_settled = all(state.state.is_settled for state in collected.states)
        await self._app.builder.match(day, edition, self._editions)
        would_show = self._app.builder.would_show(edition, day)
        match decide_run(EditionDay(is_made, would_show, is_settled, is_given_up)):
            case RunDecision.MAKE:
                digest = await self._make(edition, collected, RunEventKind.PUBLISHED)
                self._ended(edition, collected, run_outcome(digest.empty is not None, collected.states, is_given_up))
            case RunDecision.WAIT:
                self._tell(RunEvent(RunEventKind.WAITING, edition, day, states=_late(collected.states)))
            case RunDecision.NOTHING:
                digests = self._app.stores.digests.digests(edition.name, day)
                is_empty = all(digest.empty is not None for digest in digests)
                self._ended(edition, collected, run_outcome(is_empty, collected.states, is_given_up))

    async def _week(self, edition: Edition, day: date) -> None:
        """The trends of the week, once Friday's digest is over, for an edition that wants them."""
        if edition.trends != "weekly" or day.weekday() != FRIDAY or self._told_weeks.get(edition.name) == day:
            return
        await add_trends(self._app, edition, day, self._draw)
        self._told_weeks[edition.name] = day
        self._app.dispatcher.wake()

    async def _make(self, edition: Edition, collected: CollectedDay, kind: RunEventKind, *notices: Notice) -> Digest:
        """Make and save the new papers of a day; the `OutboxDispatcher` sends them."""
        lost = self._lost.get(edition.name)
        digest = await self._app.build_digest(edition, collected, notices=(*notices, lost) if lost else notices)
        self._lost.pop(edition.name, None)
        self._app.dispatcher.wake()
        self._tell(
            RunEvent(RunEventKind.EMPTY if digest.empty else kind, edition, collected.day, digest, collected.states)
        )
        return digest

    def _ended(self, edition: Edition, collected: CollectedDay, result: RunOutcome) -> None:
        self._app.stores.editions.run_ended(edition.name, collected.day, result)
        if result is RunOutcome.GIVEN_UP:
            self._tell(RunEvent(RunEventKind.GIVEN_UP, edition, collected.day, states=_late(collected.states)))

    # --- days that were missed ----------------------------------------------------------------------------------

    async def _is_missed(self, edition: Edition, day: date, now: datetime) -> bool:
        """Whether the feeds have gone past the day that is due, and nobody looked while they showed it."""
        papers, run = self._app.stores.papers, self._app.stores.editions.last_run(edition.name)
        if day >= eastern_day(now) or any(papers.category_day(category, day) for category in edition.categories):
            return False
        if run is None:  # a new edition has no past
            return True
        if run.day == day and run.outcome in _OVER:
            return False
        return all(map(_has_gone, await self._states(edition.categories, day, now)))

    async def _past(self, edition: Edition, today: date, now: datetime) -> None:
        """The days on which nobody was at work, or a category never came: the API tells what was announced then."""
        window = self._app.settings.schedule.catch_up_days
        self._note_missed(edition, today, window)
        runs = self._app.stores.editions.runs(edition.name, today - window * _DAY)
        days = [run.day for run in runs if run.day < today and run.outcome not in _OVER]
        if not days:
            self._looked_back.pop(edition.name, None)
        if not days or not self._is_time(self._looked_back.get(edition.name), now):
            return
        self._looked_back[edition.name] = now
        async with self._asking:
            states = await catch_up(self._app.arxiv, self._app.stores.papers, edition.categories, days[0], days[-1])
        unreachable = {state.day for state in states if state.state is FeedState.FAILED}
        for day in days:
            if day not in unreachable:
                await self._make_past(edition, day)

    def _note_missed(self, edition: Edition, today: date, window: int) -> None:
        """Record which days have to be caught up."""
        store = self._app.stores.editions
        newest = store.last_run(edition.name)
        if newest is None or newest.day >= today - _DAY:
            return
        first = max(newest.day + _DAY, today - window * _DAY)
        for day in _announcement_days(first, today - _DAY):
            store.run_began(edition.name, day)
        if lost := _announcement_days(newest.day + _DAY, first - _DAY):
            notice = Notice.of("digest.missed", first=str(lost[0]), last=str(lost[-1]), n=len(lost))
            self._lost[edition.name] = notice
            self._tell(RunEvent(RunEventKind.MISSED, edition, lost[-1], why=f"{lost[0]} to {lost[-1]}"))

    async def _make_past(self, edition: Edition, day: date) -> None:
        """The digest of a past day, or a supplement to what was shown of it."""
        papers = self._app.stores.papers
        states = (papers.category_day(category, day) for category in edition.categories)
        collected = CollectedDay(day, tuple(state for state in states if state is not None))
        digests = self._app.stores.digests.digests(edition.name, day)
        await self._app.builder.match(day, edition, self._editions)
        if not digests or self._app.builder.would_show(edition, day):
            await self._make(edition, collected, RunEventKind.CAUGHT_UP, Notice.of("digest.caught_up"))
            digests = self._app.stores.digests.digests(edition.name, day)
        is_empty = all(digest.empty is not None for digest in digests)
        result = RunOutcome.EMPTY if is_empty else RunOutcome.PUBLISHED
        self._app.stores.editions.run_ended(edition.name, day, result)

    # --- the feeds ----------------------------------------------------------------------------------------------

    async def _probe(self, now: datetime) -> None:
        """Look at the feeds from the hour they turn over, so that a late failure finds the day's papers here."""
        day = eastern_day(now)
        if is_announcement_day(day):
            categories = {category for edition in self._editions() for category in edition.categories}
            await self._states(sorted(categories), day, now)

    async def _states(self, categories: Sequence[str], day: date, now: datetime) -> tuple[CategoryDay, ...]:
        """The states of categories on a day. None is asked for again before its time, whoever wants to know it."""
        store = self._app.stores.papers
        async with self._asking:
            stored_states = {c: store.category_day(c, day) for c in categories}
            open_categories = [c for c, state in stored_states.items() if state is None or may_still_come(state)]
            due_categories = [c for c in open_categories if self._is_time(self._asked.get((c, day)), now)]
            states = (
                {state.category: state for state in await self._collect(due_categories, day)} if due_categories else {}
            )
            self._asked |= {(c, day): now for c in due_categories}
        category_days = (states.get(c) or store.category_day(c, day) for c in categories)
        announced_day = eastern_day(now)
        return tuple(state or _gone(c, day, announced_day) for c, state in zip(categories, category_days, strict=True))

    async def _collect(self, categories: Sequence[str], day: date) -> Iterable[CategoryDay]:
        """What the feeds say of the day; where they have gone past it, what is stored."""
        try:
            return (await collect(self._app.arxiv, self._app.stores.papers, categories, self._app.clock, day)).states
        except UnknownError:
            return ()

    def _is_time(self, before: datetime | None, now: datetime) -> bool:
        return (
            before is None
            or before > now
            or now >= before + timedelta(minutes=self._app.settings.schedule.probe_minutes)
        )


def _late(states: Iterable[CategoryDay]) -> tuple[CategoryDay, ...]:
    return tuple(state for state in states if not state.state.is_settled)


def _gone(category: str, day: date, announced_day: date) -> CategoryDay:
    return CategoryDay(category, day, FeedState.FAILED, reason=Notice.of(_GONE, date=str(announced_day)))


def _has_gone(state: CategoryDay) -> bool:
    return state.reason is not None and state.reason.code == _GONE


def _announcement_days(first: date, last: date) -> list[date]:
    days = [first + n * _DAY for n in range((last - first).days + 1)]
    return [day for day in days if is_announcement_day(day)]
