"""Past days of an edition, all at once: `broadsheet backfill`.

    collect the span | plan: what matches and is not analysed | analyse it | make the digests, oldest first

Each step leaves what it did in the store and begins by looking there, so it may be broken off anywhere and started
again. Digests are posted to no chat unless that is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.scheduling.digest_services import DigestServices
from digest.analysis.llm import budget
from digest.arxiv import local_mirror
from digest.arxiv.calendar import announcement_day
from digest.arxiv.ids import ArxivId
from digest.errors import SourceError
from digest.models.digest import Digest
from digest.models.edition import Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.pipeline.collect import CollectedDay, catch_up
from digest.ports import ProgressObserver, ignore_progress
from digest.settings import LlmSettings

AT_ONCE = 32  # papers under way; how many are fetched, read or asked about at once is for others to say
A_WEEK = timedelta(days=7)
FETCH = 3.5  # seconds for a PDF at arXiv's pace
PROMPT, WRITTEN, CALLS = 10_500, 3_500, 7  # tokens of a prompt and of all answers, questions: measured by `make bench`
ENOUGH_PAPERS = 20  # of the last month, whose cost says more than these figures
_SPENT = "llm.budget_spent"


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """What there is to do: days without a digest, or with something new to show; papers without a final analysis."""

    days: tuple[date, ...]
    papers: tuple[Paper, ...]
    ready: int  # papers of these days that are analysed already


@dataclass(frozen=True, slots=True)
class BackfillEstimate:
    """What a plan costs, about. `money` None: there is a model without prices."""

    money: float | None
    minutes: float  # for fetching PDFs; reading and analysing keep up with that


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """The result of a backfill. `is_whole` is False if the money ran out; the next run does the rest."""

    digests: tuple[Digest, ...]
    is_whole: bool


class Backfill:
    """One edition, the days from `start` to `end`, both included. `folder` holds recorded days, PDFs or both."""

    def __init__(
        self,
        app: DigestServices,
        edition: Edition,
        start: date,
        end: date,
        folder: Path | None,
        progress: ProgressObserver = ignore_progress,
    ) -> None:
        self._app, self._edition, self._start, self._end = app, edition, start, end
        self._folder, self._progress = folder, progress

    # --- what was announced -------------------------------------------------------------------------------------

    async def collect(self) -> tuple[CategoryDay, ...]:
        """Store what was announced; return the days that could not be fetched."""
        if self._folder is None:
            return await self._from_api()
        recorded = {
            day: path for day, path in local_mirror.local_days(self._folder).items() if self._start <= day <= self._end
        }
        if not recorded:
            await self._from_pdfs(self._folder)
        for number, (day, path) in enumerate(recorded.items(), start=1):
            self._store(day, local_mirror.local_listings(path, day, self._edition.categories))
            self._progress("listings", number, len(recorded))
            await asyncio.sleep(0)
        return ()

    async def _from_api(self) -> tuple[CategoryDay, ...]:
        """A week at a time, so that little is asked for twice when this is broken off."""
        failed: list[CategoryDay] = []
        weeks = _weeks(self._start, self._end)
        self._progress("listings", 0, len(weeks))
        for number, (first, last) in enumerate(weeks, start=1):
            store, categories = self._app.stores.papers, self._edition.categories
            states = await catch_up(self._app.arxiv, store, categories, first, last)
            failed += [state for state in states if state.state is FeedState.FAILED]
            self._progress("listings", number, len(weeks))
        return tuple(failed)

    async def _from_pdfs(self, folder: Path) -> None:
        """A folder of PDFs alone: arXiv's API says what they are, and its schedule on which day they were listed."""
        pdf_ids = set(local_mirror.pdfs(folder))
        missing = [pdf_id for pdf_id in pdf_ids if not self._app.stores.papers.paper(pdf_id.id, pdf_id.version)]
        for paper in await self._app.arxiv.papers(sorted(missing, key=str)):
            self._app.stores.papers.save_paper(paper)
        listed: dict[date, dict[str, list[Announcement]]] = {}
        for paper in filter(None, map(self._stored, sorted(pdf_ids, key=str))):
            day = announcement_day(paper.submitted) if paper.submitted else None
            if day is None or not self._start <= day <= self._end:
                continue
            of_day = listed.setdefault(day, {category: [] for category in self._edition.categories})
            for category in of_day.keys() & set(paper.categories):
                kind = AnnouncementKind.NEW if category == paper.primary_category else AnnouncementKind.CROSS
                of_day[category].append(Announcement(paper, day, kind, category))
        for day, by_category in sorted(listed.items()):
            self._store(day, by_category)

    def _stored(self, arxiv_id: ArxivId) -> Paper | None:
        return self._app.stores.papers.paper(arxiv_id.id, arxiv_id.version)

    def _store(self, day: date, listed: dict[str, list[Announcement]]) -> None:
        """Where a category's day was had from its feed, that is the better source and stays."""
        store = self._app.stores.papers
        for category, announcements in listed.items():
            stored_day = store.category_day(category, day)
            if stored_day is not None and stored_day.state is FeedState.FRESH:
                continue
            reason = Notice.of("collect.caught_up")
            store.save_day(CategoryDay(category, day, FeedState.FRESH, len(announcements), reason), announcements)

    # --- what it will cost --------------------------------------------------------------------------------------

    def plan(self) -> BackfillPlan:
        """Plan the backfill from the store alone."""
        papers: dict[str, Paper] = {}
        days: list[date] = []
        for day in reversed(self._app.stores.papers.days(self._edition.categories)):
            if not self._start <= day <= self._end:
                continue
            choice = self._app.builder.choose(self._edition, day)
            if choice.cards or choice.updates or not self._app.stores.digests.digests(self._edition.name, day):
                days.append(day)
            papers |= {chosen.paper.id: chosen.paper for chosen in choice.cards}
        missing = tuple(paper for paper in papers.values() if not self._is_analysed(paper))
        return BackfillPlan(tuple(days), missing, len(papers) - len(missing))

    def estimate(self, plan: BackfillPlan) -> BackfillEstimate:
        """From what papers cost lately, else from measured figures and the configured prices."""
        read_papers = [paper for paper in plan.papers if self._app.builder.papers.texts.has_text(paper)]
        minutes = (len(plan.papers) - len(read_papers)) * FETCH / 60
        return BackfillEstimate(_money(self._app, len(plan.papers)), 0.0 if self._folder else minutes)

    def _is_analysed(self, paper: Paper) -> bool:
        return self._app.builder.papers.is_analysed(paper, self._edition.language)

    # --- doing it -----------------------------------------------------------------------------------------------

    async def work(self, plan: BackfillPlan, *, publish: bool) -> BackfillResult:
        """Analyse, then make the digests, oldest first; with `publish` their deliveries are planned, to be sent by
        whoever sends. Where money runs out, days that lack a paper are left for another time."""
        is_whole = await self._analyse(plan.papers)
        digests: list[Digest] = []
        for number, day in enumerate(plan.days, start=1):
            selected = self._app.builder.choose(self._edition, day).cards
            if not is_whole and not all(self._is_analysed(chosen.paper) for chosen in selected):
                break
            notices = (Notice.of("digest.caught_up"),)
            collected = CollectedDay(day, self._states(day))
            digests.append(await self._app.build_digest(self._edition, collected, publish=publish, notices=notices))
            self._progress("days", number, len(plan.days))
        return BackfillResult(tuple(digests), is_whole)

    async def _analyse(self, papers: Sequence[Paper]) -> bool:
        """Whether there was money for all of them. Papers of the oldest days come first."""
        waiting, done, is_whole = iter(papers), 0, True

        async def some() -> None:
            nonlocal done, is_whole
            for paper in waiting:
                if not is_whole:
                    return
                _, analysis = await self._app.builder.papers.analyse(paper, self._edition.language)
                done += 1
                is_whole = is_whole and all(notice.code != _SPENT for notice in analysis.notices)
                self._progress("papers", done, len(papers))

        self._progress("papers", 0, len(papers))
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(some())
        return is_whole

    def _states(self, day: date) -> tuple[CategoryDay, ...]:
        states = (self._app.stores.papers.category_day(category, day) for category in self._edition.categories)
        return tuple(state for state in states if state is not None)


