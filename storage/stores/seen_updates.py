"""Which updates were handled: `digest.models.people.SeenStore`."""

from __future__ import annotations

from storage.database.columns import encode_moment
from storage.database.connection import Database


class SqliteSeenUpdateStore:
    """The handled updates of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def first_time(self, platform: str, update_id: str) -> bool:
        """One that a power cut loses is answered twice, if the platform sends it again; nobody waits for the disk."""
        with self._db.quick_transaction():
            changed = self._db.run(
                "INSERT OR IGNORE INTO seen_updates (platform, update_id, stored) VALUES (?, ?, ?)",
                (platform, update_id, encode_moment(self._db.now())),
            )
        return changed == 1
