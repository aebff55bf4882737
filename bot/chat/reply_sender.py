"""What the two listeners share: how an answer goes back, and what a platform's state is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from bot.chat.message_sender import InDoubt, MessageSender, NotSent, SendError
from bot.chat.notice_json import dump_notice
from bot.chat.rate_limiter import RateLimiter
from bot.chat.request import CommandReply, CommandRequest
from digest.models.delivery import ChatStore, Cooldown
from digest.models.model import Platform, Target
from digest.ports import Clock
from digest.rendering.document import Document

DocumentRenderer = Callable[[Document], list[dict[str, Any]]]
ANSWERS_GRACE = 1.0  # seconds
RETRY_PAUSES = (2.0, 10.0)  # seconds after an answer's first attempt, and after its second
LONGEST_WAIT = 60.0  # seconds: who asked does not wait longer for an answer
PlatformStateObserver = Callable[[Platform, str], None]  # is told "up" or "down: why"
ErrorObserver = Callable[[CommandRequest, Exception], None]


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
    """When all have ended: those that take longer than a moment are broken off."""
    if tasks:
        await asyncio.wait(tasks, timeout=ANSWERS_GRACE)
    left = list(tasks)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class ReplySender:
    """Sends answers to where a call came from, at the chat's pace.

    Answers are no deliveries of the ledger: one that may have arrived is asked for again by who wanted it, and one that
    comes late, after a restart, would answer nobody.
    """

    def __init__(
        self,
        platform: Platform,
        adapter: MessageSender,
        pacer: RateLimiter,
        render: DocumentRenderer,
        chats: ChatStore,
        clock: Clock,
        on_error: ErrorObserver,
    ) -> None:
        self._platform = platform
        self._clock = clock
        self._adapter = adapter
        self._pacer = pacer
        self._render = render
        self._chats = chats
        self._on_error = on_error

    async def send_replies(
        self, call: CommandRequest, answers: AsyncIterator[CommandReply], *, thread: str | None = None
    ) -> None:
        """Each answer in turn; one that replaces another edits its first message."""
        before: str | None = None
        try:
            async for answer in answers:
                payloads = [payload for document in answer.documents for payload in self._render(document)]
                if before is not None and payloads:
                    await self._edit(call, before, payloads[0])
                    payloads = payloads[1:]
                    before = before if answer.is_interim else None
                for payload in payloads:
                    receipt = await self._send(call, payload, thread)
                    before = receipt if answer.is_interim else None
        except SendError as outcome:
            self._on_error(call, outcome)

    async def _send(self, call: CommandRequest, payload: Mapping[str, Any], thread: str | None) -> str:
        target = call.chat.target

        async def send() -> str:
            await self._pacer.acquire(target.address)
            with self._held(target):
                return await self._adapter.send(target.address, payload, thread=thread)

        receipt = await retry_write(send, self._clock)
        if thread is None:
            self._chats.saw_message(target, receipt)
        return receipt

    async def _edit(self, call: CommandRequest, receipt: str, payload: Mapping[str, Any]) -> None:
        target = call.chat.target

        async def edit() -> None:
            await self._pacer.acquire(target.address)  # an edit counts as a message
            with self._held(target):
                await self._adapter.edit(target.address, receipt, payload)

        await retry_write(edit, self._clock, is_edit=True)

    @contextmanager
    def _held(self, target: Target) -> Iterator[None]:
        """Where the chat gets too much, the sender need not run into it as well."""
        try:
            yield
        except NotSent as outcome:
            if outcome.limited and outcome.retry_after is not None:
                until = self._clock.now() + timedelta(seconds=outcome.retry_after)
                self._chats.start_cooldown(Cooldown(target, until, dump_notice(outcome.notice)))
            raise
