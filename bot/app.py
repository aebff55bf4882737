"""The one place that builds and wires everything, and closes it in reverse. Tests call it with a clock of their own.

settings -> database, stores | arXiv client | engine | analysts | pipeline | adapters, sender
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.chat.platform_connection import PlatformConnection
from bot.chat.platform_spec import Platforms
from bot.clock import SystemClock
from bot.delivery.channel_names import ReassignedName, follow_names
from bot.delivery.events import DeliveryEvent, DeliveryObserver
from bot.delivery.outbox_dispatcher import OutboxDispatcher
from bot.delivery.planner import plan_messages, reachable_targets
from bot.delivery.renamed_editions import RenamedEdition, renamed_editions, take_history_along
from bot.logs import log
from bot.platforms.registry import PLATFORMS
from bot.site.builder import site_folder, site_url, update_site
from digest.analysis.analyst import Analyst, ChangeSummariser, PaperAnswer, QuestionAnswerer
from digest.analysis.excerpt.excerpt_analyst import ExcerptAnalyst
from digest.arxiv.client import ArxivClient
from digest.arxiv.http_client import ArxivHttpClient
from digest.arxiv.ids import ArxivId
from digest.engine.engine import Engine
from digest.errors import BroadsheetError, UnknownError
from digest.html.html_source import HtmlSource
from digest.models.delivery import Message, digest_key
from digest.models.digest import Card, Digest
from digest.models.edition import Edition, Platform, Target
from digest.models.notice import Notice
from digest.models.paper import AnnouncementKind, Paper
from digest.pipeline.collect import CollectedDay
from digest.pipeline.compose import combine
from digest.pipeline.digest_builder import DigestBuilder, PersonalLimits
from digest.pipeline.paper_service import PaperService
from digest.pipeline.paper_texts import PaperTexts, Readers
from digest.ports import Clock, PeopleStore, ProgressObserver, SpendingStore, ignore_progress
from digest.ranking.preference_model import PreferenceModel
from digest.ranking.trainer import PreferenceTrainer
from digest.settings import CommandSettings, Settings
from digest.text.urls import paper_links
from storage.database.connection import Database
from storage.database.lock import publishing_lock
from storage.stores.all_stores import SqliteStores
from storage.stores.figures import FigureFolder, figure_folder

FETCHED_AHEAD = 2  # PDFs that wait for their turn, so that no reader waits for the network


ALL_PERSONAL = "personal editions"  # under which papers of all people's own editions are counted


@dataclass(frozen=True, slots=True)
class App:
    """Every store, client and setting that a command or the bot uses, open and ready."""

    settings: Settings
    clock: Clock
    db: Database
    stores: SqliteStores
    arxiv: ArxivClient
    builder: DigestBuilder
    dispatcher: OutboxDispatcher
    platforms: Platforms
    connections: Mapping[Platform, PlatformConnection] = field(default_factory=dict)
    figures: FigureFolder | None = None
    site_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def edition(self, name: str) -> Edition:
        """The edition with the keywords in force. Raises `UnknownError`."""
        return self.stores.editions.effective(self.settings.edition(name))

    def follow_renames(self) -> list[RenamedEdition]:
        """Copy the history of renamed editions to their new names, before anything is made for them. Raises
        `StorageError` if there are renamed editions while another process, which knows only the old names,
        publishes.
        """
        if not renamed_editions(self.db, self.settings.editions):
            return []
        with publishing_lock(self.settings.storage.path):
            return take_history_along(self.db, self.stores, self.settings.editions)

    async def follow_names(self) -> list[ReassignedName]:
        """Look up the @names in the configuration; return those that now name another chat, which is used
        from now on.
        """
        targets = [target for edition in self.settings.editions for target in edition.targets]
        return await follow_names(self.connections, self.stores.chats, targets)

    async def collect_and_build_digest(
        self,
        edition: Edition,
        day: date | None = None,
        *,
        publish: bool = True,
        progress: ProgressObserver = ignore_progress,
    ) -> Digest:
        """The digest of that day, with its supplements as one. What is new is saved with its deliveries in one
        transaction, so that a crash leaves both or neither; delivering them is `deliver`."""
        progress("collect", 0, 1)
        collected = await self.builder.collect(edition, day)
        progress("collect", 1, 1)
        return await self.build_digest(edition, collected, publish=publish, progress=progress)

    async def build_digest(
        self,
        edition: Edition,
        collected: CollectedDay,
        *,
        publish: bool = True,
        notices: tuple[Notice, ...] = (),
        progress: ProgressObserver = ignore_progress,
    ) -> Digest:
        """The rest of `make_digest`, from a collected day. `notices` are for the readers of what is new."""
        new = await self.builder.build(edition, collected, progress, notices)
        digests = [*self.stores.digests.digests(edition.name, collected.day), *([new] if new is not None else [])]
        planned = [await self._planned(digest, edition) for digest in digests] if publish else []
        with self.db.transaction():
            if new is not None:
                self.stores.digests.save_digest(new)
            for messages in planned:
                self.stores.deliveries.add(messages)
        return combine(digests, collected.states)

    async def _planned(self, digest: Digest, edition: Edition) -> list[Message]:
        """The messages of a digest to the chats that have none of it yet. Writing fifty cards for two platforms takes a
        second or so, in which commands are answered."""
        targets = self._not_served(digest, edition)
        if not targets:
            return []
        pictures = {card.paper.versioned_id: self._picture(card) for card in digest.cards}
        return await asyncio.to_thread(
            plan_messages,
            digest,
            edition,
            self.platforms,
            targets,
            archive=site_url(self.settings, edition),
            picture=lambda card: pictures[card.paper.versioned_id],
        )

    def _picture(self, card: Card) -> bytes | None:
        figure = self.figures.figure(card.paper.id, card.paper.version) if self.figures else None
        return figure.png if figure else None

    async def update_site(self) -> None:
        """Update the static site, if one is configured. Errors are logged; the next digest or start tries
        again.
        """
        folder = site_folder(self.settings)
        if folder is None:
            return
        stopping = threading.Event()
        async with self.site_lock:
            work = asyncio.to_thread(
                update_site, self.settings, folder, self.settings.editions, stopping=stopping.is_set
            )
            try:
                done = await work
            except asyncio.CancelledError:
                stopping.set()
                raise
            except BroadsheetError as error:
                log("archive").error("archive: not renewed", why=str(error))
            else:
                log("archive").info("archive: renewed", days=done.days, files=done.files)

    def _not_served(self, digest: Digest, edition: Edition) -> list[Target]:
        """Return the reachable chats that have no messages of the digest, even under a former address."""
        chats = self.stores.chats
        served = {
            chats.migrated_target(delivery.target) for delivery in self.stores.deliveries.deliveries(digest_key(digest))
        }
        return [t for t in reachable_targets(edition.targets, chats, self.clock.now()) if t not in served]

    async def deliver(self, progress: ProgressObserver = ignore_progress) -> list[str]:
        """Send pending messages; return one sentence for each target that did not receive all of its
        messages. Raises `StorageError` while another process publishes from the same database.
        """
        with publishing_lock(self.settings.storage.path):
            return await self.dispatcher.deliver(progress)

    async def paper(self, arxiv_id: ArxivId) -> Paper:
        """Return a paper from the store, otherwise from arXiv. Raises `UnknownError` if arXiv does not know
        it either.
        """
        stored = self.stores.papers.paper(arxiv_id.id, arxiv_id.version)
        if stored is not None:
            return stored
        papers = await self.arxiv.papers([arxiv_id])
        if not papers:
            raise UnknownError(f"arXiv has no paper {arxiv_id}")
        self.stores.papers.save_paper(papers[0])
        return papers[0]

    async def paper_card(self, arxiv_id: ArxivId, language: str) -> Card:
        """Return the card of any arXiv paper; analyse the paper first if that has not been done."""
        paper = await self.paper(arxiv_id)
        text, analysis = await self.builder.papers.analyse(paper, language)
        return Card(paper, AnnouncementKind.NEW, (), analysis, paper_links(paper, text))

    async def preference_model(self, edition: Edition) -> PreferenceModel | None:
        """What the edition's readers like, by their votes."""
        return await self.builder.preference_model(edition)

    async def answer(self, arxiv_id: ArxivId, question: str, language: str) -> tuple[Paper, PaperAnswer]:
        """Answer a question from any arXiv paper."""
        paper = await self.paper(arxiv_id)
        return paper, await self.builder.papers.answer(paper, question, language)


