"""Who may publish from a database: one process at a time.

The lock is an open transaction on a small database beside the real one. The system takes it back when the process
ends, however it ends, so a crash leaves no lock behind. Whoever only looks at it reads that database, which keeps no
other from looking, and whoever wants to publish waiting for an instant.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.errors import StorageError
from storage.database.errors import translate_errors
from storage.database.files import make_private

_LOOKS = 2.0  # seconds; others look at the lock for less


def lock_path(database: Path) -> Path:
    return database.with_name(database.name + ".publishing")


@contextmanager
def publishing_lock(database: Path) -> Iterator[None]:
    """Holds the right to publish from the database. Raises `StorageError` when another process has it."""
    path = lock_path(database)
    connection = _open(path, wait=_LOOKS)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "") != "SQLITE_BUSY":
                with translate_errors(path):
                    raise
            raise StorageError(
                f"another Broadsheet is publishing from {database}; stop it first, or wait until it is done"
            ) from error
        yield
    finally:
        connection.close()


def is_publishing(database: Path) -> bool:
    """Whether some process publishes from the database now."""
    try:
        connection = _open(lock_path(database), wait=0)
    except StorageError:
        return True
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


def _open(path: Path, wait: float) -> sqlite3.Connection:
    with translate_errors(path):
        try:
            make_private(path)
        except OSError as error:
            raise StorageError(f"{path} can't be opened: {error.strerror}") from error
        return sqlite3.connect(path, timeout=wait, isolation_level=None)
