"""How it is: gathered in one place for /status, `broadsheet status`, the health check and the metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version

from bot.chat.notice_json import load_notice
from bot.chat.platform_state import ConnectionKind, PlatformState
from digest.arxiv.calendar import newest_expected_day
from digest.i18n.translator import Translator
from digest.models.delivery import Chat, Cooldown, Delivery, DeliveryState
from digest.models.edition import Edition, Platform, Target
from digest.models.feed import CategoryDay
from digest.models.people import EditionRun
from digest.models.spending import ModelSpending
from storage.stores.all_stores import SqliteStores

DIGEST_MADE = "digest made"  # the event that `broadsheet digest` records, with the day and its outcome
LATE = timedelta(hours=26)  # a run every day, and two hours for late feeds


@dataclass(frozen=True, slots=True)
class EditionStatus:
    """`next_run` is in the edition's own time zone."""

    edition: Edition
    last_run: EditionRun | None
    next_run: datetime | None
    categories: tuple[CategoryDay, ...]
    chats: tuple[Target, ...] = ()  # where it goes, at their present addresses


@dataclass(frozen=True, slots=True)
class Status:
    now: datetime
    version: str
    editions: tuple[EditionStatus, ...]
    platforms: Mapping[Platform, PlatformState]
    waiting: Mapping[Target, int]  # deliveries that will be sent
    open_questions: tuple[Delivery, ...]  # deliveries of which nobody knows whether they arrived
    holds: tuple[Cooldown, ...]
    paused: tuple[Chat, ...]
    paper_jobs: int = 0
    personal: int = 0  # editions of people's own
    spent_today: ModelSpending = field(default_factory=ModelSpending)
    spent_this_month: ModelSpending = field(default_factory=ModelSpending)


def collect_status(
    stores: SqliteStores,
    editions: Sequence[Edition],
    now: datetime,
    *,
    next_run: Mapping[str, datetime] | None = None,
    platforms: Mapping[Platform, PlatformState] | None = None,
    paper_jobs: int = 0,
    personal: int = 0,
) -> Status:
    """Everything from the store, beside what only the running process knows."""
    day = newest_expected_day(now)
    today = now.date()
    return Status(
        now=now,
        version=version("broadsheet"),
        editions=tuple(_edition(stores, e, day, (next_run or {}).get(e.name)) for e in editions),
        platforms=dict(platforms or {}),
        waiting={
            target: n
            for target, counts in stores.deliveries.counts().items()
            if (n := counts.get(DeliveryState.PENDING, 0) + counts.get(DeliveryState.SENDING, 0))
        },
        open_questions=tuple(
            replace(question, target=stores.chats.migrated_target(question.target))
            for question in stores.deliveries.open_questions()
        ),
        holds=tuple(stores.chats.cooldowns(now)),
        paused=tuple(stores.chats.paused()),
        paper_jobs=paper_jobs,
        personal=personal,
        spent_today=stores.spending.spent(today, today),
        spent_this_month=stores.spending.spent(today.replace(day=1), today),
    )


def _edition(stores: SqliteStores, edition: Edition, day: date, next_run: datetime | None) -> EditionStatus:
    states = (stores.papers.category_day(category, day) for category in edition.categories)
    return EditionStatus(
        edition,
        _last_run(stores, edition.name),
        next_run,
        tuple(s for s in states if s is not None),
        tuple(map(stores.chats.migrated_target, edition.targets)),
    )


def _last_run(stores: SqliteStores, edition: str) -> EditionRun | None:
    """The last run, whether `broadsheet run` made it or `broadsheet digest`."""
    run, event = stores.editions.last_run(edition), stores.events.newest(DIGEST_MADE, edition)
    if event is None or event.at is None or (run is not None and event.at <= (run.ended or run.began)):
        return run
    day, _, result = event.detail.partition(" ")
    return EditionRun(edition, date.fromisoformat(day), event.at, event.at, result)


def overdue(status: Status, max_age: timedelta) -> str:
    """Why all is not well where `broadsheet digest` is run by a timer; empty while it is. An edition whose last run is
    older than `max_age` counts, and so does what only a person can settle."""
    since = status.now - max_age
    late = [
        one.edition.name
        for one in status.editions
        if not _is_personal(one) and (one.last_run is None or (one.last_run.ended or one.last_run.began) < since)
    ]
    if late:
        return f"no digest was made for more than {max_age.total_seconds() / 3600:g} hours: {', '.join(late)}"
    stuck = {question.target.name for question in status.open_questions} | {chat.target.name for chat in status.paused}
    return f"messages are in doubt or paused: {', '.join(sorted(stuck))}" if stuck else ""