def unseen(happening: DeliveryEvent) -> None:
    """Ignore the event."""


@asynccontextmanager
async def open_app(
    settings: Settings,
    clock: Clock | None = None,
    witness: DeliveryObserver = unseen,
    *,
    platforms: Platforms = PLATFORMS,
    shelf: Path | None = None,
    money: float | None = None,
) -> AsyncIterator[App]:
    """An `App` for as long as the block runs. Nothing connects before it is used. `witness` is told of deliveries.

    `shelf` is a folder in which PDFs are looked for first; `money` is what models may cost in all meanwhile.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        db = stack.enter_context(Database.open(settings.storage.path, now=clock.now))
        stores = SqliteStores.of(db)
        figures = FigureFolder(figure_folder(settings.storage.path))
        arxiv = _arxiv_client(settings, clock, stack, shelf)
        engine = stack.enter_context(Engine(settings.engine, settings.reading, _moved_home))
        analysts, summarise, ask = _analysts(settings, engine, clock, stores.spending, stack, money)
        tastes = PreferenceTrainer(stores.people, stores.papers, stores.digests, _no_taste)
        readers = _readers(settings, engine, arxiv)
        texts = PaperTexts(arxiv, stores.papers, readers, _mistake, figures)
        papers = PaperService(texts, stores.analyses, analysts, _mistake, ask)
        builder = DigestBuilder(
            arxiv,
            stores,
            papers,
            clock,
            _mistake,
            preferences=tastes.model_for,
            summarise_changes=summarise,
            personal=_personal_limits(settings.commands, stores.people, clock),
        )
        connections = {
            platform: connection
            for platform, spec in platforms.items()
            if (connection := spec.connect(settings, clock)) is not None
        }
        for connection in connections.values():
            stack.push_async_callback(connection.sender.aclose)
        sender = OutboxDispatcher(stores.deliveries, stores.chats, connections, clock, witness)
        yield App(settings, clock, db, stores, arxiv, builder, sender, platforms, connections, figures)


def _arxiv_client(settings: Settings, clock: Clock, stack: AsyncExitStack, shelf: Path | None) -> ArxivClient:
    """Return the arXiv client; `stack` closes it."""
    limits, urls = settings.http, settings.arxiv
    http = ArxivHttpClient(limits, clock, contact=urls.contact, min_interval=urls.min_interval)
    stack.push_async_callback(http.aclose)
    return ArxivClient(
        http,
        urls.rss_url,
        urls.api_url,
        urls.pdf_url,
        html_url=urls.pages_url,
        max_feed_bytes=limits.max_feed_bytes,
        shelf=shelf,
    )


def _readers(settings: Settings, engine: Engine, arxiv: ArxivClient) -> Readers:
    """How papers are read: PDFs by the engine, HTML pages where the configuration allows it."""
    html = HtmlSource(arxiv, engine.read_html, settings.reading.max_html_bytes)
    return Readers(
        engine.read,
        min(settings.http.max_pdf_bytes, settings.reading.max_bytes),
        html=html if settings.reading.source == "auto" else None,
        draw_figure=engine.draw,
        pdfs_at_once=engine.at_once + FETCHED_AHEAD,
    )


def _personal_limits(settings: CommandSettings, people: PeopleStore, clock: Clock) -> PersonalLimits:
    """What people's own editions may cost: papers are counted by the UTC day, across restarts."""

    def allows_paper() -> bool:
        return people.count_request(ALL_PERSONAL, clock.now().date()) <= settings.personal_papers_a_day

    return PersonalLimits(settings.personal_cards, allows_paper)


