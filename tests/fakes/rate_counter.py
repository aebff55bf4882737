"""How much a server takes, as it counts on its side. `wait` is 0 for what it takes, else the seconds to wait."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Bucket:
    """`burst` at once, refilled at one every `interval` seconds."""

    interval: float
    burst: int
    _left: float = field(init=False)
    _at: float | None = None

    def __post_init__(self) -> None:
        self._left = float(self.burst)

    def wait(self, now: float) -> float:
        left = self._left if self._at is None else min(self.burst, self._left + (now - self._at) / self.interval)
        if left < 1 - 1e-9:
            return (1 - left) * self.interval
        return 0.0

    def take(self, now: float) -> None:
        left = self._left if self._at is None else min(self.burst, self._left + (now - self._at) / self.interval)
        self._left, self._at = left - 1, now


@dataclass
class Sliding:
    """At most `count` in any stretch of `seconds`."""

    count: int
    seconds: float
    _times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        while self._times and self._times[0] <= now - self.seconds + 1e-9:
            self._times.popleft()
        return self._times[0] + self.seconds - now if len(self._times) >= self.count else 0.0

    def take(self, now: float) -> None:
        self._times.append(now)


Rate = Bucket | Sliding


class Gate:
    """Several rates by key. What breaks one is refused for `retry_after` whole seconds, and noted in `breaches`."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._rates: dict[object, Rate] = {}
        self._refused_until: defaultdict[object, float] = defaultdict(float)
        self.breaches: list[tuple[str, float]] = []
        self.is_open = False

    def pass_through(self, who: str, *rates: tuple[object, Callable[[], Rate]]) -> int:
        """0 when the request keeps all of the rates, which it then uses up; else the seconds of a `Retry-After`."""
        if self.is_open:
            return 0
        now = self._now()
        found = [self._rates.setdefault(key, make()) for key, make in rates]
        waits = [rate.wait(now) for rate in found]
        wait = max(*waits, self._refused_until[rates[0][0]] - now, 0.0)
        if wait > 0:
            self.breaches.append((who, now))
            seconds = max(1, math.ceil(wait))
            self._refused_until[rates[0][0]] = now + seconds
            return seconds
        for rate in found:
            rate.take(now)
        return 0
