"""A clock on which time passes faster than it does, for tests over real sockets."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta


class HurriedClock:
    """Implements `digest.ports.Clock`: a second takes 1/`factor` of one. It begins at the real time, or as
    given."""

    def __init__(self, factor: float, began: datetime | None = None) -> None:
        self._factor = factor
        self._began = began or datetime.now(UTC)
        self._start = time.monotonic()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._start) * self._factor

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0.0) / self._factor)
