"""How fast may be written: to one chat, to a group in a minute, to all chats of a platform together.

When the next message may go is a pure function of the limits and of what went before. `Pacer` only keeps the past of
each chat and waits: whoever writes to a chat takes a `turn` first.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from digest.ports import Clock
from digest.settings import SlackSettings, TelegramSettings


@dataclass(frozen=True, slots=True)
class Steady:
    """`burst` messages at once, then one every `interval` seconds; a pause earns the burst back at that pace."""

    interval: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` messages in any stretch of `seconds`."""

    count: int
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a platform: for all chats together, for one chat, and for a group or channel besides."""

    everywhere: Steady
    chat: Steady
    group: Window | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of one chat: when its pace is even again, and its last messages, in monotonic seconds."""

    even: float = float("-inf")
    times: tuple[float, ...] = ()


def telegram_limits(settings: TelegramSettings) -> Limits:
    """A message a second to a chat after a burst, 20 a minute to a group or channel, about 30 a second overall: the
    defaults stay below each (https://core.telegram.org/bots/faq)."""
    return Limits(
        Steady(1 / settings.per_second, _together(settings.per_second)),
        Steady(settings.chat_interval, settings.chat_burst),
        Window(settings.group_per_minute),
    )


def slack_limits(settings: SlackSettings) -> Limits:
    """A message a second to a channel after a burst, several hundred a minute to a workspace."""
    return Limits(
        Steady(1 / settings.per_second, _together(settings.per_second)),
        Steady(settings.chat_interval, settings.chat_burst),
    )


def _together(per_second: float) -> int:
    """How many may go at the same moment: a fifth of a second's worth, so that no second holds many more."""
    return max(1, int(per_second / 5))


def is_group(address: str) -> bool:
    """Whether Telegram counts the chat as a group or channel: a negative number or a name."""
    return address.startswith(("-", "@"))


def earliest(past: Past, now: float, steady: Steady, window: Window | None = None) -> float:
    """The first moment from `now` on at which another message keeps the limits."""
    moment = max(now, past.even - (steady.burst - 1) * steady.interval)
    if window is not None and len(past.times) >= window.count:
        moment = max(moment, past.times[-window.count] + window.seconds)
    return moment


def after(past: Past, moment: float, steady: Steady, window: Window | None = None) -> Past:
    """The past with a message at that moment."""
    kept = (*past.times, moment)[-window.count :] if window else ()
    return Past(max(past.even, moment) + steady.interval, kept)


class Pacer:
    """The pace of one platform. Turns are given in the order in which they were asked for, within each chat and
    among chats that are all allowed to go; a chat that must wait keeps nobody else waiting. `limits` may change."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._everywhere = Past()
        self._chats: defaultdict[str, Past] = defaultdict(Past)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def turn(self, address: str) -> None:
        """Returns when a message may go to the chat; it is counted as sent then."""
        async with self._locks[address]:
            window = self._window(address)
            await self._until(earliest(self._chats[address], self._clock.monotonic(), self.limits.chat, window))
            moment = earliest(self._everywhere, self._clock.monotonic(), self.limits.everywhere)
            self._everywhere = after(self._everywhere, moment, self.limits.everywhere)
            self._chats[address] = after(self._chats[address], moment, self.limits.chat, window)
            await self._until(moment)

    def remember(self, address: str, ages: Iterable[float]) -> None:
        """Messages that went to the chat so many seconds ago, before this process began."""
        now = self._clock.monotonic()
        for age in sorted(ages, reverse=True):
            self._chats[address] = after(self._chats[address], now - age, self.limits.chat, self._window(address))

    def _window(self, address: str) -> Window | None:
        return self.limits.group if is_group(address) else None

    async def _until(self, moment: float) -> None:
        while (wait := moment - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait)
