"""The words and stores of delivering: what is to be sent, how each chat is doing. `storage` implements them.

    pending -> sending -> sent | failed | unknown        (see `digest.models.model.DeliveryState`)

`sending` is written before the call with the chat's last known message id, the receipt after it. While a delivery of
a chat is `sending` or `unknown`, nothing else may go there: `next_pending` gives nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from digest.models.model import Delivery, DeliveryState, Digest, Platform, Target


@dataclass(frozen=True, slots=True)
class Message:
    """One message to be, before it has a row. `parent` is the index of an earlier message of the same batch whose
    receipt gives the thread or the message replied to; the rest as in `Delivery`."""

    digest: str
    target: Target
    role: str
    payload: dict[str, object] = field(hash=False)
    paper_id: str | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Cooldown:
    """A chat, or with the address "*" a whole platform, that is not written to until then (a 429)."""

    target: Target
    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """How a chat is doing. `refusals` counts those in a row; a paused chat gets nothing until it is resumed."""

    target: Target
    last_message: str | None = None  # the newest message id that is known there
    refusals: int = 0
    paused: str | None = None  # why
    muted_until: datetime | None = None


def all_chats_of(platform: Platform) -> Target:
    """The target that stands for all chats of a platform in a `Cooldown`."""
    return Target(platform, "*")


def digest_key(digest: Digest) -> str:
    """What `Delivery.digest` says of a digest's messages: `edition/2026-01-09/1`."""
    return f"{digest.edition}/{digest.day.isoformat()}/{digest.number}"


class DeliveryStore(Protocol):
    """The ledger. Every change is committed when the method returns, unless a transaction is open around it."""

    def add(self, messages: Sequence[Message]) -> list[Delivery]:
        """Store a batch whole, as pending, in its order. Messages of a digest to a target that has deliveries of
        that digest already are left out, so that planning a digest again adds nothing. The new ones are returned."""
        ...

    def delivery(self, delivery_id: int) -> Delivery | None: ...

    def deliveries(self, digest: str) -> list[Delivery]:
        """Everything that the digest, or another cause, led to, in order."""
        ...

    def open_targets(self) -> list[Target]:
        """The targets with deliveries that are pending, sending or unknown; the one that waits longest first. A chat
        that moved counts under its present address."""
        ...

    def next_pending(self, target: Target) -> Delivery | None:
        """The next one to send. None when there is none, or when an earlier one is an open question.

        It may have a `not_before` in the future: later ones wait behind it, since a chat's order is strict."""
        ...

    def open_questions(self, target: Target | None = None) -> list[Delivery]:
        """Deliveries that are sending or unknown, of one target or of all, in order. Those of a chat that moved keep
        the address that they were sent to, and hold up its present one."""
        ...

    def mark_sending(self, delivery_id: int, before: str | None) -> bool:
        """pending -> sending, one attempt more. False when it is not pending any more: somebody else has it."""
        ...

    def mark_sent(self, delivery_id: int, receipt: str) -> None:
        """sending or unknown -> sent. The chat's last message and its count of refusals are brought up to date."""
        ...

    def mark_unknown(self, delivery_id: int, error: str) -> None:
        """sending -> unknown: the call ended in doubt."""
        ...

    def mark_failed(self, delivery_id: int, error: str) -> None:
        """Refused for good, or given up; nothing behind it waits."""
        ...

    def back_to_pending(self, delivery_id: int, not_before: datetime | None = None, error: str | None = None) -> None:
        """Certainly not sent, or released by a person: to be tried again, at the earliest at `not_before`, where the
        chat is now."""
        ...

    def sent_since(self, moment: datetime) -> Sequence[tuple[Target, datetime]]:
        """Which chats got messages since then, or may have got them, and when: the pace outlives a process."""
        ...

    def counts(self) -> Mapping[Target, Mapping[DeliveryState, int]]:
        """How many deliveries are open, by target and state."""
        ...


class ChatStore(Protocol):
    """What must be known of chats after a restart."""

    def chat(self, target: Target) -> Chat: ...

    def saw_message(self, target: Target, message_id: str) -> None:
        """A message of that id is in the chat; ids grow, and the largest is kept."""
        ...

    def start_cooldown(self, hold: Cooldown) -> None:
        """The chat or platform is not written to until then; a later end is never shortened."""
        ...

    def cooldown_until(self, target: Target, now: datetime) -> datetime | None:
        """Until when the chat is held, itself or with its whole platform; None when it is not."""
        ...

    def cooldowns(self, now: datetime) -> list[Cooldown]: ...

    def refused(self, target: Target) -> int:
        """One refusal more in a row; how many there are now."""
        ...

    def pause(self, target: Target, reason: str) -> None: ...

    def resume(self, target: Target) -> None:
        """The chat is written to again, with no refusals counted."""
        ...

    def paused(self) -> list[Chat]: ...

    def mute(self, target: Target, until: datetime | None) -> None:
        """No digest goes there until then (None: at once again)."""
        ...

    def migrate(self, old: Target, new: Target) -> None:
        """The chat has a new address: what is pending moves there, and `current` follows from now on."""
        ...

    def rename(self, name: Target, target: Target) -> None:
        """An @name stands for that chat from now on, and what is pending for the one that it stood for goes there.
        Nothing else changes for that other chat, which may well exist still."""
        ...

    def migrated_target(self, target: Target) -> Target:
        """Where the chat is now, through all its migrations."""
        ...
