"""An excerpt of the authors' abstract, for a paper without a text: the parts for which it has sentences."""

from __future__ import annotations

import re

from digest.analysis.analyst import AnalysisRequest
from digest.analysis.excerpt.candidate_sentences import named_subject, names_in_title, weakness_of
from digest.analysis.excerpt.paper_language import WITH_CUES, language_of
from digest.analysis.excerpt.patterns import ENGLISH, against, cues
from digest.analysis.excerpt.scoring import NAMED, telling
from digest.models.analysis import EXCERPT, Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Statement
from digest.text.latex.latex_to_text import latex_to_text
from digest.text.phrases import is_instruction
from digest.text.sentences import sentences

_ORDER = (
    AnalysisPartKey.OVERVIEW,
    AnalysisPartKey.MOTIVATION,
    AnalysisPartKey.CONTRIBUTIONS,
    AnalysisPartKey.METHOD,
    AnalysisPartKey.EXPERIMENTS,
    AnalysisPartKey.LIMITATIONS,
)
_YEAR = re.compile(r"(?:in|since) (?:the )?(?:19|20)\d\d", re.IGNORECASE)  # how a history begins
_TAKEAWAY_LENGTH = 400  # letters
_FEW = 3  # sentences of an abstract that has no room for background: its first one tells the paper


def from_abstract(request: AnalysisRequest, version: int) -> Analysis:
    """Each sentence of the abstract in the part that it speaks for; nothing is checked, for it is what it is."""
    abstract = latex_to_text(request.paper.abstract)
    abstract_sentences = [" ".join(abstract[a:b].split()) for a, b in sentences(abstract)]
    abstract_sentences = [sentence for sentence in abstract_sentences if not is_instruction(sentence)]
    language = language_of(abstract)
    language = language if language in WITH_CUES else ENGLISH
    keys = [_part(sentence, i, len(abstract_sentences), language) for i, sentence in enumerate(abstract_sentences)]
    parts = [
        AnalysisPart(key, tuple(Statement(s) for s, k in zip(abstract_sentences, keys, strict=True) if k is key))
        for key in _ORDER
    ]
    return Analysis(
        paper_id=request.paper.id,
        version=request.paper.version,
        language=request.language,
        analyst=EXCERPT,
        made_from=AnalysisSource.ABSTRACT,
        parts=tuple(part for part in parts if part.statements),
        takeaway=_takeaway(abstract_sentences, language, request.paper.title),
        prompt_version=version,
        notices=request.notices,
    )


def _part(sentence: str, index: int, count: int, language: str) -> AnalysisPartKey:
    """What a sentence speaks for, by its phrases, and by its place where they say nothing: an abstract begins with why,
    goes on with what and how, and ends with results."""
    position = index / max(1, count - 1)
    leaning = {
        AnalysisPartKey.OVERVIEW: 0.5 if 0 < position < 0.5 else 0.0,
        AnalysisPartKey.MOTIVATION: 2.5 * (1 - position) ** 2,
        AnalysisPartKey.CONTRIBUTIONS: 0.0,
        AnalysisPartKey.METHOD: 1.0 if 0.2 < position < 0.8 else 0.0,
        AnalysisPartKey.EXPERIMENTS: 2.0 * position**2,
        AnalysisPartKey.LIMITATIONS: -1.5,
    }
    return max(AnalysisPartKey, key=lambda key: leaning[key] + _cue(sentence, key, language))


def _cue(sentence: str, key: AnalysisPartKey, language: str) -> float:
    phrases = cues("parts", key, "cues", language=language)
    worth = next((worth for worth, phrase in phrases if phrase.search(sentence)), 0.0)
    return worth - 2.5 * any(p.search(sentence) for p in against("parts", key, "not", language=language))


def _takeaway(abstract: list[str], language: str, title: str) -> Statement | None:
    """The sentence that says what was found or brought; of an abstract of few sentences the first, which states it."""
    named = named_subject(names_in_title(title))
    scored = []
    for i, sentence in enumerate(abstract):
        worth = max(telling(sentence, language, of_the_paper=True), NAMED if named.search(sentence) else -1.0)
        if worth >= 0 and len(sentence) <= _TAKEAWAY_LENGTH:
            scored.append((worth - weakness_of(sentence, language), -i, sentence))
    if scored:
        return Statement(max(scored)[2])
    is_short = 0 < len(abstract) <= _FEW and len(abstract[0]) <= _TAKEAWAY_LENGTH
    return Statement(abstract[0]) if is_short and not _YEAR.match(abstract[0]) else None
