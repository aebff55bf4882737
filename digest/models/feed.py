"""The state of a category's feed on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digest.models.notice import Notice


class FeedState(StrEnum):
    """What the feed of a category was on a day."""

    FRESH = "fresh"  # the day's batch
    WAITING = "waiting"  # not turned over to the day yet
    QUIET = "quiet"  # nothing is announced: weekend, holiday, deferred mailing
    STALE = "stale"  # yesterday's batch under today's date
    FAILED = "failed"  # could not be had

    @property
    def is_settled(self) -> bool:
        """Whether asking again on the same day can bring nothing new."""
        return self in (FeedState.FRESH, FeedState.QUIET)


@dataclass(frozen=True, slots=True)
class CategoryDay:
    """The state of one category's feed on one day, and why."""

    category: str
    day: date
    state: FeedState
    entries: int = 0
    reason: Notice | None = None
