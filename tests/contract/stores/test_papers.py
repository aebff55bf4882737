"""Papers, announcements and texts: the contract of the port, over SQLite and the fake alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.models.paper_text import PaperParagraph, PaperText, Section
from digest.ports import PaperStore
from storage.database.connection import IN_MEMORY, Database
from storage.database.full_text import fts_query, fts_text
from storage.maintenance import integrity
from storage.stores.papers import SqlitePaperStore
from tests.fakes.stores import BOTH, stores_of

DAY = date(2026, 1, 9)
PAPER = Paper(
    id="2601.03309",
    version=1,
    title="Which Backbone for Vision-Language-Action Models?",
    authors=("Ana Müller", "李 明"),
    abstract="We compare encoders.\nThe encoder decides.",
    categories=("cs.CV", "cs.AI"),
    licence="http://creativecommons.org/licenses/by/4.0/",
    submitted=datetime(2026, 1, 7, 12, tzinfo=UTC),
    updated=datetime(2026, 1, 8, 12, 30, tzinfo=UTC),
    comment="12 pages",
    doi="10.1000/x",
    journal_ref="J. 1",
)


@pytest.fixture(params=BOTH)
def papers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PaperStore]:
    with stores_of(request.param, tmp_path) as stores:
        yield stores.papers


def paper(paper_id: str, version: int = 1, **values: object) -> Paper:
    return replace(PAPER, id=paper_id, version=version, **values)


def fresh(category: str, day: date, entries: int = 1) -> CategoryDay:
    return CategoryDay(category, day, FeedState.FRESH, entries)


def listed(
    paper: Paper, category: str = "cs.AI", day: date = DAY, kind: AnnouncementKind = AnnouncementKind.NEW
) -> Announcement:
    return Announcement(paper, day, kind, category)


# --- papers -----------------------------------------------------------------------------------------------------


def test_a_paper_comes_back_whole(papers: PaperStore) -> None:
    """With every field, line ends and other scripts."""
    papers.save_paper(PAPER)

    assert papers.paper(PAPER.id) == PAPER
    assert papers.paper(PAPER.id, 2) is None
    assert papers.paper("2601.00001") is None


def test_the_newest_version_is_the_default(papers: PaperStore) -> None:
    """Whatever order they came in; the others stay."""
    for version in (2, 10, 1):
        papers.save_paper(paper("2601.1", version, title=f"v{version}"))

    assert papers.paper("2601.1").title == "v10"
    assert papers.paper("2601.1", 2).title == "v2"


def test_an_empty_field_never_replaces_a_full_one(papers: PaperStore) -> None:
    """The feed knows less than the API; what it knows newer is taken."""
    papers.save_paper(PAPER)
    papers.save_paper(Paper(PAPER.id, 1, "New title", (), "", ("cs.RO",)))

    assert papers.paper(PAPER.id) == replace(PAPER, title="New title", categories=("cs.RO",))


def test_ids_of_before_2007_are_papers_too(papers: PaperStore) -> None:
    """With their archive."""
    old = paper("math.GT/0309136")
    papers.save_paper(old)

    assert papers.paper("math.GT/0309136") == old


# --- days -------------------------------------------------------------------------------------------------------


def test_a_day_comes_back_in_the_order_of_the_feeds(papers: PaperStore) -> None:
    """One listing for each category and paper, categories in the order asked for."""
    first, second = paper("2601.2"), paper("2601.1")
    papers.save_day(fresh("cs.AI", DAY, 2), [listed(first), listed(second, kind=AnnouncementKind.CROSS)])
    papers.save_day(fresh("cs.RO", DAY), [listed(first, "cs.RO", kind=AnnouncementKind.CROSS)])

    assert papers.announcements(DAY, ["cs.RO", "cs.AI", "cs.RO"]) == [
        listed(first, "cs.RO", kind=AnnouncementKind.CROSS),
        listed(first),
        listed(second, kind=AnnouncementKind.CROSS),
    ]
    assert papers.announcements(DAY, ["cs.CV"]) == []
    assert papers.announcements(date(2026, 1, 10), ["cs.AI"]) == []


def test_a_day_keeps_the_version_that_was_announced(papers: PaperStore) -> None:
    """Though a newer one is known by now."""
    papers.save_day(fresh("cs.AI", DAY), [listed(paper("2601.1"))])
    papers.save_paper(paper("2601.1", 2))

    assert [a.paper.version for a in papers.announcements(DAY, ["cs.AI"])] == [1]


def test_a_second_look_adds_and_replaces_the_state(papers: PaperStore) -> None:
    """A feed that failed at first, or grew."""
    failed = CategoryDay("cs.AI", DAY, FeedState.FAILED, 0, Notice.of("feed-html", status=503))
    papers.save_day(failed, [])
    assert papers.category_day("cs.AI", DAY) == failed
    assert papers.days() == []

    papers.save_day(fresh("cs.AI", DAY), [listed(paper("2601.1"))])
    papers.save_day(fresh("cs.AI", DAY, 2), [listed(paper("2601.1")), listed(paper("2601.2"))])

    assert papers.category_day("cs.AI", DAY) == fresh("cs.AI", DAY, 2)
    assert [a.paper.id for a in papers.announcements(DAY, ["cs.AI"])] == ["2601.1", "2601.2"]
    assert papers.category_day("cs.RO", DAY) is None


def test_days_are_those_with_announcements(papers: PaperStore) -> None:
    """Newest first, of all categories or of some."""
    for category, day in (("cs.AI", 7), ("cs.AI", 9), ("cs.RO", 8)):
        on = date(2026, 1, day)
        papers.save_day(fresh(category, on), [listed(paper(f"2601.{day}"), category, on)])
    papers.save_day(CategoryDay("cs.AI", date(2026, 1, 10), FeedState.QUIET), [])

    assert [day.day for day in papers.days()] == [9, 8, 7]
    assert [day.day for day in papers.days(["cs.AI"])] == [9, 7]
    assert papers.days(["cs.CV"]) == []


def test_listed_before_is_the_last_day_with_entries(papers: PaperStore) -> None:
    """By which a stale feed is known; quiet days between don't count."""
    papers.save_day(fresh("cs.AI", date(2026, 1, 6)), [listed(paper("2601.1"), day=date(2026, 1, 6))])
    papers.save_day(fresh("cs.AI", date(2026, 1, 7), 2), [listed(paper("2601.2", 3)), listed(paper("2601.3"))])
    papers.save_day(CategoryDay("cs.AI", date(2026, 1, 8), FeedState.QUIET), [])

    assert papers.listed_before("cs.AI", DAY) == {("2601.2", 3), ("2601.3", 1)}
    assert papers.listed_before("cs.AI", date(2026, 1, 6)) == frozenset()
    assert papers.listed_before("cs.RO", DAY) == frozenset()


