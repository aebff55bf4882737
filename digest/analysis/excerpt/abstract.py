"""An excerpt of the authors' abstract, for a paper whose text could not be had: the parts that it can serve."""

from __future__ import annotations

from digest.analysis.analyst import AnalysisRequest
from digest.analysis.excerpt.patterns import against, cues
from digest.models.model import EXCERPT, Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Statement
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
_TAKEAWAY_LENGTH = 400  # letters


def from_abstract(request: AnalysisRequest, version: int) -> Analysis:
    """Each sentence of the abstract in the part that it speaks for; nothing is checked, for it is what it is."""
    abstract = latex_to_text(request.paper.abstract)
    found = [" ".join(abstract[a:b].split()) for a, b in sentences(abstract)]
    found = [sentence for sentence in found if not is_instruction(sentence)]
    keys = [_part(sentence, i, len(found)) for i, sentence in enumerate(found)]
    parts = [
        AnalysisPart(key, tuple(Statement(s) for s, k in zip(found, keys, strict=True) if k is key)) for key in _ORDER
    ]
    return Analysis(
        paper_id=request.paper.id,
        version=request.paper.version,
        language=request.language,
        analyst=EXCERPT,
        made_from=AnalysisSource.ABSTRACT,
        parts=tuple(part for part in parts if part.statements),
        takeaway=_takeaway(found),
        prompt_version=version,
        notices=request.notices,
    )


def _part(sentence: str, index: int, count: int) -> AnalysisPartKey:
    """What a sentence speaks for, by its phrases, and by its place where they say nothing: an abstract begins with why,
    goes on with what and how, and ends with results."""
    place = index / max(1, count - 1)
    leaning = {
        AnalysisPartKey.OVERVIEW: 0.5 if 0 < place < 0.5 else 0.0,
        AnalysisPartKey.MOTIVATION: 2.5 * (1 - place) ** 2,
        AnalysisPartKey.CONTRIBUTIONS: 0.0,
        AnalysisPartKey.METHOD: 1.0 if 0.2 < place < 0.8 else 0.0,
        AnalysisPartKey.EXPERIMENTS: 2.0 * place**2,
        AnalysisPartKey.LIMITATIONS: -1.5,
    }
    return max(AnalysisPartKey, key=lambda key: leaning[key] + _said(sentence, key))


def _said(sentence: str, key: AnalysisPartKey) -> float:
    worth = next((worth for worth, phrase in cues("parts", key, "cues") if phrase.search(sentence)), 0.0)
    return worth - 2.5 * any(p.search(sentence) for p in against("parts", key, "not"))


def _takeaway(found: list[str]) -> Statement | None:
    scored = [
        (_telling(sentence), -i, sentence) for i, sentence in enumerate(found) if len(sentence) <= _TAKEAWAY_LENGTH
    ]
    best = max(scored, default=None)
    return Statement(best[2]) if best else None


def _telling(sentence: str) -> float:
    worth = sum(worth for worth, phrase in cues("takeaway", "cues") if phrase.search(sentence))
    return worth - 4.0 * any(phrase.search(sentence) for phrase in against("takeaway", "not"))
