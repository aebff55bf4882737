"""The day, top to bottom: the only file that knows all stages.

    collect | choose | fetch and read | analyse | compose | save          then          deliver
    (bot.delivery.outbox_dispatcher)

The pipeline ends with a saved Digest; delivering is somebody else's work. Expected failures of single papers and
categories are values (`Notice`), so one bad paper never stops the others. Anything else is loud.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from weakref import WeakValueDictionary

from digest.analysis.analyst import AnalysisRequest, Analyst, AnalystError, PaperAnswer
from digest.analysis.question_answering import best_passages
from digest.analysis.version_diff import version_changes
from digest.arxiv.client import ArxivClient
from digest.arxiv.http_client import FetchError
from digest.errors import KeywordError
from digest.evidence_links import PassageLocator, with_links
from digest.html.html_document import HTML_READER_VERSION
from digest.matching.batch import BatchMatcher, MatchedDay
from digest.matching.matcher import Matcher
from digest.matching.selection import SelectedPaper, Selection, select_papers
from digest.models.model import (
    EXCERPT,
    Analysis,
    AnalysisSource,
    Announcement,
    Card,
    CardFigure,
    Digest,
    Edition,
    Link,
    Notice,
    Paper,
    PaperText,
    PaperUpdate,
    Statement,
    VersionChange,
)
from digest.pdf.result import READER_VERSION, FigureImage, ReadFailure
from digest.pipeline.collect import CollectedDay, collect
from digest.pipeline.compose import compose, without_unsupported
from digest.ports import AnalysisStore, Clock, DigestStore, FigureStore, HtmlText, PaperStore
from digest.ranking.order import RankedCards, near_misses, rank_cards
from digest.ranking.preference_model import PreferenceModel
from digest.rendering.figure_licences import may_show
from digest.text.urls import paper_links

PdfReader = Callable[[bytes], Awaitable[PaperText | ReadFailure]]
"""Reads a PDF within limits, wherever the engine puts the work; never raises for a bad file."""

ChangeSummariser = Callable[[Sequence[VersionChange], str, Paper], Awaitable[Statement | None]]
"""Puts the changes of a paper's version into a sentence of a language that passes the check, or gives None."""

QuestionAnswerer = Callable[[AnalysisRequest, str], Awaitable[PaperAnswer]]
"""Has a model answer a question from a paper; raises `AnalystError` where none does."""

FigureDrawer = Callable[[bytes], Awaitable[FigureImage | None]]
"""Draws the first figure of a PDF within limits; never raises for a bad file."""

PreferenceSource = Callable[[Edition], Awaitable[PreferenceModel | None]]
"""What the readers of an edition like, by their votes; None where they said too little."""

PaperErrorObserver = Callable[[Paper, Exception], None]
"""Is told of a mistake of ours that cost a paper its text or an analysis; the digest goes on without."""

PDFS_AT_ONCE = 4  # each may hold 40 MB until it is read
CACHED_PAPERS = 1000  # of cards, about 30 KB each


class ProgressObserver(Protocol):
    """Is told how far the making of a digest is; a terminal draws it as a bar."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def silent(stage: str, done: int, total: int) -> None:
    """No progress is shown."""


class PipelineStores(Protocol):
    """What the pipeline stores."""

    @property
    def papers(self) -> PaperStore: ...

    @property
    def analyses(self) -> AnalysisStore: ...

    @property
    def digests(self) -> DigestStore: ...


@dataclass(frozen=True, slots=True)
class AnalysedPaper:
    """What the cards of a paper have in common in all editions of a language."""

    analysis: Analysis
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What could be read of a paper: its text, or why there is none."""

    text: PaperText | None
    notices: tuple[Notice, ...] = ()


