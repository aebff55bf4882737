"""Delivery events, for logs and alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from digest.models.delivery import Delivery
from digest.models.edition import Target
from digest.models.notice import Notice


class DeliveryEventKind(StrEnum):
    """The values stand in log lines and in keys of the catalogue."""

    SENT = "sent"
    FOUND = "found"  # a message in doubt is in the chat
    NOT_SENT = "not sent"  # certainly not; it is tried again
    REFUSED = "refused"  # by the chat
    FAILED = "failed"  # the message itself is refused for good
    IN_DOUBT = "in doubt"
    KEPT = "kept"  # in doubt until a person decides
    RESENT = "resent"
    HELD = "held"  # the chat or the platform is left alone for a while
    PAUSED = "paused"
    MIGRATED = "migrated"
    FAULT = "fault"  # a mistake in the program


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """Something that happened to a delivery, or to a chat without one. `until`: the end of a pause."""

    kind: DeliveryEventKind
    target: Target
    delivery: Delivery | None = None
    notice: Notice | None = None
    until: datetime | None = None
    error: Exception | None = None


class DeliveryObserver(Protocol):
    """Receives every delivery event."""

    def __call__(self, event: DeliveryEvent, /) -> None: ...
