"""Editions, and the chats that they are published to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from digest.models.paper import AnnouncementKind

Platform = NewType("Platform", str)
"""A chat platform by its name in the configuration and the database, such as "telegram"."""


@dataclass(frozen=True, slots=True)
class Target:
    """One chat that an edition is published to. `address` is the platform's own id or name of it."""

    platform: Platform
    address: str

    @property
    def name(self) -> str:
        """As people see and type it: telegram:-1001."""
        return f"{self.platform}:{self.address}"


class UpdatePolicy(StrEnum):
    """Which new versions are shown as updates."""

    CARDED = "carded"  # of papers that this edition has carded
    ALL = "all"  # every matching one
    NONE = "none"


class CardDetail(StrEnum):
    """How much of an analysis a card shows in a chat."""

    FULL = "full"  # the six parts
    BRIEF = "brief"  # takeaway and the authors' abstract
    TITLE = "title"  # metadata and takeaway only


@dataclass(frozen=True, slots=True)
class Edition:
    """What one audience gets. `publish_at` is local time HH:MM in `timezone` (an IANA name)."""

    name: str
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    title: str = ""
    kinds: tuple[AnnouncementKind, ...] = (AnnouncementKind.NEW, AnnouncementKind.CROSS)
    updates: UpdatePolicy = UpdatePolicy.CARDED
    language: str = "zh"
    publish_at: str = "09:00"
    timezone: str = "UTC"
    detail: CardDetail = CardDetail.FULL
    targets: tuple[Target, ...] = ()
    unsupported: str = "mark"  # statements whose evidence was not found: "mark" or "drop"
    empty_day: str = "line"  # a day with nothing to show: one "line" that says why, or "silent"
    hide_below: float = 0.0  # cards that readers like less likely than this, 0 to 1, are not shown; 0 hides none
    near_misses: bool = False  # papers that no keyword matched but that resemble what readers liked
    trends: str = "none"  # a summary of the week after Friday's digest: "none", "weekly"
    max_cards: int = 10  # of a digest: the others stand in the overview, with a button each
    figures: str = "none"  # the first figure on cards, as licences allow: "none", "free", "noncommercial"

    @property
    def is_personal(self) -> bool:
        """Whether it is a person's own: it is called by who they are, telegram:12345."""
        return ":" in self.name