class DigestBuilder:
    """Makes digests and analyses. `analysts` stand in order of preference; the last one must not fail. At most
    `pdfs_at_once` are fetched or read at the same time."""

    def __init__(
        self,
        *,
        arxiv: ArxivClient,
        stores: PipelineStores,
        read_pdf: PdfReader,
        analysts: Sequence[Analyst],
        clock: Clock,
        max_pdf_bytes: int,
        on_error: PaperErrorObserver,
        summarise: ChangeSummariser | None = None,
        ask: QuestionAnswerer | None = None,
        taste: PreferenceSource | None = None,
        pdfs_at_once: int = PDFS_AT_ONCE,
        figures: FigureStore | None = None,
        draw: FigureDrawer | None = None,
        html: HtmlText | None = None,
    ) -> None:
        self._arxiv = arxiv
        self._stores = stores
        self._read_pdf = read_pdf
        self._analysts = tuple(analysts)
        self._clock = clock
        self._max_pdf_bytes = max_pdf_bytes
        self._on_error = on_error
        self._summarise = summarise
        self._ask = ask
        self._taste = taste
        self._pdfs = asyncio.Semaphore(pdfs_at_once)
        self._figures = figures
        self._draw = draw
        self._html = html
        self._to_draw: set[str] = set()  # papers whose PDF is drawn from when it is fetched to be read
        self._papers_in_work: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._matched: tuple[date, Hashable, MatchedDay] | None = None
        self._matching = asyncio.Lock()
        self._bodies: OrderedDict[tuple[str, str], AnalysedPaper] = OrderedDict()

    # --- a digest -----------------------------------------------------------------------------------------------

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
        progress: ProgressObserver = silent,
        notices: tuple[Notice, ...] = (),
    ) -> Digest | None:
        """The digest of a collected day: composed, not yet saved.

        A day that has one already gets a supplement if something new matches, else None: what is there, is there.
        """
        earlier = self._stores.digests.digests(edition.name, collected.day)
        choice = _without_hidden(self.choose(edition, collected.day), earlier)
        if earlier and not choice.cards and not choice.updates:
            return None
        ordered = await self._by_taste(edition, collected.day, choice, is_first=not earlier)
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
            notices=(*notices, *ordered.notices),
            number=1 + max((d.number for d in earlier), default=0),
            hidden=ordered.hidden,
        )

    async def taste(self, edition: Edition) -> PreferenceModel | None:
        """What the edition's readers like; None where they said too little, or nobody learns from it."""
        return await self._taste(edition) if self._taste is not None else None

    async def _by_taste(self, edition: Edition, day: date, choice: Selection, *, is_first: bool) -> RankedCards:
        """The day's cards as the edition's votes would have them, with near misses in its first digest."""
        taste = await self.taste(edition)
        made = rank_cards(choice.cards, taste, edition.hide_below)
        if taste is None or not edition.near_misses or not is_first:
            return made
        digests, listings = self._stores.digests, self._stores.papers.announcements(day, edition.categories)
        known = {c.paper.id for c in choice.cards} | {*digests.carded(edition.name), *digests.updated(edition.name)}
        near = await asyncio.to_thread(near_misses, edition, listings, known, taste)
        return replace(made, near=near)

    def choose(self, edition: Edition, day: date) -> Selection:
        """Stage 2: what of a collected day the edition has not shown yet."""
        carded = self._stores.digests.carded(edition.name)
        updated = self._stores.digests.updated(edition.name)
        matched = self._matched_day(day, edition)
        if matched is not None:
            return matched.choose(edition, carded, updated)
        announcements = self._stores.papers.announcements(day, edition.categories)
        return select_papers(edition, announcements, carded, Matcher(edition.keywords), updated=updated)

    async def _card(self, edition: Edition, chosen: SelectedPaper) -> Card:
        paper, shows_figure = chosen.paper, may_show(chosen.paper, edition.figures)
        if shows_figure:
            self._to_draw.add(paper.versioned_id)
        body = await self._body(paper, edition.language)
        analysis = without_unsupported(body.analysis) if edition.unsupported == "drop" else body.analysis
        figure = await self._figure(paper) if shows_figure else None
        return Card(paper, chosen.kind, chosen.matches, analysis, body.links, figure)

    async def _body(self, paper: Paper, language: str) -> AnalysedPaper:
        """What a paper's cards share. Thousands of editions may show it today: it is kept at hand once it is final."""
        key = (paper.versioned_id, language)
        if key in self._bodies:
            self._bodies.move_to_end(key)
            return self._bodies[key]
        text, analysis = await self.analyse(paper, language)
        body = AnalysedPaper(analysis, paper_links(paper, text))
        if analysis.made_from is AnalysisSource.FULL_TEXT and analysis.analyst in self._analysts[0].names:
            self._bodies[key] = body
            if len(self._bodies) > CACHED_PAPERS:
                self._bodies.popitem(last=False)
        return body

    async def _figure(self, paper: Paper) -> CardFigure | None:
        """The first figure of a paper whose licence allows it to be shown: stored, drawn, or none."""
        if self._figures is None:
            return None
        async with self._papers_in_work.setdefault(paper.versioned_id, asyncio.Lock()), self._pdfs:
            self._to_draw.discard(paper.versioned_id)
            if not self._figures.is_known(paper.id, paper.version):
                try:
                    data = await self._arxiv.pdf(paper, self._max_pdf_bytes)
                except FetchError:
                    return None  # the card says so already
                await self._keep_figure(paper, data)
        found = self._figures.figure(paper.id, paper.version)
        return CardFigure(found.caption, found.page, found.width, found.height) if found else None

    async def _keep_figure(self, paper: Paper, data: bytes) -> None:
        """Draw and store; a paper without a first figure is remembered as such."""
        if self._draw is None or self._figures is None:
            return
        try:
            drawn = await self._draw(data)
        except Exception as error:  # noqa: BLE001 - as for an analysis: the card stays text
            self._on_error(paper, error)
            return
        self._figures.save(paper.id, paper.version, None if drawn is None or drawn.is_thumbnail else drawn)

    async def _update(self, edition: Edition, chosen: SelectedPaper) -> PaperUpdate:
        paper = chosen.paper
        previous = self._stores.digests.carded(edition.name).get(paper.id)
        old = self._comparable(paper, previous) if previous else None
        if old is None:
            return PaperUpdate(paper, chosen.kind, chosen.matches, previous)
        read = await (self._pdf_text(paper) if old.source == "pdf" else self.read(paper))
        new = read.text if read.text and read.text.source == old.source else None
        found = version_changes(old, new) if new else ()
        return PaperUpdate(
            paper, chosen.kind, chosen.matches, previous, found, await self._summary(found, edition, paper)
        )

    async def _summary(self, found: Sequence[VersionChange], edition: Edition, paper: Paper) -> Statement | None:
        """What is new in words, where a model writes and something is new."""
        if not found or self._summarise is None:
            return None
        try:
            return await self._summarise(found, edition.language, paper)
        except Exception as error:  # noqa: BLE001 - the changes themselves are there without it
            self._on_error(paper, error)
            return None

    def _comparable(self, paper: Paper, version: int) -> PaperText | None:
        """The text of an earlier version, of its PDF if there is one: versions are compared within one source."""
        texts = (self._stores.papers.text(paper.id, version, v) for v in (READER_VERSION, HTML_READER_VERSION))
        return next((text for text in texts if text is not None), None)

    # --- a paper ------------------------------------------------------------------------------------------------

    async def read(self, paper: Paper) -> ReadResult:
        """The text of a paper: from the store, else fetched and read; why there is none, as notices.

        It is the HTML page's where that is sound, else the PDF's, and stays what it is once it is stored.
        """
        stored = self.text(paper)
        if stored is not None:
            return ReadResult(stored)
        pdf = await self._pdf_text(paper)
        if self._html is None:
            return pdf
        try:
            page = await self._html.text(paper, pdf.text)
        except Exception as error:  # noqa: BLE001 - as for an analysis: one paper, not the day
            self._on_error(paper, error)
            return pdf
        if isinstance(page, Notice):
            return pdf if pdf.text else replace(pdf, notices=(*pdf.notices, page))
        self._stores.papers.save_text(paper.id, paper.version, page)
        return ReadResult(page, () if pdf.text else pdf.notices)

    def text(self, paper: Paper) -> PaperText | None:
        """What was read of that version: of its HTML page, else of its PDF."""
        return stored_text(self._stores.papers, paper)

    async def _pdf_text(self, paper: Paper) -> ReadResult:
        """The text of a paper's PDF: from the store, else fetched and read."""
        stored = self._stores.papers.text(paper.id, paper.version, READER_VERSION)
        if stored is not None:
            return ReadResult(stored)
        async with self._pdfs:
            try:
                data = await self._arxiv.pdf(paper, self._max_pdf_bytes)
            except FetchError as error:
                return ReadResult(None, (error.notice,))
            if paper.versioned_id in self._to_draw:
                await self._keep_figure(paper, data)
            result = await self._read_safely(paper, data)
        if isinstance(result, ReadFailure):
            return ReadResult(None, (result.notice,))
        self._stores.papers.save_text(paper.id, paper.version, result)
        return ReadResult(result, (result.partial,) if result.partial else ())

    async def _read_safely(self, paper: Paper, data: bytes) -> PaperText | ReadFailure:
        try:
            return await self._read_pdf(data)
        except Exception as error:  # noqa: BLE001 - as for an analysis: one paper, not the day
            self._on_error(paper, error)
            return ReadFailure(Notice.of("pipeline.mistake"))

    def has_text(self, paper: Paper) -> bool:
        """Whether that version was read."""
        return self.text(paper) is not None

    def is_analysed(self, paper: Paper, language: str) -> bool:
        """Whether there is an analysis of that version that is not made again: of its full text, by the first choice
        of analysts."""
        stored = self._stored(paper, language, self._analysts[0])
        return stored is not None and stored.made_from is AnalysisSource.FULL_TEXT

    async def analyse(self, paper: Paper, language: str) -> tuple[PaperText | None, Analysis]:
        """The analysis of a paper: from the store, else made and stored. One job a paper, however many ask.

        The text comes with it where it is at hand: an analysis of the full text outlives the text it was made from.
        """
        lock = self._papers_in_work.setdefault(paper.versioned_id, asyncio.Lock())
        async with lock:
            stored = self._stored(paper, language, self._analysts[0])
            if stored is not None and stored.made_from is AnalysisSource.FULL_TEXT:
                return self.text(paper), stored
            read = await self.read(paper)
            return read.text, await self._first_analysis(
                AnalysisRequest(paper, read.text, language, notices=read.notices)
            )

    async def answer(self, paper: Paper, question: str, language: str) -> PaperAnswer:
        """What a paper tells on a question: a model's checked sentences, else the passages that fit best."""
        read = await self.read(paper)
        request = AnalysisRequest(paper, read.text, language, notices=read.notices)
        if self._ask is not None:
            try:
                return await asyncio.to_thread(_located, await self._ask(request, question), read.text)
            except AnalystError as error:
                request = replace(request, notices=(*request.notices, error.notice))
        answer = await asyncio.to_thread(best_passages, request, question)
        return await asyncio.to_thread(_located, answer, read.text)

    def _stored(self, paper: Paper, language: str, analyst: Analyst) -> Analysis | None:
        found = (
            self._stores.analyses.analysis(paper.id, paper.version, language, name, analyst.prompt_version)
            for name in analyst.names
        )
        return next((analysis for analysis in found if analysis is not None), None)

    async def _first_analysis(self, request: AnalysisRequest) -> Analysis:
        """By the first analyst that does not fail. Why those before it did is said, but not stored: next time they may
        be there again."""
        failures: list[Notice] = []
        for analyst in self._analysts:
            analysis = self._stored(request.paper, request.language, analyst)
            if analysis is None or (analysis.made_from is AnalysisSource.ABSTRACT and request.text is not None):
                try:
                    analysis = await _with_links(await analyst.analyse(request), request.text)
                except AnalystError as error:
                    failures.append(error.notice)
                    continue
                except Exception as error:  # noqa: BLE001 - a mistake of ours in one paper is no reason to lose the day
                    self._on_error(request.paper, error)
                    failures.append(Notice.of("pipeline.mistake"))
                    continue
                self._stores.analyses.save_analysis(analysis)
            return replace(analysis, notices=tuple(dict.fromkeys((*analysis.notices, *failures))))
        return _nothing(request, failures)


