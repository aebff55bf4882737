"""Months of a made-up arXiv in memory, behind the seams of the client and of chat platforms, and a bot that lives them.

What is announced is a pure function of the day, so that nothing has to be remembered: what should have been published
can be worked out again at the end. Faults come by chance, from one seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.app import App
from bot.chat.message_sender import InDoubt, LookupUnavailable, MessageAbsent, NotSent, Payload
from bot.chat.platform_connection import PlatformConnection
from bot.chat.rate_limiter import RateLimiter, RateLimits, SlidingWindow, TokenBucket
from bot.delivery.events import DeliveryEvent
from bot.delivery.outbox_dispatcher import OutboxDispatcher
from bot.platforms.registry import PLATFORMS
from bot.scheduling.digest_runner import DigestRunner
from bot.scheduling.run_events import RunEvent
from digest.analysis.analyst import AnalysisRequest
from digest.arxiv.calendar import eastern_day, is_announcement_day
from digest.arxiv.errors import ArxivError, FeedError, FetchError
from digest.arxiv.feeds import Feed
from digest.models.analysis import EXCERPT, Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Statement
from digest.models.edition import Edition, Platform
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.models.paper_text import PaperText, Section
from digest.settings import ScheduleSettings, Settings, StorageSettings
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from tests.builders.pipeline import digest_builder
from tests.fakes.clocks.task_clock import Timeline
from tests.fakes.message_sender import ScriptedSender

DAY = timedelta(days=1)
CATEGORIES = ("cs.AI", "cs.RO", "cs.LG")
FEED_FAULTS = (
    FetchError(Notice.of("fetch.timeout", host="arxiv.org")),
    FetchError(Notice.of("fetch.status", status=503)),
    FetchError(Notice.of("fetch.cut_off", host="arxiv.org")),
    FeedError(Notice.of("feed.html")),
    FeedError(Notice.of("feed.not_xml")),
)
PDF_FAULTS = (
    FetchError(Notice.of("fetch.pdf_html")),
    FetchError(Notice.of("fetch.pdf_empty")),
    FetchError(Notice.of("fetch.pdf_cut_off")),
)


def paper(day: date, number: int, version: int = 1) -> Paper:
    """The same day and number give the same paper."""
    chance = random.Random(f"{day} {number}")
    topic = chance.choice(["vla", "vla", "tactile", "traffic", "cats", "logic"])
    primary, other = chance.sample(CATEGORIES, 2)
    submitted = datetime.combine(day - 2 * DAY, time(15), UTC)
    return Paper(
        f"{day:%y%m}.{day.day:02}{number:03}",
        version,
        f"A study of {topic}, number {number}",
        ("Ada Author",),
        f"We study {topic} in all its forms.",
        (primary, other) if chance.random() < 0.5 else (primary,),
        submitted=submitted,
    )


def papers(day: date) -> list[Paper]:
    """What is new on a day: from none to nine papers."""
    if not is_announcement_day(day):
        return []
    count = random.Random(f"count {day}").choice([0, 3, 5, 6, 8, 9])
    return [paper(day, number) for number in range(count)]


def listed(day: date, category: str) -> list[Announcement]:
    """The category's batch of a day: new papers, cross-listings (some a day late), new versions of older ones."""
    if not is_announcement_day(day):
        return []
    made = []
    for one in papers(day):
        if one.primary_category == category:
            made.append(Announcement(one, day, AnnouncementKind.NEW, category))
        elif category in one.categories and one.id[-1] not in "13":
            made.append(Announcement(one, day, AnnouncementKind.CROSS, category))
    before = announcement_day_before(day)
    late = (p for p in papers(before) if category in p.categories[1:] and p.id[-1] in "13")
    made += [Announcement(p, day, AnnouncementKind.CROSS, category) for p in late]
    older = papers(announcement_day_before(before))[:2]
    made += [
        Announcement(paper(announcement_day_before(before), int(p.id[-3:]), 2), day, AnnouncementKind.REPLACE, category)
        for p in older
        if p.primary_category == category
    ]
    return made


