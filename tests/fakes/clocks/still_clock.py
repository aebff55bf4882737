"""A clock that stands still, and jumps when somebody sleeps on it; and one that goes, but was set."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

from bot.clock import SystemClock

TUESDAY = date(2026, 1, 13)
NOON = datetime(2026, 1, 13, 17, tzinfo=UTC)  # of that day, at arXiv


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


class SetClock(SystemClock):
    """Goes as the system's clock does, put forward by so many seconds; without a number it begins at noon. For tests
    of real time that must not meet a weekend, a holiday or a midnight."""

    def __init__(self, forward: float | None = None) -> None:
        self.forward = (NOON - super().now()).total_seconds() if forward is None else forward

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.forward)
