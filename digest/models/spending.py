"""What model servers cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ModelSpending:
    """Tokens as the servers reported them, and money by the configured prices. Cached tokens are among the prompt's."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    money: float = 0.0
    calls: int = 0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def cached_share(self) -> float:
        """The part of the prompts that the servers had in their caches, 0 to 1."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else 0.0

    def __add__(self, addend: ModelSpending) -> ModelSpending:
        return ModelSpending(
            self.prompt_tokens + addend.prompt_tokens,
            self.cached_tokens + addend.cached_tokens,
            self.completion_tokens + addend.completion_tokens,
            self.money + addend.money,
            self.calls + addend.calls,
        )


@dataclass(frozen=True, slots=True)
class SpendingRow:
    """What one model cost on one day (UTC), over so many papers."""

    day: date
    model: str
    papers: int
    spent: ModelSpending
