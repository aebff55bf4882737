"""How fast may be written: to one chat, to a group in a minute, to all chats of a platform together.

When the next message may go is a pure function of the limits and of what went before. `RateLimiter` only keeps the
past of each chat and waits: whoever writes to a chat takes a `turn` first.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from digest.ports import Clock


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """`burst` messages at once, then one every `interval` seconds; a pause earns the burst back at that pace."""

    interval: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """At most `count` messages in any stretch of `seconds`."""

    count: int
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limits of a platform: for all chats together, for one chat, and for a group or channel besides. Addresses of
    groups and channels begin with one of `group_prefixes`."""

    everywhere: TokenBucket
    chat: TokenBucket
    group: SlidingWindow | None = None
    group_prefixes: tuple[str, ...] = ()

    def window(self, address: str) -> SlidingWindow | None:
        """The limit of a group or channel, None where the chat is neither."""
        return self.group if address.startswith(self.group_prefixes) else None


@dataclass(frozen=True, slots=True)
class SendHistory:
    """What is remembered of one chat: when its pace is even again, and its last messages, in monotonic seconds."""

    next_even: float = float("-inf")
    times: tuple[float, ...] = ()


def simultaneous_sends(per_second: float) -> int:
    """How many may go at the same moment: a fifth of a second's worth, so that no second holds many more."""
    return max(1, int(per_second / 5))


def earliest_send(past: SendHistory, now: float, steady: TokenBucket, window: SlidingWindow | None = None) -> float:
    """The first moment from `now` on at which another message keeps the limits."""
    moment = max(now, past.next_even - (steady.burst - 1) * steady.interval)
    if window is not None and len(past.times) >= window.count:
        moment = max(moment, past.times[-window.count] + window.seconds)
    return moment


def record_send(
    past: SendHistory, moment: float, steady: TokenBucket, window: SlidingWindow | None = None
) -> SendHistory:
    """The past with a message at that moment."""
    kept = (*past.times, moment)[-window.count :] if window else ()
    return SendHistory(max(past.next_even, moment) + steady.interval, kept)


class RateLimiter:
    """The pace of one platform. Turns are given in the order in which they were asked for, within each chat and
    among chats that are all allowed to go; a chat that must wait keeps nobody else waiting. `limits` may change."""

    def __init__(self, limits: RateLimits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._everywhere = SendHistory()
        self._chats: defaultdict[str, SendHistory] = defaultdict(SendHistory)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def acquire(self, address: str) -> None:
        """Returns when a message may go to the chat; it is counted as sent then."""
        async with self._locks[address]:
            window = self.limits.window(address)
            await self._until(earliest_send(self._chats[address], self._clock.monotonic(), self.limits.chat, window))
            moment = earliest_send(self._everywhere, self._clock.monotonic(), self.limits.everywhere)
            self._everywhere = record_send(self._everywhere, moment, self.limits.everywhere)
            self._chats[address] = record_send(self._chats[address], moment, self.limits.chat, window)
            await self._until(moment)

    def record_sends(self, address: str, ages: Iterable[float]) -> None:
        """Messages that went to the chat so many seconds ago, before this process began."""
        now = self._clock.monotonic()
        for age in sorted(ages, reverse=True):
            self._chats[address] = record_send(
                self._chats[address], now - age, self.limits.chat, self.limits.window(address)
            )

    async def _until(self, moment: float) -> None:
        while (wait := moment - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait)
