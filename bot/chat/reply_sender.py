"""How replies to commands go back: retried, at the rate of the chat."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from bot.chat.message_sender import InDoubt, MessageSender, NotSent, SendError
from bot.chat.notice_json import dump_notice
from bot.chat.platform_connection import PlatformConnection
from bot.chat.rate_limiter import ReplyTooOld
from bot.chat.request import CommandReply, CommandRequest
from digest.errors import StorageError
from digest.models.delivery import Cooldown
from digest.models.edition import Target
from digest.models.notice import Notice
from digest.ports import ChatStore, Clock
from digest.rendering.document import Document

ANSWERS_GRACE = 1.0  # seconds
RETRY_PAUSES = (2.0, 10.0)  # seconds after an answer's first attempt, and after its second
MOST_QUEUED = 6  # answers that may wait for a chat
OVERLOAD_TOLD = 60.0  # seconds
LONGEST_WAIT = 60.0  # seconds: who asked does not wait longer for an answer


class DocumentRenderer(Protocol):
    """Puts documents into a platform's own form."""

    def render(self, document: Document) -> list[dict[str, Any]]: ...


class ReplyObserver(Protocol):
    """Receives replies that could not be delivered."""

    def on_error(self, request: CommandRequest, error: Exception) -> None: ...


T = TypeVar("T")


async def retry_write(write: Callable[[], Awaitable[T]], clock: Clock, *, is_edit: bool = False) -> T:
    """What a write gives. One that certainly was not done is tried again, a little later or when the platform says; so
    is an edit of which nobody knows: done twice it does no harm. Raises the last `Outcome`."""
    for pause in RETRY_PAUSES:
        try:
            return await write()
        except NotSent as outcome:
            wait = max(pause, outcome.retry_after or 0.0)
            if outcome.everywhere or wait > LONGEST_WAIT:
                raise
        except InDoubt:
            wait = pause
            if not is_edit:
                raise
        await clock.sleep(wait)
    return await write()


async def drain_tasks(tasks: set[asyncio.Task[None]]) -> None:
    """Wait for the tasks to end; cancel those that take longer than a moment."""
    if tasks:
        await asyncio.wait(tasks, timeout=ANSWERS_GRACE)
    running = list(tasks)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


class ReplyChannel(Protocol):
    """Where the replies to one command go. `address` is that of the chat whose rate the next message counts for."""

    @property
    def address(self) -> str: ...

    async def send(self, payload: Mapping[str, Any], *, is_interim: bool) -> str | None:
        """Post a message; return its receipt, or None if it can't be edited. Raises `SendError`."""
        ...

    async def edit(self, receipt: str, payload: Mapping[str, Any]) -> None:
        """Replace a message. Raises `SendError`."""
        ...


class ChatReplyChannel:
    """The chat that the command came from. With `thread`, replies belong under that message."""

    def __init__(self, sender: MessageSender, chats: ChatStore, target: Target, thread: str | None = None) -> None:
        self._sender = sender
        self._chats = chats
        self._target = target
        self._thread = thread

    @property
    def address(self) -> str:
        return self._target.address

    async def send(self, payload: Mapping[str, Any], *, is_interim: bool) -> str | None:
        receipt = await self._sender.send(self.address, payload, thread=self._thread)
        if self._thread is None:
            self._chats.saw_message(self._target, receipt)
        return receipt

    async def edit(self, receipt: str, payload: Mapping[str, Any]) -> None:
        await self._sender.edit(self.address, receipt, payload)


class ReplySender:
    """Sends replies to commands, at the rate of the chat that they go to.

    Replies are no deliveries of the outbox: whoever misses one asks again, and one that comes late, after a restart,
    would answer nobody.
    """

    def __init__(
        self,
        spec: DocumentRenderer,
        connection: PlatformConnection,
        chats: ChatStore,
        clock: Clock,
        observer: ReplyObserver,
    ) -> None:
        self._spec = spec
        self._connection = connection
        self._chats = chats
        self._clock = clock
        self._observer = observer
        self._queued: Counter[str] = Counter()  # answers that wait for their turn, by chat
        self._told_overload: dict[str, float] = {}

    def is_overloaded(self, address: str) -> bool:
        """Return whether so many replies wait for the chat that it accepts no further commands."""
        return self._queued[address] >= MOST_QUEUED

    def tells_overload(self, address: str) -> bool:
        """Return whether to report the overload now: at most once a minute in a chat. Counts as reported
        from then on.
        """
        now = self._clock.monotonic()
        if now - self._told_overload.get(address, float("-inf")) < OVERLOAD_TOLD:
            return False
        self._told_overload[address] = now
        return True

    async def send_replies(
        self, request: CommandRequest, replies: AsyncIterator[CommandReply], channel: ReplyChannel | None = None
    ) -> None:
        """Each reply in turn, by default into the chat of the command; one that replaces another edits its first
        message. What does not get through is told to the observer."""
        channel = channel or ChatReplyChannel(self._connection.sender, self._chats, request.chat.target)
        interim: str | None = None  # the receipt of the message to be replaced
        try:
            async for reply in replies:
                payloads = [payload for document in reply.documents for payload in self._spec.render(document)]
                if interim is not None and payloads:
                    await self._edit(request.chat.target, channel, interim, payloads[0])
                    payloads = payloads[1:]
                    interim = interim if reply.is_interim else None
                for payload in payloads:
                    receipt = await self._send(request.chat.target, channel, payload, is_interim=reply.is_interim)
                    interim = receipt if reply.is_interim else None
        except SendError as error:
            self._observer.on_error(request, error)
        except ReplyTooOld:
            self._observer.on_error(request, NotSent(Notice.of("publish.reply_too_old")))

    async def _send(
        self, target: Target, channel: ReplyChannel, payload: Mapping[str, Any], *, is_interim: bool
    ) -> str | None:
        async def send() -> str | None:
            await self._turn(channel.address)
            with self._cooldown(target):
                return await channel.send(payload, is_interim=is_interim)

        return await retry_write(send, self._clock)

    async def _turn(self, address: str) -> None:
        self._queued[address] += 1
        try:
            await self._connection.rate_limiter.acquire_reply(address)
        finally:
            self._queued[address] -= 1

    async def _edit(self, target: Target, channel: ReplyChannel, receipt: str, payload: Mapping[str, Any]) -> None:
        async def edit() -> None:
            await self._turn(channel.address)  # an edit counts as a message
            with self._cooldown(target):
                await channel.edit(receipt, payload)

        await retry_write(edit, self._clock, is_edit=True)

    @contextmanager
    def _cooldown(self, target: Target) -> Iterator[None]:
        """Delay deliveries to a chat that is rate-limited."""
        try:
            yield
        except NotSent as error:
            if error.limited and error.retry_after is not None:
                until = self._clock.now() + timedelta(seconds=error.retry_after)
                with suppress(StorageError):
                    self._chats.start_cooldown(Cooldown(target, until, dump_notice(error.notice)))
            raise
