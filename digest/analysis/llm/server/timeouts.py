"""How long a model server may be silent. Pure, apart from the timeout of asyncio that is moved on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from digest.settings import LlmModel, LlmSettings

SLOWEST_READING = 50.0  # tokens a second: a small model on two busy cores was measured to read 62


@dataclass(frozen=True, slots=True)
class RequestTimeouts:
    """Seconds: until an answer begins, between two signs of life afterwards, and for all of it.

    Where an answer is streamed, `timeout` is the longest silence, and a long prompt has time to be read besides.
    Otherwise nothing shows that the server is at work, and `timeout` is for the whole request.
    """

    first: float
    silence: float
    whole: float
    streamed: bool

    @classmethod
    def of(cls, model: LlmModel, settings: LlmSettings, prompt_tokens: int, whole: float) -> RequestTimeouts:
        """`whole` are the seconds that are left for the paper."""
        if not model.stream:
            first = min(settings.timeout, whole)
            return cls(first, first, first, streamed=False)
        first = min(settings.timeout + prompt_tokens / SLOWEST_READING, whole)
        return cls(first, min(settings.timeout, whole), whole, streamed=True)

    @property
    def explained(self) -> str:
        """Why it was too long, and which settings would allow more; for the log."""
        if self.streamed:
            return f"silent for {self.silence:g} s, {self.first:.0f} s at the beginning, or {self.whole:.0f} s in all"
        return f"no answer in {self.first:g} s; raise timeout, or set stream = true, if the model is slow"

    def starting(self, limit: asyncio.Timeout) -> Watchdog:
        return Watchdog(self, limit, asyncio.get_running_loop().time())


@dataclass(slots=True)
class Watchdog:
    """Moves the timeout of a request on with each sign of life."""

    timeouts: RequestTimeouts
    limit: asyncio.Timeout
    began: float  # by the loop's clock

    def reset(self, *, has_begun: bool) -> None:
        """Something came: a piece of the answer or of thoughts, or, before any of them, a comment."""
        silence = self.timeouts.silence if has_begun else self.timeouts.first
        until = asyncio.get_running_loop().time() + silence
        self.limit.reschedule(min(until, self.began + self.timeouts.whole))
