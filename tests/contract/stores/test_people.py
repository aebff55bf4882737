"""Keywords, personal editions, saved papers, votes, events: the contract of the ports, over SQLite and the fakes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.models.edition import Edition, Platform, Target
from digest.models.people import Actor, AuditEvent, EditionRun, KeywordChange, SavedPaper
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from storage.stores.editions import SqliteEditionStore
from tests.fakes.stores import BOTH, stores_of

START = datetime(2026, 1, 9, 5, tzinfo=UTC)
DAY = date(2026, 1, 9)
EDITION = Edition("vla", ("cs.AI",), ("vla", "Traffic Prediction", "world model"))
ANA = Actor("telegram:1", "Ana", "telegram:-1001")


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A second later at each look."""
    seconds = iter(range(10_000))
    return lambda: START + timedelta(seconds=next(seconds))


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[SqliteStores]:
    with stores_of(request.param, tmp_path, clock) as stores:
        yield stores


# --- keywords ---------------------------------------------------------------------------------------------------


def test_keywords_start_from_the_configuration(stores: SqliteStores) -> None:
    """In its order."""
    assert stores.editions.keywords(EDITION) == ["vla", "Traffic Prediction", "world model"]
    assert stores.editions.effective(EDITION) == EDITION
    assert stores.editions.keyword_changes("vla") == []


def test_people_add_and_remove(stores: SqliteStores) -> None:
    """The configured ones keep their places, those added follow in the order of adding."""
    assert stores.editions.add_keyword(EDITION, "diffusion  policy", ANA)
    assert stores.editions.remove_keyword(EDITION, "traffic prediction", ANA)
    assert stores.editions.add_keyword(EDITION, "humanoid", ANA)

    assert stores.editions.keywords(EDITION) == ["vla", "world model", "diffusion policy", "humanoid"]
    assert stores.editions.effective(EDITION).keywords == ("vla", "world model", "diffusion policy", "humanoid")


def test_the_same_keyword_in_another_spelling_is_no_other(stores: SqliteStores) -> None:
    """Case and spaces don't count."""
    assert not stores.editions.add_keyword(EDITION, "VLA", ANA)
    assert not stores.editions.remove_keyword(EDITION, "unknown", ANA)
    assert stores.editions.add_keyword(EDITION, "New One", ANA)
    assert not stores.editions.add_keyword(EDITION, " new  one", ANA)


def test_removing_and_adding_again(stores: SqliteStores) -> None:
    """A configured keyword comes back to its place, another one to the end."""
    for change in (stores.editions.remove_keyword, stores.editions.add_keyword):
        assert change(EDITION, "vla", ANA)
    stores.editions.add_keyword(EDITION, "a", ANA)
    stores.editions.add_keyword(EDITION, "b", ANA)
    for change in (stores.editions.remove_keyword, stores.editions.add_keyword):
        assert change(EDITION, "a", ANA)

    assert stores.editions.keywords(EDITION) == ["vla", "Traffic Prediction", "world model", "b", "a"]


def test_it_is_known_who_changed_what(stores: SqliteStores) -> None:
    """The last change of each keyword, oldest first."""
    bo = Actor("slack:U2", "Bo", "slack:C1")
    stores.editions.add_keyword(EDITION, "humanoid", ANA)
    stores.editions.remove_keyword(EDITION, "vla", bo)

    first, second = stores.editions.keyword_changes("vla")
    assert (first.keyword, first.added, first.by) == ("humanoid", True, ANA)
    assert (second.keyword, second.added, second.by) == ("vla", False, bo)
    assert isinstance(first, KeywordChange)
    assert first.at < second.at


def test_no_edition_sees_anothers_keywords(stores: SqliteStores) -> None:
    """Not even with the same configuration."""
    other = Edition("other", EDITION.categories, EDITION.keywords)
    stores.editions.add_keyword(EDITION, "humanoid", ANA)

    assert stores.editions.keywords(other) == list(EDITION.keywords)
    assert stores.editions.keyword_changes("other") == []


