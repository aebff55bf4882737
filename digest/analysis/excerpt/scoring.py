"""What a sentence is worth to each part of an excerpt: by its section, its place, its phrases, and its quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.analysis.excerpt.candidate_sentences import CandidateSentence
from digest.analysis.excerpt.patterns import against, cues, table
from digest.analysis.excerpt.section_roles import SectionRole
from digest.models.model import AnalysisPartKey

_CUES_COUNTED = 3
_OWN_SECTION = 2.0  # what a role is worth at least to the part that it is for
_AGAINST = 2.5  # what a phrase takes off that speaks against the part
_OTHERS = 1.2  # what a sentence loses that speaks of nobody in particular
_OWN_MOTIVE = 1.0  # what a motive loses that speaks of the solution already
_OTHERS_LIMITS = 2.0  # what a limitation loses that is nobody's own
_TELLING = 4.0  # a phrase that speaks of limits or the future alone
_TOLD_BY_PLACE = (AnalysisPartKey.OVERVIEW, AnalysisPartKey.MOTIVATION, AnalysisPartKey.METHOD)
_CLOSING = (SectionRole.LIMITATIONS, SectionRole.CONCLUSION, SectionRole.DISCUSSION)


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """One sentence with one part. `is_shown`: it stands in the abstract. `is_told_by_place`: no phrase tells it."""

    key: AnalysisPartKey
    candidate: CandidateSentence
    value: float
    is_shown: bool
    is_told_by_place: bool


def count(key: AnalysisPartKey) -> int:
    """How many sentences a part has at most."""
    return int(table("parts", key)["count"])


def least(key: AnalysisPartKey) -> float:
    """What a sentence must be worth to a part."""
    return float(table("parts", key)["least"])


def score_sentences(found: Sequence[CandidateSentence], abstract: str) -> list[SentenceScore]:
    """Every sentence with every part that it may stand in."""
    theory = all(candidate.role is not SectionRole.EXPERIMENTS for candidate in found)
    return [
        worth
        for candidate in found
        for key in AnalysisPartKey
        if (
            worth := _worth(
                key, candidate, candidate.role is SectionRole.ABSTRACT or candidate.text in abstract, theory
            )
        )
    ]


def _worth(key: AnalysisPartKey, candidate: CandidateSentence, is_shown: bool, theory: bool) -> SentenceScore | None:
    """`theory`: the paper has no experiments, and what it proves stands for them."""
    rules = table("parts", key)
    role = float(rules["roles"].get(candidate.role, -1.0))
    said = _said(candidate.text, "parts", key, "cues")
    if theory and key is AnalysisPartKey.EXPERIMENTS:
        said, role = _said(candidate.text, "parts", key, "theory"), max(role, 1.5 if candidate.is_own else -1.0)
    silent = said == 0.0
    if silent and not ((role >= _OWN_SECTION and key in _TOLD_BY_PLACE) or candidate.role is SectionRole.LIMITATIONS):
        return None
    if any(phrase.search(candidate.text) for phrase in against("parts", key, "not")):
        said -= _AGAINST
    value = role + said + _by_place(key, candidate) + _by_subject(key, candidate, said) + candidate.quality
    return SentenceScore(key, candidate, value, is_shown, silent and candidate.role is not SectionRole.LIMITATIONS)


def _by_place(key: AnalysisPartKey, candidate: CandidateSentence) -> float:
    rules = table("parts", key)
    if candidate.role is SectionRole.LIMITATIONS:
        return 1.0 - candidate.place
    return float(rules.get("early", 0)) * (1 - candidate.place) + float(rules.get("late", 0)) * candidate.place


def _by_subject(key: AnalysisPartKey, candidate: CandidateSentence, said: float) -> float:
    if key is AnalysisPartKey.MOTIVATION:
        return -_OWN_MOTIVE * candidate.is_own
    if key is AnalysisPartKey.LIMITATIONS:
        is_own = candidate.is_own or candidate.role in _CLOSING or said >= _TELLING
        return 0.0 if is_own else -_OTHERS_LIMITS
    return 0.0 if candidate.is_own else -_OTHERS


def takeaway_score(candidate: CandidateSentence) -> float:
    """What a sentence is worth as the one that tells the paper: what it found, or what it brings."""
    roles = table("takeaway")["roles"]
    if candidate.role not in roles or any(phrase.search(candidate.text) for phrase in against("takeaway", "not")):
        return -99.0
    said = _said(candidate.text, "takeaway", "cues") - _OTHERS * (not candidate.is_own)
    return float(roles[candidate.role]) + said + 1.5 * candidate.quality


def setup_score(candidate: CandidateSentence) -> float:
    """What a sentence is worth as the one that says on what was tested."""
    said = _said(candidate.text, "parts", AnalysisPartKey.EXPERIMENTS, "setup")
    return (
        said + 2.0 * (candidate.role is SectionRole.EXPERIMENTS) + candidate.quality - candidate.place
        if said
        else -99.0
    )


def _said(text: str, *names: str) -> float:
    """What the strongest phrases of a sentence are worth, each further one less."""
    found = [worth for worth, phrase in cues(*names) if phrase.search(text)][:_CUES_COUNTED]
    return sum(worth / (1 + i) for i, worth in enumerate(found))
