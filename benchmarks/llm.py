"""What analyses by models cost, and how long they take: `python -m benchmarks.llm [PART…]`.

    prompts   tokens of a prompt beside the paper's whole text, and how much of it the questions share
    money     a paper through a server with a prompt cache, by three price lists
    speed     50 papers, 8 requests at once, against the ideal
    faults    every fault of the fake server, for ever and for a while: what is published

The papers are those of ../shared where it is, else a made-up one. Tokens are counted with o200k where the package
`bpe-openai` is installed, else estimated by characters. Goals: prompts at most 70 % of the whole text; at least 90 %
of a prompt shared; at most 1.2 times the ideal time; every fault ends in six whole parts or an honest fallback.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from types import ModuleType

import pymupdf

from bot.clock import SystemClock
from digest.analysis.analyst import AnalysisRequest, AnalystError
from digest.analysis.excerpt.excerpt_analyst import ExcerptAnalyst
from digest.analysis.llm import token_estimate
from digest.analysis.llm.llm_analyst import LlmAnalyst
from digest.analysis.llm.model_client import ModelClient
from digest.analysis.llm.prompt_context import context_from_text
from digest.analysis.llm.prompts import PIECES, Glossary, PromptBuilder
from digest.models.analysis import EXCERPT, Analysis, AnalysisPartKey
from digest.models.paper import Paper
from digest.models.paper_text import PaperText
from digest.models.spending import ModelSpending
from digest.pdf.reader import read_file
from digest.ports import Clock
from digest.settings import LlmModel, LlmSettings, ReadingLimits
from tests.builders import papers
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.model.server import DISGUISES, FAULTS, KEY, SLOW, LlmServer
from tests.fakes.stores import FakeSpending

PAPERS = Path(__file__).parents[2] / "shared" / "corpus" / "pdf"

# Prompt, cached prompt, answer: US dollars for a million tokens.
PRICES = {
    "DeepSeek flash, off-peak (2026)": (0.15, 0.003, 0.60),
    "DeepSeek flash, at peak (2026)": (0.30, 0.006, 1.20),
    "a list with 90 % off cached tokens": (1.25, 0.125, 10.00),
}
PARALLEL, MANY = 8, 50


@dataclass(frozen=True, slots=True)
class Read:
    """A paper with its text, and all the text of its PDF."""

    paper: Paper
    text: PaperText
    whole: str

    def request(self, language: str = "zh") -> AnalysisRequest:
        return AnalysisRequest(self.paper, self.text, language)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", help="prompts, money, speed, faults; by default all")
    parser.add_argument("--papers", type=Path, default=PAPERS, help="a folder of PDFs")
    parser.add_argument("--answer-time", type=float, default=0.4, help="seconds that the fake model takes (speed)")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)  # the faults are meant
    asked = arguments.part or ["prompts", "money", "speed", "faults"]
    papers = read_all(arguments.papers)
    print(f"{len(papers)} papers, {'o200k' if tokenizer() else 'tokens estimated by characters'}")
    if "prompts" in asked:
        prompts(papers)
    parts: dict[str, Callable[[], Awaitable[None]]] = {
        "money": lambda: money(papers),
        "speed": lambda: speed(papers, arguments.answer_time),
        "faults": faults,
    }
    for name, measure in parts.items():
        if name in asked:
            asyncio.run(measure())  # type: ignore[arg-type]


def read_all(folder: Path) -> list[Read]:
    found = []
    for path in sorted(folder.glob("*.pdf")):
        text = read_file(path, ReadingLimits())
        if isinstance(text, PaperText):
            name, _, version = path.stem.rpartition("v")
            paper = Paper(name, int(version), text.title, (), abstract(text), ("cs.AI",))
            found.append(Read(paper, text, plain_text(path)))
    return found or [Read(papers.paper(), papers.text(), "\n".join(words(papers.text())))]


def abstract(text: PaperText) -> str:
    return next((p.text for s in text.sections if s.kind == "abstract" for p in s.paragraphs), "")


def plain_text(path: Path) -> str:
    """All that PyMuPDF finds in a PDF: what a bot sends that does not look at papers."""
    with pymupdf.open(path) as document:
        return "\n".join(page.get_text() for page in document)


def words(text: PaperText) -> list[str]:
    return [p.text for s in text.sections for p in s.paragraphs] + [c.text for c in text.captions]


def tokenizer() -> ModuleType | None:
    """A tokenizer beside the project's own environment, if there is one."""
    try:
        return importlib.import_module("bpe_openai")
    except ImportError:
        return None


def count(text: str) -> int:
    found = tokenizer()
    return len(found.get_encoding("o200k_base").encode(text)) if found else token_estimate.estimate_tokens(text)


# --- prompts ----------------------------------------------------------------------------------------------------


