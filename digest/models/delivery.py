"""The outbox: messages, their deliveries, and the chats that they go to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from digest.models.digest import Digest
from digest.models.edition import Platform, Target


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  # written before the call, with the chat's last known message id
    SENT = "sent"
    FAILED = "failed"  # refused for good
    UNKNOWN = "unknown"  # the call ended in doubt: to be reconciled before anything else goes to that chat


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one target. `payload` is the platform's own message as plain data, without the address.

    Deliveries of a target go out in the order of `id`. `parent` is the delivery whose receipt gives the thread
    (Slack) or the message replied to (Telegram).
    """

    id: int
    digest: str  # "edition/2026-01-09/1", or what else caused it
    target: Target
    role: str  # "overview", "card", "part", "update", "picture", "alert"
    paper_id: str | None
    payload: dict[str, object] = field(hash=False)
    parent: int | None = None
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    receipt: str | None = None  # the platform's message id (Slack: ts)
    before: str | None = None  # the chat's last known message id when sending began
    error: str | None = None
    not_before: datetime | None = None
    origin: str | None = None  # what `digest` was when it was planned, where the edition has another name since


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
