"""Analyses, digests and spending: the contract of the ports, over SQLite and the fakes alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from digest.errors import StorageError
from digest.models.analysis import (
    EXCERPT,
    Analysis,
    AnalysisPart,
    AnalysisPartKey,
    AnalysisSource,
    Evidence,
    Statement,
    Verdict,
)
from digest.models.digest import Card, Digest, PaperUpdate, VersionChange
from digest.models.feed import CategoryDay, FeedState
from digest.models.match import Match, MatchField
from digest.models.notice import Notice
from digest.models.paper import AnnouncementKind, Paper
from digest.models.paper_text import Link, LinkKind
from digest.models.spending import ModelSpending, SpendingRow
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from storage.stores.digests import SqliteDigestStore
from tests.fakes.stores import BOTH, stores_of

DAY = date(2026, 1, 9)


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStores]:
    with stores_of(request.param, tmp_path) as stores:
        yield stores


def paper(paper_id: str, version: int = 1) -> Paper:
    return Paper(paper_id, version, f"Title of {paper_id} 题目", ("Ana",), "Abstract.", ("cs.AI",))


def analysis(paper_id: str = "2601.1", version: int = 1, **values: object) -> Analysis:
    evidence = Evidence("a quotation", Verdict.FOUND, "1 Introduction", 2, "A quotation")
    parts = (AnalysisPart(AnalysisPartKey.OVERVIEW, (Statement("概要。", evidence), Statement("未核实。"))),)
    made = Analysis(
        paper_id, version, "zh", "model", AnalysisSource.FULL_TEXT, parts, Statement("要点", evidence), 14, 14, 3
    )
    return replace(made, **values)


def card(paper_id: str, version: int = 1) -> Card:
    match = Match("vla", MatchField.TITLE, 0, 3, "VLA")
    link = Link("https://github.com/a/b", LinkKind.CODE, 1)
    return Card(paper(paper_id, version), AnnouncementKind.NEW, (match,), analysis(paper_id, version), (link,))


def update(paper_id: str, version: int) -> PaperUpdate:
    change = VersionChange("number changed", "4 Results", "91 %", "93 %", 5, 6)
    return PaperUpdate(
        paper(paper_id, version), AnnouncementKind.REPLACE, (), version - 1, (change,), Statement("更新")
    )


def digest(edition: str = "vla", day: date = DAY, number: int = 1, **values: object) -> Digest:
    state = CategoryDay("cs.AI", day, FeedState.WAITING, reason=Notice.of("feed-waiting", day=str(day)))
    return replace(Digest(edition, "VLA 日报", "zh", day, (state,), ("vla",), 302, number=number), **values)


# --- analyses ---------------------------------------------------------------------------------------------------


def test_an_analysis_comes_back_whole_by_how_it_was_made(stores: SqliteStores) -> None:
    """Another version, language, analyst or prompt is another analysis."""
    stores.analyses.save_analysis(analysis())

    assert stores.analyses.analysis("2601.1", 1, "zh", "model", 3) == analysis()
    for other in (
        ("2601.2", 1, "zh", "model", 3),
        ("2601.1", 2, "zh", "model", 3),
        ("2601.1", 1, "en", "model", 3),
        ("2601.1", 1, "zh", EXCERPT, 3),
        ("2601.1", 1, "zh", "model", 4),
    ):
        assert stores.analyses.analysis(*other) is None


def test_a_better_analysis_takes_the_place(stores: SqliteStores) -> None:
    """From the abstract at first, from the full text when the PDF is there."""
    stores.analyses.save_analysis(analysis(made_from=AnalysisSource.ABSTRACT))
    stores.analyses.save_analysis(analysis())

    assert stores.analyses.analysis("2601.1", 1, "zh", "model", 3) == analysis()


def test_the_best_analysis_is_newest_then_full_then_by_a_model(stores: SqliteStores) -> None:
    """In this order."""
    ranked = [
        analysis(version=2, made_from=AnalysisSource.FULL_TEXT, analyst="model"),
        analysis(version=2, made_from=AnalysisSource.FULL_TEXT, analyst=EXCERPT),
        analysis(version=2, made_from=AnalysisSource.ABSTRACT, analyst="other"),
        analysis(version=1, made_from=AnalysisSource.FULL_TEXT, analyst="model", prompt_version=4),
        analysis(version=1, made_from=AnalysisSource.FULL_TEXT, analyst="model", prompt_version=3),
    ]
    for worse in reversed(ranked):
        stores.analyses.save_analysis(worse)
        assert stores.analyses.best_analysis("2601.1", "zh") == worse

    assert stores.analyses.best_analysis("2601.1", "en") is None


# --- digests ----------------------------------------------------------------------------------------------------


def test_a_digest_comes_back_whole(stores: SqliteStores) -> None:
    """With its cards, updates, states and notices, in order."""
    made = digest(cards=(card("2601.2"), card("2601.1")), updates=(update("2511.1", 2),), notices=(Notice.of("x"),))
    supplement = digest(number=2, cards=(card("2601.3"),))
    stores.digests.save_digest(supplement)
    stores.digests.save_digest(made)

    assert stores.digests.digests("vla", DAY) == [made, supplement]
    assert stores.digests.digests("vla", date(2026, 1, 8)) == []
    assert stores.digests.digests("other", DAY) == []


def test_a_digest_is_stored_once(stores: SqliteStores) -> None:
    """The second time is an error and changes nothing."""
    stores.digests.save_digest(digest())
    with pytest.raises(StorageError, match="stored already"):
        stores.digests.save_digest(digest(cards=(card("2601.1"),)))

    assert stores.digests.digests("vla", DAY) == [digest()]
    assert stores.digests.carded("vla") == {}


def test_days_with_a_digest_are_newest_first(stores: SqliteStores) -> None:
    """Supplements don't count."""
    for day, number in ((8, 1), (9, 1), (9, 2), (7, 1)):
        stores.digests.save_digest(digest(day=date(2026, 1, day), number=number))

    assert [day.day for day in stores.digests.digest_days("vla")] == [9, 8, 7]
    assert stores.digests.digest_days("other") == []


