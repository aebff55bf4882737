"""What a Taste does to a day: the order of its cards, those that an edition hides, and near misses. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from digest.matching.selection import SelectedPaper
from digest.models.edition import Edition
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind
from digest.ranking.features import KEYWORD, WordWeights, paper_features
from digest.ranking.preference_model import PreferenceModel

NEAR_MISSES = 3  # a day at most
NEAR = 0.7  # how likely readers must like a paper that no keyword matched
ENOUGH = 10  # votes before near misses are looked for
TELLING = 0.02  # what a word must add to be named


@dataclass(frozen=True, slots=True)
class RankedCards:
    """Cards, the likeliest to be liked first; the ids of those that are not shown; near misses; and from how many
    votes all that follows."""

    cards: tuple[SelectedPaper, ...]
    hidden: tuple[str, ...] = ()
    near: tuple[SelectedPaper, ...] = ()
    votes: int = 0

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the digest says about its order."""
        notices = []
        if self.votes and len(self.cards) > 1:
            notices.append(Notice.of("taste.ordered", n=self.votes))
        if self.hidden:
            notices.append(Notice.of("taste.hidden", n=len(self.hidden)))
        return tuple(notices)


def rank_cards(cards: Sequence[SelectedPaper], taste: PreferenceModel | None, hide_below: float = 0.0) -> RankedCards:
    """Order cards; those that are equally likely keep the order that they had. Nothing is hidden at 0."""
    if taste is None:
        return RankedCards(tuple(cards))
    scores = {chosen.paper.id: taste.score(paper_features(chosen.paper, chosen.matches)) for chosen in cards}
    hidden = [chosen.paper.id for chosen in cards if scores[chosen.paper.id] < hide_below]
    visible = [chosen for chosen in cards if chosen.paper.id not in hidden]
    return RankedCards(tuple(sorted(visible, key=lambda c: -scores[c.paper.id])), tuple(hidden), votes=taste.votes)


def near_misses(
    edition: Edition, announcements: Iterable[Announcement], excluded_ids: Collection[str], taste: PreferenceModel
) -> tuple[SelectedPaper, ...]:
    """Papers of the edition's categories that no keyword matched but that resemble what readers liked, the likeliest
    first. `excluded_ids` are those not asked for: matched, or shown before."""
    if taste.votes < ENOUGH:
        return ()
    scored: dict[str, tuple[float, SelectedPaper]] = {}
    for listing in announcements:
        paper = listing.paper
        if paper.id in excluded_ids or listing.kind not in edition.kinds or listing.category not in edition.categories:
            continue
        if paper.id in scored and scored[paper.id][1].kind.strength <= listing.kind.strength:
            continue
        score = scored[paper.id][0] if paper.id in scored else taste.score(paper_features(paper))
        if score >= NEAR:
            scored[paper.id] = score, SelectedPaper(paper, AnnouncementKind(listing.kind), ())
    best = sorted(scored.values(), key=lambda pair: (-pair[0], pair[1].paper.id))
    return tuple(chosen for _, chosen in best[:NEAR_MISSES])


def score_reasons(taste: PreferenceModel, words: WordWeights, most: int = 5) -> tuple[list[str], list[str]]:
    """The words that speak for a paper and those against it, the weightiest first; a word that is part of a pair
    that is named already is not named again."""
    added = taste.contributions(words)
    best = sorted(added, key=lambda word: added[word], reverse=True)
    speaking_for = [word for word in best if added[word] > TELLING]
    against = [word for word in reversed(best) if added[word] < -TELLING]
    return _named(speaking_for, most), _named(against, most)


def _named(words: Sequence[str], most: int) -> list[str]:
    named: list[str] = []
    for word in words:
        visible = word.removeprefix(KEYWORD)
        covered = any(visible in other.split() or other in visible.split() or visible == other for other in named)
        if not covered and len(named) < most:
            named.append(visible)
    return named
