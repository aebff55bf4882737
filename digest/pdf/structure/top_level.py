"""The top level of headings: its numbering, and how it looks.

The numbering is the longest believable sequence 1, 2, 3 (or I, II, III) among candidates of one look. Where a paper has
no numbers, the look that most of the usual names (Introduction, Conclusion, ...) share is the top level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from digest.pdf.structure.heading_candidates import HeadingCandidate, HeadingStyle
from digest.pdf.structure.numbering import ANCHORS, HeadingNumber, is_known, plain

LEAST = 2.0  # the weight below which a number alone makes no heading


class NumberedHeading(NamedTuple):
    """A candidate with one reading of its number."""

    candidate: HeadingCandidate
    number: HeadingNumber
    title: str


def top_chain(candidates: Sequence[HeadingCandidate], names: Mapping[int, int]) -> list[NumberedHeading]:
    """The best numbering of the top level, or nothing where a paper has none."""
    best: list[NumberedHeading] = []
    best_score = 0.0
    for form in ("arabic", "roman"):
        numbered = [
            NumberedHeading(c, n, title)
            for c in candidates
            if not c.cut
            for n, title in c.readings
            if n.form == form and n.depth == 1 and chain_score(c, names) >= LEAST
        ]
        chain, score = best_chain(numbered, names)
        if score > best_score and _is_believable(chain):
            best, best_score = chain, score
    return best


def chain_score(c: HeadingCandidate, names: Mapping[int, int]) -> float:
    """A candidate's weight, and more if the outline names it."""
    return c.weight + (3 if c.first in names else 0)


def best_chain(numbered: Sequence[NumberedHeading], names: Mapping[int, int]) -> tuple[list[NumberedHeading], float]:
    """The increasing sequence with the most weight; neighbours of one look count more, skipped numbers less."""
    scores: list[float] = []
    back: list[int | None] = []
    for i, item in enumerate(numbered):
        value = item.number.values[0]
        candidate_score = chain_score(item.candidate, names)
        best, link = candidate_score - (0 if value <= 1 else 2.5 * (value - 1)), None
        for j in range(i):
            step = value - numbered[j].number.values[0]
            if not 1 <= step <= 3:
                continue
            same = 2.0 if numbered[j].candidate.look.fits(item.candidate.look) else -2.0
            score = scores[j] + candidate_score + same - 3.5 * (step - 1)
            if score > best:
                best, link = score, j
        scores.append(best)
        back.append(link)
    if not scores:
        return [], 0.0
    at: int | None = max(range(len(scores)), key=scores.__getitem__)
    total = max(scores)
    chain: list[NumberedHeading] = []
    while at is not None:
        chain.append(numbered[at])
        at = back[at]
    return chain[::-1], total


def _is_believable(chain: Sequence[NumberedHeading]) -> bool:
    """Three in a row, two of which one has a usual name, or one that has it and stands out clearly."""
    known_titles = sum(is_known(n.title) for n in chain)
    return (
        len(chain) >= 3
        or (len(chain) == 2 and known_titles >= 1)
        or (known_titles == 1 and chain[0].candidate.weight >= 4)
    )


def top_looks(
    candidates: Sequence[HeadingCandidate], top: Sequence[NumberedHeading], names: Mapping[int, int]
) -> list[HeadingStyle]:
    """How headings of the top level look."""
    if not top:
        return _voted_looks(candidates, names)
    counts = Counter(item.candidate.look for item in top)
    looks: list[HeadingStyle] = []
    for look, _ in counts.most_common():
        alike = sum(n for rival, n in counts.items() if look.same(rival))
        rivals = [rival for rival in looks if look.fits(rival)]
        # A title that happens to be all capitals, or not to be, makes no look of its own.
        if not any(look.same(rival) for rival in rivals) and (not rivals or alike >= 0.25 * len(top)):
            looks.append(look)
    return looks


def _voted_looks(candidates: Sequence[HeadingCandidate], names: Mapping[int, int]) -> list[HeadingStyle]:
    """Without numbers: the look of the most usual names, and of the outline's first level."""
    votes: list[tuple[HeadingStyle, set[str]]] = []
    for c in candidates:
        if c.cut or not (c.known or names.get(c.first) == 1) or c.weight < LEAST:
            continue
        titles = next((titles for look, titles in votes if look.same(c.look)), None)
        if titles is None:
            votes.append((c.look, {plain(c.title)}))
        else:
            titles.add(plain(c.title))
    best = max(votes, key=_strength, default=None)
    return [best[0]] if best is not None and _strength(best)[0] >= 2 else []


def _strength(vote: tuple[HeadingStyle, set[str]]) -> tuple[float, float]:
    look, titles = vote
    return sum(2.0 if t in ANCHORS else 0.5 if t == "abstract" else 1.0 for t in titles), look.style.size
