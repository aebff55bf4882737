"""The pipeline on stores in memory: what is made once, and what a bad paper costs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from digest.analysis.analyst import AnalysisRequest, AnalystError
from digest.analysis.evidence_links import text_hash
from digest.analysis.excerpt.excerpt_analyst import ExcerptAnalyst
from digest.arxiv.errors import FetchError
from digest.arxiv.feeds import Feed
from digest.errors import KeywordError
from digest.html.html_document import HTML_READER_VERSION
from digest.models.analysis import Analysis, AnalysisSource, Statement
from digest.models.digest import VersionChange
from digest.models.edition import Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.models.paper_text import PaperParagraph, PaperText, Section
from digest.pdf.result import READER_VERSION, ReadFailure
from digest.pipeline.collect import CollectedDay
from digest.pipeline.digest_builder import DigestBuilder, PersonalLimits
from tests.builders.pipeline import digest_builder
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.stores import fake_stores

DAY = date(2026, 1, 9)
EDITION = Edition("vla", ("cs.RO",), ("vla",), language="en")
ABSTRACT = "We propose a VLA policy that feels what it touches. It reaches 71.8% on nine tasks. Limits remain."


PROSE = (
    "In this paper we propose a policy that feels what it touches, and we show that it reads the order. "
    "Our policy reaches 71.8% on nine tasks of an arm with seven axes."
)


def paper(number: int, version: int = 1) -> Paper:
    return Paper(f"2601.9{number:04}", version, f"VLA policy {number}", ("A. Author",), ABSTRACT, ("cs.RO",))


def text_of(paper: Paper, prose: str = PROSE) -> PaperText:
    introduction = Section("Introduction", 1, "1", paragraphs=(PaperParagraph(prose, 1),))
    return PaperText(paper.title, (introduction,), 1, 1, reader_version=READER_VERSION)


@dataclass
class Arxiv:
    """Serves one day's feed and PDFs that are the versioned id in bytes."""

    papers: Sequence[Paper]
    kind: AnnouncementKind = AnnouncementKind.NEW
    missing: frozenset[str] = frozenset()
    fetched: list[str] = field(default_factory=list)

    async def feed(self, category: str) -> Feed:
        listed = tuple(Announcement(p, DAY, self.kind, category) for p in self.papers)
        return Feed(category, DAY, listed)

    async def pdf(self, paper: Paper, max_bytes: int) -> bytes:
        self.fetched.append(paper.versioned_id)
        if paper.id in self.missing:
            raise FetchError(Notice.of("fetch.pdf_html"))
        return paper.versioned_id.encode()


class Failing:
    """A model that is down."""

    name = "gone-model"
    names = ("gone-model",)
    prompt_version = 1

    async def analyse(self, request: AnalysisRequest) -> Analysis:
        raise AnalystError(Notice.of("llm.down"))


class Broken(Failing):
    """An analyst with a mistake of ours."""

    async def analyse(self, request: AnalysisRequest) -> Analysis:
        raise ZeroDivisionError


def pipeline(
    arxiv: Arxiv,
    *analysts: Any,
    stores: Any = None,
    on_error: Any = None,
    summarise: Any = None,
    text: str = PROSE,
    html: Any = None,
    personal: PersonalLimits | None = None,
) -> DigestBuilder:
    async def read(data: bytes) -> PaperText | ReadFailure:
        if data.startswith(b"2601.90003"):
            return ReadFailure(Notice.of("read.encrypted"))
        return text_of(paper(1), text)

    return digest_builder(
        arxiv=arxiv,  # as much of it as a digest needs
        stores=stores or fake_stores(),
        read_pdf=read,
        analysts=[*analysts, ExcerptAnalyst()],
        clock=FakeClock(datetime(2026, 1, 9, 12, tzinfo=UTC)),
        max_pdf_bytes=1000,
        on_error=on_error or _unexpected,
        summarise=summarise,
        html=html,
        personal=personal,
    )


