"""The event log: who did what, where, when. `digest.models.people.EventStore`."""

from __future__ import annotations

from digest.models.people import Actor, AuditEvent
from storage.database.columns import decode_moment, encode_moment
from storage.database.connection import Database


class SqliteEventStore:
    """The event log of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(self, event: AuditEvent) -> None:
        by = event.by
        self._db.run(
            "INSERT INTO events (stored, what, who, name, chat, edition, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                encode_moment(event.at or self._db.now()),
                event.what,
                by.who,
                by.name,
                by.chat,
                event.edition,
                event.detail,
            ),
        )

    def events(self, edition: str | None = None, limit: int = 50) -> list[AuditEvent]:
        if edition is None:
            return self._where("", (), limit)
        return self._where("WHERE edition = ?", (edition,), limit)

    def newest(self, action: str, edition: str) -> AuditEvent | None:
        return next(iter(self._where("WHERE edition = ? AND what = ?", (edition, action), 1)), None)

    def _where(self, among: str, values: tuple[str, ...], limit: int) -> list[AuditEvent]:
        rows = self._db.rows(
            f"SELECT id, stored, what, who, name, chat, edition, detail FROM events {among} ORDER BY id DESC LIMIT ?",
            (*values, limit),
        )
        return [
            AuditEvent(action, Actor(person, name, chat), of_edition, detail, decode_moment(stored), event_id)
            for event_id, stored, action, person, name, chat, of_edition, detail in rows
        ]
