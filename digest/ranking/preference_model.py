"""What the readers of an edition like, learned from their votes: one weight a word, so that it can be explained.

    votes + papers  --fit.py-->  PreferenceModel  --pure-->  order, near misses, /why

features.py  a paper -> its words, each with its weight
fit.py       the logistic regression
trainer.py   votes -> PreferenceModel, fitted again only when the votes changed
order.py     what a PreferenceModel does to a day
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from digest.models.edition import Edition
from digest.ranking.features import WordWeights

MIN_VOTES = 5  # votes from which on the order follows them


@dataclass(frozen=True, slots=True)
class PreferenceModel:
    """`rarity` is how telling each word is; `weights` what it says for a paper (above 0) or against it; `votes` how
    many papers it was learned from."""

    rarity: Mapping[str, float]
    weights: Mapping[str, float]
    bias: float
    votes: int

    def score(self, words: WordWeights) -> float:
        """How likely it is that readers like a paper, 0 to 1; 0.5 says nothing either way."""
        return 1 / (1 + math.exp(-self.bias - sum(self.contributions(words).values())))

    def contributions(self, words: WordWeights) -> dict[str, float]:
        """What each word adds to the score, before it is brought between 0 and 1."""
        values = scaled(words, self.rarity)
        return {word: self.weights[word] * value for word, value in values.items() if word in self.weights}


def scaled(words: WordWeights, rarity: Mapping[str, float]) -> dict[str, float]:
    """Words by how much they count and how telling they are, in all of length 1: long abstracts count no more."""
    values = {word: count * rarity[word] for word, count in words.items() if word in rarity}
    length = math.sqrt(sum(value * value for value in values.values()))
    return {word: value / length for word, value in values.items()} if length else {}


class PreferenceSource(Protocol):
    """Knows what the readers of an edition like, by their votes."""

    async def __call__(self, edition: Edition) -> PreferenceModel | None:
        """The model that the votes taught, or None where there are too few."""
        ...
