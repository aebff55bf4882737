"""Retention, backup, restore, integrity, and the right to publish."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.errors import InputError, StorageError
from digest.models.delivery import Message
from digest.models.edition import Platform, Target
from digest.models.paper import Paper
from digest.models.paper_text import PaperText
from digest.models.people import Actor, AuditEvent
from storage.database.connection import Database
from storage.database.lock import is_publishing, lock_path, publishing_lock
from storage.maintenance import (
    PublishedDay,
    Retention,
    RetentionResult,
    apply_retention,
    backup,
    database_size,
    integrity,
    published_since,
    rebuild_search,
    restore,
)
from storage.stores.all_stores import SqliteStores
from storage.stores.papers import SqlitePaperStore

NOW = datetime(2026, 1, 9, 5, tzinfo=UTC)
CHAT = Target(Platform("telegram"), "-1001")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "broadsheet.db"


def paper(paper_id: str, title: str = "Title") -> Paper:
    return Paper(paper_id, 1, title, ("Ana",), "Abstract.", ("cs.AI",))


def made(path: Path, *ids: str) -> Path:
    with Database.open(path) as db:
        for paper_id in ids:
            SqlitePaperStore(db).save_paper(paper(paper_id))
    return path


def ids_in(path: Path) -> list[str]:
    with Database.open(path) as db:
        return [paper_id for (paper_id,) in db.rows("SELECT id FROM papers ORDER BY id")]


# --- retention --------------------------------------------------------------------------------------------------


def test_what_can_be_made_again_goes_by_age(path: Path) -> None:
    """Texts, bodies of messages that came to an end, events; receipts stay, and so does what is still open."""
    clock = Clock()
    with Database.open(path, now=clock) as db:
        stores = SqliteStores.of(db)
        text = PaperText("T", (), 1, 1)
        sent, waiting = stores.deliveries.add([Message("d", CHAT, "card", {"text": str(n)}) for n in range(2)])
        stores.deliveries.mark_sending(sent.id, None)
        stores.deliveries.mark_sent(sent.id, "10")
        stores.papers.save_text("2601.1", 1, text)
        stores.events.record(AuditEvent("old", Actor("cli")))
        stores.seen.first_time("telegram", "1")
        stores.people.count_request("telegram:1", NOW.date())
        clock.now += timedelta(days=100)
        stores.papers.save_text("2601.2", 1, text)
        stores.events.record(AuditEvent("new", Actor("cli")))

        assert apply_retention(db, Retention(text_days=99, payload_days=99, event_days=99)) == RetentionResult(1, 1, 1)
        assert stores.papers.text("2601.1", 1, 1) is None
        assert stores.papers.text("2601.2", 1, 1) == text
        assert (stores.deliveries.delivery(sent.id).payload, stores.deliveries.delivery(sent.id).receipt) == ({}, "10")
        assert stores.deliveries.delivery(waiting.id).payload == {"text": "1"}
        assert [e.what for e in stores.events.events()] == ["new"]
        assert stores.seen.first_time("telegram", "1")
        assert stores.people.count_request("telegram:1", NOW.date()) == 1


def test_nothing_goes_where_it_is_kept_for_ever(path: Path) -> None:
    """0 days."""
    clock = Clock()
    with Database.open(path, now=clock) as db:
        stores = SqliteStores.of(db)
        stores.papers.save_text("2601.1", 1, PaperText("T", (), 1, 1))
        stores.events.record(AuditEvent("old", Actor("cli")))
        clock.now += timedelta(days=36500)

        assert apply_retention(db, Retention(0, 0, 0)) == RetentionResult()


def test_freed_space_is_given_back(path: Path) -> None:
    """A little each day, without a pause for the bot."""
    clock = Clock()
    with Database.open(path, now=clock) as db:
        papers = SqlitePaperStore(db)
        noise = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(20000))
        for n in range(50):
            papers.save_text(f"2601.{n}", 1, PaperText(noise, (), 1, 1))
        before = database_size(db)
        clock.now += timedelta(days=400)
        apply_retention(db, Retention())

        assert database_size(db) < before / 2
        assert integrity(db) == []


# --- integrity --------------------------------------------------------------------------------------------------


def test_a_sound_database_has_no_faults(path: Path) -> None:
    """Also with words that are not in the index yet."""
    with Database.open(made(path, "2601.1")) as db:
        assert integrity(db) == []


def test_an_index_that_disagrees_is_found_and_made_anew(path: Path) -> None:
    """From the papers themselves, newest versions only."""
    with Database.open(made(path, "2601.1", "2601.2")) as db:
        papers = SqlitePaperStore(db)
        papers.save_paper(Paper("2601.1", 2, "Giraffe", ("Ana",), "A", ("cs.AI",)))
        papers.index_new()
        db.run("UPDATE papers SET title = 'Changed by hand' WHERE id = '2601.2'")
        assert len(integrity(db)) == 2

        rebuild_search(db)
        assert integrity(db) == []
        assert [p.id for p in papers.search("changed hand")] == ["2601.2"]
        assert [p.id for p in papers.search("giraffe")] == ["2601.1"]


def test_a_row_that_names_nothing_is_found(path: Path) -> None:
    """Foreign keys are checked."""
    with Database.open(made(path)) as db:
        db.connection.execute("PRAGMA foreign_keys = OFF")
        db.run(
            "INSERT INTO announcements (day, category, paper, position, kind) VALUES ('2026-01-09', 'a', 7, 0, 'new')"
        )

        assert integrity(db) == ["a row of announcements names a row of papers that is not there"]


# --- backup and restore -----------------------------------------------------------------------------------------


def test_a_backup_is_taken_while_others_write(path: Path, tmp_path: Path) -> None:
    """It holds what was committed when it began, in one file that only its owner can read."""
    copy = tmp_path / "copy.db"
    with Database.open(made(path, "2601.1")) as db, Database.open(path) as writer:
        SqlitePaperStore(writer).save_paper(paper("2601.2"))
        assert backup(db, copy) == copy.stat().st_size
        SqlitePaperStore(writer).save_paper(paper("2601.3"))

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broadsheet.db", "copy.db"]
    assert ids_in(copy) == ["2601.1", "2601.2"]


def test_a_backup_takes_the_place_of_an_older_one_only_when_it_is_whole(path: Path, tmp_path: Path) -> None:
    """A failure leaves the older one."""
    copy = tmp_path / "copy.db"
    with Database.open(made(path, "2601.1")) as db:
        backup(db, copy)
        db.connection.execute("PRAGMA writable_schema = ON")
        db.run("UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'votes'")
        with pytest.raises(StorageError):
            backup(db, copy)

    assert ids_in(copy) == ["2601.1"]
    assert not copy.with_name("copy.db.part").exists()


def test_a_backup_has_a_place_of_its_own(path: Path, tmp_path: Path) -> None:
    """Not the database itself, not a folder, not where nobody may write."""
    with Database.open(made(path)) as db:
        for wrong, kind, why in (
            (path, InputError, "is the database itself"),
            (tmp_path, InputError, "is a folder"),
            (tmp_path / "none" / "b.db", StorageError, "can't be written"),
        ):
            with pytest.raises(kind, match=why):
                backup(db, wrong)


def test_restoring_moves_the_old_one_aside(path: Path, tmp_path: Path) -> None:
    """So that a mistake can be undone; even when the old one is damaged."""
    copy = tmp_path / "copy.db"
    with Database.open(made(path, "2601.1")) as db:
        backup(db, copy)
    path.write_bytes(b"scribbled over")
    aside = restore(copy, path)

    assert aside is not None
    assert aside.read_bytes() == b"scribbled over"
    assert ids_in(path) == ["2601.1"]
    made(path, "2601.2")
    second = restore(copy, path)
    assert second is not None
    assert ids_in(second) == ["2601.1", "2601.2"]
    assert ids_in(path) == ["2601.1"]


def test_restoring_to_an_empty_place(path: Path, tmp_path: Path) -> None:
    """Moving house."""
    with Database.open(made(path, "2601.1")) as db:
        backup(db, tmp_path / "copy.db")

    assert restore(tmp_path / "copy.db", tmp_path / "new" / "b.db") is None
    assert ids_in(tmp_path / "new" / "b.db") == ["2601.1"]


@pytest.mark.parametrize("content", [b"not a database" * 1000, b""])
def test_what_is_no_backup_is_not_restored(path: Path, tmp_path: Path, content: bytes) -> None:
    """The database stays as it is."""
    made(path, "2601.1")
    (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(StorageError):
        restore(tmp_path / "copy.db", path)
    with pytest.raises(InputError, match="there is no backup"):
        restore(tmp_path / "none.db", path)

    assert ids_in(path) == ["2601.1"]


def test_the_database_of_another_program_is_not_restored(path: Path, tmp_path: Path) -> None:
    """Nor a damaged one."""
    made(path, "2601.1")
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE bookmarks (url)")
    other.close()
    with pytest.raises(StorageError, match="another program"):
        restore(tmp_path / "other.db", path)

    assert ids_in(path) == ["2601.1"]


# --- the right to publish ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_process_publishes_at_a_time(path: Path) -> None:
    """The other is told; a process that dies leaves no lock."""
    made(path)
    script = """
