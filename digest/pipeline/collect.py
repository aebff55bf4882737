"""Stage 1: the feeds of categories -> the day's announcements in the store, with a state for each category.

    ask every category | judge each feed | store it under its own day | settle which day is meant | its states

Whatever a feed shows is stored under the day that the feed itself names, whichever day was asked for, and what was once
had is never given up for something worse. A category that fails stops no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from digest.arxiv.calendar import eastern_day, is_announcement_day, newest_expected_day, why_quiet
from digest.arxiv.errors import ArxivError
from digest.arxiv.feeds import Feed
from digest.errors import InputError, UnknownError
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.models.paper import Announcement
from digest.ports import Clock, PaperStore

_EMPTY = "collect.empty"
_SATURDAY = 5
_LISTED_LATELY = timedelta(days=10)  # how far back a paper of the API may already have been listed

FeedResult = Feed | Notice
"""What asking a category came to: its feed, or why there is none."""


class FeedSource(Protocol):
    """Where feeds come from."""

    async def feed(self, category: str) -> Feed: ...


class ListingSource(Protocol):
    """Where past days come from."""

    async def announced(self, categories: Sequence[str], start: date, end: date) -> list[Announcement]: ...


@dataclass(frozen=True, slots=True)
class CollectedDay:
    """The states of the categories on a day, in the order asked; `skipped` are entries that could not be used."""

    day: date
    states: tuple[CategoryDay, ...]
    skipped: tuple[Notice, ...] = ()


async def collect(
    arxiv: FeedSource, store: PaperStore, categories: Sequence[str], clock: Clock, day: date | None = None
) -> CollectedDay:
    """Collect a day, by default the newest in the feeds. What is settled in the store is not asked for again.

    Raises `InputError` for a day in the future, `UnknownError` for one that is neither in the feeds nor stored.
    """
    now = clock.now()
    today = eastern_day(now)
    category_names = tuple(dict.fromkeys(categories))
    stored = {c: state for c in category_names if (state := store.category_day(c, day or today))}
    if day is not None and day > today and not stored:
        raise InputError(f"{day} is in the future: at arXiv, in US Eastern time, it is {today}")
    open_ones = [c for c in category_names if c not in stored or not _is_final(stored[c])]
    outcomes = {c: await _ask(arxiv, c) for c in open_ones}
    for feed in _feeds(outcomes):
        _keep(store, feed)
    meant = day or _newest(outcomes, today if len(open_ones) < len(category_names) else None, now)
    states = tuple(_state(store, c, meant, outcomes.get(c), today) for c in category_names)
    if day is not None:
        _must_be_known(day, states, stored, outcomes)
    _keep_failures(store, states, outcomes, now)
    return CollectedDay(meant, states, tuple(notice for feed in _feeds(outcomes) for notice in feed.skipped))


async def catch_up(
    arxiv: ListingSource, store: PaperStore, categories: Sequence[str], start: date, end: date
) -> tuple[CategoryDay, ...]:
    """Fetch the days from `start` to `end` whose feeds were missed from the API, and store them, marked as caught up.

    Returns the days that were asked for: fresh with what was found, or failed. A day for which nothing is found stays
    as it is.
    """
    states: list[CategoryDay] = []
    for category in dict.fromkeys(categories):
        missing = [day for day in _days(start, end) if is_announcement_day(day) and not _has(store, category, day)]
        if not missing:
            continue
        try:
            found = await arxiv.announced([category], missing[0], missing[-1])
        except ArxivError as error:
            states.extend(CategoryDay(category, day, FeedState.FAILED, reason=error.notice) for day in missing)
            continue
        listed = _listed(store, category, missing[0] - _LISTED_LATELY, end)
        for day, announcements in _by_missing_day(found, missing, listed).items():
            reason = Notice.of("collect.caught_up")
            state = CategoryDay(category, day, FeedState.FRESH, len(announcements), reason)
            store.save_day(state, announcements)
            states.append(state)
    return tuple(states)


def merge_feeds(announcements: Iterable[Announcement]) -> tuple[Announcement, ...]:
    """One announcement a paper, in the order of first appearance: the strongest kind with its category, and the newest
    version."""
    merged: dict[str, Announcement] = {}
    for announcement in announcements:
        earlier = merged.get(announcement.paper.id)
        if earlier is None:
            merged[announcement.paper.id] = announcement
            continue
        strongest = min(earlier, announcement, key=lambda a: a.kind.strength)
        newest = max(earlier, announcement, key=lambda a: a.paper.version)
        merged[announcement.paper.id] = replace(strongest, paper=newest.paper)
    return tuple(merged.values())


def decide_state(feed: Feed, listed_before: frozenset[tuple[str, int]]) -> CategoryDay:
    """The state of a category on the feed's own day. `listed_before` are the ids and versions of its last batch."""
    entries = len(feed.announcements)

    def state(value: FeedState, reason: Notice | None) -> CategoryDay:
        return CategoryDay(feed.category, feed.day, value, entries, reason)

    lost = sum(notice.code != "feed.repaired" for notice in feed.skipped)
    if lost and not entries:
        return state(FeedState.FAILED, Notice.of("collect.unusable", n=lost))
    if not entries:
        return state(FeedState.QUIET, why_quiet(feed.day) or Notice.of(_EMPTY))
    if listed_before.issuperset((a.paper.id, a.paper.version) for a in feed.announcements):
        weekend = why_quiet(feed.day) if feed.day.weekday() >= _SATURDAY else None  # nothing better will come
        return state(FeedState.QUIET if weekend else FeedState.STALE, weekend or Notice.of("collect.stale"))
    return state(FeedState.FRESH, Notice.of("collect.skipped", n=lost) if lost else None)