def test_carded_papers_have_the_newest_version_shown(stores: SqliteStores) -> None:
    """By a card or by an update; a paper that only ever was an update is not carded."""
    stores.digests.save_digest(digest(day=date(2026, 1, 7), cards=(card("2601.1"), card("2601.2", 3))))
    stores.digests.save_digest(digest(day=date(2026, 1, 8), updates=(update("2601.1", 2), update("2511.1", 4))))
    stores.digests.save_digest(digest(edition="other", cards=(card("2601.9"),)))

    assert stores.digests.carded("vla") == {"2601.1": 2, "2601.2": 3}
    assert stores.digests.carded("none") == {}


def test_editions_share_what_their_cards_hold(tmp_path: Path) -> None:
    """A thousand editions with one card hold its analysis once."""
    with Database.open(tmp_path / "b.db") as db:
        digests = SqliteDigestStore(db)
        for number in range(50):
            digests.save_digest(digest(edition=f"e{number}", cards=(card("2601.1"),)))

        assert db.value("SELECT count(*) FROM contents") == 2
        assert digests.digests("e49", DAY)[0].cards == (card("2601.1"),)
        assert [edition for edition, _, _ in digests.shown("2601.1")][:2] == ["e0", "e1"]


def test_a_damaged_digest_is_told(tmp_path: Path) -> None:
    """In a sentence."""
    with Database.open(tmp_path / "b.db") as db:
        SqliteDigestStore(db).save_digest(digest(cards=(card("2601.1"),)))
        db.run("DELETE FROM contents")

        with pytest.raises(StorageError, match="a digest that can't be read"):
            SqliteDigestStore(db).digests("vla", DAY)
        db.run("UPDATE digests SET data = x'00'")
        with pytest.raises(StorageError, match="a digest that can't be read"):
            SqliteDigestStore(db).digests("vla", DAY)


# --- spending ---------------------------------------------------------------------------------------------------


def test_spending_is_summed_over_days(stores: SqliteStores) -> None:
    """Both ends included."""
    for day, money in ((7, 0.5), (8, 0.25), (8, 0.125), (9, 1.0)):
        stores.spending.record(date(2026, 1, day), "m", "2601.1", 1000, 800, 100, money)

    assert stores.spending.spent(date(2026, 1, 8), date(2026, 1, 9)) == ModelSpending(3000, 2400, 300, 1.375, 3)
    assert stores.spending.spent(date(2026, 2, 1), date(2026, 2, 1)) == ModelSpending()


def test_spending_rows_are_by_day_and_model(stores: SqliteStores) -> None:
    """Newest first, the dearest model first; calls without a paper count no paper."""
    stores.spending.record(DAY, "cheap", "2601.1", 10, 0, 1, 0.1)
    stores.spending.record(DAY, "dear", "2601.1", 10, 0, 1, 5.0)
    stores.spending.record(DAY, "cheap", "2601.2", 10, 5, 1, 0.1)
    stores.spending.record(DAY, "cheap", "", 10, 0, 1, 0.0)
    stores.spending.record(date(2026, 1, 8), "old", "2601.1", 1, 0, 1, 0.0)

    assert stores.spending.rows(1) == [
        SpendingRow(DAY, "dear", 1, ModelSpending(10, 0, 1, 5.0, 1)),
        SpendingRow(DAY, "cheap", 2, ModelSpending(30, 5, 3, 0.2, 3)),
    ]
    assert [row.model for row in stores.spending.rows(9)] == ["dear", "cheap", "old"]
