"""Past days from a folder and from the API: made once, within a limit, posted nowhere unless that is asked for."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.scheduling.backfill import Backfill, BackfillPlan, BackfillResult
from digest.arxiv import local_mirror
from digest.arxiv.ids import ArxivId
from digest.errors import InputError
from digest.models.analysis import AnalysisSource
from digest.models.edition import Edition, Platform, Target
from digest.models.paper import Paper
from digest.settings import ArxivSettings, LlmSettings, Secrets, Settings, StorageSettings
from tests.builders.pdfs import Press
from tests.fakes.arxiv import FakeArxiv, made_paper
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.model.server import KEY, LlmServer

FIRST, SECOND, THIRD = date(2026, 1, 7), date(2026, 1, 8), date(2026, 1, 9)
CHAT = Target(Platform("telegram"), "-1001")
EDITION = Edition("vla", ("cs.RO", "cs.LG"), ("vla",), language="en", targets=(CHAT,))
NOWHERE = "http://127.0.0.1:9"

pytestmark = pytest.mark.slow


def pdf(title: str) -> bytes:
    press = Press()
    press.title(title)
    for number, name in enumerate(("Introduction", "Method", "Experiments", "Conclusion"), start=1):
        press.heading(f"{number} {name}")
        press.prose(12)
    return bytes(press.pdf())


def listing(number: int, title: str, kind: str = "new", category: str = "cs.RO") -> dict[str, object]:
    return {
        "id": f"2601.9{number:04}", "version": 1, "title": title, "creator": "Ada Example, Bo Sample",
        "abstract": "We propose a policy that reads the order before it moves. It works in nine of ten rooms.",
        "categories": [category], "announce_type": kind,
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recorded days with a matching paper each, the second with two, and the PDFs of all."""
    recorded = {
        FIRST: [listing(1, "A VLA that waits"), listing(2, "Nothing of the kind")],
        SECOND: [listing(3, "A VLA that runs"), listing(4, "A VLA that walks", "cross", "cs.LG")],
        THIRD: [listing(5, "A VLA that stands"), listing(1, "A VLA that waits", "cross", "cs.LG")],
    }
    (tmp_path / "pdf").mkdir()
    for day, lines in recorded.items():
        text = "\n".join(map(json.dumps, lines)) + "\n\n"
        (tmp_path / f"{day}.jsonl").write_text(text, encoding="utf-8")
        for line in lines:
            (tmp_path / "pdf" / f"{line['id']}v1.pdf").write_bytes(pdf(str(line["title"])))
    return tmp_path


def settings(folder: Path, url: str = NOWHERE, llm: LlmSettings | None = None) -> Settings:
    return Settings(
        arxiv=ArxivSettings(f"{url}/rss", f"{url}/api/query", f"{url}/pdf", min_interval=0.0),
        storage=StorageSettings(path=folder / "broadsheet.db"),
        llm=llm or LlmSettings(),
        editions=(EDITION,),
        secrets=Secrets({"LLM_API_KEY": KEY}),
    )


@asynccontextmanager
async def an_app(given: Settings, folder: Path | None, money: float | None = None) -> AsyncIterator[App]:
    clock = FakeClock(datetime(2026, 1, 12, 12, tzinfo=UTC))
    async with open_app(given, clock, shelf=folder, money=money) as app:
        yield app


async def run(app: App, folder: Path | None, *, publish: bool = False) -> tuple[BackfillPlan, BackfillResult]:
    backfill = Backfill(app, EDITION, FIRST, THIRD, folder)
    assert await backfill.collect() == ()
    plan = backfill.plan()
    return plan, await backfill.work(plan, publish=publish)


def cards(app: App) -> dict[date, list[str]]:
    digests = app.stores.digests
    return {
        day: [card.paper.title for digest in digests.digests("vla", day) for card in digest.cards]
        for day in reversed(digests.digest_days("vla"))
    }


