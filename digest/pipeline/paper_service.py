"""One paper at a time: its analysis, its card, its answers. Each is made once and then stored."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.analysis.analyst import AnalysisRequest, Analyst, AnalystError, PaperAnswer, QuestionAnswerer
from digest.analysis.evidence_links import PassageLocator, with_links
from digest.analysis.question_answering import best_passages
from digest.analysis.text_facts import with_facts
from digest.arxiv.withdrawal import withdrawal_reason
from digest.models.analysis import EXCERPT, Analysis, AnalysisSource
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import Link, PaperText
from digest.pipeline.paper_texts import PaperTexts
from digest.ports import AnalysisStore, PaperErrorObserver
from digest.text.urls import paper_links

LONGEST_REASON = 300  # characters of why a paper is withdrawn
CACHED_PAPERS = 1000  # of cards, about 30 KB each


@dataclass(frozen=True, slots=True)
class AnalysedPaper:
    """What the cards of a paper have in common in all editions of a language."""

    analysis: Analysis
    links: tuple[Link, ...]


class PaperService:
    """Analyses of papers and answers from them. `analysts` stand in order of preference; the last one must not fail."""

    def __init__(
        self,
        texts: PaperTexts,
        analyses: AnalysisStore,
        analysts: Sequence[Analyst],
        on_error: PaperErrorObserver,
        answer_question: QuestionAnswerer | None = None,
    ) -> None:
        self.texts = texts
        self._analyses = analyses
        self._analysts = tuple(analysts)
        self._on_error = on_error
        self._answer_question = answer_question
        self._cached: OrderedDict[tuple[str, str], AnalysedPaper] = OrderedDict()

    @property
    def has_model(self) -> bool:
        """Whether an analyst is asked before the last one, which costs nothing."""
        return len(self._analysts) > 1

    async def analysed_paper(self, paper: Paper, language: str, *, by_model: bool = True) -> AnalysedPaper:
        """What a paper's cards share. Thousands of editions may show it today: it is cached once it is final."""
        key = (paper.versioned_id, language)
        if key in self._cached:
            self._cached.move_to_end(key)
            return self._cached[key]
        text, analysis = await self.analyse(paper, language, by_model=by_model)
        analysed = AnalysedPaper(analysis, paper_links(paper, text))
        if analysis.made_from is AnalysisSource.FULL_TEXT and analysis.analyst in self._analysts[0].names:
            self._cached[key] = analysed
            if len(self._cached) > CACHED_PAPERS:
                self._cached.popitem(last=False)
        return analysed

    def is_analysed(self, paper: Paper, language: str) -> bool:
        """Whether there is an analysis of that version that is not made again: of its full text, by the first choice
        of analysts. A withdrawn one is not analysed."""
        if withdrawal_reason(paper):
            return True
        stored = self._stored(paper, language, self._analysts[0])
        return stored is not None and stored.made_from is AnalysisSource.FULL_TEXT

    async def analyse(self, paper: Paper, language: str, *, by_model: bool = True) -> tuple[PaperText | None, Analysis]:
        """The analysis of a paper: from the store, else made and stored. One job a paper, however many ask.

        The text comes with it where it is at hand: an analysis of the full text outlives the text it was made from.
        """
        if reason := withdrawal_reason(paper):
            notice = Notice.of("paper.withdrawn", reason=reason[:LONGEST_REASON])
            return None, _nothing(AnalysisRequest(paper, None, language), [notice])
        async with self.texts.lock(paper):
            stored = self._stored(paper, language, self._analysts[0])
            if stored is not None and stored.made_from is AnalysisSource.FULL_TEXT:
                return self.texts.text(paper), stored
            read = await self.texts.read(paper)
            return read.text, await self._first_analysis(
                AnalysisRequest(paper, read.text, language, notices=read.notices), by_model=by_model
            )

    async def answer(self, paper: Paper, question: str, language: str) -> PaperAnswer:
        """What a paper tells on a question: a model's checked sentences, else the passages that fit best."""
        read = await self.texts.read(paper)
        request = AnalysisRequest(paper, read.text, language, notices=read.notices)
        if self._answer_question is not None:
            try:
                return await asyncio.to_thread(_located, await self._answer_question(request, question), read.text)
            except AnalystError as error:
                request = replace(request, notices=(*request.notices, error.notice))
        answer = await asyncio.to_thread(best_passages, request, question)
        return await asyncio.to_thread(_located, answer, read.text)

    def _stored(self, paper: Paper, language: str, analyst: Analyst) -> Analysis | None:
        candidates = (
            self._analyses.analysis(paper.id, paper.version, language, name, analyst.prompt_version)
            for name in analyst.names
        )
        return next((analysis for analysis in candidates if analysis is not None), None)

    async def _first_analysis(self, request: AnalysisRequest, *, by_model: bool = True) -> Analysis:
        """By the first analyst that does not fail. Why those before it did is said, but not stored: next time they may
        be there again."""
        failures: list[Notice] = []
        for analyst in self._analysts if by_model else self._analysts[-1:]:
            analysis = self._stored(request.paper, request.language, analyst)
            if analysis is None or (analysis.made_from is AnalysisSource.ABSTRACT and request.text is not None):
                try:
                    analysis = await _completed(await analyst.analyse(request), request.text)
                except AnalystError as error:
                    failures.append(error.notice)
                    continue
                except Exception as error:  # noqa: BLE001 - a mistake of ours in one paper is no reason to lose the day
                    self._on_error(request.paper, error)
                    failures.append(Notice.of("pipeline.mistake"))
                    continue
                self._analyses.save_analysis(analysis)
            return replace(analysis, notices=tuple(dict.fromkeys((*analysis.notices, *failures))))
        return _nothing(request, failures)

    def forget_cached(self) -> None:
        """Drop the analysed papers that are held in memory."""
        self._cached.clear()


async def _completed(analysis: Analysis, text: PaperText | None) -> Analysis:
    """The analysis with links to its passages and what rules read in the text, where it is made from the text: that
    may be gone later."""
    if text is None or analysis.made_from is not AnalysisSource.FULL_TEXT:
        return analysis
    return await asyncio.to_thread(lambda: with_facts(with_links(analysis, text), text))


def _located(answer: PaperAnswer, text: PaperText | None) -> PaperAnswer:
    """An answer with links to its passages, where it is made from the text."""
    if text is None or answer.made_from is not AnalysisSource.FULL_TEXT:
        return answer
    return replace(answer, statements=PassageLocator(text).located(answer.statements))


def _nothing(request: AnalysisRequest, failures: Sequence[Notice]) -> Analysis:
    """A card of metadata and the authors' abstract: what is left when every analyst failed."""
    paper, notices = request.paper, (*request.notices, *failures)
    return Analysis(paper.id, paper.version, request.language, EXCERPT, AnalysisSource.ABSTRACT, (), notices=notices)