@dataclass
class Pages:
    """HTML pages of papers: a text for each that has one, else a notice."""

    prose: str = PROSE
    missing: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    async def text(self, paper: Paper, pdf: PaperText | None) -> PaperText | Notice:
        self.asked.append(paper.versioned_id)
        if paper.id in self.missing:
            return Notice.of("fetch.html_not_found", paper=paper.versioned_id)
        text = text_of(paper, self.prose)
        return replace(text, source="html", reader_version=HTML_READER_VERSION)


def _unexpected(paper: Paper, error: Exception) -> None:
    raise error


async def made(pipe: DigestBuilder, edition: Edition = EDITION) -> Any:
    return await pipe.build(edition, await pipe.collect(edition, DAY))


async def test_a_bad_paper_costs_its_own_full_text_alone() -> None:
    """No PDF, or one that can't be read: a card from the abstract, which says why; the others from the full text."""
    arxiv = Arxiv([paper(1), paper(2), paper(3)], missing=frozenset({"2601.90002"}))
    digest = await made(pipeline(arxiv))
    how = {c.paper.id: (c.analysis.made_from, [n.code for n in c.analysis.notices]) for c in digest.cards}

    assert how["2601.90001"][0] is AnalysisSource.FULL_TEXT
    assert how["2601.90002"] == (AnalysisSource.ABSTRACT, ["fetch.pdf_html"])
    assert how["2601.90003"] == (AnalysisSource.ABSTRACT, ["read.encrypted"])


async def test_a_model_that_is_down_is_said() -> None:
    """The excerpt takes its place, with the reason in its notices."""
    digest = await made(pipeline(Arxiv([paper(1)]), Failing()))

    assert digest.cards[0].analysis.analyst == "excerpt"
    assert "llm.down" in [n.code for n in digest.cards[0].analysis.notices]


async def test_nothing_is_fetched_or_analysed_twice() -> None:
    """Another edition of the same language shares the analysis."""
    arxiv, stores = Arxiv([paper(1)]), fake_stores()
    pipe = pipeline(arxiv, stores=stores)
    first = await made(pipe)
    second = await made(pipe, replace(EDITION, name="other"))

    assert arxiv.fetched == ["2601.90001v1"]
    assert first.cards[0].analysis == second.cards[0].analysis


async def test_a_day_that_is_made_brings_a_supplement_or_nothing() -> None:
    """The same day again: None; a paper more: a second digest with that paper alone."""
    stores = fake_stores()
    digest = await made(pipeline(Arxiv([paper(1)]), stores=stores))
    stores.digests.save_digest(digest)
    again = await made(pipeline(Arxiv([paper(1)]), stores=stores))
    collected = await pipeline(Arxiv([]), stores=stores).collect(EDITION, DAY)
    stores.papers.save_day(collected.states[0], [Announcement(paper(5), DAY, AnnouncementKind.NEW, "cs.RO")])
    more = await pipeline(Arxiv([]), stores=stores).build(EDITION, collected)

    assert again is None
    assert more is not None
    assert (more.number, [c.paper.id for c in more.cards]) == (2, ["2601.90005"])


@pytest.mark.parametrize("analyst", [Broken()])
async def test_a_mistake_of_ours_costs_one_card_its_analysis(analyst: Any) -> None:
    """The unexpected is told, and the paper still has its card."""
    errors: list[tuple[str, str]] = []
    pipe = pipeline(Arxiv([paper(1)]), analyst, on_error=lambda p, error: errors.append((p.id, type(error).__name__)))
    digest = await made(pipe)

    assert errors == [("2601.90001", "ZeroDivisionError")]
    assert digest.cards[0].analysis.analyst == "excerpt"


async def test_a_new_version_shows_what_changed_in_words_where_a_model_writes() -> None:
    """The changes are found by comparing the stored text with the new one; a model that fails costs the words alone."""
    stores = fake_stores()
    stores.digests.save_digest(await made(pipeline(Arxiv([paper(1)]), stores=stores)))
    told: list[int] = []

    async def summarise(changes: Sequence[VersionChange], language: str, of: Paper) -> Statement | None:
        told.append(len(changes))
        return Statement("It reaches more.")

    newer = Arxiv([paper(1, 2)], AnnouncementKind.REPLACE)
    pipe = pipeline(newer, stores=stores, summarise=summarise, text=PROSE.replace("71.8%", "75.0%"))
    update = (await pipe.build(EDITION, await collect_again(pipe, stores, newer))).updates[0]

    assert (update.previous_version, update.paper.version) == (1, 2)
    assert update.changes
    assert update.summary == Statement("It reaches more.")
    assert told == [len(update.changes)]


