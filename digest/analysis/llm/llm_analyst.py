"""The analyst that asks models: in order of preference, each for what those before it could not deliver.

    for each model:  what the budget allows | what the model can read | ask, check, repair        (writing.py)
    then:            parts that no model wrote come from the paper's own sentences, and the card says so

What is published is six whole parts, or nothing of a model's: with too few parts, or none, `AnalystError` says why, and
the pipeline makes an excerpt instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.analysis.analyst import AnalysisRequest, Analyst, AnalystError, PaperAnswer
from digest.analysis.judge.statement_judge import Judge
from digest.analysis.llm import budget, prompts, response_parser
from digest.analysis.llm.budget import BudgetTracker, ReadingDepth, Reservation
from digest.analysis.llm.draft import AnalysisDraft, reason
from digest.analysis.llm.model_client import ModelClient
from digest.analysis.llm.model_errors import FaultKind, ModelError
from digest.analysis.llm.openai_payloads import ReportedUsage
from digest.analysis.llm.plain_text import addresses
from digest.analysis.llm.prompt_context import PromptContext, context_from_abstract, context_from_text, with_pages_of
from digest.analysis.llm.prompts import PROMPT_VERSION, Glossary, PromptBuilder
from digest.analysis.llm.response_parser import ResponseError
from digest.analysis.llm.section_focus import ANY
from digest.analysis.llm.token_estimate import estimate_tokens
from digest.analysis.llm.writer import AnalysisWriter
from digest.analysis.question_answering import abstract_as_text, passages_beside
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import Analysis, AnalysisPartKey, AnalysisSource, Statement
from digest.models.digest import VersionChange
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import PaperParagraph, PaperText, Section
from digest.models.spending import ModelSpending
from digest.ports import Clock, SpendingStore
from digest.settings import LlmSettings, Secrets
from digest.text.paper_index import PaperIndex

FEWEST_PARTS = 3  # of six that models must have written; with fewer, an excerpt is more of a piece
FEWEST_FOUND = 0.25  # of the statements; a model that invents more is not marked but not published
_SHORTENINGS = 2  # how often a paper is shortened for a model that can't read it whole
_WORTH_READING = 600  # tokens: with less room than that the abstract is read
_SHORTER_HELPS = (FaultKind.TOO_LONG, FaultKind.CUT_PROMPT)
_OVERHEAD = 300  # tokens of a task
_AHEAD = 2  # papers made ready while others are asked about, so that no server waits for us


@dataclass(frozen=True, slots=True)
class _AnalysisJob:
    """A paper in work, ready to be asked about."""

    request: AnalysisRequest
    passages: PaperIndex
    links: tuple[str, ...]
    glossary: Glossary
    deadline: float


class LlmAnalyst:
    """Implements `digest.analysis.analyst.Analyst`. `fallback` writes the parts that no model did."""

    def __init__(
        self,
        servers: Sequence[ModelClient],
        settings: LlmSettings,
        fallback: Analyst,
        clock: Clock,
        spending: SpendingStore | None = None,
        money: float | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._servers, self._settings, self._fallback, self._clock = tuple(servers), settings, fallback, clock
        self._purse = BudgetTracker(settings.budget, spending, clock, money)
        self._judge = judge
        self._ready = asyncio.Semaphore(settings.concurrency + _AHEAD)
        self._indexing = asyncio.Semaphore(1)  # more at once would be no faster in one interpreter, but hold it up
        self._papers = asyncio.Semaphore(settings.concurrency)

    @classmethod
    def of(
        cls,
        settings: LlmSettings,
        secrets: Secrets,
        fallback: Analyst,
        clock: Clock,
        spending: SpendingStore | None = None,
        money: float | None = None,
    ) -> LlmAnalyst:
        """The analyst that the configuration describes; it has at least one model. Nothing connects yet. `money` is
        what it may spend in all, beside the budget's limits."""
        servers = [ModelClient(m, settings, secrets.get(m.key_env), clock) for m in settings.preference]
        judging = settings.judging_model if settings.judge.enabled else None
        judge = Judge(ModelClient(judging, settings, secrets.get(judging.key_env), clock)) if judging else None
        return cls(servers, settings, fallback, clock, spending, money, judge)

    @property
    def name(self) -> str:
        """The first choice."""
        return self._servers[0].name

    @property
    def names(self) -> tuple[str, ...]:
        """Every model under whose name an analysis may be stored, the first choice first."""
        return tuple(dict.fromkeys(server.name for server in self._servers))

    @property
    def prompt_version(self) -> int:
        return PROMPT_VERSION

    async def aclose(self) -> None:
        for server in self._servers:
            await server.aclose()
        if self._judge is not None:
            await self._judge.aclose()

    async def analyse(self, request: AnalysisRequest) -> Analysis:
        """The analysis in six parts. Raises `AnalystError` when models wrote fewer than `FEWEST_PARTS` of them, or when
        fewer than `FEWEST_FOUND` of what they wrote was found in the paper."""
        draft = AnalysisDraft(request)
        async with self._ready:
            passages, links = await self._index(request)
            async with self._papers:
                job = self._job(request, passages, links)
                for server in self._servers:
                    if draft.missing:
                        await self._write(server, job, draft)
        if len(draft.missing_parts) > len(AnalysisPartKey) - FEWEST_PARTS:
            raise AnalystError(draft.troubles[0] if draft.troubles else Notice.of("llm.unfounded", model=self.name))
        if draft.found < FEWEST_FOUND:
            raise AnalystError(Notice.of("llm.unfounded", model=self.name))
        excerpt = await self._fallback.analyse(replace(request, notices=())) if draft.missing_parts else None
        return draft.finished(excerpt)

    async def answer(self, request: AnalysisRequest, question: str) -> PaperAnswer:
        """What the paper tells on a question, by the first model that answers. Raises `AnalystError` when none does, or
        when nothing of what one says was found in the paper."""
        troubles: list[Notice] = []
        async with self._ready:
            passages, links = await self._index(request)
            async with self._papers:
                job = self._job(request, passages, links)
                for server in self._servers:
                    answered = await self._answer(server, job, question, troubles)
                    if answered is not None:
                        return answered
        raise AnalystError(troubles[0])

    async def _answer(
        self, server: ModelClient, job: _AnalysisJob, question: str, troubles: list[Notice]
    ) -> PaperAnswer | None:
        """One model's answer; None where there is none, with the reason among the troubles."""
        plans = await asyncio.to_thread(self._plans, server, job, 1)
        step, account = self._purse.open(job.request.paper.versioned_id, plans)
        try:
            if step is ReadingDepth.NOTHING:
                troubles.append(Notice.of("llm.budget_spent"))
                return None
            for tries_left in reversed(range(_SHORTENINGS + 1)):
                questions = await asyncio.to_thread(self._questions, server, job, step)
                reading = questions.reading
                extra_passages = await asyncio.to_thread(passages_beside, question, job.request, reading)
                try:
                    checked = await self._writer(server, job, questions, account).answer(question, extra_passages)
                except (ModelError, ResponseError) as error:
                    if tries_left and isinstance(error, ModelError) and error.trouble in _SHORTER_HELPS:
                        continue
                    troubles.append(reason(server.name, error))
                    return None
                found_statements = tuple(c.statement for c in checked if c.statement.is_found)
                if checked and not found_statements:
                    troubles.append(Notice.of("llm.unfounded", model=server.name))
                    return None
                dropped = len(checked) - len(found_statements)
                notices = (*reading.notices, *([step.notice] if step.notice else []))
                notices += (Notice.of("ask.left_out", n=dropped),) if dropped else ()
                notices = (*job.request.notices, *notices)
                pages = tuple(sorted({*reading.pages, *(p.page for p in extra_passages)}))
                return PaperAnswer(found_statements, server.name, reading.made_from, notices, pages)
            return None
        finally:
            self._purse.close(account)

    async def summarise_changes(
        self, changes: Sequence[VersionChange], language: str, paper: Paper | None = None
    ) -> Statement | None:
        """What is new in a version, in one sentence that the check passes; None where no model wrote one."""
        prompt = prompts.about_changes(changes, language, Glossary.of(language, self._settings.glossary))
        passages = PaperIndex(_changes_as_text(changes))
        deadline = self._clock.monotonic() + self._settings.deadline
        paper_id = paper.versioned_id if paper else ""
        for server in self._servers:
            step, account = self._purse.open(
                paper_id, {ReadingDepth.FULL: budget.of_paper(server.model, estimate_tokens(prompt.text), 1, 200)}
            )
            try:
                if step is ReadingDepth.NOTHING:
                    continue
                reply = await server.complete(prompt, answer_tokens=server.model.answer_tokens, deadline=deadline)
                usage = reply.usage or ReportedUsage(
                    estimate_tokens(prompt.text), 0, estimate_tokens(reply.text), reported=False
                )
                self._purse.record(account, server.model, usage)
                assert reply.finish is not None
                claim = response_parser.parse_response(reply.text, reply.finish, language)[0]
            except (ModelError, ResponseError):
                continue
            finally:
                self._purse.close(account)
            statement = Statement(claim.text, verify_statement(claim.text, claim.quotes, passages))
            if statement.is_found and not statement.doubts:
                return statement
        return None

    async def _index(self, request: AnalysisRequest) -> tuple[PaperIndex, tuple[str, ...]]:
        async with self._indexing:
            return await asyncio.to_thread(_indexed, request)

    def _job(self, request: AnalysisRequest, passages: PaperIndex, links: tuple[str, ...]) -> _AnalysisJob:
        """The time that a paper may take begins when its turn has come."""
        glossary = Glossary.of(request.language, self._settings.glossary)
        return _AnalysisJob(request, passages, links, glossary, self._clock.monotonic() + self._settings.deadline)

    async def _write(self, server: ModelClient, job: _AnalysisJob, draft: AnalysisDraft) -> None:
        """Have one model write what is missing."""
        if server.resting:
            draft.troubles.append(ModelError(FaultKind.RESTING, server.name).notice)
            return
        plans = await asyncio.to_thread(self._plans, server, job, len(draft.missing))
        step, account = self._purse.open(job.request.paper.versioned_id, plans)
        try:
            if step is ReadingDepth.NOTHING:
                draft.troubles.append(Notice.of("llm.budget_spent"))
                return
            for _ in range(_SHORTENINGS + 1):
                questions = await asyncio.to_thread(self._questions, server, job, step)
                writer = self._writer(server, job, questions, account)
                await writer.write(draft.missing)
                if not writer.must_shorten:
                    break
                draft.notices += _cut_prompts(writer)
            if writer.written or writer.makes_no_sense:
                server.record_usable_reply(writer.found_anything)
            draft.add(writer, step)
        finally:
            self._purse.close(account)

    def _plans(self, server: ModelClient, job: _AnalysisJob, pieces: int) -> dict[ReadingDepth, ModelSpending]:
        """What each step would cost with this model, for so many pieces. An abstract alone is all there is of it."""
        steps = (
            (ReadingDepth.FULL, ReadingDepth.BODY, ReadingDepth.ABSTRACT) if job.request.text else (ReadingDepth.FULL,)
        )
        if not self._purse.is_limited:
            return {steps[0]: ModelSpending()}
        plans = {}
        for step in steps:
            reading = self._reading(server, job, step)
            calls = 1 if self._in_one(reading) else pieces
            written = budget.ANSWER_TOKENS * pieces
            size = reading.tokens + estimate_tokens(prompts.instructions()) + _OVERHEAD
            plans[step] = budget.of_paper(server.model, size, calls, written)
        return plans

    def _in_one(self, reading: PromptContext) -> bool:
        """Whether all pieces are asked for in one question: where prompts are not cached, and for an abstract, which is
        shorter than the instructions."""
        return self._settings.ask == "paper" or reading.made_from is AnalysisSource.ABSTRACT

    def _reading(self, server: ModelClient, job: _AnalysisJob, step: ReadingDepth, part: str = ANY) -> PromptContext:
        """What the model gets to read for a part, within the budget's step and the model's context."""
        request = job.request
        if request.text is None or step is ReadingDepth.ABSTRACT:
            return context_from_abstract(request.paper)
        limit = None
        if server.window is not None:
            reserve = server.model.answer_tokens if self._settings.ask == "paper" else server.answer_reserve
            limit = int((server.window - reserve) / server.safety) - estimate_tokens(prompts.instructions()) - _OVERHEAD
            if limit < _WORTH_READING:
                return context_from_abstract(request.paper)
        tables = step is ReadingDepth.FULL
        return context_from_text(request.paper, request.text, limit=limit, tables=tables, part=part)

    def _questions(self, server: ModelClient, job: _AnalysisJob, step: ReadingDepth) -> PromptBuilder:
        reading, text = self._reading(server, job, step), job.request.text
        focused: dict[str, PromptContext] = {}
        if text is not None and reading.is_shortened and not self._in_one(reading):
            focused = {piece: self._reading(server, job, step, piece) for piece in prompts.PIECES}
            reading = with_pages_of(reading, focused.values(), text)
        words = "\n".join(context.text for context in (reading, *focused.values()))
        return PromptBuilder(reading, job.request.language, job.glossary.within(words), focused)

    def _writer(
        self, server: ModelClient, job: _AnalysisJob, questions: PromptBuilder, account: Reservation
    ) -> AnalysisWriter:
        together = self._in_one(questions.reading)
        return AnalysisWriter(
            server, questions, job.passages, job.links, self._purse, account, job.deadline, together, judge=self._judge,
            title=job.request.paper.title,
        )  # fmt: skip


def _indexed(request: AnalysisRequest) -> tuple[PaperIndex, tuple[str, ...]]:
    """What statements are checked against, and the links that they may hold: tens of milliseconds for a long paper. All
    of the index that the first check would add is there."""
    text = request.text or abstract_as_text(request.paper)
    passages = PaperIndex(text)
    passages.complete()
    paper_links = addresses(f"{request.paper.abstract} {request.paper.comment or ''} {passages.text}")
    return passages, (*paper_links, *(link.url for link in text.links))


def _cut_prompts(writer: AnalysisWriter) -> list[Notice]:
    """That the server cut the prompt in silence, which its keeper should know; readers are told of the shortening."""
    errors = (e for e in writer.errors.values() if isinstance(e, ModelError))
    return [e.notice for e in errors if e.trouble is FaultKind.CUT_PROMPT][:1]


def _changes_as_text(changes: Sequence[VersionChange]) -> PaperText:
    """What a summary of changes is checked against: the old words and the new."""
    sections = tuple(
        Section(change.section, page or 0, paragraphs=(PaperParagraph(words, page or 0),))
        for change in changes
        for words, page in ((change.old, change.old_page), (change.new, change.new_page))
        if words
    )
    return PaperText("", sections, pages=0, pages_read=0)
