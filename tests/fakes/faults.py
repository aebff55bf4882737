"""What goes wrong between a bot and a server, on demand or by chance.

cut before    the connection ends before the request is looked at
cut after     the request is carried out, then the connection ends without an answer
half          the request is carried out, then the connection ends in the middle of the answer
late          the connection ends, and the request is carried out `seconds` later, or when `until` is set
slow          the answer comes `seconds` later
error before  a 5xx, and nothing was done
error after   a 5xx, though the request was carried out
garbage       200 and a page of HTML, and nothing was done
garbage after the same, though the request was carried out
limited       429 for `seconds`
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace

KINDS = (
    "cut before",
    "cut after",
    "half",
    "late",
    "slow",
    "error before",
    "error after",
    "garbage",
    "garbage after",
    "limited",
)
CARRIED_OUT = {"cut after", "half", "late", "slow", "error after", "garbage after"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, for the next `times` requests of the method ("*": of any)."""

    kind: str
    method: str = "*"
    seconds: float = 1.0
    status: int = 502
    times: int = 1
    until: asyncio.Event | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}: one of {', '.join(KINDS)}")


@dataclass
class Faults:
    """The faults that are still to come. With a `share` above 0 so many of all requests fail by chance as well, in
    any of the `kinds`, but for the methods in `spared`."""

    share: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    kinds: tuple[str, ...] = KINDS
    seconds: float = 1.0
    spared: frozenset[str] = frozenset()
    planned: list[Fault] = field(default_factory=list)

    def plan(
        self,
        kind: str,
        method: str = "*",
        *,
        seconds: float = 1.0,
        status: int = 502,
        times: int = 1,
        until: asyncio.Event | None = None,
    ) -> None:
        self.planned.append(Fault(kind, method, seconds, status, times, until))

    def take(self, method: str) -> Fault | None:
        """The fault that this request suffers."""
        for index, fault in enumerate(self.planned):
            if fault.method in ("*", method):
                if fault.times > 1:
                    self.planned[index] = replace(fault, times=fault.times - 1)
                else:
                    del self.planned[index]
                return fault
        if self.share and method not in self.spared and self.chance.random() < self.share:
            return Fault(self.chance.choice(self.kinds), method, self.seconds)
        return None