def test_the_editions_in_force(stores: SqliteStores) -> None:
    """The configured ones, then people's own that watch for something; the same object until something changes."""
    mine = Edition("telegram:1", ("cs.RO",), (), language="en")
    stores.editions.save_personal("telegram:1", mine)
    stores.editions.save_personal("telegram:2", replace(mine, name="telegram:2"))
    stores.editions.add_keyword(EDITION, "humanoid", ANA)
    stores.editions.add_keyword(mine, "touch", ANA)

    def in_force(*, personal: bool = True) -> Sequence[Edition]:
        return stores.editions.effective_editions([EDITION], personal=personal)

    assert list(in_force()) == [stores.editions.effective(EDITION), replace(mine, keywords=("touch",))]
    assert list(in_force(personal=False)) == [stores.editions.effective(EDITION)]
    assert in_force() is in_force()
    stores.editions.add_keyword(mine, "grasp", ANA)
    stores.editions.save_personal("telegram:0", replace(mine, name="telegram:0", keywords=("maps",)))
    assert [(e.name, e.keywords) for e in in_force()[1:]] == [
        ("telegram:0", ("maps",)),
        ("telegram:1", ("touch", "grasp")),
    ]
    stores.editions.drop_personal("telegram:1")
    stores.editions.remove_keyword(EDITION, "humanoid", ANA)
    assert [(e.name, e.keywords) for e in in_force()] == [("vla", EDITION.keywords), ("telegram:0", ("maps",))]


def test_what_another_process_changes_is_in_force_too(tmp_path: Path) -> None:
    """`broadsheet` commands beside the bot."""
    mine = Edition("telegram:1", ("cs.RO",), ("touch",), language="en")
    with Database.open(tmp_path / "b.db") as here, Database.open(tmp_path / "b.db") as there:
        assert list(SqliteEditionStore(here).effective_editions([EDITION], personal=True)) == [EDITION]
        editions = SqliteEditionStore(here)
        before = editions.effective_editions([EDITION], personal=True)
        SqliteEditionStore(there).save_personal("telegram:1", mine)
        SqliteEditionStore(there).add_keyword(EDITION, "humanoid", ANA)

        assert list(before) == [EDITION]
        assert list(editions.effective_editions([EDITION], personal=True)) == [editions.effective(EDITION), mine]


# --- personal editions and runs ---------------------------------------------------------------------------------


def test_a_personal_edition(stores: SqliteStores) -> None:
    """One an owner, saved whole, dropped once."""
    mine = Edition("me-1", ("cs.RO",), ("vla",), targets=(Target(Platform("telegram"), "1"),), language="en")
    stores.editions.save_personal("telegram:2", mine)
    stores.editions.save_personal("telegram:1", EDITION)
    stores.editions.save_personal("telegram:1", mine)

    assert stores.editions.personal("telegram:1") == mine
    assert stores.editions.personal("telegram:3") is None
    assert list(stores.editions.personal_editions()) == [("telegram:1", mine), ("telegram:2", mine)]
    assert stores.editions.drop_personal("telegram:1") is True
    assert stores.editions.drop_personal("telegram:1") is False


def test_the_last_run_is_that_of_the_newest_day(stores: SqliteStores) -> None:
    """Under way until it has ended."""
    assert stores.editions.last_run("vla") is None
    stores.editions.run_began("vla", date(2026, 1, 8))
    stores.editions.run_ended("vla", date(2026, 1, 8), "5 cards")
    stores.editions.run_began("vla", DAY)
    run = stores.editions.last_run("vla")

    assert isinstance(run, EditionRun)
    assert (run.day, run.ended, run.outcome) == (DAY, None, "")
    stores.editions.run_ended("vla", DAY, "quiet")
    run = stores.editions.last_run("vla")
    assert run.outcome == "quiet"
    assert run.began < run.ended


