"""Papers, announcements, the states of feeds and the texts that were read: `digest.ports.PaperStore`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from digest.codec import to_json
from digest.model import Announcement, CategoryDay, FeedState, Kind, Notice, Paper, PaperText
from storage.database import Database
from storage.values import marks, moment_or_none, packed, stamp
from storage.words import indexable, query

_FIELDS = "id, version, title, authors, abstract, categories, licence, submitted, updated, comment, doi, journal_ref"
_OF_PAPERS = ", ".join(f"papers.{name}" for name in _FIELDS.split(", "))
_MONTH = re.compile(r"(?:.*/)?(\d\d)(\d\d)")
_KEYS_A_MONTH = 1 << 24


class Papers:
    """The papers of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # --- days ---------------------------------------------------------------------------------------------------

    def save_day(self, state: CategoryDay, announcements: Sequence[Announcement]) -> None:
        day, category = state.day.isoformat(), state.category
        with self._db.transaction():
            keys = [self._save(announcement.paper) for announcement in announcements]
            first = self._db.value(
                "SELECT coalesce(max(position) + 1, 0) FROM announcements WHERE day = ? AND category = ?",
                (day, category),
            )
            self._db.run_many(
                "INSERT INTO announcements (day, category, paper, position, kind) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET kind = excluded.kind",
                [
                    (day, category, key, position, announcement.kind)
                    for position, (key, announcement) in enumerate(zip(keys, announcements, strict=True), start=first)
                ],
            )
            self._db.run(
                "INSERT OR REPLACE INTO feed_days (category, day, state, entries, reason, listed)"
                " VALUES (?1, ?2, ?3, ?4, ?5, (SELECT count(*) FROM announcements WHERE day = ?2 AND category = ?1))",
                (category, day, state.state, state.entries, to_json(state.reason) if state.reason else None),
            )

    def category_day(self, category: str, day: date) -> CategoryDay | None:
        row = self._db.row(
            "SELECT state, entries, reason FROM feed_days WHERE category = ? AND day = ?", (category, day.isoformat())
        )
        if row is None:
            return None
        state, entries, reason = row
        return CategoryDay(category, day, FeedState(state), entries, self._db.load(Notice, reason) if reason else None)

    def announcements(self, day: date, categories: Sequence[str]) -> list[Announcement]:
        found: list[Announcement] = []
        for category in dict.fromkeys(categories):
            rows = self._db.rows(
                f"SELECT kind, {_OF_PAPERS} FROM announcements JOIN papers ON papers.key = announcements.paper"
                " WHERE day = ? AND category = ? ORDER BY position",
                (day.isoformat(), category),
            )
            found += [Announcement(_paper(row), day, Kind(kind), category) for kind, *row in rows]
        return found

    def days(self, categories: Sequence[str] | None = None) -> list[date]:
        among = "" if categories is None else f" AND category IN ({marks(categories)})"
        rows = self._db.rows(
            f"SELECT DISTINCT day FROM feed_days WHERE listed > 0{among} ORDER BY day DESC", list(categories or ())
        )
        return [date.fromisoformat(day) for (day,) in rows]

    def listed_before(self, category: str, day: date) -> frozenset[tuple[str, int]]:
        rows = self._db.rows(
            "SELECT id, version FROM announcements JOIN papers ON papers.key = announcements.paper"
            " WHERE category = ?1 AND day = (SELECT max(day) FROM feed_days"
            " WHERE category = ?1 AND day < ?2 AND listed > 0)",
            (category, day.isoformat()),
        )
        return frozenset((paper_id, version) for paper_id, version in rows)

    # --- papers -------------------------------------------------------------------------------------------------

    def save_paper(self, paper: Paper) -> None:
        with self._db.transaction():
            self._save(paper)

    def paper(self, paper_id: str, version: int | None = None) -> Paper | None:
        which = "id = ?" if version is None else "id = ? AND version = ?"
        row = self._db.row(
            f"SELECT {_FIELDS} FROM papers WHERE {which} ORDER BY version DESC LIMIT 1",
            (paper_id,) if version is None else (paper_id, version),
        )
        return None if row is None else _paper(row)

    def search(self, words: str, limit: int = 20) -> list[Paper]:
        """Papers with all the words: those that have them in the title first, and the newest of them first. If
        there are none, the words may be beginnings of words.

        The order needs no look at papers that are not shown, so it stays fast for words that half of them have.
        """
        for prefix in (False, True):
            wanted = query(words, prefix=prefix)
            keys = self._keys(f"title : ({wanted})", limit) if wanted else []
            if wanted and len(keys) < limit:
                keys = list(dict.fromkeys(keys + self._keys(wanted, limit)))[:limit]
            if keys:
                break
        else:
            return []
        rows = self._db.rows(f"SELECT key, {_FIELDS} FROM papers WHERE key IN ({marks(keys)})", keys)
        by_key = {key: _paper(row) for key, *row in rows}
        return [by_key[key] for key in keys]

    def _keys(self, wanted: str, limit: int) -> list[int]:
        rows = self._db.rows(
            "SELECT rowid FROM paper_search WHERE paper_search MATCH ? ORDER BY rowid DESC LIMIT ?", (wanted, limit)
        )
        return [key for (key,) in rows]

    def count(self) -> int:
        """How many papers are stored, each version for itself."""
        return int(self._db.value("SELECT count(*) FROM papers"))

    # --- texts --------------------------------------------------------------------------------------------------

    def text(self, paper_id: str, version: int, reader_version: int) -> PaperText | None:
        data = self._db.value(
            "SELECT data FROM paper_texts WHERE paper_id = ? AND version = ? AND reader_version = ?",
            (paper_id, version, reader_version),
        )
        return None if data is None else self._db.load(PaperText, data)

    def save_text(self, paper_id: str, version: int, text: PaperText) -> None:
        self._db.run(
            "INSERT OR REPLACE INTO paper_texts (paper_id, version, reader_version, stored, data)"
            " VALUES (?, ?, ?, ?, ?)",
            (paper_id, version, text.reader_version, stamp(self._db.now()), packed(to_json(text))),
        )

    # --- how a paper is written ---------------------------------------------------------------------------------

    def _save(self, paper: Paper) -> int:
        """Add or complete a paper inside the open transaction; its key."""
        known = self._db.rows(f"SELECT key, {_FIELDS} FROM papers WHERE id = ? ORDER BY version DESC", (paper.id,))
        stored = next((row for row in known if row[2] == paper.version), None)
        if stored is not None:
            return self._complete(stored[0], _paper(stored[1:]), paper, newest=stored is known[0])
        key = self._free_key(paper.id)
        self._db.run(
            f"INSERT INTO papers (key, indexed, {_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, _indexed(paper), *_columns(paper)),
        )
        if not known or known[0][2] < paper.version:
            if known:
                self._unindex(known[0][0])
            self._index(key)
        return key

    def _complete(self, key: int, stored: Paper, paper: Paper, *, newest: bool) -> int:
        """What is empty in `paper` stays as it is stored."""
        merged = replace(stored, **{f.name: value for f in fields(paper) if (value := getattr(paper, f.name))})
        if merged == stored:
            return key
        words_change = newest and _words(merged) != _words(stored)
        if words_change:
            self._unindex(key)
        assignments = ", ".join(f"{name} = ?" for name in _FIELDS.split(", "))
        self._db.run(
            f"UPDATE papers SET {assignments}, indexed = ? WHERE key = ?", (*_columns(merged), _indexed(merged), key)
        )
        if words_change:
            self._index(key)
        return key

    def _index(self, key: int) -> None:
        self._db.run(
            "INSERT INTO paper_search (rowid, title, authors, abstract) SELECT * FROM paper_words WHERE key = ?", (key,)
        )

    def _unindex(self, key: int) -> None:
        """Must see the words as they were indexed: before the row changes."""
        self._db.run(
            "INSERT INTO paper_search (paper_search, rowid, title, authors, abstract)"
            " SELECT 'delete', * FROM paper_words WHERE key = ?",
            (key,),
        )

    def _free_key(self, paper_id: str) -> int:
        first = _month(paper_id) * _KEYS_A_MONTH
        last = self._db.value("SELECT max(key) FROM papers WHERE key >= ? AND key < ?", (first, first + _KEYS_A_MONTH))
        return first if last is None else int(last) + 1