def status_problems(status: Status) -> str:
    """Why the process is not healthy; empty while it is."""
    down = [str(platform) for platform, state in status.platforms.items() if state.kind is ConnectionKind.DOWN]
    if down and len(down) == sum(state.kind is not ConnectionKind.OFF for state in status.platforms.values()):
        return f"no platform can be reached: {', '.join(down)}"
    late = [
        edition_status.edition.name
        for edition_status in status.editions
        if edition_status.last_run is not None
        and (edition_status.last_run.ended or edition_status.last_run.began) < status.now - LATE
    ]
    return f"no run for more than a day: {', '.join(late)}" if late else ""


def format_status(status: Status, texts: Translator, names: Collection[str] | None = None) -> Iterator[str]:
    """For people: a line a thing. `names`: only these editions and their chats."""
    edition_statuses = [
        e for e in status.editions if (e.edition.name in names if names is not None else not _is_personal(e))
    ]
    for edition_status in edition_statuses:
        yield from _edition_lines(edition_status, texts)
    for day in dict.fromkeys(day for edition_status in edition_statuses for day in edition_status.categories):
        why = f" · {texts.notice(day.reason)}" if day.reason else ""
        yield texts("status.category", category=day.category, state=texts(f"feed.{day.state}"), n=day.entries) + why
    chats = None if names is None else {target for e in edition_statuses for target in e.chats}
    for platform, state in status.platforms.items():
        yield texts("status.platform", platform=platform.title(), state=_state(state, texts))
    for target, n in status.waiting.items():
        if chats is None or target in chats:
            yield texts("status.waiting", chat=_chat(target), n=n)
    open_deliveries = [d for d in status.open_questions if chats is None or d.target in chats]
    if open_deliveries:
        yield texts(
            "status.held", n=len(open_deliveries), chats=texts.list(sorted({_chat(d.target) for d in open_deliveries}))
        )
    for hold in status.holds:
        if chats is None or hold.target in chats or hold.target.address == "*":
            yield texts("status.hold", chat=_chat(hold.target), until=f"{hold.until:%m-%d %H:%M} UTC")
    for chat in status.paused:
        if chats is None or chat.target in chats:
            yield texts("status.paused", chat=_chat(chat.target), why=texts.notice(load_notice(chat.paused or "")))
    if names is None and status.personal:
        yield texts("status.personal", n=status.personal)
    if status.paper_jobs:
        yield texts("status.jobs", n=status.paper_jobs)
    if names is None and status.spent_this_month.calls:
        spent = texts("status.spent", today=status.spent_today.tokens, month=status.spent_this_month.tokens)
        money = status.spent_this_month.money
        yield texts("status.cost", spent=spent, money=f"{money:.2f}") if money else spent
    yield texts("status.version", version=status.version)


def _edition_lines(edition_status: EditionStatus, texts: Translator) -> Iterator[str]:
    run, title = edition_status.last_run, edition_status.edition.title
    if run is None:
        yield texts("status.never", title=title)
    else:
        yield texts("status.last", title=title, date=texts.date(run.day), outcome=_outcome(run, texts))
    if edition_status.next_run is not None:
        yield texts(
            "status.next",
            title=title,
            moment=f"{edition_status.next_run:%Y-%m-%d %H:%M} {edition_status.edition.timezone}",
        )


def _is_personal(edition_status: EditionStatus) -> bool:
    """Whether it is a person's own: it is called by who they are, telegram:12345."""
    return ":" in edition_status.edition.name


def _outcome(run: EditionRun, texts: Translator) -> str:
    if run.ended is None:
        return texts("status.running")
    return texts(f"run.{run.outcome}")


def _state(state: PlatformState, texts: Translator) -> str:
    return texts(f"platform.{state.kind}") + (f" ({state.reason})" if state.reason else "")


def _chat(target: Target) -> str:
    return target.platform.title() if target.address == "*" else f"{target.platform.title()} {target.address}"