async def test_a_folder_becomes_past_digests_and_no_chat_hears_of_it(folder: Path) -> None:
    """Each paper is carded on its first day, from its full text; what was found can be searched; running it again
    changes nothing."""
    async with an_app(settings(folder), folder) as app:
        plan, result = await run(app, folder)
        again, nothing = await run(app, folder)

        assert plan.days == (FIRST, SECOND, THIRD)
        assert [paper.id for paper in plan.papers] == ["2601.90001", "2601.90003", "2601.90004", "2601.90005"]
        assert result.is_whole
        assert cards(app) == {
            FIRST: ["A VLA that waits"],
            SECOND: ["A VLA that runs", "A VLA that walks"],
            THIRD: ["A VLA that stands"],
        }
        made = {card.analysis.made_from for digest in result.digests for card in digest.cards}
        assert made == {AnalysisSource.FULL_TEXT}
        assert [paper.id for paper in app.stores.papers.search("VLA runs")] == ["2601.90003"]
        assert app.stores.deliveries.counts() == {}
        assert (again.days, again.papers, nothing.digests) == ((), (), ())


async def test_it_goes_on_where_it_was_broken_off(folder: Path) -> None:
    """What was analysed before is ready, days that were made are left alone."""
    async with an_app(settings(folder), folder) as app:
        early = Backfill(app, EDITION, FIRST, FIRST, folder)
        await early.collect()
        await early.work(early.plan(), publish=False)
        broken_off = Backfill(app, EDITION, FIRST, THIRD, folder)
        await broken_off.collect()
        paper = app.stores.papers.paper("2601.90003")
        assert paper is not None
        await app.builder.papers.analyse(paper, "en")
    async with an_app(settings(folder), folder) as app:
        plan, result = await run(app, folder)

        assert (plan.days, plan.ready) == ((SECOND, THIRD), 1)
        assert [paper.id for paper in plan.papers] == ["2601.90004", "2601.90005"]
        assert [digest.day for digest in result.digests] == [SECOND, THIRD]


async def test_publishing_plans_the_deliveries(folder: Path) -> None:
    """Of each digest, an overview and a message a card at least."""
    async with an_app(settings(folder), folder) as app:
        await run(app, folder, publish=True)

        assert sum(app.stores.deliveries.counts()[CHAT].values()) >= 3 + 4


async def test_the_limit_of_money_is_never_passed(folder: Path) -> None:
    """Where it runs out, the days that lack a paper are left; the next run with more goes on there."""
    async with LlmServer() as server:
        llm = LlmSettings(base_url=server.url, model="m", price_prompt=1.0, price_completion=2.0, concurrency=1)
        async with an_app(settings(folder, llm=llm), folder) as app:
            backfill = Backfill(app, EDITION, FIRST, FIRST, folder)
            await backfill.collect()
            await backfill.work(backfill.plan(), publish=False)
            today = app.clock.now().date()
            one = app.stores.spending.spent(today, today).money
        limit = 2.2 * one
        async with an_app(settings(folder, llm=llm), folder, limit) as app:
            _, result = await run(app, folder)
            spent = app.stores.spending.spent(today, today).money - one

            assert not result.is_whole
            assert 0 < spent <= limit
            assert list(cards(app)) in ([FIRST], [FIRST, SECOND])
        async with an_app(settings(folder, llm=llm), folder, 10 * one) as app:
            _, rest = await run(app, folder)

            assert rest.is_whole
            assert list(cards(app)) == [FIRST, SECOND, THIRD]
            days = [app.stores.digests.digests("vla", day) for day in (FIRST, SECOND, THIRD)]
            carded = [card.analysis.analyst for digests in days for digest in digests for card in digest.cards]
            assert set(carded) == {"m"}


