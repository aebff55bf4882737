"""What people changed of editions, their own editions, and when each ran: `digest.models.people.EditionStore`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from digest.codec import to_json
from digest.models.edition import Edition
from digest.models.people import Actor, EditionRun, KeywordChange
from storage.database.columns import decode_moment, encode_moment, moment_or_none
from storage.database.connection import Database, Row


class SqliteEditionStore:
    """The editions of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._changes = 0  # of keywords and personal editions, made here
        self._in_force: dict[bool, tuple[Hashable, Sequence[Edition]]] = {}  # and what they were made from
        self._own: dict[str, Edition] = {}  # by owner, with the keywords in force, as they were at `_own_at`
        self._own_at: int | None = None
        self._stale: set[str] = set()  # owners and names of editions that were changed here since

    # --- keywords -----------------------------------------------------------------------------------------------

    def keywords(self, edition: Edition) -> list[str]:
        rows = self._db.rows(
            "SELECT folded, keyword, added FROM keywords WHERE edition = ? ORDER BY changed, folded", (edition.name,)
        )
        return _keywords(edition, rows)

    def effective(self, edition: Edition) -> Edition:
        return replace(edition, keywords=tuple(self.keywords(edition)))

    def effective_editions(self, configured: Sequence[Edition], *, personal: bool) -> Sequence[Edition]:
        data_version = int(self._db.value("PRAGMA data_version"))  # grows with their commits
        cache_key = tuple(configured), self._changes, data_version
        cached = self._in_force.get(personal)
        if cached is None or cached[0] != cache_key:
            personal_editions = self._own_in_force(data_version) if personal else ()
            cached = self._in_force[personal] = cache_key, (*map(self.effective, configured), *personal_editions)
        return cached[1]

    def _own_in_force(self, data_version: int) -> Iterator[Edition]:
        """Thousands are read in two queries, and only those anew that were changed."""
        if self._own_at != data_version:
            self._own, self._own_at = self._all_own(), data_version
        elif self._stale:
            named = {owner for owner, edition in self._own.items() if edition.name in self._stale}
            for owner in self._stale | named:
                self._own.pop(owner, None)
                if (kept := self.personal(owner)) is not None:
                    self._own[owner] = self.effective(kept)
        self._stale.clear()
        return (self._own[owner] for owner in sorted(self._own) if self._own[owner].keywords)

    def _all_own(self) -> dict[str, Edition]:
        changes: defaultdict[str, list[Row]] = defaultdict(list)
        for name, *change in self._db.rows(
            "SELECT edition, folded, keyword, added FROM keywords ORDER BY changed, folded"
        ):
            changes[name].append(tuple(change))
        return {
            owner: replace(edition, keywords=tuple(_keywords(edition, changes.get(edition.name, ()))))
            for owner, edition in self.personal_editions()
        }

    def add_keyword(self, edition: Edition, keyword: str, by: Actor) -> bool:
        with self._db.transaction():
            if folded_keyword(keyword) in map(folded_keyword, self.keywords(edition)):
                return False
            self._change(edition, keyword, by, added=True)
        return True

    def remove_keyword(self, edition: Edition, keyword: str, by: Actor) -> bool:
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
            KeywordChange(keyword, bool(added), Actor(person, name, chat), decode_moment(changed))
            for keyword, added, person, name, chat, changed in rows
        ]

    def _change(self, edition: Edition, keyword: str, by: Actor, *, added: bool) -> None:
        self._changed(edition.name)
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
                encode_moment(self._db.now()),
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
        self._changed(owner)
        self._db.run(
            "INSERT OR REPLACE INTO personal_editions (owner, data, changed) VALUES (?, ?, ?)",
            (owner, to_json(edition), encode_moment(self._db.now())),
        )

    def drop_personal(self, owner: str) -> bool:
        self._changed(owner)
        return self._db.run("DELETE FROM personal_editions WHERE owner = ?", (owner,)) == 1

    def _changed(self, action: str) -> None:
        self._changes += 1
        self._stale.add(action)

    # --- runs ---------------------------------------------------------------------------------------------------

    def run_began(self, edition: str, day: date) -> None:
        self._db.run(
            "INSERT OR REPLACE INTO runs (edition, day, began) VALUES (?, ?, ?)",
            (edition, day.isoformat(), encode_moment(self._db.now())),
        )

    def run_ended(self, edition: str, day: date, outcome: str) -> None:
        self._db.run(
            "UPDATE runs SET ended = ?, outcome = ? WHERE edition = ? AND day = ?",
            (encode_moment(self._db.now()), outcome, edition, day.isoformat()),
        )

    def last_run(self, edition: str) -> EditionRun | None:
        row = self._db.row(
            "SELECT day, began, ended, outcome FROM runs WHERE edition = ? ORDER BY day DESC LIMIT 1", (edition,)
        )
        if row is None:
            return None
        return _run(edition, row)

    def runs(self, edition: str, since: date) -> list[EditionRun]:
        rows = self._db.rows(
            "SELECT day, began, ended, outcome FROM runs WHERE edition = ? AND day >= ? ORDER BY day",
            (edition, since.isoformat()),
        )
        return [_run(edition, row) for row in rows]


def _keywords(edition: Edition, changes: Sequence[Row]) -> list[str]:
    """Those of an edition after all changes: (folded, keyword, added), oldest first."""
    removed = {folded for folded, _, added in changes if not added}
    keywords = [keyword for keyword in edition.keywords if folded_keyword(keyword) not in removed]
    configured = set(map(folded_keyword, edition.keywords))
    return keywords + [keyword for folded, keyword, added in changes if added and folded not in configured]


def _run(edition: str, row: Row) -> EditionRun:
    day, began, ended, outcome = row
    return EditionRun(edition, date.fromisoformat(day), decode_moment(began), moment_or_none(ended), outcome)


def folded_keyword(keyword: str) -> str:
    """Return the folded spelling: keywords that differ only in case and spaces have the same one."""
    return " ".join(keyword.split()).casefold()
