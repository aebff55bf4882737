"""SQLite's errors -> one sentence for a person. The only place that knows SQLite's error codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.errors import StorageBusyError, StorageError

_SENTENCES = {
    "SQLITE_BUSY": "is locked by another process; is a second Broadsheet running, or another tool writing to it?",
    "SQLITE_LOCKED": "is locked by another process; is a second Broadsheet running, or another tool writing to it?",
    "SQLITE_READONLY": "can't be written: the file or its folder is read-only for this user",
    "SQLITE_PERM": "can't be opened: this user may not",
    "SQLITE_AUTH": "can't be opened: this user may not",
    "SQLITE_CANTOPEN": "can't be opened: does its folder exist, and may this user read and write there?",
    "SQLITE_FULL": "can't grow: the disk is full; nothing that was stored is lost",
    "SQLITE_IOERR": "can't be read or written: the disk reports an error",
    "SQLITE_CORRUPT": "is damaged; stop Broadsheet and bring back a backup with `broadsheet restore FILE`",
    "SQLITE_NOTADB": "is not a SQLite database; name another file in [storage] path, or bring back a backup",
    "SQLITE_TOOBIG": "can't take in so large a text",
    "SQLITE_NOMEM": "can't be used: memory is used up",
}


def error_sentence(path: Path | str, error: sqlite3.Error) -> str:
    """What the error means for the database at `path`."""
    name = str(getattr(error, "sqlite_errorname", "") or "")
    for code, name_part in _SENTENCES.items():
        if name == code or name.startswith(code + "_"):
            return f"the database {path} {name_part}"
    if "SQLITE_CONSTRAINT" in name:
        return f"the database {path} refused what contradicts it: {error}"
    return f"the database {path} can't be used: {error}"


@contextmanager
def translate_errors(path: Path | str) -> Iterator[None]:
    """Turns SQLite's errors into `StorageError`. Misuse (a closed connection, another thread) stays loud."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        name = str(getattr(error, "sqlite_errorname", "") or "")
        kind = StorageBusyError if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) else StorageError
        raise kind(error_sentence(path, error)) from error
