"""People at the desk without a chat app: what is asked, and what is answered, as text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.chat.request import ChatRef, CommandReply, CommandRequest
from bot.chat.text_breaks import WORD_JOINER
from bot.commands.command_dispatcher import CommandDispatcher, EditorCheck
from bot.commands.job_queue import JobQueue
from bot.commands.services import CommandServices
from bot.platforms.registry import PLATFORMS
from bot.platforms.telegram.renderer import render_telegram
from bot.scheduling.digest_runner import RunOutcome
from bot.status import Status, collect_status
from digest.arxiv.ids import ArxivId
from digest.errors import UnknownError
from digest.models.analysis import EXCERPT, Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Statement
from digest.models.digest import Card, Digest
from digest.models.edition import Edition, Platform, Target
from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.pipeline.compose import compose
from digest.settings import CommandSettings, Settings
from storage.stores.all_stores import SqliteStores
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.stores import fake_stores

FRIDAY = date(2026, 1, 9)
TEAM = ChatRef(Target(Platform("telegram"), "-1001"), "group")
NEWS = ChatRef(Target(Platform("telegram"), "-1003"), "channel", "@robots")
OTHERS = ChatRef(Target(Platform("telegram"), "-1002"), "group")
SLACK = ChatRef(Target(Platform("slack"), "C1"), "channel")
ALONE = ChatRef(Target(Platform("telegram"), "42"), "private", "@ada")
ADA, BOB, ROOT, EVE = "telegram:42", "telegram:43", "telegram:1", "slack:U1"

ROBOTS = Edition(
    "robots",
    ("cs.RO", "cs.AI"),
    ("vla", "tactile"),
    "Robots daily",
    language="en",
    publish_at="09:00",
    timezone="Europe/Berlin",
    targets=(TEAM.target, SLACK.target, Target(Platform("telegram"), "@robots")),
)
TRAFFIC = Edition("traffic", ("cs.LG",), ("traffic",), "交通日报", language="zh", targets=(OTHERS.target,))


def paper(number: int, title: str, abstract: str = "We do it.", categories: tuple[str, ...] = ("cs.RO",)) -> Paper:
    return Paper(f"2601.{number:05}", 1, title, ("Ada Lovelace", "Sergey Levine"), abstract, categories)


PAPERS = (
    paper(1, "A VLA for the kitchen"),
    paper(2, "Tactile gloves <and> rings & $\\pi_0$", "Touch is a sense. A tactile one."),
    paper(3, "Traffic lights", "We predict traffic.", ("cs.LG",)),
    paper(4, "Grasping in the dark", "No camera is used."),
)


def analysis(one: Paper, language: str = "en") -> Analysis:
    parts = (AnalysisPart(AnalysisPartKey.OVERVIEW, (Statement(f"It is about {one.title}."),)),)
    return Analysis(
        one.id, one.version, language, EXCERPT, AnalysisSource.FULL_TEXT, parts, Statement("It works."), 9, 9
    )


@dataclass
class Team:
    """A desk with stores, a clock and two editions. `made` has the papers that were analysed on demand."""

    stores: SqliteStores = field(default_factory=fake_stores)
    clock: FakeClock = field(default_factory=FakeClock)
    settings: Settings = field(
        default_factory=lambda: Settings(editions=(ROBOTS, TRAFFIC), commands=CommandSettings(admins=(ROOT,)))
    )
    editors: set[str] = field(default_factory=lambda: {ADA, EVE})
    made: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    known: tuple[Paper, ...] = PAPERS
    days: int = 1
    updates: int = 0
    editor_checks: dict[Platform, EditorCheck] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.editor_checks |= dict.fromkeys(PLATFORMS, self)
        jobs = JobQueue(self.make, self.stores.people, lambda: self.office.settings.commands, self.clock)
        self.office = CommandServices(
            self.settings, self.stores, self.clock, jobs, self.status, release_delivery=self.release
        )
        self.desk = CommandDispatcher(self.office, PLATFORMS, self.editor_checks, lambda call, e: self.errors.append(e))
        for n in range(self.days):
            self.collect(FRIDAY - timedelta(days=n))

    def collect(self, day: date) -> None:
        for category in ("cs.RO", "cs.AI", "cs.LG"):
            listed = [Announcement(p, day, AnnouncementKind.NEW, category) for p in PAPERS if category in p.categories]
            self.stores.papers.save_day(CategoryDay(category, day, FeedState.FRESH, len(listed)), listed)

    def publish(self, edition: Edition = ROBOTS, day: date = FRIDAY, *papers: Paper) -> Digest:
        """A digest of the day in the store, as if it had been published."""
        cards = []
        for one in papers or PAPERS[:2]:
            self.stores.papers.save_paper(one)
            self.stores.analyses.save_analysis(analysis(one, edition.language))
            cards.append(Card(one, AnnouncementKind.NEW, (), analysis(one, edition.language)))
        digest = compose(edition, day, (), len(PAPERS), cards, ())
        self.stores.digests.save_digest(digest)
        self.stores.editions.run_began(edition.name, day)
        self.stores.editions.run_ended(edition.name, day, RunOutcome.PUBLISHED)
        return digest

    async def make(self, wanted: ArxivId, language: str) -> Card:
        found = next((p for p in self.known if p.id == wanted.id), None)
        if found is None:
            raise UnknownError(f"arXiv has no paper {wanted}")
        self.made.append(wanted.id)
        self.stores.papers.save_paper(found)
        self.stores.analyses.save_analysis(analysis(found, language))
        return Card(found, AnnouncementKind.NEW, (), analysis(found, language))

    async def is_editor(self, call: CommandRequest) -> bool:
        return call.person in self.editors

    def release(self, delivery_id: int) -> None:
        self.released.append(delivery_id)
        self.stores.deliveries.back_to_pending(delivery_id)

    def status(self) -> Status:
        return collect_status(self.stores, self.office.editions(), self.clock.now())

    def change(self, **changes: object) -> None:
        """Other command settings, as after loading the configuration anew."""
        settings = self.office.settings
        self.office.settings = replace(settings, commands=replace(settings.commands, **changes))  # type: ignore[arg-type]

    def call(
        self, text: str, person: str = ADA, place: ChatRef = TEAM, *, update: str = "", speaks: str = "en"
    ) -> CommandRequest:
        self.updates += 1
        command, _, argument = text.removeprefix("/").partition(" ")
        name = {ADA: "Ada", BOB: "Bob", ROOT: "Root", EVE: "eve"}.get(person, person)
        return CommandRequest(
            command, " ".join(argument.split()), person, name, place, speaks, update or f"u{self.updates}"
        )

    async def answers(self, text: str, person: str = ADA, place: ChatRef = TEAM, **more: str) -> list[CommandReply]:
        return [answer async for answer in self.desk.dispatch(self.call(text, person, place, **more))]

    async def ask(self, text: str, person: str = ADA, place: ChatRef = TEAM, **more: str) -> str:
        """All that is answered, as the text that Telegram would show."""
        answers = await self.answers(text, person, place, **more)
        payloads = [payload for a in answers for d in a.documents for payload in render_telegram(d)]
        return "\n---\n".join(str(payload["text"]) for payload in payloads).replace(WORD_JOINER, "")


def private(person: str) -> ChatRef:
    """The private chat with somebody."""
    platform, _, number = person.partition(":")
    return ChatRef(Target(Platform(platform), number if platform == "telegram" else f"D{number}"), "private")
