"""Who may publish from a database: one process at a time, by whatever name it knows the file.

The lock is an open transaction on a small database beside the real one. The system takes it back when the process
ends, however it ends, so a crash leaves no lock behind. Whoever only looks at it reads that database, which keeps no
other from looking, and whoever wants to publish waiting for an instant. It lies beside the file that a symbolic link
leads to. On Linux a socket that is named after the file's device and inode is taken as well: a hard link, a bind mount
or a lock that somebody deleted then let no second process in on the same machine.
"""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.errors import StorageError
from storage.database.errors import translate_errors
from storage.database.files import make_private

_LOOKS = 2.0  # seconds; others look at the lock for less


def lock_path(database: Path) -> Path:
    whole = database.resolve()
    return whole.with_name(whole.name + ".publishing")


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
            raise _taken(database) from error
        with _socket_of(database):
            yield
    finally:
        connection.close()


def _taken(database: Path) -> StorageError:
    return StorageError(f"another Broadsheet is publishing from {database}; stop it first, or wait until it is done")


@contextmanager
def _socket_of(database: Path) -> Iterator[None]:
    """Holds the socket that is named after the file. It is gone with the process, as the lock is."""
    name = _socket_name(database)
    if name is None:
        yield
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        try:
            server.bind(name)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and _is_ours(name):
                raise _taken(database) from error
        else:
            server.listen()
        yield


def _socket_name(database: Path) -> bytes | None:
    """None where there are no such sockets, or no file yet."""
    try:
        file = database.stat()
    except OSError:
        return None
    return f"\0broadsheet-publishing-{file.st_dev}-{file.st_ino}".encode() if sys.platform == "linux" else None


def _is_ours(name: bytes) -> bool:
    """Whether a process of this user, or of root, holds the socket: anybody may bind any name."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(_LOOKS)
        try:
            client.connect(name)
        except OSError:
            return False
        _, uid, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return uid in (os.getuid(), 0)


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
    name = _socket_name(database)
    return name is not None and _is_ours(name)


def _open(path: Path, wait: float) -> sqlite3.Connection:
    with translate_errors(path):
        try:
            make_private(path)
        except OSError as error:
            raise StorageError(f"{path} can't be opened: {error.strerror}") from error
        return sqlite3.connect(path, timeout=wait, isolation_level=None)
