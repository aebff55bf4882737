"""The fake Slack's Socket Mode: envelopes to the bot over a websocket, and whether they were acknowledged in time.

Each envelope goes to one of the open connections. What is not acknowledged within three seconds counts as failed:
a person sees "operation_timeout"; an event is delivered again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from digest.ports import Clock
from tests.fakes.slack.channels import APP
from tests.waiting import PATIENCE

Json = dict[str, Any]
ACK_WITHIN = 3.0
MAX_CONNECTIONS = 10


@dataclass
class Envelope:
    """What was sent. `acknowledged` is after how many seconds, None while it is not; `answer` what came with it."""

    id: str
    kind: str
    payload: Json
    sent: float
    acknowledged: float | None = None
    answer: Json | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_acknowledged(self) -> bool:
        """Waits for it: an answer may come before the acknowledgement does, as slack-bolt looks every 10 ms whether it
        has one to send."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.done.wait(), PATIENCE)
        return self.acknowledged is not None

    async def in_time(self) -> bool:
        """Whether the acknowledgement came within the three seconds of the fake's clock."""
        await self.is_acknowledged()
        return self.acknowledged is not None and self.acknowledged <= ACK_WITHIN


class Socket:
    """All connections of one app."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._connections: list[web.WebSocketResponse] = []
        self._next = 0
        self._waiting: list[Envelope] = []
        self.envelopes: list[Envelope] = []
        self.tickets: set[str] = set()
        self.connected = asyncio.Event()

    def ticket(self) -> str:
        """What `apps.connections.open` gives: good for one connection."""
        ticket = f"t{len(self.tickets)}-{len(self.envelopes)}-{self._clock.monotonic():.6f}"
        self.tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets or len(self._connections) >= MAX_CONNECTIONS:
            return web.Response(status=403)
        self.tickets.discard(ticket)
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        self._connections.append(connection)
        hello = {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": "fake", "approximate_connection_time": 3600},
            "connection_info": {"app_id": APP},
        }
        with contextlib.suppress(ConnectionError):
            await connection.send_json(hello)
            self.connected.set()
            await self._send_waiting()
            async for message in connection:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(json.loads(message.data))
        if connection in self._connections:
            self._connections.remove(connection)
        if not self._connections:
            self.connected.clear()
        return connection

    async def send(self, kind: str, payload: Json, **more: Any) -> Envelope:
        """An envelope to one of the connections, or to the first that comes."""
        self._next += 1
        envelope = Envelope(f"e{self._next}", kind, payload, self._clock.monotonic())
        self.envelopes.append(envelope)
        await self._deliver(envelope, more)
        return envelope

    async def repeat(self, envelope: Envelope) -> Envelope:
        """The same event once more, as when its acknowledgement was lost."""
        more = {"retry_attempt": 1, "retry_reason": "timeout"}
        return await self.send(envelope.kind, envelope.payload, **more)

    async def disconnect(self, reason: str = "refresh_requested", *, warn: bool = False) -> None:
        """Slack ends every connection now and then; about ten seconds before, it may warn."""
        for connection in list(self._connections):
            with contextlib.suppress(ConnectionError):
                if warn:
                    await connection.send_json({"type": "disconnect", "reason": "warning"})
                else:
                    await connection.send_json({"type": "disconnect", "reason": reason})
                    await connection.close()

    async def break_off(self) -> None:
        """The connections end without a word."""
        for connection in list(self._connections):
            if connection._req is not None and connection._req.transport is not None:
                connection._req.transport.abort()

    async def close(self) -> None:
        for connection in list(self._connections):
            await connection.close()

    async def _deliver(self, envelope: Envelope, more: Json) -> None:
        document = {
            "envelope_id": envelope.id,
            "type": envelope.kind,
            "payload": envelope.payload,
            "accepts_response_payload": envelope.kind != "events_api",
            **more,
        }
        for connection in self._connections:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await connection.send_json(document)
                return
        self._waiting.append(envelope)

    async def _send_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for envelope in waiting:
            await self._deliver(envelope, {})

    def _acknowledge(self, answer: Json) -> None:
        for envelope in self.envelopes:
            if envelope.id == answer.get("envelope_id") and envelope.acknowledged is None:
                envelope.acknowledged = self._clock.monotonic() - envelope.sent
                envelope.answer = answer.get("payload")
                envelope.done.set()
