"""Reading and analysing on a real cluster of two worker processes, one of which is killed in the middle."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from digest.analysis.analyst import AnalysisRequest, AnalystError
from digest.analysis.excerpt.excerpt_analyst import ExcerptAnalyst
from digest.analysis.llm.llm_analyst import LlmAnalyst
from digest.engine.dask_executor import ClusterError, DaskExecutor
from digest.engine.engine import Engine
from digest.models.analysis import AnalysisSource
from digest.models.paper_text import PaperText
from digest.pdf.reader import read_bytes
from digest.pdf.result import ReadFailure
from digest.settings import EngineSettings, LlmBudget, LlmSettings, ReadingLimits, Secrets
from tests.builders import papers
from tests.builders.hostile_pdfs import nested_forms
from tests.builders.pdfs import Press, small_paper
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.dask_cluster import DaskCluster, dask_cluster
from tests.fakes.model.server import KEY, LlmServer
from tests.fakes.stores import FakeSpending

LIMITS = ReadingLimits(memory_mb=400, cpu_seconds=60, wall_seconds=180, max_pages=20)
PAPER = small_paper()

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskCluster]:
    """Two workers, with the model's key in their environment, and not in ours."""
    assert "LLM_API_KEY" not in os.environ
    with dask_cluster(2, {"LLM_API_KEY": KEY}) as made:
        yield made


def settings(cluster: DaskCluster, *, analyse: bool = False) -> EngineSettings:
    return EngineSettings(kind="dask", address=cluster.address, workers=4, analyse=analyse)


def pdf(number: int) -> bytes:
    press = Press()
    press.title(f"Paper {number}")
    for section in range(1, 4):
        press.heading(f"{section} Part")
        press.prose(8)
    return bytes(press.pdf())


def title(outcome: PaperText | ReadFailure) -> str:
    assert isinstance(outcome, PaperText)
    return outcome.title


async def test_a_worker_reads_what_this_machine_reads(cluster: DaskCluster) -> None:
    """The same text, and nobody at home had to help."""
    told: list[str] = []
    with Engine(settings(cluster), LIMITS, told.append) as engine:
        outcome = await engine.read(PAPER)

    assert outcome == read_bytes(PAPER, LIMITS)
    assert told == []


async def test_a_hostile_file_is_contained_on_a_worker(cluster: DaskCluster) -> None:
    """It ends within its limits with its reason, and the worker reads on."""
    told: list[str] = []
    strict = replace(LIMITS, cpu_seconds=1)
    with (
        Engine(settings(cluster), strict, told.append) as short,
        Engine(settings(cluster), LIMITS, told.append) as engine,
    ):
        bad, good = await asyncio.gather(short.read(nested_forms()), engine.read(PAPER))
        again = await engine.read(PAPER)

    assert isinstance(bad, ReadFailure)
    assert bad.notice.code in ("pdf.cpu", "pdf.memory")
    assert title(good) == title(again)
    assert told == []


async def test_a_worker_that_dies_costs_a_retry_and_a_cluster_that_dies_costs_time() -> None:
    """Killed in the middle, one of two workers takes no paper with it; without a scheduler PDFs are read at home."""
    told: list[str] = []
    with dask_cluster(2) as cluster, Engine(settings(cluster), LIMITS, told.append) as engine:
        reading = [asyncio.create_task(engine.read(pdf(number))) for number in range(6)]
        await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
        cluster.kill_worker(0)
        titles = [title(outcome) for outcome in await asyncio.gather(*reading)]
        told_until_then = list(told)
        cluster.kill_scheduler()
        at_home = title(await engine.read(pdf(99)))

    assert titles == [f"Paper {number}" for number in range(6)]
    assert told_until_then == []
    assert at_home == "Paper 99"
    assert len(told) == 1


async def test_work_that_raises_is_no_fault_of_the_cluster(cluster: DaskCluster) -> None:
    """It raises at home what it raised there."""
    with DaskExecutor(cluster.address, 2) as pool, pytest.raises(ZeroDivisionError):
        await asyncio.get_running_loop().run_in_executor(pool, divmod, 1, 0)


async def test_no_scheduler_is_found_out_and_not_asked_again_at_once() -> None:
    """The first piece of work waits for it, those after it don't."""
    with DaskExecutor("tcp://127.0.0.1:9", 1, connect=0.2) as pool:
        for expected in ("no scheduler answers", "a moment ago"):
            with pytest.raises(ClusterError, match=expected):
                await asyncio.get_running_loop().run_in_executor(pool, divmod, 1, 1)


async def test_an_excerpt_is_made_on_a_worker(cluster: DaskCluster) -> None:
    """The same one."""
    request = AnalysisRequest(papers.paper(), papers.text(), "en")
    with Engine(settings(cluster, analyse=True), LIMITS) as engine:
        analyst = engine.analyst(ExcerptAnalyst(), LlmSettings(), FakeClock())
        made = await analyst.analyse(request)

    assert made == await ExcerptAnalyst().analyse(request)


async def test_a_worker_asks_the_model_with_its_own_key(cluster: DaskCluster) -> None:
    """No key travels: this process has none. What was paid is booked here, and the budget is kept."""
    clock, spending, told = FakeClock(), FakeSpending(), list[str]()
    today: date = clock.now().date()
    async with LlmServer() as llm:
        asked = LlmSettings(base_url=llm.url, model="m", price_prompt=1.0, price_completion=1.0)
        home = LlmAnalyst.of(asked, Secrets(), ExcerptAnalyst(), clock, spending)
        with Engine(settings(cluster, analyse=True), LIMITS, told.append) as engine:
            analyst = engine.analyst(home, asked, clock, spending)
            made = await analyst.analyse(AnalysisRequest(papers.paper(), papers.text(), "en"))
            spent = spending.spent(today, today)
            poor = replace(asked, budget=LlmBudget(money_a_day=spent.money))
            with pytest.raises(AnalystError) as refused:
                await engine.analyst(home, poor, clock, spending).analyse(
                    AnalysisRequest(papers.paper(2), papers.text(), "en")
                )
        await home.aclose()

    assert (made.made_from, made.analyst) == (AnalysisSource.FULL_TEXT, "m")
    assert spent.calls == len(llm.requests) > 0
    assert spent.money > 0
    assert refused.value.notice.code == "llm.budget_spent"
    assert spending.spent(today, today) == spent
    assert told == []
