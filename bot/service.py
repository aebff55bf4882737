"""`broadsheet run`: the process that stays up.

    settings -> log, lock -> App | CommandDispatcher | DigestRunner, EditionScheduler
                                 | OutboxDispatcher | listeners | metrics    until SIGTERM

Every part is guarded from the others: a platform that is down, misconfigured or absent keeps nobody else from working.
SIGTERM and SIGINT end it within 10 seconds with everything saved; SIGHUP reloads the configuration.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import logs
from bot.app import App, open_app
from bot.chat.message_sender import SendError
from bot.chat.notice_json import dump_notice
from bot.chat.platform_spec import ChatListener, ListenerServices, Platforms
from bot.chat.platform_state import OFF, PlatformState, down
from bot.chat.reply_sender import ReplySender
from bot.chat.request import CommandRequest
from bot.commands.command_dispatcher import CommandDispatcher
from bot.commands.job_queue import JobQueue
from bot.commands.services import CommandServices
from bot.delivery.alerts import Alerts
from bot.delivery.channel_names import follow_names
from bot.delivery.events import DeliveryEvent, DeliveryEventKind
from bot.delivery.renamed_editions import take_history_along
from bot.event_log import EventLog
from bot.platforms.registry import PLATFORMS, load_settings
from bot.scheduling.digest_runner import DigestRunner
from bot.scheduling.run_events import RunEvent
from bot.scheduling.schedule import EditionScheduler, next_run
from bot.search_indexing import index_papers
from bot.status import Status, collect_status
from digest.engine import engine
from digest.errors import BroadsheetError, ConfigError
from digest.i18n.translator import Translator
from digest.models.edition import Edition, Platform, Target
from digest.models.notice import Notice
from digest.models.people import Actor, AuditEvent
from digest.ports import Clock
from digest.settings import Settings
from storage.database.lock import publishing_lock
from storage.maintenance import Retention, apply_retention

SWITCH = 0.0005  # seconds: how soon a thread that computes lets go of the interpreter, so that commands are answered
GRACE = 6.0  # seconds that calls under way get at the end
LISTENERS_GRACE = 5.0
DOWN_FOR_LONG = timedelta(minutes=10)
MINUTE = 60.0
LOCK_WAIT = 0.05  # seconds that a statement may keep the event loop waiting for another program
DAY = timedelta(days=1)
AFTER_A_FAULT = 60.0  # seconds until a failed listener is restarted
UNTIL_NEXT_TIME = ("press", "archive")  # parts that are restarted whenever they end, failed or not
AFTER_RESTART = ("arxiv", "http", "reading", "llm", "storage", "engine", "metrics", "archive", "logging")
SYSTEM = Actor("system", "broadsheet")


async def run_service(
    path: Path, environ: Mapping[str, str], clock: Clock | None = None, platforms: Platforms = PLATFORMS
) -> None:
    """Run until SIGTERM or SIGINT. Raises `ConfigError`, and `StorageError` where another process publishes."""
    settings = load_settings(path, environ, platforms)
    logs.set_up(settings.logging, settings.secrets)
    sys.setswitchinterval(SWITCH)
    witnesses: list[Callable[[DeliveryEvent], None]] = []

    def witness(happening: DeliveryEvent) -> None:
        for observer in witnesses:
            observer(happening)

    with publishing_lock(settings.storage.path):
        async with open_app(settings, clock, witness, platforms=platforms) as app:
            process = BotService(app, path, environ)
            witnesses.append(process.reports.on_delivery_event)
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, process.stop)
            loop.add_signal_handler(signal.SIGHUP, process.reload)
            await process.live()
            engine.stop_workers()


def _times(editions: Sequence[Edition]) -> set[tuple[str, str]]:
    """When they are due."""
    return {(edition.publish_at, edition.timezone) for edition in editions}


class BotService:
    """Runs every part of `broadsheet run` around an open `App`."""

    def __init__(self, app: App, path: Path, environ: Mapping[str, str]) -> None:
        self.app = app
        self._path = path
        self._environ = environ
        self._log = logs.log("broadsheet")
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listeners: dict[Platform, ChatListener] = {}
        self._down_since: dict[Platform, datetime] = {}
        self._told_down: set[Platform] = set()
        self._tidied: datetime | None = None
        self.states: dict[Platform, PlatformState] = dict.fromkeys(app.platforms, OFF)
        secrets, first = app.settings.secrets, app.settings.editions
        self.alerts = Alerts(
            lambda: self.app.settings.alerts,
            app.stores.deliveries,
            app.clock,
            secrets.redact,
            app.dispatcher.wake,
            app.platforms,
        )
        self.reports = EventLog(self._log, self.alerts, first[0].language if first else "en")
        self.services = CommandServices(
            settings=app.settings,
            stores=app.stores,
            clock=app.clock,
            jobs=JobQueue(app.paper_card, app.stores.people, lambda: self.app.settings.commands, app.clock),
            status=self.status,
            wake=app.dispatcher.wake,
            on_new_edition=self._look,
            release_delivery=app.dispatcher.release,
            answer=app.answer,
            preferences=app.preference_model,
        )
        self.dispatcher = CommandDispatcher(self.services, app.platforms, self._listeners, self.on_error)
        self.runner = DigestRunner(lambda: self.app, self.editions, self._news)
        self._rings = EditionScheduler(self.ring)

    # --- what is in force ---------------------------------------------------------------------------------------

    def editions(self) -> Sequence[Edition]:
        """Those of the configuration, then people's own that watch for something, each with the keywords in force."""
        settings = self.app.settings
        return self.app.stores.editions.effective_editions(
            settings.editions, personal=settings.commands.personal_editions
        )

    def status(self) -> Status:
        """Return the bot's status, including what only this process knows."""
        now, configured, editions = self.app.clock.now(), self.app.settings.editions, self.editions()
        return collect_status(
            self.app.stores,
            editions,
            now,
            next_run={edition.name: next_run(edition, now) for edition in editions},
            platforms=self.states,
            paper_jobs=len(self.services.jobs),
            personal=len(editions) - len(configured),
        )

    # --- life ---------------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Run from the start of the process to its end."""
        settings = self.app.settings
        names = [edition.name for edition in settings.editions]
        self._log.info("started", version=self.status().version, editions=names, platforms=sorted(self.app.connections))
        async with AsyncExitStack() as stack:
            await self._serve_metrics(stack)
            self._follow_renames(settings.editions)
            self.app.db.wait_at_most(LOCK_WAIT)
            self._start(self._guarded("sender", self._deliver))
            for platform in self.app.platforms:
                self._start(self._listen(platform))
            self._start(self._guarded("watch", self._watch))
            self._rings.set(self.editions(), settings.schedule.probe_minutes)
            self._rings.start()
            await self.ring()
            self._renew_archive()  # what the process before this one had no time for
            await self._stopping.wait()
            await self._end()
        self._log.info("stopped")

    def stop(self) -> None:
        """Stop the service; the signal handler of SIGTERM and SIGINT."""
        self._log.info("stopping")
        self._stopping.set()

    async def ring(self) -> None:
        """Start a check of which digests are due. Returns at once."""
        self._look()

    def _look(self) -> None:
        self._start(self._guarded("press", self._due))

    async def _due(self) -> None:
        """The digests that are due; then what was collected for them is made ready for the first who searches."""
        await self.runner.tick()
        await index_papers(self.app.stores.papers)

    async def _end(self) -> None:
        """What is under way is finished where that is short, and broken off where the next start takes it up."""
        self._rings.stop()
        await asyncio.gather(
            self.app.dispatcher.stop(GRACE),
            self.services.jobs.aclose(),
            *(self._stop_listener(listener) for listener in self._listeners.values()),
            return_exceptions=True,
        )
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _stop_listener(self, listener: ChatListener) -> None:
        async with asyncio.timeout(LISTENERS_GRACE):
            await listener.stop()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run a part; log its failure, and restart it after a pause if it should not have ended."""
        while True:
            try:
                await work()
            except Exception:  # noqa: BLE001 - logged with its traceback; the other parts continue
                self._log.exception("fault", part=name)
                if name not in UNTIL_NEXT_TIME and not self._stopping.is_set():
                    await self.app.clock.sleep(AFTER_A_FAULT)
                    continue
            return

    async def _serve_metrics(self, stack: AsyncExitStack) -> None:
        settings = self.app.settings.metrics
        if not settings.enabled:
            return
        from bot.metrics import serve_metrics

        try:
            port = await stack.enter_async_context(serve_metrics(settings, self.status))
        except OSError as error:
            self._log.error("metrics: not served", host=settings.host, port=settings.port, why=error.strerror)
        else:
            self._log.info("metrics", url=f"http://{settings.host}:{port}/metrics")

    async def _watch(self) -> None:
        """Once a minute: a platform that has been down for long, a new day's tidying, people's new editions."""
        known_editions = self.editions()
        while True:
            self._look_after_platforms()
            now = self.app.clock.now()
            if self._tidied is None or not self._tidied <= now < self._tidied + DAY:
                if self._tidied is not None:
                    await self._follow_names()
                self._tidied = now
                self._tidy()
            before, known_editions = known_editions, self.editions()
            if known_editions is not before and _times(known_editions) != _times(before):
                self._rings.set(known_editions, self.app.settings.schedule.probe_minutes)
            await self.app.clock.sleep(MINUTE)

    def _look_after_platforms(self) -> None:
        now = self.app.clock.now()
        for platform, since in self._down_since.items():
            if now >= since + DOWN_FOR_LONG and platform not in self._told_down:
                self._told_down.add(platform)
                self.reports.on_platform_outage(platform, self.states[platform].reason)

    def _tidy(self) -> None:
        storage_settings = self.app.settings.storage
        try:
            dropped = apply_retention(
                self.app.db,
                Retention(storage_settings.text_days, storage_settings.payload_days, storage_settings.event_days),
            )
            if self.app.figures is not None:
                self.app.figures.tidy(self.app.clock.now(), storage_settings.text_days)
        except BroadsheetError as error:
            self._log.error("tidy: failed", why=str(error))
        else:
            self._log.debug("tidied", texts=dropped.texts, payloads=dropped.payloads, events=dropped.events)

    # --- platforms ----------------------------------------------------------------------------------------------

    async def _listen(self, platform: Platform) -> None:
        """Listen to a platform for as long as the process lives, restarting the listener after errors."""
        while not self._stopping.is_set():
            listener: ChatListener | None = None
            try:
                listener = self._make_listener(platform)
                if listener is None:
                    return
                self._listeners[platform] = listener
                await listener.run()
                return
            except Exception as error:  # noqa: BLE001 - logged; the other platform continues, this one is retried
                self._log.exception("fault", part=f"{platform} listener")
                self.on_state(platform, down(type(error).__name__))
                if listener is not None:
                    await asyncio.gather(self._stop_listener(listener), return_exceptions=True)
            await self.app.clock.sleep(AFTER_A_FAULT)

    def _make_listener(self, platform: Platform) -> ChatListener | None:
        """Return the listener, or None if its tokens are not set."""
        connection = self.app.connections.get(platform)
        if connection is None:
            return None
        spec = self.app.platforms[platform]
        replies = ReplySender(spec, connection, self.app.stores.chats, self.app.clock, self)
        return spec.make_listener(self.app.settings, ListenerServices(self.dispatcher, replies, self, self.app.clock))

    def on_state(self, platform: Platform, state: PlatformState) -> None:
        """Record the connection's state; listeners report it repeatedly."""
        if state == self.states[platform]:
            return
        was_up, is_up = self.states[platform].is_up, state.is_up
        self.states[platform] = state
        if is_up != was_up or not is_up:
            self.reports.on_platform_state(platform, state)
        if not is_up:
            self._down_since.setdefault(platform, self.app.clock.now())
            return
        self._down_since.pop(platform, None)
        if platform in self._told_down:
            self._told_down.discard(platform)
            self.reports.on_platform_recovered(platform)

    def on_membership(self, target: Target, inside: bool) -> None:
        """Handle the bot being added to a chat or removed from it."""
        chats = self.app.stores.chats
        self._log.info("chat", chat=target.name, inside=inside)
        if inside and chats.chat(target).paused is not None:
            chats.resume(target)
            self.app.dispatcher.wake()
        elif not inside:
            notice = Notice.of("publish.put_out", platform=target.platform.title())
            chats.pause(target, dump_notice(notice))
            self.reports.on_delivery_event(DeliveryEvent(DeliveryEventKind.PAUSED, target, None, notice))

    def on_migration(self, old: Target, new: Target) -> None:
        """A group became a supergroup; the platform says so before anything is sent there."""
        chats = self.app.stores.chats
        if chats.migrated_target(old) != new:
            chats.migrate(old, new)
            self.reports.on_delivery_event(
                DeliveryEvent(DeliveryEventKind.MIGRATED, old, None, Notice.of("publish.migrated", address=new.address))
            )
            self.app.dispatcher.wake()

    def on_error(self, call: CommandRequest, error: Exception) -> None:
        """A command that failed in a way that its person need not understand, or whose answer did not get through."""
        if isinstance(error, SendError):
            why = Translator("en").notice(error.notice)
            self._log.warning("answer: lost", command=call.command, chat=call.by.chat, who=call.person, why=why)
            return
        self._log.error("command: failed", command=call.command, chat=call.by.chat, who=call.person, exc_info=error)

    def _news(self, news: RunEvent) -> None:
        self.reports.on_run_event(news)
        if news.digest is not None:
            self._renew_archive()

    def _renew_archive(self) -> None:
        self._start(self._guarded("archive", self.app.update_site))

    # --- the configuration --------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Take the file as it is now, as far as that can be done while running; or say what is wrong, and keep what
        there was. The signal handler of SIGHUP."""
        old = self.app.settings
        try:
            new = load_settings(self._path, self._environ, self.app.platforms)
        except ConfigError as error:
            self._log.error("configuration: kept", mistakes=error.mistakes)
            self.alerts.send(self.reports.texts("alert.configuration", why=error), self.reports.texts)
            return
        later = [name for name in AFTER_RESTART if getattr(new, name) != getattr(old, name)]
        later += [
            platform
            for platform, spec in self.app.platforms.items()
            if spec.settings_of(new).base_url != spec.settings_of(old).base_url
        ]
        self._use(replace(new, **{name: getattr(old, name) for name in AFTER_RESTART}, secrets=old.secrets))
        names = [edition.name for edition in new.editions]
        self._log.info("configuration: loaded", editions=names, after_a_restart=later)
        self.app.stores.events.record(AuditEvent("configuration loaded", SYSTEM, detail=" ".join(names)))

    def _use(self, settings: Settings) -> None:
        self.app = replace(self.app, settings=settings)
        self.services.settings = settings
        for platform, connection in self.app.connections.items():
            connection.rate_limiter.limits = self.app.platforms[platform].settings_of(settings).rate_limits()
        self._follow_renames(settings.editions)
        self._rings.set(self.editions(), settings.schedule.probe_minutes)
        self._look()

    async def _deliver(self) -> None:
        await self._follow_names()
        await self.app.dispatcher.run()

    async def _follow_names(self) -> None:
        """Look up the @names in the configuration, and report those that now name another chat."""
        targets = [target for edition in self.app.settings.editions for target in edition.targets]
        for name in await follow_names(self.app.connections, self.app.stores.chats, targets):
            self._log.warning("chat: another one", name=name.name.name, before=name.before.name, now=name.now.name)
            self.alerts.send(
                self.reports.texts(
                    "alert.reassigned", name=name.name.address, before=name.before.address, now=name.now.address
                ),
                self.reports.texts,
            )

    def _follow_renames(self, editions: Sequence[Edition]) -> None:
        """Copy the history of renamed editions to their new names, before anything is made for them."""
        for renamed in take_history_along(self.app.db, self.app.stores, editions):
            self._log.warning("edition: renamed", old=renamed.old, new=renamed.new)
            self.alerts.send(self.reports.texts("alert.renamed", old=renamed.old, new=renamed.new), self.reports.texts)
