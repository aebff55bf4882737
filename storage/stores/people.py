"""What belongs to single people: `digest.models.people.PeopleStore`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from digest.models.people import SavedPaper
from storage.database.columns import decode_moment, encode_moment
from storage.database.connection import Database


class SqlitePeopleStore:
    """The people of a database, by `telegram:12345` or `slack:U0123`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def save(self, person: str, paper_id: str) -> bool:
        changed = self._db.run(
            "INSERT OR IGNORE INTO saved (person, paper_id, stored) VALUES (?, ?, ?)",
            (person, paper_id, encode_moment(self._db.now())),
        )
        return changed == 1

    def unsave(self, person: str, paper_id: str) -> bool:
        return self._db.run("DELETE FROM saved WHERE person = ? AND paper_id = ?", (person, paper_id)) == 1

    def saved(self, person: str) -> list[SavedPaper]:
        rows = self._db.rows(
            "SELECT paper_id, stored FROM saved WHERE person = ? ORDER BY stored DESC, paper_id DESC", (person,)
        )
        return [SavedPaper(paper_id, decode_moment(stored)) for paper_id, stored in rows]

    def saves(self, since: datetime) -> Mapping[str, int]:
        query = "SELECT paper_id, count(*) FROM saved WHERE stored >= ? GROUP BY paper_id"
        return dict(self._db.rows(query, (encode_moment(since),)))

    def language(self, person: str) -> str | None:
        language: str | None = self._db.value("SELECT language FROM people WHERE person = ?", (person,))
        return language

    def set_language(self, person: str, language: str | None) -> None:
        self._db.run("INSERT OR REPLACE INTO people (person, language) VALUES (?, ?)", (person, language))

    def count_request(self, person: str, day: date) -> int:
        with self._db.transaction():
            self._db.run(
                "INSERT INTO requests (person, day, count) VALUES (?, ?, 1)"
                " ON CONFLICT DO UPDATE SET count = count + 1",
                (person, day.isoformat()),
            )
            return int(
                self._db.value("SELECT count FROM requests WHERE person = ? AND day = ?", (person, day.isoformat()))
            )

    def vote(self, edition: str, person: str, paper_id: str, value: int) -> None:
        if value:
            self._db.run(
                "INSERT OR REPLACE INTO votes (edition, paper_id, person, value, stored) VALUES (?, ?, ?, ?, ?)",
                (edition, paper_id, person, value, encode_moment(self._db.now())),
            )
        else:
            self._db.run(
                "DELETE FROM votes WHERE edition = ? AND paper_id = ? AND person = ?", (edition, paper_id, person)
            )

    def votes(self, edition: str) -> Mapping[str, int]:
        rows = self._db.rows("SELECT paper_id, sum(value) FROM votes WHERE edition = ? GROUP BY paper_id", (edition,))
        return dict(rows)

    def forget_votes(self, edition: str) -> int:
        return self._db.run("DELETE FROM votes WHERE edition = ?", (edition,))
