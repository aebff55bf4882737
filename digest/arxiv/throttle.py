"""How fast arXiv may be asked: one request at a time, and a least interval between their starts.

Source: https://info.arxiv.org/help/api/tou.html, "no more than one request every three seconds, single connection".
One `Throttle` serves the whole process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from digest.ports import Clock

MIN_INTERVAL = 3.0  # seconds


class Throttle:
    """Turns, one after another. A `hold` keeps everybody waiting, since arXiv's answer 429 is for all requests."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._one = asyncio.Lock()
        self._started: float | None = None
        self._held_until = float("-inf")

    def pause_until(self, seconds: float) -> None:
        """No request starts before that time is over."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    @property
    def paused_until(self) -> float:
        """The seconds for which everybody is still held."""
        return max(0.0, self._held_until - self._clock.monotonic())

    @asynccontextmanager
    async def acquire(self, interval: float) -> AsyncIterator[None]:
        """The one connection, at least `interval` seconds after the last request started."""
        async with self._one:
            while (wait := self._wait(interval)) > 0:
                await self._clock.sleep(wait)
            self._started = self._clock.monotonic()
            yield

    def _wait(self, interval: float) -> float:
        since = 0.0 if self._started is None else self._started + interval - self._clock.monotonic()
        return max(since, self.paused_until)
