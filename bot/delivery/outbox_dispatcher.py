"""Messages in the outbox -> chats.

Both `broadsheet digest` and the bot that stays up use it. One `DeliveryWorker` a platform does the work in a chat; each
chat has a task of its own, so that its messages keep their order and no chat waits for another.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.chat.notice_json import load_notice
from bot.chat.platform_connection import PlatformConnection
from bot.delivery.delivery_worker import NOW, DeliveryWorker
from bot.delivery.events import DeliveryEvent, DeliveryEventKind, DeliveryObserver
from digest.errors import StorageBusyError
from digest.i18n.translator import Translator
from digest.models.delivery import Delivery, all_chats_of
from digest.models.edition import Platform, Target
from digest.models.notice import Notice
from digest.ports import ChatStore, Clock, DeliveryStore, ProgressObserver, ignore_progress

MAX_WAIT_SECONDS = 45.0  # seconds that one command waits for a chat
AFTER_A_FAULT = 60.0  # seconds
AFTER_A_LOCK = 1.0  # seconds; another program writes to the database
POLL_SECONDS = 30.0  # seconds; another process may have put messages into the outbox
SEEN_BEFORE = timedelta(seconds=90)  # longer than any limit of the pace looks back
_NEVER = float("inf")


# --- sending ----------------------------------------------------------------------------------------------------


class OutboxDispatcher:
    """Sends the deliveries in the outbox. Only one dispatcher may work on a database at a time, across all
    processes: on start it treats every delivery in the state `sending` as interrupted.
    """

    def __init__(
        self,
        deliveries: DeliveryStore,
        chats: ChatStore,
        lines: Mapping[Platform, PlatformConnection],
        clock: Clock,
        witness: DeliveryObserver = lambda happening: None,
    ) -> None:
        self._outbox = deliveries
        self._chats = chats
        self._clock = clock
        self._witnesses = [witness]
        self._workers = {
            platform: DeliveryWorker(line, deliveries, chats, clock, self._happened) for platform, line in lines.items()
        }
        self._at_work: dict[Target, asyncio.Task[None]] = {}
        self._due: dict[Target, float] = {}  # when each chat is looked at again, in monotonic seconds
        self._faults: dict[Target, Notice] = {}
        self._changes = 0
        self._awake = asyncio.Event()
        self._stopping = False
        self._remember(lines)

    def _remember(self, lines: Mapping[Platform, PlatformConnection]) -> None:
        """Count what a previous process sent a moment ago towards the rate limits."""
        now = self._clock.now()
        ages: defaultdict[Target, list[float]] = defaultdict(list)
        for target, moment in self._outbox.sent_since(now - SEEN_BEFORE):
            ages[target].append((now - moment).total_seconds())
        for target, seconds in ages.items():
            if target.platform in lines:
                lines[target.platform].rate_limiter.record_sends(target.address, seconds)

    async def deliver(
        self, progress: ProgressObserver = ignore_progress, patience: float = MAX_WAIT_SECONDS
    ) -> list[str]:
        """Send all that can be sent, waiting at most `patience` seconds at a time for a chat; then an English sentence
        for each target that was not served whole. Somebody has asked for it, so what was to be tried again later is
        tried at once; what a platform or the pace forbids is not."""
        for target in self._outbox.open_targets():
            self._hasten(target)
        watch = _Watch(progress, sum(sum(states.values()) for states in self._outbox.counts().values()))
        self._witnesses.append(watch)
        try:
            await self._work(patience)
        finally:
            self._witnesses.remove(watch)
        return [*watch.refused(), *self._left()]

    async def run(self) -> None:
        """Send pending and new messages until `stop` is called."""
        await self._work(None)

    def wake(self) -> None:
        """Check for work now: there are new messages, or a chat was resumed."""
        self._changes += 1
        self._due.clear()
        self._awake.set()

    def release(self, delivery_id: int) -> None:
        """Send a message again that may have arrived, or that was refused, because a person decided so."""
        self._outbox.back_to_pending(delivery_id)
        for worker in self._workers.values():
            worker.mark_decided(delivery_id)
        self.wake()

    def resume(self, target: Target) -> None:
        """Resume a paused chat at once."""
        self._chats.resume(target)
        self._hasten(target)
        self.wake()

    def _hasten(self, target: Target) -> None:
        first = self._outbox.next_pending(target)
        if first is not None and first.not_before is not None:
            self._outbox.back_to_pending(first.id, error=first.error)

    async def stop(self, grace: float = 8.0) -> None:
        """Ends `run`. Calls that are under way are waited for, so that their receipts are written down; what takes
        longer than `grace` seconds is broken off, and looked for at the next start."""
        self._stopping = True
        self._awake.set()
        tasks = dict(self._at_work)
        waited = {task for target, task in tasks.items() if self._workers[target.platform].is_sending(target)}
        for task in tasks.values():
            if task not in waited:
                task.cancel()
        if waited:
            await asyncio.wait(waited, timeout=grace)
        for task in waited:
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    # --- which chat is looked at when ---------------------------------------------------------------------------

    async def _work(self, patience: float | None) -> None:
        """A task for each chat that is due. Ends when nothing is due within `patience` seconds; None: never."""
        self._due.clear()
        while not self._stopping:
            now = self._clock.monotonic()
            targets = [t for t in self._outbox.open_targets() if t.platform in self._workers and t not in self._at_work]
            for target in targets:
                if self._due.get(target, now) <= now:
                    self._at_work[target] = asyncio.create_task(self._serve(target, patience is None))
            soonest = min((self._due[t] for t in targets if t not in self._at_work), default=_NEVER)
            if patience is not None and not self._at_work and soonest > now + patience:
                return
            await self._until_something(soonest - now if patience is not None else min(soonest - now, POLL_SECONDS))

    async def _serve(self, target: Target, staying: bool) -> None:
        """Do what is possible in one chat now. An error here does not affect other chats."""
        worker, changes = self._workers[target.platform], self._changes
        pause: float | None = NOW
        try:
            while pause == NOW and not self._stopping:
                pause = await worker.deliver_next(target)
        except StorageBusyError:
            pause = AFTER_A_LOCK
        except Exception as error:  # noqa: BLE001 - logged, and retried later; the other chats continue
            self._faults[target] = Notice.of("publish.failed", what=type(error).__name__)
            self._happened(DeliveryEvent(DeliveryEventKind.FAULT, target, notice=self._faults[target], error=error))
            pause = AFTER_A_FAULT
        finally:
            del self._at_work[target]
        if changes == self._changes:
            never = POLL_SECONDS if staying else _NEVER
            self._due[target] = self._clock.monotonic() + (never if pause is None else pause)

    async def _until_something(self, seconds: float) -> None:
        """Wait until a chat's task ends, `wake` is called, or the timeout passes."""
        helpers: list[asyncio.Task[object]] = [asyncio.create_task(self._awake.wait())]
        if seconds < _NEVER:
            helpers.append(asyncio.create_task(self._clock.sleep(max(seconds, 0.0))))
        try:
            await asyncio.wait({*helpers, *self._at_work.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for helper in helpers:
                helper.cancel()
        self._awake.clear()

    # --- reporting ---------------------------------------------------------------------------------------------

    def _happened(self, happening: DeliveryEvent) -> None:
        for witness in self._witnesses:
            witness(happening)

    def _left(self) -> Iterator[str]:
        """Return one sentence for each target that still has open messages."""
        texts = Translator("en")
        for target, states in self._outbox.counts().items():
            questions = self._outbox.open_questions(target)
            why, until = self._why(target, questions)
            n = len(questions) or sum(states.values())
            if questions:
                needs_decision = target.platform in self._workers and self._workers[target.platform].needs_decision(
                    questions[0].id
                )
                line = texts(
                    "publish.kept" if needs_decision else "publish.unknown",
                    n=n,
                    why=texts.notice(why),
                    chat=target.name,
                )
            elif self._chats.chat(target).paused is not None:
                line = texts("publish.stopped", n=n, why=texts.notice(why), chat=target.name)
            elif until is not None:
                moment = f"{until:%Y-%m-%d %H:%M} UTC"
                line = texts("publish.waiting.until", n=n, until=moment, why=texts.notice(why))
            else:
                line = texts("publish.waiting", n=n, why=texts.notice(why))
            yield texts("publish.target", target=target.name, why=line)

    def _why(self, target: Target, questions: Sequence[Delivery]) -> tuple[Notice, datetime | None]:
        """Return why the next message of a chat is not being sent, and until when."""
        if target.platform not in self._workers:
            return Notice.of("publish.not_configured", platform=target.platform.title()), None
        if target in self._faults:
            return self._faults[target], None
        if (paused := self._chats.chat(target).paused) is not None:
            return load_notice(paused), None
        for hold in self._chats.cooldowns(self._clock.now()):
            if hold.target in (target, all_chats_of(target.platform)):
                return load_notice(hold.reason), hold.until
        first = questions[0] if questions else self._outbox.next_pending(target)
        if first is None or first.error is None:
            return Notice.of("publish.not_yet"), None
        return load_notice(first.error), first.not_before


class _Watch:
    """Follows one `deliver`: how far it is, and which messages were refused."""

    def __init__(self, progress: ProgressObserver, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._refused: dict[Target, list[Notice]] = {}
        progress("deliver", 0, total)

    def __call__(self, happening: DeliveryEvent) -> None:
        delivery = happening.delivery
        if delivery is None:
            return
        if happening.kind is DeliveryEventKind.FAILED and happening.notice is not None:
            self._refused.setdefault(happening.target, []).append(happening.notice)
        if happening.kind in (DeliveryEventKind.SENT, DeliveryEventKind.FOUND, DeliveryEventKind.FAILED):
            self._done += 1
            self._progress("deliver", self._done, max(self._total, self._done))

    def refused(self) -> Iterator[str]:
        texts = Translator("en")
        for target, notices in self._refused.items():
            line = texts("publish.refused", n=len(notices), why=texts.notice(notices[0]))
            yield texts("publish.target", target=target.name, why=line)
