"""A clock for many tasks at once: time stands still while anybody works, and jumps to the next one who sleeps."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count


class Timeline:
    """Implements `digest.ports.Clock`. For tasks in one event loop that wait for nothing outside of it."""

    def __init__(self, start: datetime = datetime(2026, 1, 9, 12, tzinfo=UTC)) -> None:
        self._start = start
        self._passed = 0.0
        self.set_by = timedelta()  # what somebody has set the wall clock forward by
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()
        self._watched = False

    def now(self) -> datetime:
        return self._start + self.set_by + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._sleepers, (self._passed + max(seconds, 0.0), next(self._order), future))
        if not self._watched:
            self._watched = True
            loop.call_soon(self._watch, loop)
        await future

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in every round of the loop: when nobody else is ready, the next sleeper wakes."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if not self._sleepers:
            self._watched = False
            return
        if not loop._ready:  # type: ignore[attr-defined]  # nothing public says that a loop is idle
            self._passed, _, future = heapq.heappop(self._sleepers)
            future.set_result(None)
        loop.call_soon(self._watch, loop)