async def test_a_card_is_made_from_the_html_page_where_there_is_a_sound_one() -> None:
    """One source a paper: the page's text, or the PDF's. The analysis says which, and which text it was."""
    stores, pages = fake_stores(), Pages(missing=frozenset({"2601.90002"}))
    pipe = pipeline(Arxiv([paper(1), paper(2)]), stores=stores, html=pages)
    analyses = {c.paper.id: c.analysis for c in (await made(pipe)).cards}

    assert {name: a.source for name, a in analyses.items()} == {"2601.90001": "html", "2601.90002": "pdf"}
    for number, name in ((1, "2601.90001"), (2, "2601.90002")):
        text = pipe.papers.texts.text(paper(number))
        assert text is not None
        assert analyses[name].text_sha256 == text_hash(text)
        assert not [n for n in analyses[name].notices if not n.code.startswith("excerpt.")]


async def test_a_page_of_no_use_is_told_on_the_card() -> None:
    class Broken(Pages):
        async def text(self, paper: Paper, pdf: PaperText | None) -> PaperText | Notice:
            return Notice.of("html.cut_off")

    card = (await made(pipeline(Arxiv([paper(1)]), html=Broken()))).cards[0]

    assert (card.analysis.made_from, card.analysis.source) == (AnalysisSource.FULL_TEXT, "pdf")
    assert Notice.of("html.cut_off") in card.analysis.notices


async def test_a_page_is_asked_for_once_though_it_may_change() -> None:
    """arXiv converts pages again without a new version: the text that an analysis was made from stays."""
    stores, pages = fake_stores(), Pages()
    pipe = pipeline(Arxiv([paper(1)]), stores=stores, html=pages)
    first = await pipe.papers.texts.read(paper(1))
    pages.prose = "Other words."

    assert (await pipeline(Arxiv([paper(1)]), stores=stores, html=pages).papers.texts.read(paper(1))).text == first.text
    assert pages.asked == ["2601.90001v1"]


async def test_a_paper_without_a_pdf_is_read_from_its_page() -> None:
    arxiv = Arxiv([paper(1)], missing=frozenset({"2601.90001"}))
    card = (await made(pipeline(arxiv, html=Pages()))).cards[0]

    assert (card.analysis.made_from, card.analysis.source) == (AnalysisSource.FULL_TEXT, "html")


async def test_what_is_wrong_with_both_is_told() -> None:
    missing = frozenset({"2601.90001"})
    card = (await made(pipeline(Arxiv([paper(1)], missing=missing), html=Pages(missing=missing)))).cards[0]

    assert card.analysis.made_from is AnalysisSource.ABSTRACT
    assert [n.code for n in card.analysis.notices] == ["fetch.pdf_html", "fetch.html_not_found"]


async def test_versions_are_compared_within_one_source() -> None:
    """The card was made from the page; the update compares the PDFs, and asks for no page."""
    stores, pages = fake_stores(), Pages(prose="The page says other words.")
    stores.digests.save_digest(await made(pipeline(Arxiv([paper(1)]), stores=stores, html=pages)))
    newer = Arxiv([paper(1, 2)], AnnouncementKind.REPLACE)
    pipe = pipeline(newer, stores=stores, html=pages, text=PROSE.replace("71.8%", "75.0%"))
    update = (await pipe.build(EDITION, await collect_again(pipe, stores, newer))).updates[0]

    assert [change.kind for change in update.changes] == ["number changed"]
    assert pages.asked == ["2601.90001v1"]


async def collect_again(pipe: DigestBuilder, stores: Any, arxiv: Arxiv) -> CollectedDay:
    """The next day, on which the new version is announced."""
    state = CategoryDay("cs.RO", date(2026, 1, 10), FeedState.FRESH, 1)
    stores.papers.save_day(state, [Announcement(arxiv.papers[0], state.day, AnnouncementKind.REPLACE, "cs.RO")])
    return CollectedDay(state.day, (state,))


