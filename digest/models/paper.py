"""Papers, and how feeds announced them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class AnnouncementKind(StrEnum):
    """How a feed lists a paper, strongest first (https://info.arxiv.org/help/rss_specifications.html)."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def strength(self) -> int:
        """The lower, the stronger: of several listings of one paper the strongest is kept."""
        return list(AnnouncementKind).index(self)

    @property
    def is_replacement(self) -> bool:
        return self in (AnnouncementKind.REPLACE, AnnouncementKind.REPLACE_CROSS)


@dataclass(frozen=True, slots=True)
class Paper:
    """An arXiv paper in one version. `id` never carries the version: `2601.03309`, `hep-th/9901001`."""

    id: str
    version: int
    title: str
    authors: tuple[str, ...]
    abstract: str
    categories: tuple[str, ...]  # the primary one first
    licence: str | None = None  # the URL of dc:rights
    submitted: datetime | None = None  # of version 1, UTC
    updated: datetime | None = None  # of this version, UTC
    comment: str | None = None
    doi: str | None = None
    journal_ref: str | None = None

    @property
    def versioned_id(self) -> str:
        return f"{self.id}v{self.version}"

    @property
    def primary_category(self) -> str:
        return self.categories[0] if self.categories else ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A paper as the feed of one category listed it on a day (a date in US Eastern time, the feed's own)."""

    paper: Paper
    day: date
    kind: AnnouncementKind
    category: str