# --- people -----------------------------------------------------------------------------------------------------


def test_how_many_people_saved_a_paper_is_counted(stores: SqliteStores) -> None:
    """Since a moment, each person once."""
    for person in ("telegram:1", "telegram:2"):
        stores.people.save(person, "2601.00001")
    stores.people.save("telegram:1", "2601.00002")

    assert stores.people.saves(START) == {"2601.00001": 2, "2601.00002": 1}
    assert stores.people.saves(START + timedelta(days=1)) == {}


def test_saved_papers_are_newest_first_and_saved_once(stores: SqliteStores) -> None:
    """Each person has their own."""
    assert stores.people.save("telegram:1", "2601.1") is True
    assert stores.people.save("telegram:1", "2601.2") is True
    assert stores.people.save("telegram:1", "2601.1") is False
    stores.people.save("slack:U1", "2601.3")

    saved = stores.people.saved("telegram:1")
    assert [s.paper_id for s in saved] == ["2601.2", "2601.1"]
    assert isinstance(saved[0], SavedPaper)
    assert stores.people.unsave("telegram:1", "2601.2") is True
    assert stores.people.unsave("telegram:1", "2601.2") is False
    assert len(stores.people.saved("telegram:1")) == 1


def test_a_person_has_a_language(stores: SqliteStores) -> None:
    """Or none of their own."""
    assert stores.people.language("telegram:1") is None
    stores.people.set_language("telegram:1", "en")
    assert stores.people.language("telegram:1") == "en"
    stores.people.set_language("telegram:1", None)
    assert stores.people.language("telegram:1") is None


def test_requests_are_counted_by_person_and_day(stores: SqliteStores) -> None:
    """So that a limit survives a restart."""
    assert [stores.people.count_request("telegram:1", DAY) for _ in range(3)] == [1, 2, 3]
    assert stores.people.count_request("telegram:2", DAY) == 1
    assert stores.people.count_request("telegram:1", date(2026, 1, 10)) == 1


def test_votes_are_one_a_person_and_can_be_taken_back(stores: SqliteStores) -> None:
    """Summed by paper, within an edition; forgotten on request."""
    for person, value in (("a", 1), ("b", 1), ("c", -1), ("b", -1)):
        stores.people.vote("vla", person, "2601.1", value)
    stores.people.vote("vla", "a", "2601.2", 1)
    stores.people.vote("vla", "a", "2601.2", 0)
    stores.people.vote("other", "a", "2601.3", 1)

    assert stores.people.votes("vla") == {"2601.1": -1}
    assert stores.people.forget_votes("vla") == 3
    assert stores.people.votes("vla") == {}
    assert stores.people.votes("other") == {"2601.3": 1}


# --- the log ----------------------------------------------------------------------------------------------------


def test_events_are_newest_first(stores: SqliteStores) -> None:
    """Of all editions or of one, with who, where and when."""
    stores.events.record(AuditEvent("keyword added", ANA, "vla", "humanoid"))
    stores.events.record(AuditEvent("settings reloaded", Actor("cli")))
    stores.events.record(AuditEvent("digest saved", Actor("schedule"), "vla", at=START - timedelta(days=1)))

    assert [e.what for e in stores.events.events()] == ["digest saved", "settings reloaded", "keyword added"]
    assert [e.what for e in stores.events.events("vla", 1)] == ["digest saved"]
    first = stores.events.events()[-1]
    assert (first.by, first.edition, first.detail, first.id) == (ANA, "vla", "humanoid", 1)
    assert first.at is not None
    assert stores.events.events()[0].at == START - timedelta(days=1)


def test_an_update_is_handled_once(stores: SqliteStores) -> None:
    """Of each platform."""
    assert stores.seen.first_time("telegram", "7") is True
    assert stores.seen.first_time("telegram", "7") is False
    assert stores.seen.first_time("slack", "7") is True