def _weeks(start: date, end: date) -> list[tuple[date, date]]:
    count = (end - start).days // 7 + 1
    firsts = [start + n * A_WEEK for n in range(count)]
    return [(first, min(end, first + A_WEEK - timedelta(days=1))) for first in firsts]


def _money(app: DigestServices, papers: int) -> float | None:
    """Return the cost of that number of papers with the first model; None if it has no prices."""
    llm = app.settings.llm
    if not llm.preference or not papers:
        return 0.0
    lately = [row for row in app.stores.spending.rows(31) if row.model == llm.preference[0].model]
    counted = sum(row.papers for row in lately)
    spent = sum(row.spent.money for row in lately)
    if counted >= ENOUGH_PAPERS and spent:
        return papers * spent / counted
    return papers * backfill_estimate_of(llm) if has_prices(llm) else None


def backfill_estimate_of(llm: LlmSettings) -> float:
    """Return the cost of a paper of usual length with the first model."""
    calls = CALLS if llm.ask == "part" else 1
    return budget.of_paper(llm.preference[0], PROMPT, calls, WRITTEN).money


def has_prices(llm: LlmSettings) -> bool:
    """Return whether every model has prices, so that its cost can be calculated."""
    return all(model.price_prompt and model.price_completion for model in llm.preference)


def unreachable(failed: Sequence[CategoryDay]) -> SourceError:
    """Describe, for a person, which days could not be fetched."""
    names = sorted({state.category for state in failed})
    days = sorted({state.day for state in failed})
    return SourceError(f"arXiv's API gave nothing for {', '.join(names)} from {days[0]} to {days[-1]}; try again later")