def _mistake(paper: Paper, error: Exception) -> None:
    log("pipeline").error("a mistake of ours", paper=paper.versioned_id, exc_info=error)


def _no_taste(reason: str) -> None:
    log("taste").error("votes were not learned from", what=reason)


def _moved_home(reason: str) -> None:
    log("engine").warning("the cluster was of no help", what=reason)


def _analysts(
    settings: Settings,
    engine: Engine,
    clock: Clock,
    spending: SpendingStore,
    stack: AsyncExitStack,
    money: float | None,
) -> tuple[list[Analyst], ChangeSummariser | None, QuestionAnswerer | None]:
    """The model's, where one is configured, and after it the excerpt analyst, which never fails; who puts the changes
    of a version into words; and who answers questions."""
    excerpt = ExcerptAnalyst()
    if not settings.llm.preference:
        return [engine.analyst(excerpt, settings.llm, clock)], None, None
    from digest.analysis.llm.llm_analyst import LlmAnalyst  # here: the SDK is large, and most commands ask no model

    model = LlmAnalyst.of(settings.llm, settings.secrets, excerpt, clock, spending, money)
    stack.push_async_callback(model.aclose)
    analysts = [engine.analyst(model, settings.llm, clock, spending, money), excerpt]
    return analysts, model.summarise_changes, model.answer
