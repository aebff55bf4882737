"""How each chat is doing, across restarts: `digest.models.delivery.ChatStore`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from digest.models.delivery import Chat, Cooldown, all_chats_of
from digest.models.model import Target
from storage.database.columns import decode_moment, encode_moment, moment_or_none, target_of
from storage.database.connection import Database

_MOST_MOVES = 20  # of one chat; a ring of migrations ends there


class SqliteChatStore:
    """The chats of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def chat(self, target: Target) -> Chat:
        row = self._db.row(
            "SELECT last_message, refusals, paused, muted_until FROM chats WHERE platform = ? AND address = ?",
            (target.platform, target.address),
        )
        if row is None:
            return Chat(target)
        last_message, refusals, paused, muted_until = row
        return Chat(target, last_message, refusals, paused, moment_or_none(muted_until))

    def saw_message(self, target: Target, message_id: str) -> None:
        with self._db.transaction():
            known = self.chat(target).last_message
            if known is None or _later(message_id, known):
                self._set(target, last_message=message_id)

    def delivered(self, target: Target, receipt: str) -> None:
        """A message arrived: the chat is well."""
        with self._db.transaction():
            self.saw_message(target, receipt)
            self._set(target, refusals=0)

    # --- holds --------------------------------------------------------------------------------------------------

    def start_cooldown(self, hold: Cooldown) -> None:
        with self._db.transaction():
            until = self._held(hold.target)
            if until is None or until < hold.until:
                self._set(hold.target, held_until=encode_moment(hold.until), held_for=hold.reason)

    def cooldown_until(self, target: Target, now: datetime) -> datetime | None:
        ends = [self._held(target), self._held(all_chats_of(target.platform))]
        return max((end for end in ends if end is not None and end > now), default=None)

    def cooldowns(self, now: datetime) -> list[Cooldown]:
        rows = self._db.rows(
            "SELECT platform, address, held_until, held_for FROM chats WHERE held_until > ? ORDER BY held_until",
            (encode_moment(now),),
        )
        return [
            Cooldown(target_of(platform, address), decode_moment(until), reason)
            for platform, address, until, reason in rows
        ]

    def _held(self, target: Target) -> datetime | None:
        return moment_or_none(
            self._db.value(
                "SELECT held_until FROM chats WHERE platform = ? AND address = ?", (target.platform, target.address)
            )
        )

    # --- refusals and pauses ------------------------------------------------------------------------------------

    def refused(self, target: Target) -> int:
        with self._db.transaction():
            refusals = self.chat(target).refusals + 1
            self._set(target, refusals=refusals)
        return refusals

    def pause(self, target: Target, reason: str) -> None:
        self._set(target, paused=reason)

    def resume(self, target: Target) -> None:
        self._set(target, paused=None, refusals=0)

    def paused(self) -> list[Chat]:
        rows = self._db.rows("SELECT platform, address FROM chats WHERE paused IS NOT NULL ORDER BY platform, address")
        return [self.chat(target_of(platform, address)) for platform, address in rows]

    def mute(self, target: Target, until: datetime | None) -> None:
        self._set(target, muted_until=encode_moment(until) if until else None)

    # --- migrations ---------------------------------------------------------------------------------------------

    def migrate(self, old: Target, new: Target) -> None:
        with self._db.transaction():
            self._set(old, moved_to=new.address)
            self._set(new, moved_to=None)
            self._db.run(
                "UPDATE deliveries SET address = ? WHERE platform = ? AND address = ?"
                " AND state IN ('pending', 'sending', 'unknown')",
                (new.address, old.platform, old.address),
            )

    def migrated_target(self, target: Target) -> Target:
        for _ in range(_MOST_MOVES):
            moved = self._db.value(
                "SELECT moved_to FROM chats WHERE platform = ? AND address = ?", (target.platform, target.address)
            )
            if moved is None:
                break
            target = Target(target.platform, moved)
        return target

    def _set(self, target: Target, **columns: object) -> None:
        names = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
        self._db.run(
            f"INSERT INTO chats (platform, address, {names}) VALUES (:platform, :address, {values})"
            f" ON CONFLICT DO UPDATE SET {changes}",
            {"platform": target.platform, "address": target.address, **columns},
        )


def _later(message_id: str, known: str) -> bool:
    """Whether an id is the newer one: Telegram counts, Slack's are times."""
    try:
        return Decimal(message_id) > Decimal(known)
    except InvalidOperation:
        return True