def announcement_day_before(day: date) -> date:
    day -= DAY
    while not is_announcement_day(day):
        day -= DAY
    return day


@dataclass
class SeasonArxiv:
    """Stands for `digest.arxiv.client.Arxiv`. `late` hours after midnight a category turns over on a day; until then
    it shows the day before, or where `stale` says so, yesterday's batch under today's date. `down` is when nothing can
    be had; `empty` are days on which nothing is announced though the calendar says so."""

    clock: Timeline
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    share: float = 0.0
    late: dict[tuple[str, date], float] = field(default_factory=dict)
    stale: set[tuple[str, date]] = field(default_factory=set)
    empty: set[date] = field(default_factory=set)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)

    def _may_fail(self, what: str, faults: Sequence[ArxivError]) -> None:
        self.asked[what] = self.asked.get(what, 0) + 1
        now = self.clock.now()
        if any(first <= now < last for first, last in self.down) or self.chance.random() < self.share:
            fault = self.chance.choice(faults)
            raise type(fault)(fault.notice)  # a new one each time: an exception keeps the frames it went through

    async def feed(self, category: str) -> Feed:
        self._may_fail("feed", FEED_FAULTS)
        now = self.clock.now()
        day = eastern_day(now)
        hours = (now - datetime.combine(day, time(5), UTC)).total_seconds() / 3600  # about midnight in New York
        if hours < self.late.get((category, day), 0.0):
            before = announcement_day_before(day)
            shown = day if (category, day) in self.stale else before
            return Feed(category, shown, tuple(self._batch(before, category)))
        return Feed(category, day, tuple(self._batch(day, category)))

    def _batch(self, day: date, category: str) -> list[Announcement]:
        return [] if day in self.empty else listed(day, category)

    async def announced(self, categories: Sequence[str], start: date, end: date) -> list[Announcement]:
        self._may_fail("api", FEED_FAULTS)
        days = [start + n * DAY for n in range((end - start).days + 1)]
        batches = (self._batch(day, category) for day in days for category in categories)
        return [a for batch in batches for a in batch if not a.kind.is_replacement]

    async def pdf(self, wanted: Paper, max_bytes: int) -> bytes:
        self._may_fail("pdf", PDF_FAULTS)
        return b"%PDF-"


class SeasonSender(ScriptedSender):
    """A platform where so many of all calls fail, in each way that is known."""

    def __init__(self, clock: Timeline, chance: random.Random, share: float = 0.0) -> None:
        super().__init__()
        self.clock, self.chance, self.share = clock, chance, share
        self.down: list[tuple[datetime, datetime]] = []

    def _is_down(self) -> bool:
        return any(first <= self.clock.now() < last for first, last in self.down)

    async def send(self, address: str, payload: Payload, *, thread: str | None = None, delivery: str = "") -> str:
        await self.clock.sleep(0.2)
        if self._is_down():
            raise NotSent(Notice.of("publish.unreachable", platform="Test", what="ConnectError"))
        if self.chance.random() >= self.share:
            return await super().send(address, payload, thread=thread, delivery=delivery)
        match self.chance.randrange(4):
            case 0:
                raise NotSent(Notice.of("publish.unreachable", platform="Test", what="ConnectError"))
            case 1:
                raise NotSent(Notice.of("publish.limited", platform="Test", seconds=30), 30.0, limited=True)
            case 2:
                await super().send(address, payload, thread=thread, delivery=delivery)
        raise InDoubt(Notice.of("publish.broken_off", platform="Test", what="cut"))

    async def look_up(
        self,
        address: str,
        delivery: str,
        payload: Payload,
        *,
        after: str | None,
        thread: str | None = None,
        settled: bool = True,
    ) -> Any:
        await self.clock.sleep(0.2)
        if self._is_down() or self.chance.random() < self.share:
            return LookupUnavailable(Notice.of("publish.unreachable", platform="Test", what="ConnectError"), 30.0)
        found = await super().look_up(address, delivery, payload, after=after, thread=thread, settled=settled)
        return MessageAbsent() if found is None else found


