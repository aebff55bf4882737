"""A paper -> its words, each with how much it counts. Words are those of keyword matching: singular, without markup."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from digest.models.match import Match
from digest.models.paper import Paper
from digest.text.normalised_text import BREAK, NormalisedText

WordWeights = Mapping[str, float]

IN_TITLE, IN_ABSTRACT = 2.0, 1.0
KEYWORD = "keyword:"  # before a matched keyword, to tell it from the word
_SHORTEST = 3  # letters of a word that counts


def paper_features(paper: Paper, matches: Iterable[Match] = ()) -> dict[str, float]:
    """The words and pairs of words of a title and an abstract, and the keywords that matched."""
    weights = dict.fromkeys(_terms(paper.abstract), IN_ABSTRACT)
    weights |= dict.fromkeys(_terms(paper.title), IN_TITLE)
    return weights | {KEYWORD + match.keyword: IN_TITLE for match in matches}


def _terms(text: str) -> set[str]:
    keys = NormalisedText(text).folded.split()
    single = {key for key in keys if _counts(key)}
    return single | {f"{a} {b}" for a, b in pairwise(keys) if _counts(a) and _counts(b)}


def _counts(key: str) -> bool:
    return key != BREAK and not key.isdigit() and (len(key) >= _SHORTEST or not key.isascii())


def inverse_document_frequency(papers: Sequence[WordWeights], voted: Sequence[WordWeights]) -> dict[str, float]:
    """How telling the words of voted papers are, from how few of all papers have them (inverse document frequency). A
    word of one voted paper alone proves nothing, unless others have it too."""
    everywhere = Counter(word for words in (*papers, *voted) for word in words)
    total = len(papers) + len(voted)
    voted_words = {word for words in voted for word in words}
    return {word: math.log(total / everywhere[word]) for word in sorted(voted_words) if everywhere[word] > 1}
