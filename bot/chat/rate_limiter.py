"""How fast may be written: to one chat, to a group in a minute, to all chats of a platform together.

When the next message may go is a pure function of the limits and of what went before. `RateLimiter` only keeps the
past of each chat and waits: whoever writes to a chat takes a `turn` first.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from digest.ports import Clock

REPLY_PATIENCE = 60.0  # seconds after which nobody waits for an answer any more
REPLY_SHARE = 3  # answers get this part of a group's messages a minute
REPLY_PAUSE = 0.2  # seconds between two looks whether a digest has passed
DIGEST_PAUSE = 2.0  # seconds without a message after which a digest counts as passed
DIGEST_FIRST = 15.0  # seconds that an answer lets a digest pass


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
    """Return the history with a message sent at that moment added."""
    recent_times = (*past.times, moment)[-window.count :] if window else ()
    return SendHistory(max(past.next_even, moment) + steady.interval, recent_times)


class ReplyTooOld(Exception):  # noqa: N818 - an outcome that was reckoned with, not a fault
    """A reply waited for its turn until it was too old to be useful."""


class RateLimiter:
    """The pace of one platform. Turns are given in the order in which they were asked for, within each chat and
    among chats that are all allowed to go; a chat that must wait keeps nobody else waiting. `limits` may change.

    Messages of digests go before answers to commands. Answers have a third of what a group may get in a minute, so that
    people who flood a group with commands take nothing from its digest."""

    def __init__(self, limits: RateLimits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._everywhere = SendHistory()
        self._chats: defaultdict[str, SendHistory] = defaultdict(SendHistory)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._replies: defaultdict[str, SendHistory] = defaultdict(SendHistory)
        self._reply_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: Counter[str] = Counter()  # messages of digests that wait for their turn
        self._delivering_since: dict[str, float] = {}
        self._delivered: dict[str, float] = {}  # when a digest's message last had its turn in a chat

    async def acquire(self, address: str) -> None:
        """Wait until a message may be sent to the chat; count it as sent from then on."""
        if not self._is_delivering(address):
            self._delivering_since[address] = self._clock.monotonic()
        self._waiting[address] += 1
        try:
            async with self._locks[address]:
                await self._until(self._earliest(address, self._clock.monotonic()))
                moment = self._record(address)
        finally:
            self._waiting[address] -= 1
        self._delivered[address] = moment
        await self._until(moment)

    async def acquire_reply(self, address: str) -> None:
        """As `acquire`, for an answer: after the messages of a digest that is on its way to the chat, but for a few.
        Raises `ReplyTooOld` where that takes longer than a minute."""
        began, steady = self._clock.monotonic(), self.limits.chat
        async with self._reply_locks[address]:
            window = self._reply_window(address)
            while True:
                now = self._clock.monotonic()
                if now - began > REPLY_PATIENCE:
                    raise ReplyTooOld
                moment = max(self._earliest(address, now), earliest_send(self._replies[address], now, steady, window))
                if moment <= now and not self._lets_pass(address, now):
                    break
                await self._clock.sleep(min(max(moment - now, REPLY_PAUSE), began + REPLY_PATIENCE - now + REPLY_PAUSE))
            moment = self._record(address)
            self._replies[address] = record_send(self._replies[address], moment, steady, window)
        await self._until(moment)

    def _is_delivering(self, address: str) -> bool:
        """Return whether a digest is being delivered to the chat."""
        since = self._clock.monotonic() - self._delivered.get(address, float("-inf"))
        return self._waiting[address] > 0 or since < DIGEST_PAUSE

    def _lets_pass(self, address: str, now: float) -> bool:
        """Whether answers wait for a digest: not for all of a long one."""
        return self._is_delivering(address) and now - self._delivering_since[address] < DIGEST_FIRST

    def _earliest(self, address: str, now: float) -> float:
        return earliest_send(self._chats[address], now, self.limits.chat, self.limits.window(address))

    def _record(self, address: str) -> float:
        """Count a message to the chat; return when it may be sent."""
        moment = earliest_send(self._everywhere, self._clock.monotonic(), self.limits.everywhere)
        self._everywhere = record_send(self._everywhere, moment, self.limits.everywhere)
        self._chats[address] = record_send(self._chats[address], moment, self.limits.chat, self.limits.window(address))
        return moment

    def _reply_window(self, address: str) -> SlidingWindow | None:
        window = self.limits.window(address)
        return SlidingWindow(max(1, window.count // REPLY_SHARE), window.seconds) if window else None

    def record_sends(self, address: str, ages: Iterable[float]) -> None:
        """Messages that went to the chat so many seconds ago, before this process began. A negative age is from a clock
        that was set back since then: it counts as just now. They kept the pace, so that the chat's is even again
        after a burst at the latest."""
        now, steady = self._clock.monotonic(), self.limits.chat
        for age in sorted((max(age, 0.0) for age in ages), reverse=True):
            past = record_send(self._chats[address], now - age, steady, self.limits.window(address))
            self._chats[address] = replace(past, next_even=min(past.next_even, now + steady.burst * steady.interval))

    async def _until(self, moment: float) -> None:
        while (wait := moment - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait)