def _month(paper_id: str) -> int:
    """The months from January 1991, when arXiv began, to that of the id."""
    match = _MONTH.match(paper_id)
    if match is None:
        return 0
    year, month = int(match[1]), int(match[2])
    return (year - 91 if year >= 91 else year + 9) * 12 + min(month, 12) - 1


def _words(paper: Paper) -> tuple[str, str, str]:
    return paper.title, json.dumps(paper.authors, ensure_ascii=False), paper.abstract


def _indexed(paper: Paper) -> str | None:
    """The words for the index, where they are not those of the columns."""
    words = _words(paper)
    indexed = tuple(map(indexable, words))
    return None if indexed == words else json.dumps(indexed, ensure_ascii=False)


def _columns(paper: Paper) -> tuple[object, ...]:
    return (
        paper.id,
        paper.version,
        paper.title,
        json.dumps(paper.authors, ensure_ascii=False),
        paper.abstract,
        " ".join(paper.categories),
        paper.licence,
        stamp(paper.submitted) if paper.submitted else None,
        stamp(paper.updated) if paper.updated else None,
        paper.comment,
        paper.doi,
        paper.journal_ref,
    )


def _paper(row: Sequence[Any]) -> Paper:
    paper_id, version, title, authors, abstract, categories, licence, submitted, updated, comment, doi, ref = row
    return Paper(
        id=paper_id,
        version=version,
        title=title,
        authors=tuple(json.loads(authors)),
        abstract=abstract,
        categories=tuple(categories.split()),
        licence=licence,
        submitted=moment_or_none(submitted),
        updated=moment_or_none(updated),
        comment=comment,
        doi=doi,
        journal_ref=ref,
    )
