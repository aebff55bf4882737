"""The analyst that needs no model: six parts of the paper's own best sentences, each with its section and page.

    sentences that may stand alone (candidates.py)  |  what each is worth to a part (worth.py)  |  the best, none twice

Nothing is written here: every statement is a sentence of the paper, in the paper's language, and was looked up again by
the same check as anybody's quotation. A part for which no sentence speaks is left out, and a notice says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from digest.analysis.analyst import AnalysisRequest
from digest.analysis.excerpt.abstract import from_abstract
from digest.analysis.excerpt.candidate_sentences import CandidateSentence, candidate_sentences, paper_language
from digest.analysis.excerpt.contributions import contributions
from digest.analysis.excerpt.paper_language import WITH_CUES
from digest.analysis.excerpt.scoring import SentenceScore, count, least, score_sentences, setup_score, takeaway_score
from digest.analysis.excerpt.section_roles import SectionRole
from digest.analysis.hidden_text_notices import hidden_text_notices
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import (
    EXCERPT,
    Analysis,
    AnalysisPart,
    AnalysisPartKey,
    AnalysisSource,
    Evidence,
    Statement,
    Verdict,
)
from digest.models.notice import Notice
from digest.models.paper_text import PaperText
from digest.text.paper_index import PaperIndex

EXCERPT_VERSION = 3  # raise it when the same paper would give another excerpt
_SAME = 70.0  # likeness from which two sentences say the same
_FROM_ONE_SECTION = 2
_SPREAD = (AnalysisPartKey.METHOD, AnalysisPartKey.EXPERIMENTS)  # parts that shall not come from one subsection alone
_SCARCE = (AnalysisPartKey.LIMITATIONS, AnalysisPartKey.MOTIVATION, AnalysisPartKey.CONTRIBUTIONS)  # they choose first
_ENOUGH = (AnalysisPartKey.LIMITATIONS, AnalysisPartKey.MOTIVATION)
_GOOD_SETUP = 4.5
_TAKEAWAY = "takeaway"


class ExcerptAnalyst:
    """Implements `digest.analysis.analyst.Analyst`; never fails. One excerpt is made at a time: more of them would be
    no faster in one interpreter, and keep its event loop waiting."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Semaphore(1)

    @property
    def name(self) -> str:
        return EXCERPT

    @property
    def names(self) -> tuple[str, ...]:
        return (EXCERPT,)

    @property
    def prompt_version(self) -> int:
        return EXCERPT_VERSION

    async def analyse(self, request: AnalysisRequest) -> Analysis:
        """An excerpt of the paper's text, or of its abstract where there is no text or none to speak of."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(excerpt, request)  # a tenth of a second, in which commands are answered


def excerpt(request: AnalysisRequest) -> Analysis:
    """What `ExcerptAnalyst.analyse` gives. Pure."""
    text = request.text
    if text is None:
        return from_abstract(request, EXCERPT_VERSION)
    chosen = _choose(text, request.paper.abstract)
    passages = PaperIndex(text)
    parts = {key: tuple(_statements(chosen.of(key), passages, text)) for key in AnalysisPartKey}
    takeaway = next(iter(_statements(chosen.taken.get(_TAKEAWAY, ()), passages, text)), None)
    if takeaway and not any(parts.values()):
        parts[AnalysisPartKey.OVERVIEW] = (takeaway,)
    if not any(parts.values()):
        return _without_text(request, text)
    notices = [Notice.of(f"excerpt.missing.{key.value}") for key in AnalysisPartKey if not parts[key]]
    return Analysis(
        paper_id=request.paper.id,
        version=request.paper.version,
        language=request.language,
        analyst=EXCERPT,
        made_from=AnalysisSource.FULL_TEXT,
        parts=tuple(AnalysisPart(key, statements) for key, statements in parts.items() if statements),
        takeaway=takeaway,
        pages_read=text.pages_read,
        pages=text.pages,
        prompt_version=EXCERPT_VERSION,
        notices=(*request.notices, *hidden_text_notices(text), *notices),
    )


@dataclass(frozen=True, slots=True)
class _SelectionRound:
    """How choosy a round of choosing is. Later rounds only fill parts that have fewer than `fewest` sentences."""

    below: float  # how far below a part's `least` a sentence may be
    shown: float  # what a sentence loses that stands in the abstract, which the card shows anyway
    fewest: int = 99
    enough: int = 99  # the same for parts where one good sentence is better than another weak one


_FIRST = _SelectionRound(1.0, 1.5)  # of the parts that choose first, one sentence each
_ROUNDS = (_SelectionRound(0.0, 1.5), _SelectionRound(1.0, 0.5, 2, 1))


@dataclass(slots=True)
class _SentenceSelection:
    """What has been chosen so far."""

    taken: dict[str, list[CandidateSentence]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)  # parts that need no more

    def take(self, key: str, candidate: CandidateSentence) -> None:
        self.taken.setdefault(key, []).append(candidate)

    def takes(self, key: AnalysisPartKey, candidate: CandidateSentence, of: _SelectionRound) -> bool:
        """Whether a part has room for a sentence that nothing chosen says already."""
        have = self.taken.get(key, [])
        fewest = of.enough if key in _ENOUGH else of.fewest
        if len(have) >= min(count(key), fewest) or key in self.whole:
            return False
        if key in _SPREAD and sum(c.section == candidate.section for c in have) >= _FROM_ONE_SECTION:
            return False
        return not any(is_like(candidate.text, c.text) for group in self.taken.values() for c in group)

    def of(self, key: AnalysisPartKey) -> list[CandidateSentence]:
        """The sentences of a part in the paper's order."""
        return sorted(self.taken.get(key, ()), key=lambda c: (c.section, c.order))


