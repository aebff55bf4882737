"""Decides what is done next in one chat. `OutboxDispatcher` calls `deliver_next` repeatedly, but never twice at
the same time for one chat.

    paused, held      wait
    an open question  look for the message; nothing else goes to the chat before it is settled
    a pending one     take a turn, write down the intent, call, write down how it ended

Every line of the outbox is written before or after a call, never around one, so that a process may end anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.chat.message_sender import (
    ChatMigrated,
    InDoubt,
    LookupUnavailable,
    MessageAbsent,
    MessageFound,
    NotSent,
    Rejected,
    SendError,
)
from bot.chat.notice_json import dump_notice
from bot.chat.platform_connection import PlatformConnection
from bot.delivery.events import DeliveryEvent, DeliveryEventKind, DeliveryObserver
from digest.errors import StorageError
from digest.models.delivery import Cooldown, Delivery, DeliveryState, all_chats_of
from digest.models.edition import Target
from digest.models.notice import Notice
from digest.ports import ChatStore, Clock, DeliveryStore

T = TypeVar("T")
NOW = 0.0
BACKOFF_SECONDS = (2.0, 5.0, 15.0, 60.0, 300.0)  # seconds, after each attempt that did not get through
RATE_LIMIT_BACKOFF_SECONDS = (60.0, 600.0, 3_600.0, 21_600.0)  # seconds, after each refusal by a chat
BOUND_HOLDS = 600.0  # seconds without a message after which the newest one of a chat is asked for
WRITE_PAUSES = (0.1, 0.5, 2.0, 10.0, 60.0)  # seconds, after each attempt to write down how a call ended
LIMIT_TOGETHER = 60.0  # seconds in which a second chat's limit says that all chats get too much


class DeliveryWorker:
    """Delivers the messages of one platform."""

    def __init__(
        self, line: PlatformConnection, outbox: DeliveryStore, chats: ChatStore, clock: Clock, witness: DeliveryObserver
    ) -> None:
        self._line = line
        self._outbox = outbox
        self._chats = chats
        self._clock = clock
        self._witness = witness
        self._asked: dict[int, float] = {}  # when each open question was asked first
        self._unanswered: Counter[int] = Counter()  # how often in a row each could not be answered
        self._kept: set[int] = set()  # questions that only a person can settle
        self._limited: dict[Target, float] = {}  # when each chat was told to wait
        self._calling: set[Target] = set()
        self._bounded: dict[Target, float] = {}  # when a message was last sent to each chat, or its newest asked for
        self._failures: Counter[Target] = Counter()  # in a row, of reaching the platform for a chat
        self._closed_until = float("-inf")  # the whole platform, in monotonic seconds

    def mark_decided(self, delivery_id: int) -> None:
        """Record that a person has decided about an unresolved delivery."""
        self._asked.pop(delivery_id, None)
        self._unanswered.pop(delivery_id, None)
        self._kept.discard(delivery_id)

    def is_sending(self, target: Target) -> bool:
        """Return whether a message to the chat is being sent right now."""
        return target in self._calling

    def needs_decision(self, delivery_id: int) -> bool:
        """Return whether only a person can resolve the delivery."""
        return delivery_id in self._kept

    async def deliver_next(self, target: Target) -> float | None:
        """Take one step in one chat. Return the seconds until there may be more to do (`NOW`: at once);
        None: nothing until something changes from outside.
        """
        now = self._clock.now()
        if self._chats.chat(target).paused is not None:
            return None
        if (closed := self._closed_until - self._clock.monotonic()) > 0:
            return closed
        if (until := self._chats.cooldown_until(target, now)) is not None:
            return _seconds(until - now)
        if questions := self._outbox.open_questions(target):
            return await self._settle(questions[0])
        delivery = self._outbox.next_pending(target)
        if delivery is None:
            return None
        if delivery.not_before is not None and delivery.not_before > now:
            return _seconds(delivery.not_before - now)
        return await self._deliver(delivery)

    # --- sending ------------------------------------------------------------------------------------------------

    async def _deliver(self, delivery: Delivery) -> float | None:
        target = delivery.target
        try:
            address = await self._line.sender.resolve(target.address)
        except InDoubt as outcome:  # of a question that may be asked again
            return self._not_sent(delivery, NotSent(outcome.notice))
        except SendError as outcome:
            return self._did_not_go(delivery, outcome)
        if address != target.address:
            self._move(target, address)
            return None
        await self._line.rate_limiter.acquire(address)
        if self._chats.cooldown_until(target, self._clock.now()) is not None:
            return NOW  # another chat was told to wait meanwhile, and all with it
        before = await self._before(target)
        if not self._outbox.mark_sending(delivery.id, before):
            return NOW
        self._calling.add(target)
        try:
            receipt = await self._line.sender.send(
                address, delivery.payload, thread=self._thread(delivery), delivery=name(delivery)
            )
            await self._write(partial(self._outbox.mark_sent, delivery.id, receipt), target)
        except SendError as error:
            return await self._write(partial(self._did_not_go, delivery, error), target)
        finally:
            self._calling.discard(target)
        self._failures.pop(target, None)
        self._tell(DeliveryEventKind.SENT, delivery)
        return NOW

    async def _write(self, write: Callable[[], T], target: Target) -> T:
        """What became of a call is written down, however long another program locks the database or the disk is full:
        it is known nowhere else. Where the process ends before, the message is looked for."""
        pause = WRITE_PAUSES[0]
        while True:
            try:
                return write()
            except StorageError as error:
                if pause == WRITE_PAUSES[-1]:
                    notice = Notice.of("publish.failed", what=type(error).__name__)
                    self._witness(DeliveryEvent(DeliveryEventKind.FAULT, target, notice=notice, error=error))
                await self._clock.sleep(pause)
                pause = next((longer for longer in WRITE_PAUSES if longer > pause), pause)

    async def _before(self, target: Target) -> str | None:
        """The newest message id that is surely older than the message to be sent. After a pause the platform is asked,
        so that a search need not go through all that others wrote meanwhile; no clock has a part in it."""
        last_message, now = self._chats.chat(target).last_message, self._clock.monotonic()
        bound = None
        if now - self._bounded.get(target, float("-inf")) > BOUND_HOLDS:
            bound = await self._line.sender.newest(target.address)
        self._bounded[target] = now
        if last_message is None or bound is None:
            return last_message or bound
        return max(last_message, bound, key=float)

    def _thread(self, delivery: Delivery) -> str | None:
        """What the message stands under. Nothing where its parent was refused, or stands in the chat that this one
        was before it moved: ids of there mean other messages here."""
        parent = self._outbox.delivery(delivery.parent) if delivery.parent is not None else None
        return parent.receipt if parent and parent.target == delivery.target else None

    def _did_not_go(self, delivery: Delivery, outcome: SendError) -> float | None:
        match outcome:
            case InDoubt():
                self._outbox.mark_unknown(delivery.id, dump_notice(outcome.notice))
                self._tell(DeliveryEventKind.IN_DOUBT, delivery, outcome.notice)
                return NOW
            case ChatMigrated():
                self._outbox.back_to_pending(delivery.id)
                self._move(delivery.target, outcome.address)
                return None
            case Rejected(chat=False):
                self._outbox.mark_failed(delivery.id, dump_notice(outcome.notice))
                self._tell(DeliveryEventKind.FAILED, delivery, outcome.notice)
                return NOW
            case Rejected():
                return self._chat_refused(delivery, outcome.notice)
            case NotSent():
                return self._not_sent(delivery, outcome)
        raise outcome

    def _move(self, target: Target, address: str) -> None:
        """Redirect the chat's messages to its new address. Nothing remains to be done at the old one."""
        self._chats.migrate(target, Target(target.platform, address))
        self._tell_of(target, DeliveryEventKind.MIGRATED, Notice.of("publish.migrated", address=address))

    def _chat_refused(self, delivery: Delivery, notice: Notice) -> float | None:
        """Keep the messages of a chat that refuses them; pause the chat after repeated refusals."""
        target = delivery.target
        refusals = self._chats.refused(target)
        until = self._in(_nth(RATE_LIMIT_BACKOFF_SECONDS, refusals))
        self._outbox.back_to_pending(delivery.id, until, dump_notice(notice))
        self._tell(DeliveryEventKind.REFUSED, delivery, notice)
        if refusals < self._line.pause_after:
            return NOW
        why = str(dict(notice.params).get("reason", notice.code))
        paused = Notice.of("publish.paused", n=refusals, reason=why)
        self._chats.pause(target, dump_notice(paused))
        self._tell_of(target, DeliveryEventKind.PAUSED, paused)
        return None

    def _not_sent(self, delivery: Delivery, outcome: NotSent) -> float:
        target = delivery.target
        self._failures[target] += 1
        until = self._in(outcome.retry_after or _nth(BACKOFF_SECONDS, self._failures[target]))
        if outcome.limited:
            self._outbox.back_to_pending(delivery.id, error=dump_notice(outcome.notice))
            limited_target = all_chats_of(target.platform) if self._all_limited(target) else target
            self._chats.start_cooldown(Cooldown(limited_target, until, dump_notice(outcome.notice)))
            self._tell_of(limited_target, DeliveryEventKind.HELD, outcome.notice, until)
        elif outcome.everywhere:  # not in the outbox: whoever puts it right starts again, and is not to wait
            self._outbox.back_to_pending(delivery.id, error=dump_notice(outcome.notice))
            self._closed_until = self._clock.monotonic() + _seconds(until - self._clock.now())
            self._tell_of(all_chats_of(target.platform), DeliveryEventKind.HELD, outcome.notice, until)
        else:
            self._outbox.back_to_pending(delivery.id, until, dump_notice(outcome.notice))
            self._tell(DeliveryEventKind.NOT_SENT, delivery, outcome.notice, until)
        return NOW

    def _all_limited(self, target: Target) -> bool:
        """Return whether another chat was rate-limited just before, which means that the limit is not this
        chat's alone.
        """
        now = self._clock.monotonic()
        self._limited = {t: at for t, at in self._limited.items() if now - at < LIMIT_TOGETHER}
        self._limited[target] = now
        return len(self._limited) > 1

    # --- open questions -----------------------------------------------------------------------------------------

    async def _settle(self, question: Delivery) -> float | None:
        if question.id in self._kept:
            return None
        began = self._clock.monotonic()
        settled = self._asked.setdefault(question.id, began) + self._line.settle
        finding = await self._line.sender.look_up(
            question.target.address,
            name(question),
            question.payload,
            after=question.before,
            thread=self._thread(question),
            settled=began >= settled,
        )
        if question.id not in {q.id for q in self._outbox.open_questions(question.target)}:
            return NOW  # a person has decided meanwhile
        match finding:
            case MessageFound(receipt=receipt):
                self._outbox.mark_sent(question.id, receipt)
                self._tell(DeliveryEventKind.FOUND, question)
            case MessageAbsent():
                if began < settled:  # a look that takes long passes over what comes while it looks
                    return max(settled - self._clock.monotonic(), NOW)
                # After the end of a process, which says nothing against the platform, it goes again at once.
                broke_off = question.state is DeliveryState.UNKNOWN
                until = self._in(_nth(BACKOFF_SECONDS, question.attempts)) if broke_off else None
                self._outbox.back_to_pending(question.id, until)
                self._tell(DeliveryEventKind.NOT_SENT, question, Notice.of("publish.not_there"))
            case LookupUnavailable(notice=notice, retry_after=None):
                return self._cannot_tell(question, notice)
            case LookupUnavailable(retry_after=again):
                self._unanswered[question.id] += 1
                return max(again or 0.0, _nth(BACKOFF_SECONDS, self._unanswered[question.id]))
        self.mark_decided(question.id)
        return NOW

    def _cannot_tell(self, question: Delivery, notice: Notice) -> float | None:
        if self._line.resend:
            self._outbox.back_to_pending(question.id, error=dump_notice(notice))
            self._tell(DeliveryEventKind.RESENT, question, notice)
            self.mark_decided(question.id)
            return NOW
        if question.state is DeliveryState.SENDING:
            self._outbox.mark_unknown(question.id, dump_notice(notice))
        self._kept.add(question.id)
        self._tell(DeliveryEventKind.KEPT, question, notice)
        return None

    # --- telling ------------------------------------------------------------------------------------------------

    def _in(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)

    def _tell(
        self,
        kind: DeliveryEventKind,
        delivery: Delivery,
        notice: Notice | None = None,
        until: datetime | None = None,
    ) -> None:
        self._witness(DeliveryEvent(kind, self._chats.migrated_target(delivery.target), delivery, notice, until))

    def _tell_of(self, target: Target, kind: DeliveryEventKind, notice: Notice, until: datetime | None = None) -> None:
        self._witness(DeliveryEvent(kind, target, None, notice, until))


def name(delivery: Delivery) -> str:
    """What a delivery is called on the platform: its number alone would come again with a new database."""
    return f"{delivery.origin or delivery.digest}#{delivery.id}"


def _nth(pauses: tuple[float, ...], n: int) -> float:
    """Return the pause after the n-th attempt, counted from 1; the last pause applies to all later
    attempts.
    """
    return pauses[min(max(n, 1), len(pauses)) - 1]


def _seconds(delta: timedelta) -> float:
    return max(delta.total_seconds(), 0.001)
