"""Analysing on the workers of a cluster.

    here: what the budget has left  |  worker: analyse, with its own key and connections  |  here: book the calls

A task holds the request, the `[llm]` table and figures of the budget: no key, no client, no store. Each worker finds
the key in its own environment, under the name that `key_env` gives. The budget is kept here: what papers in work may
cost is set aside, and a worker is told that it is spent.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from digest.analysis.analyst import AnalysisRequest, Analyst, AnalystError
from digest.analysis.excerpt.excerpt_analyst import ExcerptAnalyst
from digest.analysis.llm import budget
from digest.analysis.llm.token_estimate import estimate_tokens
from digest.engine.dask_executor import ClusterError
from digest.models.analysis import EXCERPT, Analysis
from digest.models.notice import Notice
from digest.models.spending import ModelSpending, SpendingRow
from digest.ports import Clock, SpendingStore
from digest.settings import LlmSettings
from digest.settings.secrets import Secrets, read_secrets

_QUESTIONS = 6  # a part each, at most
_AROUND = 3_000  # tokens of instructions and task around a paper


@dataclass(frozen=True, slots=True)
class RemoteModelCall:
    """What one request to a model cost."""

    model: str
    paper_id: str
    spent: ModelSpending


@dataclass(frozen=True, slots=True)
class RemoteResult:
    """What a worker sends back: an analysis, or why there is none; and what was paid either way."""

    analysis: Analysis | None
    failure: Notice | None = None
    calls: tuple[RemoteModelCall, ...] = ()


class RemoteAnalyst:
    """Implements `digest.analysis.analyst.Analyst`. `home` says who it is, and analyses what the cluster could not."""

    def __init__(
        self,
        home: Analyst,
        cluster: Executor,
        llm: LlmSettings,
        at_once: int,
        clock: Clock,
        spending: SpendingStore | None,
        on_failure: Callable[[str], None],
        money: float | None = None,
    ) -> None:
        self._home, self._cluster, self._clock, self._spending = home, cluster, clock, spending
        self._on_failure = on_failure
        self._is_excerpt = home.name == EXCERPT
        # Each worker asks one question at a time, so that all together ask the server no more than is allowed.
        self._llm = replace(llm, concurrency=1)
        self._turns = asyncio.Semaphore(at_once if self._is_excerpt else min(at_once, llm.concurrency))
        self._reserved: dict[int, ModelSpending] = {}  # what papers in work may cost, by request
        self._money = money  # what may still be spent in all, apart from the budget's limits

    @property
    def name(self) -> str:
        return self._home.name

    @property
    def names(self) -> tuple[str, ...]:
        return self._home.names

    @property
    def prompt_version(self) -> int:
        return self._home.prompt_version

    async def analyse(self, request: AnalysisRequest) -> Analysis:
        """The analysis. Raises `AnalystError` as the analyst at home does."""
        async with self._turns:
            try:
                done = await self._asked(request)
            except ClusterError as error:
                self._on_failure(f"{request.paper.versioned_id} is analysed here: {error}")
                return await self._home.analyse(request)
        if done.analysis is None:
            raise AnalystError(done.failure or Notice.of("pipeline.mistake"))
        return done.analysis

    async def _asked(self, request: AnalysisRequest) -> RemoteResult:
        loop = asyncio.get_running_loop()
        if self._is_excerpt:
            return await loop.run_in_executor(self._cluster, excerpted, request)
        today = self._clock.now().date()
        spent = self._spent(today)
        reserved = sum(spending.money for spending in self._reserved.values())
        money = None if self._money is None else self._money - reserved
        self._reserved[id(request)] = _at_most(self._llm, request)
        try:
            done = await loop.run_in_executor(self._cluster, analysed, request, self._llm, *spent, money)
        finally:
            del self._reserved[id(request)]
        self._book(today, done)
        return done

    def _spent(self, today: date) -> tuple[ModelSpending, ModelSpending]:
        """Today's and this month's, with what is set aside for papers in work."""
        if self._spending is None or not budget.is_limited(self._llm.budget):
            return ModelSpending(), ModelSpending()
        reserved = sum(self._reserved.values(), ModelSpending())
        day, month = self._spending.spent(today, today), self._spending.spent(today.replace(day=1), today)
        return day + reserved, month + reserved

    def _book(self, today: date, done: RemoteResult) -> None:
        if self._money is not None:
            self._money -= sum(call.spent.money for call in done.calls)
        if self._spending is None:
            return
        for call in done.calls:
            counted = (call.spent.prompt_tokens, call.spent.cached_tokens, call.spent.completion_tokens)
            self._spending.record(today, call.model, call.paper_id, *counted, call.spent.money)


def _at_most(llm: LlmSettings, request: AnalysisRequest) -> ModelSpending:
    """What a paper costs if everything of it is read: by the dearest of the models."""
    read = [p.text for s in request.text.sections for p in s.paragraphs] if request.text else [request.paper.abstract]
    size = sum(map(estimate_tokens, read))
    calls = _QUESTIONS if llm.ask == "part" else 1
    written = _QUESTIONS * budget.ANSWER_TOKENS
    plans = [budget.of_paper(model, size + _AROUND, calls, written) for model in llm.preference]
    return max(plans, key=lambda plan: (plan.money, plan.tokens))


# --- on the worker ----------------------------------------------------------------------------------------------


def excerpted(request: AnalysisRequest) -> RemoteResult:
    """An excerpt."""
    return RemoteResult(asyncio.run(ExcerptAnalyst().analyse(request)))


def analysed(
    request: AnalysisRequest, llm: LlmSettings, day: ModelSpending, month: ModelSpending, money: float | None = None
) -> RemoteResult:
    """An analysis by the models of `llm`, with keys of this process's own environment or of `.env` in its folder.
    `day` and `month` are what was spent, `money` what may still be."""
    secrets, _ = read_secrets(llm.key_names, os.environ, Path(".env").absolute())
    return asyncio.run(_analysed(request, llm, secrets, _Figures(day, month), money))


async def _analysed(
    request: AnalysisRequest, llm: LlmSettings, secrets: Secrets, spending: _Figures, money: float | None
) -> RemoteResult:
    from digest.analysis.llm.llm_analyst import LlmAnalyst  # here: the SDK is large, and who reads PDFs only needs none

    analyst = LlmAnalyst.of(llm, secrets, ExcerptAnalyst(), _Clock(), spending, money)
    try:
        analysis = await analyst.analyse(request)
    except AnalystError as error:
        return RemoteResult(None, error.notice, tuple(spending.calls))
    finally:
        await analyst.aclose()
    return RemoteResult(analysis, None, tuple(spending.calls))


@dataclass(slots=True)
class _Figures:
    """Implements what a budget needs of `SpendingStore` for one paper: what was spent before, and its own calls."""

    day: ModelSpending
    month: ModelSpending
    calls: list[RemoteModelCall] = field(default_factory=list)

    def record(
        self,
        day: date,
        model: str,
        paper_id: str,
        prompt_tokens: int,
        cached_tokens: int,
        completion_tokens: int,
        money: float,
    ) -> None:
        self.calls.append(
            RemoteModelCall(model, paper_id, ModelSpending(prompt_tokens, cached_tokens, completion_tokens, money, 1))
        )

    def spent(self, first: date, last: date) -> ModelSpending:
        own_spending = sum((call.spent for call in self.calls), ModelSpending())
        return own_spending + (self.day if first == last else self.month)

    def rows(self, days: int) -> list[SpendingRow]:
        return []


class _Clock:
    """Time as it passes on the worker. Implements `digest.ports.Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
