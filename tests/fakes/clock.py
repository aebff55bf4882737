"""A clock that stands still, and jumps when somebody sleeps on it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Implements `digest.ports.Clock`. `slept` has every pause that was asked for, in seconds."""

    def __init__(self, now: datetime = datetime(2026, 1, 9, 12, tzinfo=UTC)) -> None:
        self._now, self._monotonic = now, 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
