"""What of a day becomes a card or an update of an edition. Pure: data in, data out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from digest.models.edition import Edition, UpdatePolicy
from digest.models.match import Match, MatchField
from digest.models.paper import Announcement, AnnouncementKind, Paper


class PaperMatcher(Protocol):
    """Keywords that can be held against a paper."""

    def matches(self, paper: Paper) -> tuple[Match, ...]: ...


@dataclass(frozen=True, slots=True)
class SelectedPaper:
    """A paper, how it was announced, and why it is there. Of an update of a carded paper `matches` may be empty."""

    paper: Paper
    kind: AnnouncementKind
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Each in the order in which it is shown: matches in the title first, then by kind, then by the edition's order of
    categories (the paper's primary one), then by id. `announced` counts the papers listed in the categories."""

    cards: tuple[SelectedPaper, ...]
    updates: tuple[SelectedPaper, ...]
    announced: int
    left_out: int = 0  # cards beyond what the edition may have in a day


def select_papers(
    edition: Edition,
    announcements: Iterable[Announcement],
    carded: Mapping[str, int],
    matcher: PaperMatcher,
    *,
    updated: Mapping[str, int] | None = None,
    announced: int | None = None,
) -> Selection:
    """Choose from the listings of the edition's categories, whichever else are given.

    * A paper is one paper, however many categories list it and in whichever version: its strongest kind counts, and the
      newest version given.
    * A matching paper becomes a card if its kind is one of the edition's and the edition has not carded it before.
    * A carded paper never gets a second card. Where a listing replaces it by a version newer than the edition has
      shown, it is an update, unless the policy is `none`; that it still matches is not asked. Cross-listed, it is
      nothing.
    * A replacement of a paper that was never carded is an update under the policy `all`, if it matches.

    `carded` is the newest version that the edition has shown of each paper that it carded, `updated` the same of
    papers that it has only shown as updates. `announced` may be given by who has counted already.
    """
    listings = _listings(edition, announcements)
    shown_versions = {**(updated or {}), **carded}
    cards, updates = [], []
    for listed in listings.values():
        paper = max((listing.paper for listing in listed), key=lambda paper: paper.version)
        kind = min((listing.kind for listing in listed), key=lambda kind: kind.strength)
        replaced = [listing for listing in listed if listing.kind.is_replacement]
        if paper.id in carded:
            if edition.updates is not UpdatePolicy.NONE and _is_newer(replaced, shown_versions[paper.id]):
                newest = max(replaced, key=lambda listing: (listing.paper.version, -listing.kind.strength))
                updates.append(SelectedPaper(newest.paper, newest.kind, matcher.matches(newest.paper)))
        elif matches := matcher.matches(paper):
            if kind in edition.kinds:
                cards.append(SelectedPaper(paper, kind, matches))
            elif (
                edition.updates is UpdatePolicy.ALL
                and kind.is_replacement
                and _is_newer(replaced, shown_versions.get(paper.id))
            ):
                updates.append(SelectedPaper(paper, kind, matches))
    return Selection(
        tuple(sorted(cards, key=lambda chosen: _order(edition, chosen))),
        tuple(sorted(updates, key=lambda chosen: _order(edition, chosen))),
        len(listings) if announced is None else announced,
    )


def takes_replacements(edition: Edition) -> bool:
    """Whether the edition may show a replacement of a paper that it has not carded."""
    return edition.updates is UpdatePolicy.ALL or any(kind.is_replacement for kind in edition.kinds)


def _listings(edition: Edition, announcements: Iterable[Announcement]) -> dict[str, list[Announcement]]:
    """The edition's listings by paper."""
    listings: dict[str, list[Announcement]] = {}
    for announcement in announcements:
        if announcement.category in edition.categories:
            listings.setdefault(announcement.paper.id, []).append(announcement)
    return listings


def _is_newer(replaced: Iterable[Announcement], shown_version: int | None) -> bool:
    return any(shown_version is None or listing.paper.version > shown_version for listing in replaced)


def _order(edition: Edition, chosen: SelectedPaper) -> tuple[bool, int, int, str]:
    in_title = any(match.field is MatchField.TITLE for match in chosen.matches)
    primary = chosen.paper.primary_category
    category_rank = edition.categories.index(primary) if primary in edition.categories else len(edition.categories)
    return (not in_title, chosen.kind.strength, category_rank, chosen.paper.id)
