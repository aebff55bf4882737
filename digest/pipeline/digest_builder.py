"""The day, top to bottom: the only file that knows all stages.

    collect | match | select | read | analyse | compose        then        save (bot.app), deliver (bot.delivery)

The builder ends with a Digest that is composed, not yet saved. Expected failures of single papers and categories are
values (`Notice`), so one bad paper never stops the others. Anything else is loud.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from digest.analysis.analyst import ChangeSummariser
from digest.analysis.version_diff import version_changes
from digest.arxiv.client import ArxivClient
from digest.arxiv.withdrawal import withdrawal_reason
from digest.errors import KeywordError
from digest.matching.batch import BatchMatcher, MatchedDay
from digest.matching.matcher import Matcher
from digest.matching.selection import SelectedPaper, Selection, select_papers
from digest.models.analysis import Statement
from digest.models.digest import Card, Digest, PaperUpdate, VersionChange
from digest.models.edition import Edition
from digest.models.notice import Notice
from digest.models.paper import Announcement, Paper
from digest.pipeline.collect import CollectedDay, collect
from digest.pipeline.compose import compose, without_unsupported
from digest.pipeline.paper_service import PaperService
from digest.ports import Clock, DigestStore, PaperErrorObserver, PaperStore, ProgressObserver, ignore_progress
from digest.ranking.order import RankedCards, near_misses, rank_cards
from digest.ranking.preference_model import PreferenceModel, PreferenceSource
from digest.rendering.figure_licences import may_show


class DigestStores(Protocol):
    """The stores that a digest is built from."""

    @property
    def papers(self) -> PaperStore: ...

    @property
    def digests(self) -> DigestStore: ...


@dataclass(frozen=True, slots=True)
class PersonalLimits:
    """What people's own editions may cost, which anybody can begin: cards of one edition in a day; and whether one more
    paper may go to a model for them today (asked once for each such paper, and counted)."""

    cards_a_day: int
    allows_paper: Callable[[], bool]


class DigestBuilder:
    """Builds digests: collects a day, matches it, and composes the cards of an edition."""

    def __init__(
        self,
        arxiv: ArxivClient,
        stores: DigestStores,
        papers: PaperService,
        clock: Clock,
        on_error: PaperErrorObserver,
        *,
        preferences: PreferenceSource | None = None,
        summarise_changes: ChangeSummariser | None = None,
        personal: PersonalLimits | None = None,
    ) -> None:
        self._personal = personal
        self.papers = papers
        self._arxiv = arxiv
        self._stores = stores
        self._clock = clock
        self._on_error = on_error
        self._preferences = preferences
        self._summarise_changes = summarise_changes
        self._matched: tuple[date, Hashable, MatchedDay] | None = None
        self._matching = asyncio.Lock()

    async def collect(self, edition: Edition, day: date | None = None) -> CollectedDay:
        """Stage 1: the announcements of the edition's categories on that day, by default the newest in the feeds.

        Raises `UnknownError` for a day that is neither in the feeds nor stored.
        """
        return await collect(self._arxiv, self._stores.papers, edition.categories, self._clock, day)

    async def match(self, day: date, edition: Edition, editions: Callable[[], Iterable[Edition]]) -> None:
        """Match a collected day against the keywords of `editions` and of that one in one pass, unless that is done:
        however many editions then choose from the day, its papers are looked at once. It may be left out."""
        async with self._matching:
            if self._matched_day(day, edition) is not None:
                return
            papers, watched = self._stores.papers, [edition, *editions()]
            revision, announcements = papers.revision(), papers.announcements(day)
            self._matched = day, revision, await asyncio.to_thread(_matched, watched, announcements)

    def _matched_day(self, day: date, edition: Edition) -> MatchedDay | None:
        """The day as `match` left it, where it is still that, and the edition's keywords were among them."""
        if self._matched is None or self._matched[:2] != (day, self._stores.papers.revision()):
            return None
        return self._matched[2] if self._matched[2].covers(edition) else None

    def would_show(self, edition: Edition, day: date) -> bool:
        """Whether something of that day matches that the edition has not shown yet."""
        earlier = self._stores.digests.digests(edition.name, day) if edition.hide_below else []
        choice = _without_hidden(self.choose(edition, day), earlier)
        return bool(choice.cards or choice.updates)

    async def build(
        self,
        edition: Edition,
        collected: CollectedDay,
        progress: ProgressObserver = ignore_progress,
        notices: tuple[Notice, ...] = (),
    ) -> Digest | None:
        """The digest of a collected day: composed, not yet saved.

        A day that has one already gets a supplement if something new matches, else None: what is there, is there.
        """
        earlier = self._stores.digests.digests(edition.name, collected.day)
        choice = _without_hidden(self.choose(edition, collected.day), earlier)
        if earlier and not choice.cards and not choice.updates:
            return None
        ordered = await self._ranked(edition, collected.day, choice, is_first=not earlier)
        total, done = len(ordered.cards) + len(ordered.near), 0
        progress("analyse", 0, total)

        async def card(chosen: SelectedPaper) -> Card:
            nonlocal done
            made = await self._card(edition, chosen)
            done += 1
            progress("analyse", done, total)
            return made

        async with asyncio.TaskGroup() as group:
            cards = [group.create_task(card(chosen)) for chosen in ordered.cards]
            near = [group.create_task(card(chosen)) for chosen in ordered.near]
            updates = [group.create_task(self._update(edition, chosen)) for chosen in choice.updates]
        return compose(
            edition,
            collected.day,
            collected.states,
            choice.announced,
            [*(task.result() for task in cards), *(replace(task.result(), near_miss=True) for task in near)],
            [task.result() for task in updates],
            notices=(*notices, *ordered.notices, *_left_out(choice)),
            number=1 + max((d.number for d in earlier), default=0),
            hidden=ordered.hidden,
        )

    async def preference_model(self, edition: Edition) -> PreferenceModel | None:
        """What the edition's readers like; None where they said too little, or nobody learns from it."""
        return await self._preferences(edition) if self._preferences is not None else None

    async def _ranked(self, edition: Edition, day: date, choice: Selection, *, is_first: bool) -> RankedCards:
        """The day's cards as the edition's votes would have them, with near misses in its first digest."""
        preferences = await self.preference_model(edition)
        made = rank_cards(choice.cards, preferences, edition.hide_below)
        if preferences is None or not edition.near_misses or not is_first:
            return made
        digests, listings = self._stores.digests, self._stores.papers.announcements(day, edition.categories)
        known = {c.paper.id for c in choice.cards} | {*digests.carded(edition.name), *digests.updated(edition.name)}
        near = await asyncio.to_thread(near_misses, edition, listings, known, preferences)
        return replace(made, near=near)

    def choose(self, edition: Edition, day: date) -> Selection:
        """Stage 2: what of a collected day the edition has not shown yet. A person's own has so many cards in a day and
        no more: the others are counted."""
        selection = self._select(edition, day)
        if self._personal is None or not edition.is_personal:
            return selection
        shown = sum(len(digest.cards) for digest in self._stores.digests.digests(edition.name, day))
        room = max(self._personal.cards_a_day - shown, 0)
        return replace(selection, cards=selection.cards[:room], left_out=len(selection.cards[room:]))

    def _select(self, edition: Edition, day: date) -> Selection:
        carded = self._stores.digests.carded(edition.name)
        updated = self._stores.digests.updated(edition.name)
        matched = self._matched_day(day, edition)
        if matched is not None:
            return matched.choose(edition, carded, updated)
        announcements = self._stores.papers.announcements(day, edition.categories)
        return select_papers(edition, announcements, carded, Matcher(edition.keywords, stored=True), updated=updated)

    async def _card(self, edition: Edition, chosen: SelectedPaper) -> Card:
        paper, shows_figure = chosen.paper, may_show(chosen.paper, edition.figures)
        if shows_figure:
            self.papers.texts.expect_figure(paper)
        by_model = self._may_ask_model(paper, edition)
        analysed = await self.papers.analysed_paper(paper, edition.language, by_model=by_model)
        analysis = without_unsupported(analysed.analysis) if edition.unsupported == "drop" else analysed.analysis
        figure = await self.papers.texts.figure(paper) if shows_figure else None
        return Card(paper, chosen.kind, chosen.matches, analysis, analysed.links, figure)

    def _may_ask_model(self, paper: Paper, edition: Edition) -> bool:
        """People's own editions together may have so many papers analysed by a model in a day; the others are made by
        the last analyst, which costs nothing."""
        if self._personal is None or not edition.is_personal or not self.papers.has_model:
            return True
        return self.papers.is_analysed(paper, edition.language) or self._personal.allows_paper()

    async def _update(self, edition: Edition, chosen: SelectedPaper) -> PaperUpdate:
        paper = chosen.paper
        previous = self._stores.digests.carded(edition.name).get(paper.id)
        old = self.papers.texts.comparable(paper, previous) if previous else None
        if old is None or withdrawal_reason(paper):
            return PaperUpdate(paper, chosen.kind, chosen.matches, previous)
        read = await (self.papers.texts.pdf_text(paper) if old.source == "pdf" else self.papers.texts.read(paper))
        new = read.text if read.text and read.text.source == old.source else None
        changes = version_changes(old, new) if new else ()
        return PaperUpdate(
            paper, chosen.kind, chosen.matches, previous, changes, await self._summary(changes, edition, paper)
        )

    async def _summary(self, changes: Sequence[VersionChange], edition: Edition, paper: Paper) -> Statement | None:
        """What is new in words, where a model writes and something is new."""
        if not changes or self._summarise_changes is None:
            return None
        try:
            return await self._summarise_changes(changes, edition.language, paper)
        except Exception as error:  # noqa: BLE001 - the changes themselves are there without it
            self._on_error(paper, error)
            return None


def _left_out(choice: Selection) -> tuple[Notice, ...]:
    return (Notice.of("digest.left_out", n=choice.left_out),) if choice.left_out else ()


def _matched(editions: Iterable[Edition], announcements: Sequence[Announcement]) -> MatchedDay:
    """An edition with a keyword that can't be read is left out: its own digest fails with the reason."""
    return BatchMatcher(filter(_is_readable, editions)).match_day(announcements)


def _is_readable(edition: Edition) -> bool:
    try:
        Matcher(edition.keywords, stored=True)
    except KeywordError:
        return False
    return True


def _without_hidden(choice: Selection, earlier: Sequence[Digest]) -> Selection:
    """The choice without the cards that an earlier digest of the day hid."""
    hidden = {paper_id for digest in earlier for paper_id in digest.hidden}
    return replace(choice, cards=tuple(c for c in choice.cards if c.paper.id not in hidden)) if hidden else choice