def prompts(papers: Sequence[Read]) -> None:
    """A prompt is instructions, paper and task."""
    shares, shared, totals = [], [], [0, 0]
    for read in papers:
        reading = context_from_text(read.paper, read.text)
        questions = PromptBuilder(reading, "zh", Glossary.of("zh", {}).within(reading.text))
        made = [questions.piece(key) for key in PIECES]
        sizes = [count(prompt.text) for prompt in made]
        prefix = count(f"{made[0].system}\n\n{made[0].paper}\n\n")
        full = count(read.whole)
        shares.append(max(sizes) / full)
        shared.append(prefix / max(sizes))
        totals = [totals[0] + max(sizes), totals[1] + full]
    print(
        f"prompts: longest question / whole text: {totals[0] / totals[1]:.1%} of all tokens, per paper median "
        f"{median(shares):.1%}, mean {mean(shares):.1%}, {min(shares):.1%} to {max(shares):.1%}; "
        f"shared prefix {min(shared):.1%} to {max(shared):.1%} of it"
    )


# --- money ------------------------------------------------------------------------------------------------------


async def money(papers: Sequence[Read]) -> None:
    """What the papers cost by each list, with the cache that the fake server keeps."""
    for ask in ("part", "paper"):
        for name, (prompt, cached, completion) in PRICES.items():
            async with LlmServer() as llm:
                spending, clock = FakeSpending(), FakeClock()
                model = LlmModel(
                    base_url=llm.url, model="m", price_prompt=prompt, price_cached=cached, price_completion=completion
                )
                analyst = make(model, LlmSettings(concurrency=1, ask=ask), clock, spending)
                for read in papers:
                    await analyst.analyse(read.request())
                await analyst.aclose()
                show_money(ask, name, len(papers), spending.spent(clock.now().date(), clock.now().date()))


def show_money(ask: str, name: str, papers: int, spent: ModelSpending) -> None:
    print(
        f"money: a question a {ask}, {name}: ${spent.money / papers:.4f} a paper; {spent.calls / papers:.1f} calls, "
        f"{spent.prompt_tokens / papers:,.0f} prompt tokens, {spent.cached_share:.1%} of them cached, "
        f"{spent.completion_tokens / papers:,.0f} written"
    )


# --- speed ------------------------------------------------------------------------------------------------------


async def speed(papers: Sequence[Read], answer_time: float) -> None:
    """The fake server answers every question after the same time; the ideal has no gap between its answers."""
    for ask in ("part", "paper"):
        async with LlmServer(delay=answer_time) as llm:
            settings = LlmSettings(concurrency=PARALLEL, ask=ask, timeout=answer_time * 50)
            analyst = make(LlmModel(base_url=llm.url, model="m"), settings, SystemClock(), FakeSpending())
            start = time.perf_counter()
            await asyncio.gather(*(analyst.analyse(papers[i % len(papers)].request()) for i in range(MANY)))
            took = time.perf_counter() - start
            await analyst.aclose()
        ideal = -(-len(llm.requests) // PARALLEL) * answer_time
        print(
            f"speed: {MANY} papers, a question a {ask}, {len(llm.requests)} questions of {answer_time:g} s, {PARALLEL} "
            f"at once: {took:.1f} s, {took / ideal:.2f} of the ideal {ideal:.1f} s"
        )


# --- faults -----------------------------------------------------------------------------------------------------


async def faults() -> None:
    """Every fault for the first request, the first three, and for ever."""
    ends: Counter[str] = Counter()
    for name, fault in {**FAULTS, **DISGUISES}.items():
        for times in (1, 3, float("inf")):
            async with LlmServer() as llm:
                llm.behaves(lambda received, llm=llm, fault=fault: fault(llm, received), times=times)  # type: ignore[misc]
                model = LlmModel(base_url=llm.url, model="m", stream=name.startswith("stream"))
                analyst = make(model, LlmSettings(timeout=0.3 if name in SLOW else 20.0), FakeClock(), FakeSpending())
                ends[await end_of(analyst)] += 1
                await analyst.aclose()
    print("faults: " + ", ".join(f"{n} {end}" for end, n in ends.most_common()))


async def end_of(analyst: LlmAnalyst) -> str:
    request = AnalysisRequest(papers.paper(), papers.text(), "zh")
    try:
        made = await analyst.analyse(request)
    except AnalystError:
        made = await ExcerptAnalyst().analyse(request)
    if not is_whole(made):
        return "NOT WHOLE"
    return "excerpts with the reason told" if made.analyst == EXCERPT else "whole analyses by the model"


def is_whole(made: Analysis) -> bool:
    statements = [*made.statements, *([made.takeaway] if made.takeaway else [])]
    return (
        [part.key for part in made.parts if part.statements] == list(AnalysisPartKey)
        and made.takeaway is not None
        and all(s.text.rstrip("”\"') ")[-1:] in "。.!?！？" for s in statements)
    )


def make(model: LlmModel, settings: LlmSettings, clock: Clock, spending: FakeSpending) -> LlmAnalyst:
    return LlmAnalyst([ModelClient(model, settings, KEY, clock)], settings, ExcerptAnalyst(), clock, spending)


if __name__ == "__main__":
    main()