# --- many editions ----------------------------------------------------------------------------------------------


async def test_the_papers_of_a_day_are_looked_at_once_for_all_editions(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many editions choose from a day, its announcements are fetched from the store and matched once; what
    comes later is matched anew, and an edition that was not among them is served all the same."""
    stores = fake_stores()
    asked: list[date] = []
    announcements = stores.papers.announcements

    def counted(day: date, categories: Sequence[str] | None = None) -> list[Announcement]:
        asked.append(day)
        return announcements(day, categories)

    monkeypatch.setattr(stores.papers, "announcements", counted)
    arxiv = Arxiv([paper(1), paper(2)])
    pipe = pipeline(arxiv, stores=stores)
    editions = [replace(EDITION, name=f"e{n}", keywords=("vla", f"word {n}")) for n in range(50)]
    await pipe.collect(EDITION, DAY)
    shown = []
    for edition in editions:
        await pipe.match(DAY, edition, lambda: editions)
        shown.append(pipe.would_show(edition, DAY))

    assert shown == [True] * 50
    assert len(asked) == 1
    newcomer = replace(EDITION, name="new", keywords=("policy",))
    assert pipe.would_show(newcomer, DAY)  # by itself, without the others
    stores.papers.save_day(
        CategoryDay("cs.RO", DAY, FeedState.FRESH), [Announcement(paper(3), DAY, AnnouncementKind.NEW, "cs.RO")]
    )
    await pipe.match(DAY, editions[0], lambda: editions)
    digest = await pipe.build(editions[0], await pipe.collect(editions[0], DAY))
    assert digest is not None
    assert len(digest.cards) == 3


async def test_a_keyword_that_cannot_be_read_spoils_its_own_edition_alone() -> None:
    """The others are matched together without it."""
    pipe = pipeline(Arxiv([paper(1)]))
    broken = replace(EDITION, name="broken", keywords=("a +",))
    await pipe.collect(EDITION, DAY)
    await pipe.match(DAY, EDITION, lambda: [broken])

    assert pipe.would_show(EDITION, DAY)
    with pytest.raises(KeywordError):
        pipe.would_show(broken, DAY)


async def test_editions_of_a_language_share_a_paper_and_all_that_was_made_of_it() -> None:
    """It is fetched, read and analysed once; another language costs another analysis of the same text."""
    arxiv = Arxiv([paper(1)])
    pipe = pipeline(arxiv)
    editions = [replace(EDITION, name=name, language=name[:2]) for name in ("en1", "en2", "zh1")]
    digests = await asyncio.gather(*(made(pipe, edition) for edition in editions))
    one, two, other = (digest.cards[0].analysis for digest in digests)

    assert arxiv.fetched == ["2601.90001v1"]
    assert one == two
    assert (one.language, other.language) == ("en", "zh")


async def test_a_personal_edition_has_so_many_cards_in_a_day() -> None:
    """What matches beyond is counted and said; the day brings no supplement with it. Others have none."""
    stores, own = fake_stores(), replace(EDITION, name="telegram:42")
    pipe = pipeline(Arxiv([paper(n) for n in range(10, 15)]), stores=stores, personal=PersonalLimits(2, lambda: True))
    digest = await made(pipe, own)
    stores.digests.save_digest(digest)

    assert len(digest.cards) == 2
    assert [notice for notice in digest.notices if notice.code == "digest.left_out"] == [
        Notice.of("digest.left_out", n=3)
    ]
    assert not pipe.would_show(own, DAY)
    assert len((await made(pipe)).cards) == 5


async def test_personal_editions_have_so_many_papers_analysed_together() -> None:
    """What one of them may not have a model for comes as an excerpt; what is analysed already costs nothing."""

    class Model(ExcerptAnalyst):
        name = "model"
        names = ("model",)

    left = iter([True, False, False])
    pipe = pipeline(Arxiv([paper(n) for n in (11, 12, 13)]), Model(), personal=PersonalLimits(10, lambda: next(left)))
    own = replace(EDITION, name="telegram:42")
    digest = await made(pipe, own)

    assert next(left, None) is None
    assert len(digest.cards) == 3