async def _ask(arxiv: FeedSource, category: str) -> FeedResult:
    try:
        return await arxiv.feed(category)
    except ArxivError as error:
        return error.notice


def _feeds(outcomes: Mapping[str, FeedResult]) -> list[Feed]:
    return [outcome for outcome in outcomes.values() if isinstance(outcome, Feed)]


def _keep(store: PaperStore, feed: Feed) -> None:
    """Store a feed under its own day; a stale batch is of no day. A batch that was had is not given up."""
    state = decide_state(feed, store.listed_before(feed.category, feed.day))
    stored_day = store.category_day(feed.category, feed.day)
    if state.state is FeedState.FRESH:
        store.save_day(state, feed.announcements)
    elif stored_day is None or stored_day.state is not FeedState.FRESH:
        store.save_day(state, ())


def _newest(outcomes: Mapping[str, FeedResult], settled: date | None, now: datetime) -> date:
    """The newest day that a feed shows, or that is settled; where nothing could be had, the one that is due."""
    days = [feed.day for feed in _feeds(outcomes)]
    return max([*days, settled] if settled else days, default=newest_expected_day(now))


def _state(store: PaperStore, category: str, day: date, outcome: FeedResult | None, today: date) -> CategoryDay:
    """The state of a category on `day`: what is stored of it, else what its feed's own day says."""
    stored = store.category_day(category, day)
    if stored and (stored.state.is_settled or (isinstance(outcome, Feed) and outcome.day == day)):
        return stored
    if isinstance(outcome, Notice):
        return CategoryDay(category, day, FeedState.FAILED, reason=outcome)
    feed_day = outcome.day if outcome else today
    if feed_day > day:
        gone = Notice.of("collect.gone", date=str(feed_day))
        return stored or CategoryDay(category, day, FeedState.FAILED, reason=gone)
    if quiet := why_quiet(day):
        return CategoryDay(category, day, FeedState.QUIET, reason=quiet)
    return CategoryDay(category, day, FeedState.WAITING, reason=Notice.of("collect.waiting", date=str(feed_day)))


def _must_be_known(
    day: date, states: Sequence[CategoryDay], stored: Mapping[str, CategoryDay], outcomes: Mapping[str, FeedResult]
) -> None:
    """Raises `UnknownError` where feeds have gone past the day, none shows it, and nothing of it was stored."""
    later_days = [feed.day for feed in _feeds(outcomes) if feed.day > day]
    if not later_days or stored or any(state.state is not FeedState.FAILED for state in states):
        return
    nothing = " (nothing is announced on that day)" if why_quiet(day) else ""
    raise UnknownError(f"{day}{nothing} is not stored, and arXiv's feeds already show {max(later_days)}")


def _keep_failures(
    store: PaperStore, states: Sequence[CategoryDay], outcomes: Mapping[str, FeedResult], now: datetime
) -> None:
    """Store that a category waits or failed, on a day that the feeds show or should show."""
    shown_days = {feed.day for feed in _feeds(outcomes)}
    for state in states:
        is_due = state.day in shown_days or state.day >= newest_expected_day(now)
        if is_due and state.state in (FeedState.WAITING, FeedState.FAILED) and state.category in outcomes:
            store.save_day(state, ())


def _is_final(state: CategoryDay) -> bool:
    """Whether asking again is of no use. An empty feed on a day with announcements may yet fill."""
    return state.state.is_settled and not (state.reason is not None and state.reason.code == _EMPTY)


def _has(store: PaperStore, category: str, day: date) -> bool:
    state = store.category_day(category, day)
    return state is not None and _is_final(state)


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def _listed(store: PaperStore, category: str, start: date, end: date) -> frozenset[str]:
    """The papers that a category is known to have listed from `start` to `end`."""
    return frozenset(a.paper.id for day in _days(start, end) for a in store.announcements(day, [category]))


def _by_missing_day(
    announcements: Iterable[Announcement], missing: Sequence[date], listed: frozenset[str]
) -> dict[date, list[Announcement]]:
    """What was not listed before, on the first missing day on or after its own: a day that was collected whole did not
    list it, so moderation held it."""
    days: dict[date, list[Announcement]] = {}
    for announcement in announcements:
        day = next((d for d in missing if d >= announcement.day), None)
        if day is not None and announcement.paper.id not in listed:
            days.setdefault(day, []).append(replace(announcement, day=day))
    return days
