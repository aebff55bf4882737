"""What keeps a database small, fast and safe over years: retention, statistics, backup and restore.

`tidy` is for once a day: each of its steps is short, so that a running bot may do it between two messages.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import sqlite_utils

from digest.errors import InputError, StorageError
from storage.database.columns import encode_moment
from storage.database.connection import Database
from storage.database.errors import translate_errors
from storage.database.lock import publishing_lock
from storage.database.migrations import MIGRATIONS
from storage.stores.paper_writer import PaperWriter

INDEXES = ("paper_search", "title_search")
SEEN_DAYS = 3  # Telegram forgets updates after a day, Slack repeats for an hour
REQUEST_DAYS = 40
_PAGES_A_DAY = 10_000  # given back to the disk: 80 MB


@dataclass(frozen=True, slots=True)
class Retention:
    """Days after which things go; 0 keeps them for ever. Papers, analyses, digests and receipts always stay."""

    text_days: int = 365
    payload_days: int = 90
    event_days: int = 730


@dataclass(frozen=True, slots=True)
class RetentionResult:
    """What `tidy` took away."""

    texts: int = 0
    payloads: int = 0
    events: int = 0


def apply_retention(db: Database, retention: Retention) -> RetentionResult:
    """Drop what is too old, bring the planner's statistics up to date, and give free pages back to the disk."""

    def before(days: int) -> str:
        return encode_moment(db.now() - timedelta(days=days)) if days else ""

    with db.transaction():
        texts = db.run("DELETE FROM paper_texts WHERE stored < ?", (before(retention.text_days),))
        payloads = db.run(
            "UPDATE deliveries SET payload = NULL"
            " WHERE payload IS NOT NULL AND state IN ('sent', 'failed') AND changed < ?",
            (before(retention.payload_days),),
        )
        events = db.run("DELETE FROM events WHERE stored < ?", (before(retention.event_days),))
        db.run("DELETE FROM seen_updates WHERE stored < ?", (before(SEEN_DAYS),))
        db.run("DELETE FROM requests WHERE day < ?", (before(REQUEST_DAYS)[:10],))
    optimize(db)
    return RetentionResult(texts, payloads, events)


def optimize(db: Database) -> None:
    """Statistics, a step of merging in the full-text index, free pages back to the disk, the log written over."""
    PaperWriter(db).index_new()
    for index in INDEXES:
        db.run(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', 500)")
    with translate_errors(db.path):
        db.connection.execute("PRAGMA analysis_limit = 1000")
        db.connection.execute("PRAGMA optimize")
        db.connection.executescript(f"PRAGMA incremental_vacuum({_PAGES_A_DAY})")  # `execute` frees one page only
        db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def database_size(db: Database) -> int:
    """Bytes of the database file, without its log."""
    return int(db.value("PRAGMA page_count") * db.value("PRAGMA page_size"))


def pending_retention(path: Path) -> list[str]:
    """The migrations that opening the database will apply, without opening it for writing. Raises `StorageError`."""
    with translate_errors(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            tables = sqlite_utils.Database(connection, execute_plugins=False)
            if not tables.table_names():
                return []
            return [migration.name for migration in MIGRATIONS.pending(tables)]
        finally:
            connection.close()


def integrity(db: Database) -> list[str]:
    """What is wrong inside the database; empty when all is well. Reads all of it: seconds for each gigabyte."""
    problems = [str(problem) for (problem,) in db.rows("PRAGMA integrity_check(20)") if problem != "ok"]
    problems += [
        f"a row of {table} names a row of {parent} that is not there"
        for table, _, parent, _ in db.rows("PRAGMA foreign_key_check")
    ]
    PaperWriter(db).index_new()
    for index in INDEXES:
        try:
            db.run(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
        except StorageError:
            problems.append(f"the full-text index {index} does not agree with the papers")
    return problems


def rebuild_search(db: Database) -> None:
    """Make the full-text index anew from the papers: a minute for each million."""
    PaperWriter(db).index_new()
    for index in INDEXES:
        db.run(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")


# --- backup -----------------------------------------------------------------------------------------------------


def backup(db: Database, path: Path) -> int:
    """A copy of the database as it is now, while others go on writing; its size in bytes.

    The copy is complete or not there: it is written beside, checked, and put into its place at the end.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; name the file of the backup")
    if path.exists() and path.samefile(db.path):
        raise InputError(f"{path} is the database itself; name another file for the backup")
    part = path.with_name(path.name + ".part")
    _make_file(part)
    try:
        with translate_errors(part):
            _copy(db.connection, part)
        _check(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def restore(backup_file: Path, path: Path) -> Path | None:
    """Put a backup into the place of the database at `path`; where the old one was moved to, if there was one.

    Nothing is touched before the backup has been checked. Raises `StorageError` when it is damaged, of another
    program or newer, or when a Broadsheet is publishing from `path`.
    """
    if not backup_file.is_file():
        raise InputError(f"there is no backup {backup_file}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with publishing_lock(path):
        part = path.with_name(path.name + ".part")
        _make_file(part)
        try:
            with translate_errors(backup_file):
                source = sqlite3.connect(f"{backup_file.absolute().as_uri()}?mode=ro", uri=True)
                try:
                    _copy(source, part)
                finally:
                    source.close()
            _check(part)
            aside = _move_aside(path)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return aside


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """A digest that went to a chat."""

    edition: str
    day: str


def published_since(backup_file: Path, path: Path) -> list[PublishedDay]:
    """The days that the database at `path` has published and a backup does not know: after `restore` they would be
    published again. Looks only. Raises `StorageError` where one of the two can't be read."""
    return sorted(_published(path) - _published(backup_file), key=lambda row: (row.day, row.edition))


def _published(path: Path) -> set[PublishedDay]:
    """Digests of which a message went out, or may have. They are called EDITION/DAY/NUMBER."""
    if not path.exists() or not path.stat().st_size:
        return set()
    with translate_errors(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            rows = connection.execute(
                "SELECT DISTINCT digest FROM deliveries WHERE state IN ('sending', 'sent', 'unknown')"
                " AND digest GLOB '*/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]/*'"
            ).fetchall()
        finally:
            connection.close()
    names = (digest.rsplit("/", 2) for (digest,) in rows)
    return {PublishedDay(edition, day) for edition, day, _ in names if edition != "alert"}


def _make_file(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error.strerror}") from error


def _copy(source: sqlite3.Connection, path: Path) -> None:
    """In one read transaction, so that writers meanwhile neither wait nor make it start again."""
    if not source.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise StorageError("the backup is empty: there is no database in it")
    copy = sqlite3.connect(path)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    finally:
        copy.close()


def _check(path: Path) -> None:
    """Whether the file is a whole database of ours, as old as this version or older."""
    with Database.open(path) as db, translate_errors(path):
        wrong = [problem for (problem,) in db.rows("PRAGMA quick_check(1)") if problem != "ok"]
        if wrong:
            raise StorageError(f"the database {path} is damaged: {wrong[0]}")
        db.connection.execute("PRAGMA journal_mode = DELETE")


def _move_aside(path: Path) -> Path | None:
    """The database with its log under another name, so that a mistake can be undone."""
    if not path.exists():
        return None
    names = (path.with_name(f"{path.name}.replaced-{n}") for n in count(1))
    aside = next(name for name in names if not name.exists())
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    return aside
