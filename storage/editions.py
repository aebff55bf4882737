"""What people changed of editions, their own editions, and when each ran: `digest.people.EditionStore`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from digest.codec import to_json
from digest.model import Edition
from digest.people import By, KeywordChange, Run
from storage.database import Database, Row
from storage.values import moment, moment_or_none, stamp


class Editions:
    """The editions of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # --- keywords -----------------------------------------------------------------------------------------------

    def keywords(self, edition: Edition) -> list[str]:
        rows = self._db.rows(
            "SELECT folded, keyword, added FROM keywords WHERE edition = ? ORDER BY changed, folded", (edition.name,)
        )
        removed = {folded for folded, _, added in rows if not added}
        kept = [keyword for keyword in edition.keywords if folded_keyword(keyword) not in removed]
        configured = set(map(folded_keyword, edition.keywords))
        return kept + [keyword for folded, keyword, added in rows if added and folded not in configured]

    def effective(self, edition: Edition) -> Edition:
        return replace(edition, keywords=tuple(self.keywords(edition)))

    def add_keyword(self, edition: Edition, keyword: str, by: By) -> bool:
        with self._db.transaction():
            if folded_keyword(keyword) in map(folded_keyword, self.keywords(edition)):
                return False
            self._change(edition, keyword, by, added=True)
        return True

    def remove_keyword(self, edition: Edition, keyword: str, by: By) -> bool:
        with self._db.transaction():
            if folded_keyword(keyword) not in map(folded_keyword, self.keywords(edition)):
                return False
            self._change(edition, keyword, by, added=False)
        return True

    def keyword_changes(self, edition: str) -> list[KeywordChange]:
        rows = self._db.rows(
            "SELECT keyword, added, who, name, chat, changed FROM keywords WHERE edition = ? ORDER BY changed, folded",
            (edition,),
        )
        return [
            KeywordChange(keyword, bool(added), By(who, name, chat), moment(changed))
            for keyword, added, who, name, chat, changed in rows
        ]

    def _change(self, edition: Edition, keyword: str, by: By, *, added: bool) -> None:
        self._db.run(
            "INSERT OR REPLACE INTO keywords (edition, folded, keyword, added, who, name, chat, changed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                edition.name,
                folded_keyword(keyword),
                " ".join(keyword.split()),
                added,
                by.who,
                by.name,
                by.chat,
                stamp(self._db.now()),
            ),
        )

    # --- personal editions --------------------------------------------------------------------------------------

    def personal(self, owner: str) -> Edition | None:
        data = self._db.value("SELECT data FROM personal_editions WHERE owner = ?", (owner,))
        return None if data is None else self._db.load(Edition, data)

    def personal_editions(self) -> list[tuple[str, Edition]]:
        rows = self._db.rows("SELECT owner, data FROM personal_editions ORDER BY owner")
        return [(owner, self._db.load(Edition, data)) for owner, data in rows]

    def save_personal(self, owner: str, edition: Edition) -> None:
        self._db.run(
            "INSERT OR REPLACE INTO personal_editions (owner, data, changed) VALUES (?, ?, ?)",
            (owner, to_json(edition), stamp(self._db.now())),
        )

    def drop_personal(self, owner: str) -> bool:
        return self._db.run("DELETE FROM personal_editions WHERE owner = ?", (owner,)) == 1

    # --- runs ---------------------------------------------------------------------------------------------------

    def run_began(self, edition: str, day: date) -> None:
        self._db.run(
            "INSERT OR REPLACE INTO runs (edition, day, began) VALUES (?, ?, ?)",
            (edition, day.isoformat(), stamp(self._db.now())),
        )

    def run_ended(self, edition: str, day: date, outcome: str) -> None:
        self._db.run(
            "UPDATE runs SET ended = ?, outcome = ? WHERE edition = ? AND day = ?",
            (stamp(self._db.now()), outcome, edition, day.isoformat()),
        )

    def last_run(self, edition: str) -> Run | None:
        row = self._db.row(
            "SELECT day, began, ended, outcome FROM runs WHERE edition = ? ORDER BY day DESC LIMIT 1", (edition,)
        )
        if row is None:
            return None
        return _run(edition, row)

    def runs(self, edition: str, since: date) -> list[Run]:
        rows = self._db.rows(
            "SELECT day, began, ended, outcome FROM runs WHERE edition = ? AND day >= ? ORDER BY day",
            (edition, since.isoformat()),
        )
        return [_run(edition, row) for row in rows]


def _run(edition: str, row: Row) -> Run:
    day, began, ended, outcome = row
    return Run(edition, date.fromisoformat(day), moment(began), moment_or_none(ended), outcome)


def folded_keyword(keyword: str) -> str:
    """By which two spellings are the same keyword: case and spaces don't count."""
    return " ".join(keyword.split()).casefold()