# --- search -----------------------------------------------------------------------------------------------------


def found(papers: PaperStore, words: str, limit: int = 20) -> list[str]:
    return [p.id for p in papers.search(words, limit)]


def test_all_words_must_be_there_and_titles_come_first(papers: PaperStore) -> None:
    """Then the newest."""
    papers.save_paper(paper("2501.1", title="Robots", abstract="We test policies."))
    papers.save_paper(paper("2601.1", title="Maps", abstract="Robots with policies."))
    papers.save_paper(paper("2512.1", title="Arms", abstract="Robots with policies."))
    papers.save_paper(paper("2601.2", title="Other", abstract="Nothing here."))

    assert found(papers, "robots") == ["2501.1", "2601.1", "2512.1"]
    assert found(papers, "policies robots") == ["2601.1", "2512.1", "2501.1"]
    assert found(papers, "robots", 2) == ["2501.1", "2601.1"]
    assert found(papers, "robots zebra") == []


def test_many_words_of_a_title_are_that_title(sqlite: SqlitePaperStore) -> None:
    """Nobody who types a title wants papers that have its words here and there."""
    sqlite.save_paper(paper("2501.1", title="Learning Robust Maps from Sparse Views"))
    sqlite.save_paper(paper("2601.1", title="Other", abstract="Sparse views; robust learning of maps."))

    assert found(sqlite, "learning robust maps sparse views") == ["2501.1"]
    assert found(sqlite, "robust maps sparse") == ["2501.1", "2601.1"]
    assert found(sqlite, "learning robust maps sparse views other") == ["2601.1"]


def test_only_the_newest_version_is_found(papers: PaperStore) -> None:
    """By its own words."""
    papers.save_paper(paper("2601.1", title="Zebra"))
    assert found(papers, "zebra") == ["2601.1"]
    papers.save_paper(paper("2601.1", 2, title="Giraffe"))

    assert found(papers, "zebra") == []
    assert found(papers, "giraffe") == ["2601.1"]
    papers.save_paper(paper("2601.1", 1, title="Zebra again"))
    assert found(papers, "zebra") == []


def test_a_corrected_paper_is_found_by_its_new_words(papers: PaperStore) -> None:
    """Also when it was searched before."""
    papers.save_paper(paper("2601.1", title="Zebra"))
    assert found(papers, "zebra") == ["2601.1"]
    papers.save_paper(paper("2601.1", title="Giraffe"))

    assert (found(papers, "zebra"), found(papers, "giraffe")) == ([], ["2601.1"])


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlitePaperStore]:
    with Database.open(tmp_path / "b.db") as db:
        yield SqlitePaperStore(db)
        assert integrity(db) == []


