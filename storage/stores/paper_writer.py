"""How papers are written: rows, keys and the full-text index.

Indexing words takes longer than storing them, and a digest does not wait for it: `save` only notes in `unindexed`
what is new, and `index_new` brings the index up to date, at the latest when somebody searches.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from digest.models.paper import Paper
from storage.database.columns import encode_moment, moment_or_none, placeholders
from storage.database.connection import Database
from storage.database.full_text import fts_text

FIELDS = "id, version, title, authors, abstract, categories, licence, submitted, updated, comment, doi, journal_ref"

_JSON = json.JSONEncoder(ensure_ascii=False).encode  # made once: `json.dumps` would make one each time
_MONTH = re.compile(r"(?:.*/)?(\d\d)(\d\d)")
_KEYS_A_MONTH = 1 << 24
_AT_ONCE = 500  # ids looked up by one statement, papers indexed by one transaction


class PaperWriter:
    """Writes papers into a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def save(self, papers: Sequence[Paper]) -> list[int]:
        """Add or complete papers in one transaction; return their keys. An empty field never replaces a
        full one.
        """
        with self._db.transaction():
            batch = _Batch(self._db, [paper.id for paper in papers])
            keys = [batch.put(paper) for paper in papers]
            batch.write()
        return keys

    def index_new(self) -> int:
        """Bring the full-text index up to date; return how many papers were indexed."""
        count = 0
        while some := self.index_batch(_AT_ONCE):
            count += some
        return count

    def index_batch(self, limit: int) -> int:
        """The same for so many papers at most. Few statements: after each, a thread that computes may have its turn."""
        keys = [key for (key,) in self._db.rows("SELECT key FROM unindexed LIMIT ?", (limit,))]
        if not keys:
            return 0
        rows = self._db.rows(f"SELECT key, {FIELDS} FROM papers WHERE key IN ({placeholders(keys)})", keys)
        papers = {key: from_row(row) for key, *row in rows}
        with self._db.quick_transaction():
            if papers:  # none of them is there in a damaged database
                self._index(papers)
            self._db.run(f"DELETE FROM unindexed WHERE key IN ({placeholders(keys)})", keys)
        return len(keys)

    def _index(self, papers: Mapping[int, Paper]) -> None:
        words = {key: _indexed(paper) for key, paper in papers.items()}
        self._note_differing(words, papers)
        several = ", ".join(["(?, ?, ?, ?)"] * len(words))
        texts = [text for key, paper_words in words.items() for text in (key, *paper_words)]
        self._db.run(f"INSERT INTO paper_search (rowid, title, authors, abstract) VALUES {several}", texts)
        several = ", ".join(["(?, ?)"] * len(words))
        titles = [text for key, paper_words in words.items() for text in (key, paper_words[0])]
        self._db.run(f"INSERT INTO title_search (rowid, title) VALUES {several}", titles)

    def _note_differing(self, words: Mapping[int, tuple[str, str, str]], papers: Mapping[int, Paper]) -> None:
        """Keep the words that stand in the index in another form than in the paper: they are taken out by them."""
        self._db.run(
            f"UPDATE papers SET indexed = NULL WHERE key IN ({placeholders(list(words))}) AND indexed IS NOT NULL",
            list(words),
        )
        for key, paper_words in words.items():
            differ = [new if new != old else None for new, old in zip(paper_words, _words(papers[key]), strict=True)]
            if any(differ):
                indexed = _JSON(differ)
                self._db.run("UPDATE papers SET indexed = ? WHERE key = ?", (indexed, key))


