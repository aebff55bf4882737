"""Votes -> PreferenceModel, fitted again only when the votes changed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from digest.matching.matcher import Matcher
from digest.models.edition import Edition
from digest.models.paper import Paper
from digest.ports import DigestStore, PaperStore, PeopleStore
from digest.ranking.features import WordWeights, inverse_document_frequency, paper_features
from digest.ranking.fit import fit
from digest.ranking.preference_model import MIN_VOTES, PreferenceModel, scaled

BACKGROUND = 1000  # papers of the last days, by which it is known how telling a word is
BACKGROUND_DAYS = 5
CACHE_SIZE = 100  # tastes at hand


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A voted paper. `votes` is the sum of its votes; 0 for one that stands for the papers without any."""

    words: WordWeights
    votes: int


class PreferenceTrainer:
    """Fits the preference model of each edition. A failure costs the order of a digest, never the digest: `on_error`
    gets the reason."""

    def __init__(
        self,
        people: PeopleStore,
        papers: PaperStore,
        digests: DigestStore,
        on_error: Callable[[str], None],
    ) -> None:
        self._people, self._papers, self._digests = people, papers, digests
        self._on_error = on_error
        self._known: OrderedDict[str, tuple[Hashable, PreferenceModel | None]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def model_for(self, edition: Edition) -> PreferenceModel | None:
        """What the edition's readers like; None with fewer than `MIN_VOTES` voted papers."""
        votes = {paper_id: value for paper_id, value in self._people.votes(edition.name).items() if value}
        if len(votes) < MIN_VOTES:
            return None
        state = (tuple(sorted(votes.items())), edition.keywords)
        async with self._one_at_a_time:
            cached = self._known.get(edition.name)
            if cached is None or cached[0] != state:
                cached = self._known[edition.name] = state, await self._learn(edition, votes)
                if len(self._known) > CACHE_SIZE:
                    self._known.popitem(last=False)
        return cached[1]

    async def _learn(self, edition: Edition, votes: dict[str, int]) -> PreferenceModel | None:
        voted = {i: p for i in votes if (p := self._papers.paper(i)) is not None}
        unvoted = self._unvoted(edition, votes) if len({value > 0 for value in votes.values()}) == 1 else []
        background = self._background(edition)
        try:
            return await asyncio.to_thread(_taste, edition, [(voted[i], votes[i]) for i in voted], unvoted, background)
        except ValueError as error:
            self._on_error(f"{edition.name}: {error}")
            return None

    def _background(self, edition: Edition) -> list[Paper]:
        days = self._papers.days(edition.categories)[:BACKGROUND_DAYS]
        listed = (a.paper for day in days for a in self._papers.announcements(day, edition.categories))
        return list({paper.id: paper for paper in listed}.values())[:BACKGROUND]

    def _unvoted(self, edition: Edition, votes: dict[str, int]) -> list[Paper]:
        """Papers that were shown and that nobody voted on: they stand for the rest where all votes are alike."""
        unvoted_ids = [i for i in self._digests.carded(edition.name) if i not in votes]
        papers = (self._papers.paper(i) for i in sorted(unvoted_ids, reverse=True)[: 2 * len(votes)])
        return [paper for paper in papers if paper is not None]


def _taste(
    edition: Edition, voted: Sequence[tuple[Paper, int]], unvoted: Sequence[Paper], background: Sequence[Paper]
) -> PreferenceModel:
    matcher = Matcher(edition.keywords, stored=True)
    examples = [TrainingExample(paper_features(paper, matcher.matches(paper)), value) for paper, value in voted]
    examples += [TrainingExample(paper_features(paper, matcher.matches(paper)), 0) for paper in unvoted]
    rare = inverse_document_frequency(
        [paper_features(paper) for paper in background], [example.words for example in examples]
    )
    return train(examples, rare, len(voted))


def train(examples: Sequence[TrainingExample], rare: dict[str, float], votes: int) -> PreferenceModel:
    """A Taste from examples. Those without votes are the opposite of the others'. Raises `ValueError` where all are of
    one kind."""
    likes = any(example.votes > 0 for example in examples)
    liked = [example.votes > 0 if example.votes else not likes for example in examples]
    if len(set(liked)) < 2:
        raise ValueError("all votes are alike, and nothing else was shown")
    importance = [float(max(1, abs(example.votes))) for example in examples]
    weights, bias = fit([scaled(example.words, rare) for example in examples], liked, importance)
    return PreferenceModel(rare, weights, bias, votes)
