"""Making files for SQLite.

A file that is there already must never be opened beside SQLite: on POSIX systems, when a process closes any descriptor
of a file, it loses all its locks on that file, those of its open connections too. The next process to look into the
database then takes itself for the only one, and deletes the log that the first goes on writing to.
(https://www.sqlite.org/howtocorrupt.html, section 2.2)
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def make_private(path: Path) -> None:
    """An empty file that only its owner can read; one that is there is left alone, unopened. Raises `OSError`."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0o600))
