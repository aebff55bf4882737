"""What the two listeners share: how an answer goes back, and how a platform is doing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from bot.adapter import Adapter, Outcome
from bot.commands.call import Answer, Call
from bot.pace import Pacer
from digest.document import Document
from digest.ledger import ChatStore
from digest.model import Platform

Render = Callable[[Document], list[dict[str, Any]]]
State = Callable[[Platform, str], None]  # is told "up" or "down: why"
Trouble = Callable[[Call, Exception], None]


class Replies:
    """Sends answers to where a call came from, at the chat's pace.

    Answers are no deliveries of the ledger: one that is lost is asked for again by who wanted it, and one that comes
    late, after a restart, would answer nobody.
    """

    def __init__(
        self, platform: Platform, adapter: Adapter, pacer: Pacer, render: Render, chats: ChatStore, on_error: Trouble
    ) -> None:
        self._platform = platform
        self._adapter = adapter
        self._pacer = pacer
        self._render = render
        self._chats = chats
        self._on_error = on_error

    async def answer(self, call: Call, answers: AsyncIterator[Answer], *, thread: str | None = None) -> None:
        """Each answer in turn; one that replaces another edits its first message."""
        before: str | None = None
        try:
            async for answer in answers:
                payloads = [payload for document in answer.documents for payload in self._render(document)]
                if answer.replaces and before is not None and payloads:
                    await self._edit(call, before, payloads[0])
                    payloads = payloads[1:]
                for payload in payloads:
                    receipt = await self._send(call, payload, thread)
                    before = before or receipt
        except Outcome as outcome:
            self._on_error(call, outcome)

    async def _send(self, call: Call, payload: Mapping[str, Any], thread: str | None) -> str:
        target = call.place.target
        await self._pacer.turn(target.address)
        receipt = await self._adapter.send(target.address, payload, thread=thread)
        if thread is None:
            self._chats.saw_message(target, receipt)
        return receipt

    async def _edit(self, call: Call, receipt: str, payload: Mapping[str, Any]) -> None:
        await self._pacer.turn(call.place.target.address)  # an edit counts as a message
        await self._adapter.edit(call.place.target.address, receipt, payload)
