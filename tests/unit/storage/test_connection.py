"""Opening, transactions, migrations, and every failure told in one sentence."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlite_utils

from digest.errors import StorageError
from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind, Paper
from storage.database.connection import APPLICATION_ID, IN_MEMORY, Database
from storage.database.migrations import MIGRATIONS, NAMES
from storage.stores.all_stores import SqliteStores
from storage.stores.papers import SqlitePaperStore
from tests.waiting import PATIENCE

NOBODY = 65534
PAPER = Paper("2601.1", 1, "Title", ("Ana",), "Abstract.", ("cs.AI",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "broadsheet.db"


@pytest.fixture
def made(path: Path) -> Path:
    """A database with a paper in it, closed."""
    with Database.open(path) as db:
        SqlitePaperStore(db).save_paper(PAPER)
    return path


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that other users can reach."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@contextmanager
def without_rights() -> Iterator[None]:
    """As an ordinary user: to root no file is read-only."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def told(path: Path, *, wait: float = 0.05) -> str:
    with pytest.raises(StorageError) as raised:
        Database.open(path, wait=wait)
    sentence = str(raised.value)
    assert "\n" not in sentence
    assert str(path) in sentence
    return sentence


# --- opening ----------------------------------------------------------------------------------------------------


def test_a_database_is_made_where_there_is_none(tmp_path: Path) -> None:
    """With its folder, for its owner only, in WAL mode, marked as ours."""
    path = tmp_path / "data" / "b.db"
    with Database.open(path) as db:
        assert db.value("PRAGMA journal_mode") == "wal"
        assert db.value("PRAGMA foreign_keys") == 1
        assert db.value("PRAGMA auto_vacuum") == 2
        assert db.value("PRAGMA application_id") == APPLICATION_ID
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_opening_again_keeps_everything(made: Path) -> None:
    """And migrates nothing twice."""
    for _ in range(2):
        with Database.open(made) as db:
            assert SqlitePaperStore(db).paper("2601.1") == PAPER
            assert [m.name for m in MIGRATIONS.applied(db.tables)] == list(NAMES)


def test_a_database_in_memory_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For the demo and for tests."""
    monkeypatch.chdir(tmp_path)
    with Database.open(IN_MEMORY) as db:
        SqlitePaperStore(db).save_paper(PAPER)
        assert SqlitePaperStore(db).paper("2601.1") == PAPER

    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_two_processes_that_start_at_once_make_one_database(path: Path) -> None:
    """One of them migrates, the other waits."""
    script = (
        "import sys; from pathlib import Path; from storage.database.connection import Database; "
        "Database.open(Path(sys.argv[1]))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, path], stderr=subprocess.PIPE) for _ in range(3)]

    assert [(p.communicate(timeout=PATIENCE)[1], p.returncode) for p in processes] == [(b"", 0)] * 3
    with Database.open(path) as db:
        assert [m.name for m in MIGRATIONS.applied(db.tables)] == list(NAMES)


@pytest.mark.slow
def test_a_second_connection_of_a_process_keeps_the_locks_of_the_first(made: Path) -> None:
    """The archive opens one of its own beside the bot's. When another process has looked in after that, the bot's log
    is still there, and what the bot writes is seen by all."""
    script = "import sys; from pathlib import Path; from storage.database.connection import Database; {}"
    look = script.format("Database.open(Path(sys.argv[1])).close()")
    count = script.format("print(Database.open(Path(sys.argv[1])).value('SELECT count(*) FROM papers'))")
    with Database.open(made) as db:
        SqlitePaperStore(db).save_paper(replace(PAPER, id="2601.2"))
        Database.open(made).close()
        subprocess.run([sys.executable, "-c", look, made], check=True)
        SqlitePaperStore(db).save_paper(replace(PAPER, id="2601.3"))
        seen = subprocess.run([sys.executable, "-c", count, made], check=True, capture_output=True)

    assert seen.stdout.split() == [b"3"]


# --- what can be wrong ------------------------------------------------------------------------------------------


def test_a_locked_database_is_told(made: Path) -> None:
    """After the time that one waits."""
    other = sqlite3.connect(made)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert "is locked by another process" in told(made)
    finally:
        other.close()


def test_a_lock_later_on_is_told_and_costs_nothing(made: Path) -> None:
    """The statement can be repeated."""
    other = sqlite3.connect(made, isolation_level=None)
    with Database.open(made, wait=0.05) as db:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="is locked by another process"):
            SqliteStores.of(db).seen.first_time("telegram", "1")
        other.execute("ROLLBACK")
        assert SqliteStores.of(db).seen.first_time("telegram", "1")
    other.close()


@pytest.mark.parametrize("migrated", [True, False])
def test_a_file_that_may_not_be_written_is_told(public: Path, migrated: bool) -> None:
    """At once, not in the middle of a digest."""
    path = public / "b.db"
    if migrated:
        Database.open(path).close()
    else:
        path.touch()
    path.chmod(0o444)
    public.chmod(0o555)
    with without_rights():
        assert "read-only" in told(path) or "may this user write there" in told(path)


def test_a_file_that_may_not_be_read_is_told(public: Path) -> None:
    """What the user may do there is asked."""
    path = public / "b.db"
    Database.open(path).close()
    path.chmod(0o000)
    with without_rights():
        assert "may this user read" in told(path)


def test_a_folder_that_may_not_be_looked_into_is_told(public: Path) -> None:
    """By the system's own reason."""
    public.chmod(0o000)
    with without_rights():
        assert "Permission denied" in told(public / "b.db")