@pytest.mark.parametrize(
    "words",
    [
        "vision language action",
        "VISION-LANGUAGE-ACTION",
        '"language action"',
        "model",
        "muller",
        "Müller backbone",
        "李明",
        "李",
        "compare the encoders",
        "backbone vision-lang",
    ],
)
def test_words_are_found_without_regard_to_form(sqlite: SqlitePaperStore, words: str) -> None:
    """Case, accents, hyphens, plurals and unspaced scripts don't matter; a beginning is tried when nothing fits."""
    sqlite.save_paper(replace(PAPER, abstract="We compare encoders by 李明."))

    assert found(sqlite, words) == [PAPER.id]
    assert found(sqlite, '"action language"') == []


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (r"Erd\H{o}s graphs", "erdos"),
        (r"$\pi_0$: a policy", "π0"),
        (r"\textbf{Strong} baselines", "strong"),
        ("π₀-FAST", "π0 fast"),
        ("基于视觉语言动作模型", "视觉语言"),
        ("ロボット学習", "学習"),
    ],
)
def test_markup_and_other_scripts_are_found(sqlite: SqlitePaperStore, stored: str, words: str) -> None:
    """A reader searches for what they see."""
    sqlite.save_paper(paper("2601.1", title=stored))

    assert found(sqlite, words) == ["2601.1"]


def test_authors_with_latex_accents_are_found(sqlite: SqlitePaperStore) -> None:
    """The feed gives names as TeX."""
    sqlite.save_paper(paper("2601.1", authors=(r"O\u{g}uz T\"ufekcio\u{g}lu",)))

    assert found(sqlite, "oguz tufekcioglu") == ["2601.1"]


@pytest.mark.parametrize("words", ["", " ", '"', '""', "-", "*", "()", "\0", "...", "💥"])
def test_what_holds_no_word_finds_nothing(sqlite: SqlitePaperStore, words: str) -> None:
    """And is no error."""
    sqlite.save_paper(PAPER)

    assert found(sqlite, words) == []


@pytest.mark.parametrize("words", ["AND", "a NOT b", "NEAR(a b)", "title:x", "a*", '"a', "x\0y", "^a", "{a b}: c", "'"])
def test_no_words_break_the_query(sqlite: SqlitePaperStore, words: str) -> None:
    """The signs of the query language are words like others."""
    sqlite.save_paper(PAPER)

    sqlite.search(words)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40) | st.text('"()*^:{}-+ANDOR NEAR,\\$\u4e2d\0', max_size=40))
def test_any_words_make_a_query_or_none(words: str) -> None:
    """FTS5 takes every query that is made."""
    with Database.open(IN_MEMORY) as db:
        SqlitePaperStore(db).search(words)


def test_a_very_long_query_is_cut() -> None:
    """Twenty words are enough."""
    assert fts_query("word " * 1000).count("AND") == 19


def test_common_words_do_not_narrow_a_search() -> None:
    """Unless there are no others, or they are in a phrase."""
    assert fts_query("attention is all you need") == fts_query("attention all you need")
    assert fts_query("to be") == '"be"'
    assert fts_query("of the") == '"of" AND "the"'
    assert fts_query('"of the" world') == '"of the" AND "world"'


def test_only_the_last_word_may_be_a_beginning_and_no_short_one() -> None:
    """Short beginnings fit half of all titles."""
    assert fts_query("vision transf", prefix=True) == '"vision" AND "transf"*'
    assert fts_query("vision tra", prefix=True) == ""
    assert fts_query("", prefix=True) == ""


def test_plain_words_are_indexed_as_they_are() -> None:
    """So that nearly no paper needs a second copy of its words."""
    assert fts_text("A plain title: with signs, 50% & more") == "A plain title: with signs, 50% & more"


def test_indexing_later_or_at_once_is_the_same(sqlite: SqlitePaperStore) -> None:
    """The digest does not wait for the index; the first search does."""
    for number in range(1200):
        sqlite.save_paper(paper(f"2601.{number:05d}"))

    assert sqlite.index_new() == 1200
    assert sqlite.index_new() == 0
    assert sqlite.count() == 1200
    assert len(found(sqlite, "backbone", 2000)) == 1200


def test_the_index_grows_by_steps(sqlite: SqlitePaperStore) -> None:
    """So many papers each, until none is left."""
    for number in range(5):
        sqlite.save_paper(paper(f"2601.{number:05d}"))

    assert [sqlite.index_some(2) for _ in range(4)] == [2, 2, 1, 0]
    assert len(found(sqlite, "backbone")) == 5


def test_a_paper_twice_in_one_batch_is_one_row(sqlite: SqlitePaperStore) -> None:
    """The later listing completes the earlier one."""
    sparse = Paper("2601.1", 1, "T", ("A",), "", ("cs.AI",))
    sqlite.save_day(fresh("cs.AI", DAY), [listed(sparse), listed(replace(sparse, abstract="full")), listed(sparse)])

    assert [a.paper.abstract for a in sqlite.announcements(DAY, ["cs.AI"])] == ["full"]


# --- texts ------------------------------------------------------------------------------------------------------


def test_a_text_is_kept_by_version_and_reader(papers: PaperStore) -> None:
    """A better reader reads anew."""
    text = PaperText(
        "T", (Section("Intro", 1, paragraphs=(PaperParagraph("A sentence.", 1),)),), 14, 14, reader_version=3
    )
    papers.save_text("2601.1", 1, text)

    assert papers.text("2601.1", 1, 3) == text
    assert papers.text("2601.1", 1, 4) is None
    assert papers.text("2601.1", 2, 3) is None
