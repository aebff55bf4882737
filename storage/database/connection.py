"""The one connection to the database: opened, brought up to date, and every statement run through it.

    with Database.open(path) as db:
        papers, deliveries = Papers(db), Deliveries(db)
        with db.transaction():
            ...                       # all of it, or nothing

It belongs to the thread that opened it. Statements are short, so they run in the event loop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlite_utils

from digest.codec import from_json, whole_text
from digest.errors import StorageError
from storage.database.columns import decompress_text
from storage.database.errors import translate_errors
from storage.database.files import make_private
from storage.database.migrations import MIGRATIONS, NAMES

OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
APPLICATION_ID = 0x42524453  # "BRDS": `file` and we ourselves know the database by it
LOCK_WAIT = 5.0  # seconds that a statement waits for another process

IN_MEMORY = Path(":memory:")  # a database that is gone when it is closed
T = TypeVar("T")
Parameters = Sequence[Any] | dict[str, Any]
Row = tuple[Any, ...]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """An open database. Made by `open`; every failure is a `StorageError` with one sentence."""

    def __init__(self, path: Path, connection: sqlite3.Connection, now: Callable[[], datetime]) -> None:
        self.path = path
        self.now = now
        self.tables = sqlite_utils.Database(connection, recursive_triggers=False, execute_plugins=False)
        self._connection = connection

    @classmethod
    def open(cls, path: Path, *, wait: float = LOCK_WAIT, now: Callable[[], datetime] = utc_now) -> Database:
        """Open the database at `path`, make it where there is none, and bring it up to date.

        Raises `StorageError` when it is locked for longer than `wait` seconds, read-only, damaged, another program's,
        or written by a newer Broadsheet.
        """
        _check_place(path)
        with translate_errors(path):
            connection = sqlite3.connect(path, timeout=wait, cached_statements=256)
            try:
                db = cls(path, connection, now)
                db._prepare()
            except BaseException:
                connection.close()
                raise
        return db

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute("PRAGMA cache_size = -16000")  # 16 MB
        self._check_kind()
        if not self._connection.execute("PRAGMA page_count").fetchone()[0]:
            self._connection.execute("PRAGMA page_size = 8192")  # four papers a page; 5 % smaller than with 4096
            self._connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")  # what is committed survives a power cut
        self._connection.execute("PRAGMA journal_size_limit = 67108864")
        if MIGRATIONS.pending(self.tables):
            self._migrate()
        else:
            with self.transaction():  # finds out at once whether it can be written
                pass

    def _check_kind(self) -> None:
        """Whether this is our database, and not a newer one."""
        applied = [migration.name for migration in MIGRATIONS.applied(self.tables)]
        newer = [name for name in applied if name not in NAMES]
        if newer:
            raise StorageError(
                f"the database {self.path} was written by a newer Broadsheet ({newer[-1]}); "
                "install that version, or bring back an older backup with `broadsheet restore FILE`"
            )
        if not applied and set(self.tables.table_names()) - {MIGRATIONS.migrations_table}:
            raise StorageError(f"{self.path} is the database of another program; name another file in [storage] path")

    def _migrate(self) -> None:
        """Every pending migration, or none: two processes may start at once, and only one of them does it."""
        with self.transaction():
            MIGRATIONS.apply(self.tables)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    def wait_at_most(self, seconds: float) -> None:
        """How long a statement waits from now on while another process writes. Who runs statements in an event loop
        waits little and tries again: meanwhile nothing else happens there."""
        self._connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    # --- statements ---------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done inside is stored together, or not at all. May be nested: the outermost one commits.

        Nothing is awaited inside: another task's statements would become part of it.
        """
        with translate_errors(self.path):
            if self._connection.in_transaction:
                with self.tables.atomic():
                    yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise

    @contextmanager
    def quick_transaction(self) -> Iterator[None]:
        """The same for what can be had again: it does not wait for the disk, which takes from 4 ms to a tenth of a
        second. A crash of the process costs nothing; a power cut may cost what was committed since something last
        waited, each transaction whole. Within another transaction it is part of that."""
        if self._connection.in_transaction:
            with self.transaction():
                yield
            return
        with translate_errors(self.path):
            self._connection.execute("PRAGMA synchronous = NORMAL")
            try:
                with self.transaction():
                    yield
            finally:
                self._connection.execute("PRAGMA synchronous = FULL")

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement that changes rows; how many it changed."""
        with translate_errors(self.path):
            return self._execute(sql, parameters).rowcount

    def insert(self, sql: str, parameters: Parameters = ()) -> int:
        """Run an INSERT; the rowid of the new row."""
        with translate_errors(self.path):
            return self._execute(sql, parameters).lastrowid or 0

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each of the rows, in one transaction."""
        with self.transaction():
            self._connection.executemany(sql, [_clean(row) for row in rows])

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query."""
        with translate_errors(self.path):
            return self._connection.execute(sql, _clean(parameters)).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query."""
        with translate_errors(self.path):
            row: Row | None = self._connection.execute(sql, _clean(parameters)).fetchone()
            return row

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first value of the first row, None where there is none."""
        row = self.row(sql, parameters)
        return None if row is None else row[0]

    def load(self, cls: type[T], data: str | bytes) -> T:
        """A stored tree as a dataclass of the model again: JSON, or packed JSON."""
        try:
            return from_json(cls, decompress_text(data) if isinstance(data, bytes) else data)
        except ValueError as error:
            raise StorageError(f"the database {self.path} holds a row that can't be read: {error}") from error

    def _execute(self, sql: str, parameters: Parameters) -> sqlite3.Cursor:
        return self.tables.execute(sql, _clean(parameters))

    # --- the end ------------------------------------------------------------------------------------------------

    @property
    def connection(self) -> sqlite3.Connection:
        """For maintenance: backup and pragmas."""
        return self._connection

    def close(self) -> None:
        """Harmless when repeated."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _check_place(path: Path) -> None:
    """What can be said without opening; makes the folder, and an empty file that only its owner can read."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StorageError(f"SQLite {sqlite3.sqlite_version} is too old: Broadsheet needs 3.37 or newer")
    if path == IN_MEMORY:
        return
    try:
        if path.is_dir():
            raise StorageError(f"{path} is a folder; [storage] path must name the database file")
        path.parent.mkdir(parents=True, exist_ok=True)
        make_private(path)
    except OSError as error:
        raise StorageError(f"the database {path} can't be opened: {error.strerror}") from error


def _clean(parameters: Parameters) -> Parameters:
    """Texts without half surrogate pairs, which SQLite can't hold; a person may have typed one."""
    if isinstance(parameters, dict):
        return {name: _whole(value) for name, value in parameters.items()}
    return [value if not isinstance(value, str) or value.isascii() else _whole(value) for value in parameters]


def _whole(value: object) -> object:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return whole_text(value)
    return value
