"""When a model is left alone: after failures in a row, or because its server asked for a long pause."""

from __future__ import annotations

from dataclasses import dataclass

from digest.ports import Clock

LONGEST_REST = 3600.0


@dataclass(slots=True)
class CircuitBreaker:
    """Counts requests that failed in a row. After `threshold` of them the model rests, twice as long each time; one
    success makes all good. When a rest is over, requests go through again, and the first failure begins the next."""

    clock: Clock
    threshold: int
    rest_seconds: float
    _failures: int = 0
    _rests: int = 0
    _until: float = 0.0

    @property
    def resting(self) -> float:
        """Seconds until requests may go through; 0 is now."""
        return max(0.0, self._until - self.clock.monotonic())

    def succeeded(self) -> None:
        self._failures = self._rests = 0

    def failed(self) -> None:
        """One request was given up."""
        self._failures += 1
        if self._failures >= self.threshold and not self.resting:
            self.open_for(min(self.rest_seconds * 2**self._rests, LONGEST_REST))
            self._rests += 1
            self._failures = self.threshold - 1

    def open_for(self, seconds: float) -> None:
        """Leave the model alone for so long."""
        self._until = max(self._until, self.clock.monotonic() + seconds)
