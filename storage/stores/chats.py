"""How each chat is doing, across restarts: `digest.models.delivery.ChatStore`."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from digest.models.delivery import Chat, Cooldown, all_chats_of
from digest.models.edition import Target
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
            last_message = self.chat(target).last_message
            if last_message is None or _later(message_id, last_message):
                self._set(target, last_message=message_id)

    def delivered(self, target: Target, receipt: str) -> None:
        """Record that a message arrived, which clears the chat's refusals."""
        with self._db.transaction():
            self.saw_message(target, receipt)
            self._set(target, refusals=0)

    # --- holds --------------------------------------------------------------------------------------------------

    def start_cooldown(self, hold: Cooldown) -> None:
        with self._db.transaction():
            now = self._db.now()
            until = self._held(hold.target, now)
            if until is None or until < hold.until:
                seconds = max((hold.until - now).total_seconds(), 0.0)
                self._set(hold.target, held_until=encode_moment(hold.until), held_seconds=seconds, held_for=hold.reason)

    def cooldown_until(self, target: Target, now: datetime) -> datetime | None:
        ends = [self._held(target, now), self._held(all_chats_of(target.platform), now)]
        return max((end for end in ends if end is not None and end > now), default=None)

    def cooldowns(self, now: datetime) -> list[Cooldown]:
        rows = self._db.rows(
            "SELECT platform, address, held_for FROM chats WHERE held_until > ?", (encode_moment(now),)
        )
        holds = []
        for platform, address, reason in rows:
            until = self._held(target_of(platform, address), now)
            if until is not None:
                holds.append(Cooldown(target_of(platform, address), until, reason))
        return sorted(holds, key=lambda hold: hold.until)

    def _held(self, target: Target, now: datetime) -> datetime | None:
        """The end of a chat's hold. Where it lies further ahead than the hold was asked for, the clock was set back:
        the hold begins again, and is no longer than it was."""
        row = self._db.row(
            "SELECT held_until, held_seconds FROM chats WHERE platform = ? AND address = ?",
            (target.platform, target.address),
        )
        if row is None or row[0] is None:
            return None
        until, longest = decode_moment(row[0]), now + timedelta(seconds=row[1])
        if until > longest:
            until = longest
            self._set(target, held_until=encode_moment(until))
        return until

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
            self._move_pending(old, new)

    def rename(self, name: Target, target: Target) -> None:
        with self._db.transaction():
            before = self.migrated_target(name)
            self._set(name, moved_to=target.address)
            self._move_pending(before, target)

    def _move_pending(self, old: Target, new: Target) -> None:
        """What is in doubt stays a question about the chat that it was sent to: ids of there mean nothing here."""
        self._db.run(
            "UPDATE deliveries SET address = ? WHERE platform = ? AND address = ? AND state = 'pending'",
            (new.address, old.platform, old.address),
        )

    def migrated_target(self, target: Target) -> Target:
        return self._followed(target, self._moves())

    def formerly(self, target: Target) -> list[Target]:
        """Return the addresses that lead to this one, itself first."""
        moves = self._moves()
        return [target, *(old for old in moves if old != target and self._followed(old, moves) == target)]

    def _moves(self) -> dict[Target, Target]:
        rows = self._db.rows("SELECT platform, address, moved_to FROM chats WHERE moved_to IS NOT NULL")
        return {target_of(platform, address): target_of(platform, moved_to) for platform, address, moved_to in rows}

    def _followed(self, target: Target, moves: dict[Target, Target]) -> Target:
        for _ in range(_MOST_MOVES):
            if target not in moves:
                break
            target = moves[target]
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


def _later(message_id: str, last_message: str) -> bool:
    """Whether an id is the newer one: Telegram counts, Slack's are times."""
    try:
        return Decimal(message_id) > Decimal(last_message)
    except InvalidOperation:
        return True
