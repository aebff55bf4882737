"""An edition's history under another name: what was published stays known when `config.toml` calls it differently."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from digest.models.edition import Target
from storage.database.connection import Database
from storage.stores.chats import SqliteChatStore

_BY_EDITION = ("digests", "shown", "keywords", "runs", "votes")


class EditionHistory:
    """What a database knows of editions by their names."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._chats = SqliteChatStore(db)

    def has(self, name: str) -> bool:
        """Return whether an edition of that name has ever published anything."""
        return self._db.value("SELECT 1 FROM digests WHERE edition = ? LIMIT 1", (name,)) is not None

    def former(self, targets: Sequence[Target], configured: Collection[str]) -> str | None:
        """The name of the edition that last published to one of the chats, and that the configuration does not have
        any more; None where there is none. Personal editions are nobody's former name."""
        addresses = {
            address for target in targets for address in self._chats.formerly(self._chats.migrated_target(target))
        }
        if not addresses:
            return None
        rows = self._db.rows("SELECT edition FROM digests GROUP BY edition ORDER BY max(day) DESC, max(stored) DESC")
        orphans = (name for (name,) in rows if name not in configured and ":" not in name)
        return next((name for name in orphans if any(self._went_to(name, address) for address in addresses)), None)

    def _went_to(self, name: str, target: Target) -> bool:
        """Whether a message of the edition was planned for the chat. Digests are called NAME/DAY/NUMBER."""
        return (
            self._db.value(
                "SELECT 1 FROM deliveries WHERE digest >= ? AND digest < ? AND platform = ? AND address = ? LIMIT 1",
                (f"{name}/", f"{name}0", target.platform, target.address),
            )
            is not None
        )

    def rename(self, old: str, new: str) -> None:
        """Give the history of one edition to another that has none, all of it or nothing. Messages keep the name by
        which their platform knows them, so that one in doubt is still found."""
        with self._db.transaction():
            for table in _BY_EDITION:
                self._db.run(f"UPDATE OR REPLACE {table} SET edition = ? WHERE edition = ?", (new, old))
            self._db.run(
                "UPDATE deliveries SET origin = coalesce(origin, digest), digest = ? || substr(digest, ?)"
                " WHERE digest >= ? AND digest < ?",
                (new, len(old) + 1, f"{old}/", f"{old}0"),
            )