def _without_text(request: AnalysisRequest, text: PaperText) -> Analysis:
    """An excerpt of the abstract, with a notice where the paper's language is the reason."""
    language = paper_language(text)
    if language not in WITH_CUES:
        request = replace(request, notices=(*request.notices, Notice.of("excerpt.language")))
    return from_abstract(request, EXCERPT_VERSION)


def _in_abstract(candidate: CandidateSentence, abstract: str) -> CandidateSentence:
    """A sentence of the announced abstract has that role, under whatever heading it stands in the text."""
    return replace(candidate, role=SectionRole.ABSTRACT) if candidate.text in abstract else candidate


def is_like(first: str, second: str) -> bool:
    """Whether two sentences say the same, in the main in the same words."""
    return fuzz.token_sort_ratio(first, second, score_cutoff=_SAME) > 0 or first in second or second in first


def _choose(text: PaperText, abstract: str) -> _SentenceSelection:
    sentences = [_in_abstract(candidate, abstract) for candidate in candidate_sentences(text)]
    chosen = _SentenceSelection()
    takeaway = max(sentences, key=takeaway_score, default=None)
    if takeaway and takeaway_score(takeaway) > 0:
        chosen.take(_TAKEAWAY, takeaway)
    for item in contributions(text):
        chosen.take(AnalysisPartKey.CONTRIBUTIONS, item)
        chosen.whole.add(AnalysisPartKey.CONTRIBUTIONS)
    setup = max(sentences, key=setup_score, default=None)
    if setup and setup_score(setup) >= _GOOD_SETUP:
        chosen.take(AnalysisPartKey.EXPERIMENTS, setup)
    every = score_sentences(sentences, abstract)
    first = _ranked(every, _FIRST)
    for key in _SCARCE:
        _take(chosen, [worth for worth in first if worth.key is key], _FIRST, at_most=1)
    for each in _ROUNDS:
        _take(chosen, _ranked(every, each), each)
    return chosen


def _ranked(every: Sequence[SentenceScore], of: _SelectionRound) -> list[SentenceScore]:
    """Every sentence with every part that it is good enough for in a round, the best first."""
    fit = [(worth.value - of.shown * worth.is_shown, worth) for worth in every]
    ranked = [(value, worth) for value, worth in fit if value >= least(worth.key) - of.below]
    ranked.sort(key=lambda entry: (-entry[0], entry[1].candidate.order))
    return [worth for _, worth in ranked]


def _take(chosen: _SentenceSelection, ranked: Iterable[SentenceScore], of: _SelectionRound, at_most: int = 99) -> None:
    for worth in ranked:
        if at_most and chosen.takes(worth.key, worth.candidate, of):
            chosen.take(worth.key, worth.candidate)
            at_most -= 1


def _statements(chosen: Iterable[CandidateSentence], passages: PaperIndex, text: PaperText) -> Iterable[Statement]:
    """The sentences with their evidence; one that the check does not find is not shown."""
    for candidate in chosen:
        if verify_statement("", candidate.text, passages).verdict is Verdict.FOUND:
            label = text.sections[candidate.section].label or None
            evidence = Evidence(candidate.text, Verdict.FOUND, label, candidate.page, candidate.text)
            yield Statement(candidate.text, evidence)
