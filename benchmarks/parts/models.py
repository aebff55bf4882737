"""Prompts and money (benchmarks.llm has the measuring)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.llm import PAPERS, PRICES, Read, count, make, read_all, tokenizer
from digest.analysis.llm.prompt_context import context_from_text
from digest.analysis.llm.prompts import PIECES, Glossary, PromptBuilder
from digest.models.spending import ModelSpending
from digest.settings import LlmModel, LlmSettings
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.model.server import LlmServer
from tests.fakes.stores import FakeSpending


def figures() -> Iterator[Figure]:
    """A prompt beside the paper's whole text; the cached share; and money by three price lists."""
    logging.disable(logging.WARNING)
    papers = read_all(PAPERS)
    counted = "o200k" if tokenizer() else "tokens by characters"
    longest = [max(_prompts(read)) for read in papers]
    whole = [count(read.whole) for read in papers]
    share = sum(longest) / sum(whole)
    yield Figure(
        "prompt tokens of a paper against its full text", f"{share:.1%}", "<= 70 %", share <= 0.7,
        f"{len(papers)} papers, {counted}; per paper {min(map(_ratio, longest, whole)):.0%} to "
        f"{max(map(_ratio, longest, whole)):.0%}",
    )  # fmt: skip
    for ask in ("part", "paper"):
        for name, prices in PRICES.items():
            spent = asyncio.run(_spent(papers, ask, prices))
            n = len(papers)
            if ask == "part" and name == next(iter(PRICES)):
                yield Figure(
                    "cached share of prompts, a question a part, on a server that caches", f"{spent.cached_share:.1%}",
                    ">= 80 %", spent.cached_share >= 0.8,
                    f"{spent.calls / n:.1f} calls, {spent.prompt_tokens / n:,.0f} prompt tokens a paper",
                )  # fmt: skip
            yield Figure(
                f"money a paper, a question a {ask}, {name}", f"${spent.money / n:.4f}", "printed", None,
                f"prompt ${prices[0]:g}, cached ${prices[1]:g}, answer ${prices[2]:g} a million tokens; "
                f"{spent.completion_tokens / n:,.0f} tokens written",
            )  # fmt: skip


def _ratio(part: int, whole: int) -> float:
    return part / whole


def _prompts(read: Read) -> list[int]:
    reading = context_from_text(read.paper, read.text)
    questions = PromptBuilder(reading, "zh", Glossary.of("zh", {}).within(reading.text))
    return [count(questions.piece(key).text) for key in PIECES]


async def _spent(papers: list[Read], ask: str, prices: tuple[float, float, float]) -> ModelSpending:
    prompt, cached, completion = prices
    async with LlmServer() as llm:
        spending, clock = FakeSpending(), FakeClock()
        model = LlmModel(
            base_url=llm.url, model="m", price_prompt=prompt, price_cached=cached, price_completion=completion
        )
        analyst = make(model, LlmSettings(concurrency=1, ask=ask), clock, spending)
        for read in papers:
            await analyst.analyse(read.request())
        await analyst.aclose()
    return spending.spent(clock.now().date(), clock.now().date())