async def test_the_estimate_follows_the_prices_and_then_what_papers_cost(folder: Path) -> None:
    """No model costs nothing; without prices nobody knows; with enough papers in the books their mean counts."""
    priced = LlmSettings(model="m", price_prompt=1.0, price_completion=2.0)
    for llm, expected in ((LlmSettings(), 0.0), (replace(priced, price_prompt=0.0), None)):
        async with an_app(settings(folder, llm=llm), folder) as app:
            backfill = Backfill(app, EDITION, FIRST, THIRD, folder)
            await backfill.collect()
            assert backfill.estimate(backfill.plan()).money == expected
    async with an_app(settings(folder, llm=priced), folder) as app:
        backfill = Backfill(app, EDITION, FIRST, THIRD, folder)
        first = backfill.estimate(backfill.plan()).money
        for number in range(20):
            app.stores.spending.record(app.clock.now().date(), "m", f"2601.8{number:04}v1", 1, 0, 1, 0.5)

        assert first is not None
        assert 0.1 < first < 1.0
        assert backfill.estimate(backfill.plan()).money == pytest.approx(4 * 0.5)


async def test_days_come_from_the_api_where_there_is_no_folder(folder: Path) -> None:
    """A span that the feeds have gone past, its PDFs fetched as always."""
    async with FakeArxiv() as arxiv:
        submitted = datetime(2026, 1, 6, 12, tzinfo=UTC)
        paper = made_paper(1, FIRST, title="A VLA that flies", categories=("cs.RO",), submitted=submitted)
        arxiv.papers = [paper]
        arxiv.pdfs = {paper.versioned_id: pdf("A VLA that flies")}
        async with an_app(settings(folder, arxiv.url), None) as app:
            plan, result = await run(app, None)

    assert [p.id for p in plan.papers] == [paper.id]
    assert [card.paper.title for digest in result.digests for card in digest.cards] == ["A VLA that flies"]


async def test_a_folder_of_pdfs_alone_is_looked_up_in_the_api(tmp_path: Path) -> None:
    """Their names say which papers they are, and arXiv's schedule when those were listed."""
    async with FakeArxiv() as arxiv:
        submitted = datetime(2026, 1, 6, 12, tzinfo=UTC)
        papers = [
            made_paper(n, FIRST, title=f"A VLA numbered {n}", categories=("cs.RO",), submitted=submitted)
            for n in (1, 2)
        ]
        arxiv.papers = papers
        for paper in papers:
            (tmp_path / f"{paper.versioned_id}.pdf").write_bytes(pdf(paper.title))
        (tmp_path / "notes.pdf").write_bytes(b"no paper")
        async with an_app(settings(tmp_path, arxiv.url), tmp_path) as app:
            _, result = await run(app, tmp_path)

        assert [card.paper.title for digest in result.digests for card in digest.cards] == [p.title for p in papers]
        assert not [request for request in arxiv.log if request.path.startswith("/pdf")]


# --- the folder -------------------------------------------------------------------------------------------------


def test_identifiers_are_read_off_the_names_of_files(tmp_path: Path) -> None:
    """New and old ones, with and without version; other files are left alone."""
    for name in ("2601.90001v2.pdf", "2601.90002.pdf", "hep-th_9901001v1.pdf", "math/0611800v3.pdf", "thesis.pdf"):
        path = tmp_path / "pdfs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF")
    old = Paper("math/0611800", 3, "", (), "", ())

    assert set(local_mirror.pdfs(tmp_path)) == {
        ArxivId("2601.90001", 2),
        ArxivId("2601.90002"),
        ArxivId("hep-th/9901001", 1),
        ArxivId("math/0611800", 3),
    }
    assert local_mirror.read_local_pdf(tmp_path, old) == tmp_path / "pdfs" / "math/0611800v3.pdf"
    assert local_mirror.read_local_pdf(tmp_path, replace(old, id="2601.90001", version=1)) is None


def test_a_line_that_is_no_listing_is_named(tmp_path: Path) -> None:
    """With its file and number; a folder that is not there too."""
    path = tmp_path / "2026-01-09.jsonl"
    path.write_text(json.dumps(listing(1, "A")) + "\n{}\n", encoding="utf-8")

    with pytest.raises(InputError, match=r"2026-01-09.jsonl line 2 is no listing of a paper"):
        local_mirror.local_listings(path, THIRD, ["cs.RO"])
    with pytest.raises(InputError, match="there is no folder"):
        local_mirror.local_days(tmp_path / "nowhere")
