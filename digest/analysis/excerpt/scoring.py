"""What a sentence is worth to each part of an excerpt: by its section, its place, its phrases, and its quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.analysis.excerpt.candidate_sentences import CandidateSentence
from digest.analysis.excerpt.patterns import against, cues, table
from digest.analysis.excerpt.section_roles import SectionRole
from digest.models.analysis import AnalysisPartKey

_CUES_COUNTED = 3
_AGAINST = 2.5  # what a phrase takes off that speaks against the part
_OTHERS = 1.2  # what a sentence loses that speaks of nobody in particular
_OWN_MOTIVE = 1.0  # what a motive loses that speaks of the solution already
_OTHERS_LIMITS = 2.0  # what a limitation loses that is nobody's own
_TELLING = 4.0  # a phrase that speaks of limits or the future alone
_CLEAR = 2.0  # a phrase that is clear without the authors in the sentence
NAMED = 2.5  # a takeaway that says what the thing is that the paper presents
_NOTHING = -99.0
_CLOSING = (SectionRole.LIMITATIONS, SectionRole.CONCLUSION, SectionRole.DISCUSSION)


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """One sentence with one part. `is_shown`: it stands in the abstract."""

    key: AnalysisPartKey
    candidate: CandidateSentence
    value: float
    is_shown: bool


def count(key: AnalysisPartKey) -> int:
    """How many sentences a part has at most."""
    return int(table("parts", key)["count"])


def least(key: AnalysisPartKey) -> float:
    """What a sentence must be worth to a part."""
    return float(table("parts", key)["least"])


def score_sentences(sentences: Sequence[CandidateSentence], abstract: str) -> list[SentenceScore]:
    """Every sentence with every part that it may stand in."""
    theory = all(candidate.role is not SectionRole.EXPERIMENTS for candidate in sentences)
    return [
        worth
        for candidate in sentences
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
    cue = _cue(candidate, "parts", key, "cues")
    if theory and key is AnalysisPartKey.EXPERIMENTS:
        cue, role = _cue(candidate, "parts", key, "theory"), max(role, 1.5 if candidate.is_own else -1.0)
    is_limit = (
        key is AnalysisPartKey.LIMITATIONS and candidate.role is SectionRole.LIMITATIONS
    )  # a section of nothing else
    if cue == 0.0 and not is_limit:
        return None
    if key is AnalysisPartKey.CONTRIBUTIONS and not candidate.is_own:
        return None
    if key is AnalysisPartKey.METHOD and not candidate.is_own and cue < _CLEAR:
        return None
    if any(phrase.search(candidate.text) for phrase in against("parts", key, "not", language=candidate.language)):
        cue -= _AGAINST
    value = role + cue + _by_place(key, candidate) + _by_subject(key, candidate, cue) + candidate.quality
    return SentenceScore(key, candidate, value, is_shown)


def _by_place(key: AnalysisPartKey, candidate: CandidateSentence) -> float:
    rules = table("parts", key)
    if candidate.role is SectionRole.LIMITATIONS:
        return 1.0 - candidate.place
    return float(rules.get("early", 0)) * (1 - candidate.place) + float(rules.get("late", 0)) * candidate.place


def _by_subject(key: AnalysisPartKey, candidate: CandidateSentence, cue: float) -> float:
    if key is AnalysisPartKey.MOTIVATION:
        return -_OWN_MOTIVE * candidate.is_own
    if key is AnalysisPartKey.LIMITATIONS:
        is_own = candidate.is_own or candidate.role in _CLOSING or cue >= _TELLING
        return 0.0 if is_own else -_OTHERS_LIMITS
    return 0.0 if candidate.is_own else -_OTHERS


def takeaway_score(candidate: CandidateSentence) -> float:
    """What a sentence is worth as the one that tells the paper: what it found, or what it brings. Nothing, a number
    below 0, unless it says so of the paper itself."""
    by_role = table("takeaway")["roles"]
    if candidate.role not in by_role:
        return _NOTHING
    worth = telling(candidate.text, candidate.language, candidate.role is SectionRole.ABSTRACT)
    worth = max(worth, NAMED if candidate.is_named else _NOTHING)
    if worth < 0:
        return _NOTHING
    worth -= _OTHERS * (not candidate.is_own)
    return float(by_role[candidate.role]) + worth + 1.5 * candidate.quality


def telling(sentence: str, language: str, of_the_paper: bool) -> float:
    """What a sentence says of what a paper found or brings; below 0 where it says nothing of it. `of_the_paper`: it
    stands in the abstract, where `it is shown that` is the paper's own finding."""
    if any(phrase.search(sentence) for phrase in against("takeaway", "not", language=language)):
        return _NOTHING
    anchors = [*cues("takeaway", "anchors", language=language)]
    if of_the_paper:
        anchors += cues("takeaway", "impersonal", language=language)
    anchor = max((worth for worth, phrase in anchors if phrase.search(sentence)), default=0.0)
    boosts = sum(worth for worth, phrase in cues("takeaway", "boosts", language=language) if phrase.search(sentence))
    return anchor + boosts if anchor else _NOTHING


def setup_score(candidate: CandidateSentence) -> float:
    """What a sentence is worth as the one that says on what was tested."""
    cue = _cue(candidate, "parts", AnalysisPartKey.EXPERIMENTS, "setup")
    return (
        cue + 2.0 * (candidate.role is SectionRole.EXPERIMENTS) + candidate.quality - candidate.place
        if cue
        else _NOTHING
    )


def _cue(candidate: CandidateSentence, *names: str) -> float:
    """What the strongest phrases of a sentence are worth, each further one less."""
    matching = [worth for worth, phrase in cues(*names, language=candidate.language) if phrase.search(candidate.text)]
    return sum(worth / (1 + i) for i, worth in enumerate(matching[:_CUES_COUNTED]))