def test_a_folder_that_may_not_be_made_is_told(tmp_path: Path) -> None:
    """Or lies under a file."""
    (tmp_path / "file").write_text("")

    assert "can't be opened" in told(tmp_path / "file" / "b.db")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """It is named as what it is."""
    assert "is a folder" in told(tmp_path)


@pytest.mark.parametrize("content", [b"this is a text file, not a database\n" * 100, b"\0" * 5000])
def test_another_file_is_no_database(path: Path, content: bytes) -> None:
    """It is left as it is."""
    path.write_bytes(content)

    assert "is not a SQLite database" in told(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    """No table of ours gets into it."""
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url)")
    other.close()

    assert "the database of another program" in told(path)


def test_a_newer_database_is_told(made: Path) -> None:
    """With its last migration, and what to do."""
    db = sqlite_utils.Database(made)
    db["_sqlite_migrations"].insert({"migration_set": "broadsheet", "name": "m099_future", "applied_at": ""})
    db.close()

    assert "was written by a newer Broadsheet (m099_future)" in told(made)


@pytest.mark.parametrize("damage", ["cut", "scribbled"])
def test_a_damaged_database_is_told(made: Path, damage: str) -> None:
    """When it is opened or read, with the way back."""
    data = bytearray(made.read_bytes())
    if damage == "cut":
        made.write_bytes(data[: len(data) // 3])
    else:
        for page in range(1, len(data) // 4096):
            data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
        made.write_bytes(data)

    def use() -> None:
        with Database.open(made) as db:
            SqlitePaperStore(db).search("title")
            SqlitePaperStore(db).paper("2601.1")

    with pytest.raises(StorageError, match="is damaged; stop Broadsheet and bring back a backup"):
        use()


def test_a_full_disk_is_told_and_nothing_is_lost(made: Path) -> None:
    """What was stored before is still there, and what did not fit is not there by halves."""
    with Database.open(made) as db:
        db.connection.execute(f"PRAGMA max_page_count = {db.value('PRAGMA page_count') + 10}")
        day = date(2026, 1, 9)
        many = [
            Announcement(
                Paper(f"2601.{n:05d}", 1, "T" * 200, ("A",), "a" * 2000, ("cs.AI",)), day, AnnouncementKind.NEW, "cs.AI"
            )
            for n in range(200)
        ]
        with pytest.raises(StorageError, match="the disk is full; nothing that was stored is lost"):
            SqlitePaperStore(db).save_day(CategoryDay("cs.AI", day, FeedState.FRESH, 200), many)

        assert SqlitePaperStore(db).count() == 1
        assert SqlitePaperStore(db).category_day("cs.AI", day) is None


def test_misuse_is_loud(made: Path) -> None:
    """A closed database or another thread is a mistake in the program, not of a person."""
    db = Database.open(made)
    raised: list[BaseException] = []

    def use() -> None:
        try:
            SqlitePaperStore(db).count()
        except sqlite3.ProgrammingError as error:
            raised.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(raised) == 1
    db.close()
    db.close()
    with pytest.raises(sqlite3.ProgrammingError):
        SqlitePaperStore(db).count()


# --- transactions -----------------------------------------------------------------------------------------------


def test_a_transaction_is_all_or_nothing(made: Path) -> None:
    """Nested ones belong to the outermost."""
    with Database.open(made) as db:
        seen = SqliteStores.of(db).seen

        def fail() -> None:
            with db.transaction():
                seen.first_time("telegram", "1")
                with db.transaction():
                    seen.first_time("telegram", "2")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert seen.first_time("telegram", "1")
        assert seen.first_time("telegram", "2")


def test_an_inner_failure_can_be_survived(made: Path) -> None:
    """Only the inner part is undone."""
    with Database.open(made) as db:
        seen = SqliteStores.of(db).seen

        def fail() -> None:
            with db.transaction():
                seen.first_time("telegram", "2")
                raise RuntimeError

        with db.transaction():
            seen.first_time("telegram", "1")
            with pytest.raises(RuntimeError):
                fail()
        assert not seen.first_time("telegram", "1")
        assert seen.first_time("telegram", "2")


def test_only_what_can_be_had_again_does_not_wait_for_the_disk(made: Path) -> None:
    """Not what it is part of, nor what comes after it, however it ended."""
    full, normal = 2, 1
    with Database.open(made) as db:

        def waits() -> int:
            return int(db.value("PRAGMA synchronous"))

        def fail() -> None:
            with db.quick_transaction():
                SqlitePaperStore(db).save_paper(replace(PAPER, id="2601.2"))
                raise RuntimeError

        with db.transaction(), db.quick_transaction():
            assert waits() == full
        with db.quick_transaction():
            assert waits() == normal
        assert waits() == full
        with pytest.raises(RuntimeError):
            fail()
        assert waits() == full
        assert SqlitePaperStore(db).paper("2601.2") is None


@pytest.mark.slow
def test_a_process_killed_in_a_transaction_leaves_nothing_of_it(made: Path) -> None:
    """And what was committed before is there."""
    script = """
import os, sys
from pathlib import Path
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
db = Database.open(Path(sys.argv[1]))
seen = SqliteStores.of(db).seen
seen.first_time("telegram", "1")
with db.transaction():
    seen.first_time("telegram", "2")
    os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", script, made], check=False).returncode == -9
    with Database.open(made) as db:
        assert not SqliteStores.of(db).seen.first_time("telegram", "1")
        assert SqliteStores.of(db).seen.first_time("telegram", "2")


def test_half_a_surrogate_pair_can_be_stored(made: Path) -> None:
    """A chat's JSON may hold one."""
    with Database.open(made) as db:
        SqliteStores.of(db).people.save("telegram:1", "a\ud83d b")
        assert [s.paper_id for s in SqliteStores.of(db).people.saved("telegram:1")] == ["a\ufffd b"]


# --- migrations -------------------------------------------------------------------------------------------------


def test_migrations_are_named_in_their_order() -> None:
    """NAMES is what a newer database is known by."""
    assert [m.name for m in MIGRATIONS.pending(sqlite_utils.Database(memory=True))] == list(NAMES)
    assert [int(name[1:4]) for name in NAMES] == list(range(1, len(NAMES) + 1))


@pytest.mark.parametrize("done", range(len(NAMES)))
def test_every_older_schema_is_brought_up_to_date(path: Path, done: int) -> None:
    """From each step on, to the same schema as a new database has."""
    old = sqlite_utils.Database(path)
    MIGRATIONS.apply(old, stop_before=NAMES[done])
    old.close()
    with Database.open(path) as db, Database.open(IN_MEMORY) as new:
        schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
        assert db.rows(schema) == new.rows(schema)


def test_a_migration_that_fails_leaves_the_old_schema(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All pending ones are one transaction."""
    old = sqlite_utils.Database(path)
    MIGRATIONS.apply(old, stop_before=NAMES[1])
    old.execute("CREATE TABLE spending (id)")  # stands in the way of the second one
    old.close()

    assert "spending already exists" in told(path)
    db = sqlite_utils.Database(path)
    assert [m.name for m in MIGRATIONS.applied(db)] == [NAMES[0]]
    assert "analyses" not in db.table_names()
    db.close()