def stored_text(papers: PaperStore, paper: Paper) -> PaperText | None:
    """What is stored of a paper's text: of its HTML page, else of its PDF."""
    texts = (papers.text(paper.id, paper.version, v) for v in (HTML_READER_VERSION, READER_VERSION))
    return next((text for text in texts if text is not None), None)


async def _with_links(analysis: Analysis, text: PaperText | None) -> Analysis:
    """The analysis with links to its passages, where it is made from the text."""
    if text is None or analysis.made_from is not AnalysisSource.FULL_TEXT:
        return analysis
    return await asyncio.to_thread(with_links, analysis, text)


def _located(answer: PaperAnswer, text: PaperText | None) -> PaperAnswer:
    """An answer with links to its passages, where it is made from the text."""
    if text is None or answer.made_from is not AnalysisSource.FULL_TEXT:
        return answer
    return replace(answer, statements=PassageLocator(text).located(answer.statements))


def _matched(editions: Iterable[Edition], announcements: Sequence[Announcement]) -> MatchedDay:
    """An edition with a keyword that can't be read is left out: its own digest fails with the reason."""
    return BatchMatcher(filter(_is_readable, editions)).match_day(announcements)


def _is_readable(edition: Edition) -> bool:
    try:
        Matcher(edition.keywords)
    except KeywordError:
        return False
    return True


def _without_hidden(choice: Selection, earlier: Sequence[Digest]) -> Selection:
    """The choice without the cards that an earlier digest of the day hid."""
    hidden = {paper_id for digest in earlier for paper_id in digest.hidden}
    return replace(choice, cards=tuple(c for c in choice.cards if c.paper.id not in hidden)) if hidden else choice


def _nothing(request: AnalysisRequest, failures: Sequence[Notice]) -> Analysis:
    """A card of metadata and the authors' abstract: what is left when every analyst failed."""
    paper, notices = request.paper, (*request.notices, *failures)
    return Analysis(paper.id, paper.version, request.language, EXCERPT, AnalysisSource.ABSTRACT, (), notices=notices)