class _Batch:
    """Papers on their way into the database: what is known of them, and what is to be inserted."""

    def __init__(self, db: Database, ids: Iterable[str]) -> None:
        self._db = db
        self._known: defaultdict[str, dict[int, tuple[int, Paper]]] = defaultdict(dict)
        self._fresh: dict[int, Paper] = {}
        self._next: dict[int, int] = {}
        unique_ids = list(dict.fromkeys(ids))
        for start in range(0, len(unique_ids), _AT_ONCE):
            some = unique_ids[start : start + _AT_ONCE]
            for key, *row in db.rows(f"SELECT key, {FIELDS} FROM papers WHERE id IN ({placeholders(some)})", some):
                paper = from_row(row)
                self._known[paper.id][paper.version] = (key, paper)

    def put(self, paper: Paper) -> int:
        versions = self._known[paper.id]
        newest = max(versions, default=0)
        if paper.version in versions:
            return self._complete(*versions[paper.version], paper, newest=newest == paper.version)
        key = self._free_key(paper.id)
        if versions and newest < paper.version:
            self._unindex(versions[newest][0])
        versions[paper.version] = (key, paper)
        self._fresh[key] = paper
        return key

    def _complete(self, key: int, stored: Paper, paper: Paper, *, newest: bool) -> int:
        """What is empty in `paper` stays as it is stored."""
        merged = replace(stored, **{f.name: value for f in fields(paper) if (value := getattr(paper, f.name))})
        if merged == stored:
            return key
        self._known[paper.id][paper.version] = (key, merged)
        if key in self._fresh:
            self._fresh[key] = merged
            return key
        if newest and _words(merged) != _words(stored):
            self._unindex(key)
            self._db.run("INSERT INTO unindexed (key) VALUES (?)", (key,))
        assignments = ", ".join(f"{name} = ?" for name in FIELDS.split(", "))
        self._db.run(f"UPDATE papers SET {assignments} WHERE key = ?", (*columns(merged), key))
        return key

    def write(self) -> None:
        """Insert what is new, and note the newest versions for the index."""
        self._db.run_many(
            f"INSERT INTO papers (key, {FIELDS}) VALUES (?, {placeholders(FIELDS.split(','))})",
            [(key, *columns(paper)) for key, paper in self._fresh.items()],
        )
        newest = [self._known[paper_id][max(self._known[paper_id])][0] for paper_id in self._known]
        self._db.run_many("INSERT INTO unindexed (key) VALUES (?)", [(key,) for key in newest if key in self._fresh])

    def _unindex(self, key: int) -> None:
        """Take a paper out of the index, with the words that it was put there with."""
        if key in self._fresh or self._db.run("DELETE FROM unindexed WHERE key = ?", (key,)):
            return
        self._db.run(
            "INSERT INTO paper_search (paper_search, rowid, title, authors, abstract)"
            " SELECT 'delete', * FROM paper_words WHERE key = ?",
            (key,),
        )
        self._db.run(
            "INSERT INTO title_search (title_search, rowid, title)"
            " SELECT 'delete', key, title FROM paper_words WHERE key = ?",
            (key,),
        )

    def _free_key(self, paper_id: str) -> int:
        first = _month(paper_id) * _KEYS_A_MONTH
        if first not in self._next:
            last = self._db.value(
                "SELECT max(key) FROM papers WHERE key >= ? AND key < ?", (first, first + _KEYS_A_MONTH)
            )
            self._next[first] = first if last is None else int(last) + 1
        self._next[first] += 1
        return self._next[first] - 1


def _month(paper_id: str) -> int:
    """The months from January 1991, when arXiv began, to that of the id."""
    match = _MONTH.match(paper_id)
    if match is None:
        return 0
    year, month = int(match[1]), int(match[2])
    return (year - 91 if year >= 91 else year + 9) * 12 + max(min(month, 12), 1) - 1


def _words(paper: Paper) -> tuple[str, str, str]:
    return paper.title, _JSON(paper.authors), paper.abstract


def _indexed(paper: Paper) -> tuple[str, str, str]:
    """The words as they stand in the index."""
    authors = list(map(fts_text, paper.authors))  # name by name: JSON would double each backslash
    return fts_text(paper.title), _JSON(authors), fts_text(paper.abstract)


def columns(paper: Paper) -> tuple[object, ...]:
    """Return a paper as values of FIELDS."""
    return (
        paper.id,
        paper.version,
        paper.title,
        _JSON(paper.authors),
        paper.abstract,
        " ".join(paper.categories),
        paper.licence,
        encode_moment(paper.submitted) if paper.submitted else None,
        encode_moment(paper.updated) if paper.updated else None,
        paper.comment,
        paper.doi,
        paper.journal_ref,
    )


def from_row(row: Sequence[Any]) -> Paper:
    """Return the paper with these values of FIELDS."""
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
