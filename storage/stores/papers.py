"""Papers, announcements, the states of feeds and the texts that were read: `digest.ports.PaperStore`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from digest.codec import to_json
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.models.paper_text import PaperText
from storage.database.columns import compress_text, encode_moment, placeholders
from storage.database.connection import Database
from storage.database.full_text import fts_query
from storage.stores.paper_writer import FIELDS, PaperWriter, from_row

_OF_PAPERS = ", ".join(f"papers.{name}" for name in FIELDS.split(", "))


WORDS_OF_A_TITLE = 4


class SqlitePaperStore:
    """The papers of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._rows = PaperWriter(db)
        self._days_saved = 0

    # --- days ---------------------------------------------------------------------------------------------------

    def save_day(self, state: CategoryDay, announcements: Sequence[Announcement]) -> None:
        day, category = state.day.isoformat(), state.category
        self._days_saved += 1
        with self._db.transaction():
            keys = self._rows.save([announcement.paper for announcement in announcements])
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

    def announcements(self, day: date, categories: Sequence[str] | None = None) -> list[Announcement]:
        if categories is None:
            rows = self._db.rows("SELECT category FROM feed_days WHERE day = ? ORDER BY category", (day.isoformat(),))
            categories = [category for (category,) in rows]
        announcements: list[Announcement] = []
        for category in dict.fromkeys(categories):
            rows = self._db.rows(
                f"SELECT kind, {_OF_PAPERS} FROM announcements JOIN papers ON papers.key = announcements.paper"
                " WHERE day = ? AND category = ? ORDER BY position",
                (day.isoformat(), category),
            )
            announcements += [Announcement(from_row(row), day, AnnouncementKind(kind), category) for kind, *row in rows]
        return announcements

    def revision(self) -> tuple[int, int]:
        return self._days_saved, int(self._db.value("PRAGMA data_version"))  # grows with others' commits

    def days(self, categories: Sequence[str] | None = None) -> list[date]:
        among = "" if categories is None else f" AND category IN ({placeholders(categories)})"
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
        self._rows.save([paper])

    def paper(self, paper_id: str, version: int | None = None) -> Paper | None:
        condition = "id = ?" if version is None else "id = ? AND version = ?"
        row = self._db.row(
            f"SELECT {FIELDS} FROM papers WHERE {condition} ORDER BY version DESC LIMIT 1",
            (paper_id,) if version is None else (paper_id, version),
        )
        return None if row is None else from_row(row)

    def search(self, words: str, limit: int = 20) -> list[Paper]:
        """Papers with all the words: those that have them in the title first, and the newest of them first. If
        there are none, the last word may be the beginning of one in a title. Four words or more that are in a title
        are taken for that title: papers that have them elsewhere are not looked for.

        The order needs no look at papers that are not shown, so it stays fast for words that half of them have.
        """
        self.index_new()
        query = fts_query(words)
        keys = self._keys("title_search", query, limit)
        is_title = bool(keys) and query.count(" AND ") + 1 >= WORDS_OF_A_TITLE
        if len(keys) < limit and not is_title:
            keys = list(dict.fromkeys(keys + self._keys("paper_search", query, limit)))[:limit]
        keys = keys or self._keys("title_search", fts_query(words, prefix=True), limit)
        rows = self._db.rows(f"SELECT key, {FIELDS} FROM papers WHERE key IN ({placeholders(keys)})", keys)
        by_key = {key: from_row(row) for key, *row in rows}
        return [by_key[key] for key in keys]

    def _keys(self, index: str, condition: str, limit: int) -> list[int]:
        if not condition:
            return []
        rows = self._db.rows(
            f"SELECT rowid FROM {index} WHERE {index} MATCH ? ORDER BY rowid DESC LIMIT ?", (condition, limit)
        )
        return [key for (key,) in rows]

    def index_new(self) -> int:
        """Bring the full-text index up to date, so that the next search need not; return how many papers
        were indexed.
        """
        return self._rows.index_new()

    def index_some(self, limit: int) -> int:
        """Index up to `limit` papers; return how many were indexed (0: the index is complete)."""
        return self._rows.index_batch(limit)

    def count(self) -> int:
        """Return how many papers are stored; each version counts."""
        return int(self._db.value("SELECT count(*) FROM papers"))

    # --- texts --------------------------------------------------------------------------------------------------

    def text(self, paper_id: str, version: int, reader_version: int) -> PaperText | None:
        data = self._db.value(
            "SELECT data FROM paper_texts WHERE paper_id = ? AND version = ? AND reader_version = ?",
            (paper_id, version, reader_version),
        )
        return None if data is None else self._db.load(PaperText, data)

    def save_text(self, paper_id: str, version: int, text: PaperText) -> None:
        """A text that is lost is read again."""
        row = paper_id, version, text.reader_version, encode_moment(self._db.now()), compress_text(to_json(text))
        with self._db.quick_transaction():
            self._db.run(
                "INSERT OR REPLACE INTO paper_texts (paper_id, version, reader_version, stored, data)"
                " VALUES (?, ?, ?, ?, ?)",
                row,
            )
