"""What happens to an edition's day, for logs and alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digest.models.digest import Digest
from digest.models.edition import Edition
from digest.models.feed import CategoryDay


class RunEventKind(StrEnum):
    """The values stand in log lines."""

    PUBLISHED = "published"
    EMPTY = "empty"
    CAUGHT_UP = "caught up"
    WAITING = "waiting"  # a category's list is late
    GIVEN_UP = "given up"
    MISSED = "missed"  # days that are too long ago to be caught up with
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunEvent:
    """What happened to a day of an edition. `digest` is the day's, with its supplements; `error` is unexpected."""

    kind: RunEventKind
    edition: Edition
    day: date
    digest: Digest | None = None
    states: tuple[CategoryDay, ...] = ()
    why: str = ""
    error: Exception | None = None
