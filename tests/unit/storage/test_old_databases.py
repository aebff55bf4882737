"""Databases that released versions wrote open with this one, are brought up to date, and lose nothing."""

import sqlite3
from pathlib import Path

import pytest

from digest.models.delivery import DeliveryState
from storage.database.connection import Database
from storage.database.migrations import MIGRATIONS, NAMES
from storage.maintenance import backup, integrity, restore
from storage.stores.all_stores import SqliteStores
from tests.builders import papers
from tests.builders.digests import rich_day
from tests.builders.old_databases import CHAT, DAY, EDITION, FOLDER, NOW, unpacked

FILES = sorted(FOLDER.glob("*.db.gz"))


@pytest.fixture(params=FILES, ids=lambda path: path.name.removesuffix(".db.gz"))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpacked(request.param, tmp_path / "old.db")


def test_there_is_one_of_each_release() -> None:
    """The version of this tree is among them, or is not released yet."""
    assert [path.name for path in FILES][:1] == ["0.1.0.db.gz"]


def test_it_is_brought_up_to_date_whole(old: Path) -> None:
    """Every migration is applied, in order, and the file is sound."""
    with Database.open(old) as db:
        assert [m.name for m in MIGRATIONS.applied(db.tables)] == list(NAMES)
        assert integrity(db) == []


def test_nothing_that_it_held_is_lost(old: Path) -> None:
    """Papers, texts, analyses, digests, deliveries with their states, people and what they did."""
    digest = rich_day("zh")
    with Database.open(old, now=lambda: NOW) as db:
        stores = SqliteStores.of(db)
        found = stores.digests.digests("robots", DAY)

        assert [[card.paper.id for card in one.cards] for one in found] == [[card.paper.id for card in digest.cards]]
        assert [[card.analysis.parts for card in one.cards] for one in found] == [
            [card.analysis.parts for card in digest.cards]
        ]
        assert {a.paper.id for a in stores.papers.announcements(DAY)} == {card.paper.id for card in digest.cards}
        assert stores.papers.text(papers.paper().id, 1, 1) == papers.text()
        assert [p.id for p in stores.papers.search("FoldNet towels")] == [papers.paper().id]
        assert all(stores.analyses.best_analysis(c.paper.id, c.analysis.language) for c in digest.cards)
        states = [delivery.state for delivery in stores.deliveries.deliveries(f"robots/{DAY}/1")]
        assert states[:2] == [DeliveryState.SENT, DeliveryState.UNKNOWN]
        assert set(states[2:]) == {DeliveryState.PENDING}
        assert stores.chats.chat(CHAT).last_message == "100"
        assert stores.editions.effective(EDITION).keywords == ("vla", "world model")
        assert [owner for owner, _ in stores.editions.personal_editions()] == ["telegram:7"]
        assert stores.spending.spent(DAY, DAY).money == 0.5
        assert len(stores.events.events()) >= 1
        assert not stores.seen.first_time("telegram", "5")


def test_a_backup_by_an_old_version_can_be_restored(old: Path, tmp_path: Path) -> None:
    """It is brought up to date on the way, and the backup itself is left as it is."""
    before = old.read_bytes()
    here = tmp_path / "broadsheet.db"
    restore(old, here)

    assert old.read_bytes() == before
    with Database.open(here) as db:
        assert [m.name for m in MIGRATIONS.applied(db.tables)] == list(NAMES)
        backup(db, tmp_path / "new.db")
    with sqlite3.connect(tmp_path / "new.db") as copy:
        assert copy.execute("SELECT count(*) FROM digests").fetchone() == (1,)
    copy.close()
