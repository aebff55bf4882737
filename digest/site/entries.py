"""What the indexes of the archive know of a paper on a day: a line each, so that no index needs the whole digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.arxiv.calendar import due_for
from digest.i18n.translator import Translator
from digest.models.digest import Card, Digest, PaperUpdate
from digest.models.edition import Edition
from digest.models.match import Match
from digest.rendering import phrasing, site_urls

TAKEAWAY = 220  # columns that an index shows of one


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A paper as an edition showed it on a day, in words that can be shown. `position` is its place in that day."""

    day: date
    position: int
    paper_id: str
    version: int
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    takeaway: str = ""
    is_doubtful: bool = False  # the takeaway's evidence was not found
    is_update: bool = False

    @property
    def url(self) -> str:
        return site_urls.paper(self.paper_id)


@dataclass(frozen=True, slots=True)
class DaySummary:
    """A day in an index. `numbers` is of how many digests it is made: one, and its supplements."""

    day: date
    cards: int
    updates: int
    numbers: int = 1


@dataclass(frozen=True, slots=True)
class IndexCount:
    """Something that papers are counted by: a month, a keyword; `place` is its page."""

    name: str
    count: int
    place: str
    newest: date | None = None

    @property
    def year(self) -> str:
        """Of a month."""
        return self.name[:4]


def entries(digest: Digest) -> tuple[SiteEntry, ...]:
    """The cards of a day, then its updates."""
    cards = [_of_card(digest, card, position) for position, card in enumerate(digest.cards)]
    after = len(cards)
    return (*cards, *(_of_update(digest, update, after + i) for i, update in enumerate(digest.updates)))


def _of_card(digest: Digest, card: Card, position: int) -> SiteEntry:
    paper, takeaway = card.paper, card.analysis.takeaway
    return SiteEntry(
        digest.day,
        position,
        paper.id,
        paper.version,
        phrasing.clean(phrasing.title(paper)),
        tuple(map(phrasing.clean, phrasing.author_names(paper))),
        paper.categories,
        _keywords(card.matches),
        phrasing.shortened(phrasing.clean(takeaway.text), TAKEAWAY) if takeaway else "",
        takeaway is not None and phrasing.is_doubtful(takeaway),
    )


def _of_update(digest: Digest, update: PaperUpdate, position: int) -> SiteEntry:
    paper = update.paper
    return SiteEntry(
        digest.day,
        position,
        paper.id,
        paper.version,
        phrasing.clean(phrasing.title(paper)),
        tuple(map(phrasing.clean, phrasing.author_names(paper))),
        paper.categories,
        _keywords(update.matches),
        phrasing.withdrawal(paper, Translator(digest.language)),
        is_update=True,
    )


def _keywords(matches: Sequence[Match]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrasing.clean(match.keyword) for match in matches))


def published(edition: Edition, line: DaySummary) -> datetime:
    """When a day was due (UTC). It follows from the day and the edition alone: a site that is built again brings no
    reader old news."""
    return due_for(line.day, edition.publish_at, edition.timezone)


def updated(edition: Edition, line: DaySummary) -> datetime:
    """When a day was last changed: a minute after it was due for each supplement."""
    return published(edition, line) + timedelta(minutes=line.numbers - 1)