class OneSentence:
    """An analyst that is quick."""

    name, names, prompt_version = EXCERPT, (EXCERPT,), 1

    async def analyse(self, request: AnalysisRequest) -> Analysis:
        said = Statement(f"It is about {request.paper.title}.")
        made_from = AnalysisSource.FULL_TEXT if request.text else AnalysisSource.ABSTRACT
        parts = (AnalysisPart(AnalysisPartKey.OVERVIEW, (said,)),)
        one = request.paper
        return Analysis(one.id, one.version, request.language, EXCERPT, made_from, parts, said, notices=request.notices)


async def read_pdf(data: bytes) -> PaperText:
    return PaperText("A paper", (Section("Introduction", 1),), 1, 1)


def _loud(one: Paper, error: Exception) -> None:
    raise error


@dataclass
class Life:
    """One database over any number of lives of the process. `news` and `happened` are what was told."""

    folder: Path
    editions: tuple[Edition, ...]
    clock: Timeline
    arxiv: SeasonArxiv
    adapters: dict[Platform, SeasonSender]
    db: Database
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    news: list[tuple[str, str, date]] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    told: Callable[[RunEvent], None] = lambda news: None

    def __post_init__(self) -> None:
        self.stores = SqliteStores.of(self.db)
        self.start()

    def start(self) -> None:
        """What a new process does: everything that was kept in memory is gone."""
        settings = Settings(
            editions=self.editions, schedule=self.schedule, storage=StorageSettings(self.folder / "b.db")
        )
        limits = RateLimits(TokenBucket(1 / 25, 5), TokenBucket(1.0, 3), SlidingWindow(18), ("-", "@"))
        lines = {p: PlatformConnection(a, RateLimiter(limits, self.clock)) for p, a in self.adapters.items()}
        arxiv: Any = self.arxiv
        pipeline = digest_builder(
            arxiv=arxiv,
            stores=self.stores,
            read_pdf=read_pdf,
            analysts=[OneSentence()],
            clock=self.clock,
            max_pdf_bytes=1_000,
            on_error=_loud,
        )
        self.sender = OutboxDispatcher(self.stores.deliveries, self.stores.chats, lines, self.clock, self._happened)
        self.app = App(settings, self.clock, self.db, self.stores, arxiv, pipeline, self.sender, PLATFORMS)
        self.press = DigestRunner(lambda: self.app, lambda: self.editions, self._tell)

    def _tell(self, news: RunEvent) -> None:
        if news.error is not None:
            raise news.error
        self.news.append((news.kind, news.edition.name, news.day))
        self.told(news)

    def _happened(self, happening: DeliveryEvent) -> None:
        if happening.error is not None:
            raise happening.error
        self.happened.append(happening.kind)

    def what(self, edition: str | None = None) -> list[str]:
        """What was told of an edition, without the waiting."""
        return [what for what, name, _ in self.news if what != "waiting" and edition in (None, name)]

    async def step(self, minutes: float = 15.0) -> None:
        """Time passes, and what is due is done and sent."""
        await self.clock.sleep(minutes * 60)
        await self.press.tick()
        if self.stores.deliveries.counts():
            await self.sender.deliver(patience=60.0)

    async def until(self, moment: datetime, minutes: float = 15.0) -> None:
        while self.clock.now() < moment:
            await self.step(minutes)

    async def sleep_until(self, moment: datetime) -> None:
        """The process is down."""
        await self.clock.sleep((moment - self.clock.now()).total_seconds())
        self.start()

    def texts(self, platform: Platform, address: str) -> list[str]:
        return self.adapters[platform].texts(address)


@contextmanager
def life(folder: Path, start: datetime, *editions: Edition, **more: Any) -> Iterator[Life]:
    """A bot at that moment, that has never run."""
    clock = Timeline(start)
    arxiv = SeasonArxiv(clock)
    adapters = {p: SeasonSender(clock, random.Random(7)) for p in PLATFORMS}
    with Database.open(folder / "b.db", now=clock.now) as db:
        yield Life(folder, editions, clock, arxiv, adapters, db, **more)
