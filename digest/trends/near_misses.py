"""What an edition narrowly missed: papers with all the words of a phrase it watches, but not the phrase. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from digest.models.paper import Paper
from digest.ranking.features import paper_features
from digest.ranking.order import ENOUGH, NEAR
from digest.ranking.preference_model import PreferenceModel
from digest.text.normalised_text import BREAK, NormalisedText
from digest.trends.aggregation import NearMiss

MAX_NEAR_MISSES = 3
_PHRASE = re.compile(r"[\w\s/-]+")  # a keyword without operators


def near_misses(
    keywords: Sequence[str],
    papers: Iterable[Paper],
    excluded_ids: Collection[str],
    taste: PreferenceModel | None = None,
) -> tuple[NearMiss, ...]:
    """At most three papers that are not among `excluded_ids` (matched, or shown before): those with the words of the
    longest phrase first, then those that readers are likeliest to like."""
    phrases = [(keyword, words) for keyword in keywords if len(words := _phrase(keyword)) > 1]
    scored: list[tuple[float, NearMiss]] = []
    for paper in papers:
        if paper.id in excluded_ids:
            continue
        has = {*_words(paper.title), *_words(paper.abstract)}
        near = max(((len(words), keyword) for keyword, words in phrases if words <= has), default=None)
        if near is not None:
            scored.append((1.0 + near[0], NearMiss(paper, near[1])))
        elif taste is not None and taste.votes >= ENOUGH and (score := taste.score(paper_features(paper))) >= NEAR:
            scored.append((score, NearMiss(paper)))
    scored.sort(key=lambda pair: (-pair[0], pair[1].paper.id))
    return tuple(missed for _, missed in scored[:MAX_NEAR_MISSES])


def _phrase(keyword: str) -> frozenset[str]:
    return frozenset(_words(keyword)) if _PHRASE.fullmatch(keyword) else frozenset()


def _words(text: str) -> list[str]:
    return [key for key in NormalisedText(text).folded.split() if key != BREAK]