import sys, time
from pathlib import Path
from storage.database.lock import publishing_lock
with publishing_lock(Path(sys.argv[1])):
    print("mine", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"mine\n"
        assert is_publishing(path)
        with pytest.raises(StorageError, match="another Broadsheet is publishing"), publishing_lock(path):
            pass
        with pytest.raises(StorageError, match="another Broadsheet is publishing"):
            restore(path, path)
        other.kill()
        other.wait()
    assert not is_publishing(path)
    with publishing_lock(path):
        assert is_publishing(path)
        with subprocess.Popen(
            [sys.executable, "-c", script, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as late:
            assert b"another Broadsheet is publishing" in late.communicate()[1]  # having asked, the lock is still ours


@pytest.mark.parametrize("how", ["symbolic link", "hard link", "deleted lock"])
def test_the_lock_is_bound_to_the_database_and_not_to_its_name(path: Path, tmp_path: Path, how: str) -> None:
    """A second sender is refused however it knows the file."""
    made(path)
    other = tmp_path / "elsewhere" / "o.db"
    other.parent.mkdir()
    with publishing_lock(path):
        if how == "symbolic link":
            other.symlink_to(path)
        elif how == "hard link":
            other.hardlink_to(path)
        else:
            lock_path(path).unlink()
            other = path
        assert is_publishing(other)
        with pytest.raises(StorageError, match="another Broadsheet is publishing"), publishing_lock(other):
            pass
    assert not is_publishing(other)


def test_days_that_a_backup_does_not_know_are_named(path: Path, tmp_path: Path) -> None:
    """Those of which a message went out, or may have; not what waits, and no alerts."""
    with Database.open(path) as db:
        stores = SqliteStores.of(db)
        kept = [Message(f"a/2026-01-0{day}/1", CHAT, "card", {}) for day in (5, 6, 7)]
        first, second, _third = stores.deliveries.add(
            [*kept, Message("alert/2026-01-07T00:00:00/1", CHAT, "alert", {})]
        )[:3]
        stores.deliveries.mark_sending(first.id, None)
        stores.deliveries.mark_sent(first.id, "1")
        backup(db, tmp_path / "kept.db")
        stores.deliveries.mark_sending(second.id, None)

    assert published_since(tmp_path / "kept.db", path) == [PublishedDay("a", "2026-01-06")]
    assert published_since(path, path) == []
    assert published_since(path, tmp_path / "none.db") == []


def test_who_looks_at_the_lock_stands_in_nobodys_way(path: Path) -> None:
    """Two may look at once and see that nobody publishes; whoever wants to publish waits for the end of a look."""
    made(path)
    assert not is_publishing(path)
    looking = sqlite3.connect(lock_path(path), isolation_level=None)
    looking.execute("BEGIN")
    looking.execute("SELECT 1 FROM sqlite_schema").fetchone()
    assert not is_publishing(path)

    def publish() -> bool:
        with publishing_lock(path):
            return is_publishing(path)

    with ThreadPoolExecutor(1) as other:
        publishes = other.submit(publish)
        looking.close()
        assert publishes.result()
