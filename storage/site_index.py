"""What a static site holds, in a small database of its own beside its pages: the entries of all its days.

It is derived: it may be deleted, and the site is then built anew. Each index page is one short query here, so that a
day more costs a day's work, whatever the size of the archive. A change is kept only when `close` is told that the
pages were written: a process that dies in between leaves the day to be written again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from digest.errors import StorageError
from digest.rendering import site_urls
from digest.site.entries import DaySummary, IndexCount, SiteEntry
from storage.database.errors import translate_errors

VERSION = 2  # raise it when the tables change: a site with another one is built anew
FILE = ".catalogue.db"
LOCK_WAIT = 120.0  # seconds that a second builder waits for the first

_TABLES = """
CREATE TABLE days (
  edition TEXT NOT NULL, day TEXT NOT NULL, cards INTEGER NOT NULL, updates INTEGER NOT NULL, numbers INTEGER NOT NULL,
  PRIMARY KEY (edition, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
  edition TEXT NOT NULL, day TEXT NOT NULL, position INTEGER NOT NULL, paper_id TEXT NOT NULL,
  is_update INTEGER NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (edition, day, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_by_paper ON entries (edition, paper_id);
CREATE TABLE keywords (
  edition TEXT NOT NULL, keyword TEXT NOT NULL, day TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (edition, keyword, day, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE authors (
  edition TEXT NOT NULL, bucket TEXT NOT NULL, family TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
  day TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (edition, bucket, family, key, day, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX authors_by_day ON authors (edition, day);
CREATE INDEX keywords_by_day ON keywords (edition, day);
CREATE TABLE made (edition TEXT PRIMARY KEY, how TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class IndexedAuthor:
    """An author on a page of the index, with the papers."""

    name: str
    key: str
    family: str
    papers: tuple[SiteEntry, ...]


class SiteIndex:
    """The entries of a site's editions. One builder at a time: a second one waits."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """The catalogue of the site in `folder`. What is changed inside is kept when the block ends well."""
        path = folder / FILE
        with translate_errors(path):
            connection = sqlite3.connect(path, timeout=LOCK_WAIT, isolation_level=None)
            try:
                connection.execute("BEGIN IMMEDIATE")
                _prepare(connection)
                yield cls(path, connection)
                connection.execute("COMMIT")
            finally:
                connection.close()

    # --- what is there ------------------------------------------------------------------------------------------

    def how_made(self, edition: str) -> str:
        """With what the edition's pages were made; empty where there are none."""
        rows = self._rows("SELECT how FROM made WHERE edition = ?", edition)
        return str(rows[0][0]) if rows else ""

    def numbers(self, edition: str) -> Mapping[date, int]:
        """Of how many digests each day is made."""
        rows = self._rows("SELECT day, numbers FROM days WHERE edition = ?", edition)
        return {date.fromisoformat(day): numbers for day, numbers in rows}

    def days(self, edition: str, limit: int = -1) -> list[DaySummary]:
        """Newest first."""
        rows = self._rows(
            "SELECT day, cards, updates, numbers FROM days WHERE edition = ? ORDER BY day DESC LIMIT ?", edition, limit
        )
        return [DaySummary(date.fromisoformat(day), *counts) for day, *counts in rows]

    def beside(self, edition: str, day: date) -> tuple[date | None, date | None]:
        """The day before and the day after."""
        sql = (
            "SELECT max(day) FROM days WHERE edition = ? AND day < ?",
            "SELECT min(day) FROM days WHERE edition = ? AND day > ?",
        )
        before, after = (self._rows(query, edition, day.isoformat())[0][0] for query in sql)
        return (date.fromisoformat(before) if before else None, date.fromisoformat(after) if after else None)

    def months(self, edition: str) -> list[IndexCount]:
        """Every month with how many papers were shown, newest first."""
        rows = self._rows(
            "SELECT substr(day, 1, 7) AS month, sum(cards + updates), max(day) FROM days"
            " WHERE edition = ? GROUP BY month ORDER BY month DESC",
            edition,
        )
        return [IndexCount(month, n, site_urls.month(month), date.fromisoformat(newest)) for month, n, newest in rows]

    def day(self, edition: str, day: date) -> list[SiteEntry]:
        return self._entries("e.edition = ? AND e.day = ? ORDER BY e.position", edition, day.isoformat())

    def month(self, edition: str, month: str) -> list[SiteEntry]:
        """Newest day first, each day in its own order."""
        return self._entries(
            "e.edition = ? AND e.day >= ? AND e.day < ? ORDER BY e.day DESC, e.position", edition, month, month + "~"
        )

    def month_days(self, edition: str, month: str) -> list[DaySummary]:
        rows = self._rows(
            "SELECT day, cards, updates, numbers FROM days WHERE edition = ? AND day >= ? AND day < ?"
            " ORDER BY day DESC",
            edition,
            month,
            month + "~",
        )
        return [DaySummary(date.fromisoformat(day), *counts) for day, *counts in rows]

    def shown(self, edition: str, paper_id: str) -> list[date]:
        """The days on which a paper was shown, oldest first."""
        rows = self._rows(
            "SELECT DISTINCT day FROM entries WHERE edition = ? AND paper_id = ? ORDER BY day", edition, paper_id
        )
        return [date.fromisoformat(day) for (day,) in rows]

    def keywords(self, edition: str) -> list[IndexCount]:
        """Every keyword that matched, the most frequent first."""
        rows = self._rows(
            "SELECT keyword, count(*), max(day) FROM keywords WHERE edition = ?"
            " GROUP BY keyword ORDER BY count(*) DESC, keyword",
            edition,
        )
        return [IndexCount(k, n, site_urls.keyword(k), date.fromisoformat(newest)) for k, n, newest in rows]

    def keyword_months(self, edition: str, keyword: str) -> list[IndexCount]:
        """Newest first."""
        rows = self._rows(
            "SELECT substr(day, 1, 7) AS month, count(*) FROM keywords WHERE edition = ? AND keyword = ?"
            " GROUP BY month ORDER BY month DESC",
            edition,
            keyword,
        )
        return [IndexCount(month, n, site_urls.keyword_month(keyword, month)) for month, n in rows]

    def keyword_month(self, edition: str, keyword: str, month: str) -> list[SiteEntry]:
        return self._entries(
            "k.edition = ? AND k.keyword = ? AND k.day >= ? AND k.day < ? ORDER BY k.day DESC, k.position",
            edition,
            keyword,
            month,
            month + "~",
            joined="keywords k JOIN entries e USING (edition, day, position)",
        )

    def groups(self, edition: str) -> list[str]:
        """The two letters under which family names are filed, in the order of the alphabet; found by leaping from one
        to the next, however many authors there are."""
        rows = self._rows(
            "WITH RECURSIVE leap (bucket) AS ("
            " SELECT min(bucket) FROM authors WHERE edition = ?1 UNION ALL"
            " SELECT (SELECT min(bucket) FROM authors WHERE edition = ?1 AND bucket > substr(leap.bucket, 1, 2) || '~')"
            " FROM leap WHERE bucket IS NOT NULL) SELECT bucket FROM leap WHERE bucket IS NOT NULL",
            edition,
        )
        groups = [site_urls.author_group(bucket) for (bucket,) in rows]
        return sorted(groups, key=lambda group: (group == site_urls.OTHERS, group))

    def has_family(self, edition: str, bucket: str, family: str) -> bool:
        """Whether a family name is on the page of its group."""
        return bool(
            self._rows(
                "SELECT 1 FROM authors WHERE edition = ? AND bucket = ? AND family = ? LIMIT 1", edition, bucket, family
            )
        )

    def families(self, edition: str, group: str) -> list[tuple[str, str]]:
        """(family name, where its authors are filed) of a group, in the order of the alphabet."""
        rows = self._rows(
            "SELECT DISTINCT family, bucket FROM authors WHERE edition = ? AND bucket >= ? AND bucket < ?",
            edition,
            group if len(group) > 1 else group + "-",
            group + "~" if len(group) > 1 else group + "-~",
        )
        return sorted(rows, key=lambda row: (site_urls.folded(row[0]), row))

    def authors(self, edition: str, bucket: str) -> list[IndexedAuthor]:
        """The authors of a page, by family name, each with the papers, newest first."""
        rows = self._rows(
            "SELECT a.family, a.key, a.name, e.data FROM authors a JOIN entries e USING (edition, day, position)"
            " WHERE a.edition = ? AND a.bucket = ? ORDER BY a.family, a.key, a.day DESC, a.position",
            edition,
            bucket,
        )
        entries_by_author: dict[tuple[str, str], tuple[str, dict[str, SiteEntry]]] = {}
        for family, key, name, data in rows:
            entry = _entry(data)
            entries_by_author.setdefault((family, key), (name, {}))[1].setdefault(entry.paper_id, entry)
        authors = [
            IndexedAuthor(name, key, family, tuple(papers.values()))
            for (family, key), (name, papers) in entries_by_author.items()
        ]
        return sorted(authors, key=lambda author: (site_urls.folded(author.family), author.key))

    # --- what changes -------------------------------------------------------------------------------------------

    def begin(self, edition: str, how: str) -> None:
        """Forget the edition's days: its pages are made anew, in another way."""
        for table in ("days", "entries", "keywords", "authors"):
            self._connection.execute(f"DELETE FROM {table} WHERE edition = ?", (edition,))
        self._connection.execute("INSERT OR REPLACE INTO made (edition, how) VALUES (?, ?)", (edition, how))

    def put(self, edition: str, line: DaySummary, entries: Sequence[SiteEntry]) -> None:
        """A day with its entries, in the place of what was known of it."""
        day = line.day.isoformat()
        for table in ("days", "entries", "keywords", "authors"):
            self._connection.execute(f"DELETE FROM {table} WHERE edition = ? AND day = ?", (edition, day))
        many = self._connection.executemany
        many("INSERT INTO days VALUES (?, ?, ?, ?, ?)", [(edition, day, line.cards, line.updates, line.numbers)])
        many(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)",
            [(edition, day, e.position, e.paper_id, int(e.is_update), _data(e)) for e in entries],
        )
        many(
            "INSERT OR IGNORE INTO keywords VALUES (?, ?, ?, ?)",
            [(edition, keyword, day, e.position) for e in entries for keyword in e.keywords],
        )
        filed = [(site_urls.author_entry(name), name, e.position) for e in entries for name in e.authors]
        many(
            "INSERT OR IGNORE INTO authors VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(edition, a.bucket, a.family, a.key, name, day, position) for a, name, position in filed],
        )

    # --- small things -------------------------------------------------------------------------------------------

    def _rows(self, sql: str, *parameters: object) -> list[Any]:
        return self._connection.execute(sql, parameters).fetchall()

    def _entries(self, where: str, *parameters: object, joined: str = "entries e") -> list[SiteEntry]:
        return [_entry(data) for (data,) in self._rows(f"SELECT e.data FROM {joined} WHERE {where}", *parameters)]


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables, or make them anew where they are of another version."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == VERSION:
        return
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    if names and not version:
        raise StorageError(f"{FILE} of the archive's folder is the database of another program")
    for (name,) in names:
        connection.execute(f"DROP TABLE {name}")
    for statement in _TABLES.strip().split(";\n"):
        connection.execute(statement.rstrip(";"))
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _data(entry: SiteEntry) -> str:
    row = [entry.day.isoformat(), entry.position, entry.paper_id, entry.version, entry.title, entry.authors]
    row += [entry.categories, entry.keywords, entry.takeaway, entry.is_doubtful, entry.is_update]
    return json.dumps(row, ensure_ascii=False)


def _entry(data: str) -> SiteEntry:
    day, position, paper_id, version, title, authors, categories, keywords, takeaway, doubtful, update = json.loads(
        data
    )
    return SiteEntry(
        date.fromisoformat(day),
        position,
        paper_id,
        version,
        title,
        tuple(authors),
        tuple(categories),
        tuple(keywords),
        takeaway,
        doubtful,
        update,
    )
