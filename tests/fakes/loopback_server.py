"""What the fakes of both chat platforms share: a real server on loopback that fails on demand."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from digest.ports import Clock
from tests.fakes.faults import CARRIED_OUT, Fault, Faults

Json = dict[str, Any]
Reply = tuple[int, Json, dict[str, str]]
Carry = Callable[[], Awaitable[Reply]]
PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"


class FakeServer:
    """Start it with `async with`, or as a process. `calls` has every request as (method, parameters); `hook` is told
    where a request is, with its method and parameters: "arrived", "stored", "answering" (half of the answer is sent).
    """

    def __init__(self, clock: Clock, state: Path | None = None) -> None:
        self.clock = clock
        self.faults = Faults()
        self.calls: list[tuple[str, Json]] = []
        self.hook: Callable[[str, str, Json], None] | None = None
        self.port = 0
        self._state = state
        self._runner: web.AppRunner | None = None
        self._late: set[asyncio.Task[Reply]] = set()

    # --- to be filled by each platform --------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def limited(self, seconds: float) -> Reply:
        """The platform's 429."""
        raise NotImplementedError

    def data(self) -> Json:
        """All that must outlive the process, as JSON."""
        raise NotImplementedError

    # --- life ---------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=60_000_000)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for task in self._late:
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def settled(self) -> None:
        """Returns when no request is left that is to be carried out late."""
        await asyncio.gather(*self._late)

    def save(self) -> None:
        """Write the state down, whole or not at all."""
        if self._state is not None:
            beside = self._state.with_suffix(".new")
            beside.write_text(json.dumps(self.data(), ensure_ascii=False), encoding="utf-8")
            os.replace(beside, self._state)  # noqa: PTH105 - whole or not at all

    def stored(self) -> Json | None:
        """What an earlier process wrote down."""
        if self._state is None or not self._state.exists():
            return None
        found: Json = json.loads(self._state.read_text(encoding="utf-8"))
        return found

    # --- one request --------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request, method: str, given: Json, carry: Carry) -> web.StreamResponse:
        """Carry a request out, or let it suffer what is planned for it."""
        self._tell("arrived", method, given)
        fault = self.faults.take(method)
        if fault is not None:
            return await self._fail(request, carry, fault)
        reply = await carry()
        if self.hook is None:
            return _plain(reply)
        self._tell("stored", method, given)
        response, rest = await _half(request, reply)
        self._tell("answering", method, given)
        with contextlib.suppress(ConnectionError):
            await response.write(rest)
            await response.write_eof()
        return response

    async def _fail(self, request: web.Request, carry: Carry, fault: Fault) -> web.StreamResponse:
        if fault.kind == "limited":
            return _plain(self.limited(fault.seconds))
        if fault.kind == "late":
            task = asyncio.ensure_future(self._later(carry, fault))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return _cut(request)
        reply = await carry() if fault.kind in CARRIED_OUT else None
        if fault.kind == "slow" and reply is not None:
            await self.clock.sleep(fault.seconds)
            return _plain(reply)
        if fault.kind == "half" and reply is not None:
            await _half(request, reply)
        if fault.kind.startswith("error"):
            return web.Response(status=fault.status, text=PAGE, content_type="text/html")
        if fault.kind.startswith("garbage"):
            return web.Response(text=PAGE, content_type="text/html")
        return _cut(request)

    def _tell(self, moment: str, method: str, given: Json) -> None:
        if self.hook is not None:
            self.hook(moment, method, given)

    async def _later(self, carry: Carry, fault: Fault) -> Reply:
        await (fault.until.wait() if fault.until is not None else self.clock.sleep(fault.seconds))
        return await carry()


async def _half(request: web.Request, reply: Reply) -> tuple[web.StreamResponse, bytes]:
    """Send half of an answer; the response, and the other half."""
    status, document, more = reply
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {"Content-Length": str(len(body)), "Content-Type": "application/json; charset=utf-8", **more}
    response = web.StreamResponse(status=status, headers=headers)
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
    return response, body[len(body) // 2 :]


def _plain(reply: Reply) -> web.Response:
    status, document, headers = reply
    return web.json_response(document, status=status, headers=headers)


def _cut(request: web.Request) -> web.Response:
    """The connection ends; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
