"""A digest: one edition on one day, with its cards and updates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from digest.models.analysis import Analysis, Statement
from digest.models.edition import CardDetail
from digest.models.feed import CategoryDay
from digest.models.match import Match
from digest.models.notice import Notice
from digest.models.paper import AnnouncementKind, Paper
from digest.models.paper_text import Link, LinkKind


@dataclass(frozen=True, slots=True)
class CardFigure:
    """The first figure of a paper, cut out of its PDF, in pixels; the picture itself is in the store of figures."""

    caption: str
    page: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Card:
    """One paper in a digest, ready to be rendered."""

    paper: Paper
    kind: AnnouncementKind
    matches: tuple[Match, ...]
    analysis: Analysis
    links: tuple[Link, ...] = ()
    figure: CardFigure | None = None  # only where the licence allows it, and the edition wants it
    near_miss: bool = False  # no keyword matched: it resembles what readers liked

    @property
    def code_url(self) -> str | None:
        return next((link.url for link in self.links if link.kind is LinkKind.CODE), None)

    @property
    def project_url(self) -> str | None:
        return next((link.url for link in self.links if link.kind is LinkKind.PROJECT), None)


@dataclass(frozen=True, slots=True)
class VersionChange:
    """One difference between two versions of a paper; `old` and `new` are quotations."""

    kind: str  # "section added", "section removed", "section rewritten", "number changed"
    section: str
    old: str = ""
    new: str = ""
    old_page: int | None = None
    new_page: int | None = None


@dataclass(frozen=True, slots=True)
class PaperUpdate:
    """A new version of a paper: a short entry of its own, never a card."""

    paper: Paper
    kind: AnnouncementKind
    matches: tuple[Match, ...]
    previous_version: int | None = None  # the version that this edition carded, if it did
    changes: tuple[VersionChange, ...] = ()
    summary: Statement | None = None  # the changes in words, where a model wrote them


@dataclass(frozen=True, slots=True)
class Digest:
    """One edition on one day. `number` is 1, or more for a later supplement of the same day (a category came late).

    `empty` says why there is nothing to publish; it is set exactly when `cards` and `updates` are both empty.
    """

    edition: str
    title: str
    language: str
    day: date
    categories: tuple[CategoryDay, ...]
    keywords: tuple[str, ...]
    announced: int  # distinct papers announced in the categories
    cards: tuple[Card, ...] = ()
    updates: tuple[PaperUpdate, ...] = ()
    number: int = 1
    detail: CardDetail = CardDetail.FULL
    empty: Notice | None = None
    notices: tuple[Notice, ...] = ()  # budget degraded, caught up from the API, ...
    hidden: tuple[str, ...] = ()  # papers that match and are not shown, by the edition's `hide_below`
    max_cards: int | None = None  # how many of `cards` are messages; None for all of them

    @property
    def posted(self) -> tuple[Card, ...]:
        """The cards that are messages of their own."""
        return self.cards[: self.max_cards]
