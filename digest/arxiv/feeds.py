"""arXiv's feeds, RSS 2.0 and Atom 1.0, by feedparser, whose types end here.

What the feeds are like: https://info.arxiv.org/help/rss_specifications.html. The version stands in the guid alone, the
kind of a listing is relative to the feed, and a description begins with a line about the announcement.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import feedparser.api as feedparser

from digest.arxiv.calendar import eastern_day
from digest.arxiv.creators import creator_names
from digest.arxiv.errors import FeedError
from digest.arxiv.ids import ArxivId, parse_id
from digest.arxiv.wellformed import unescaped, well_formed_xml
from digest.errors import InputError
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind, Paper

__all__ = ["Feed", "FeedError", "parse_feed"]

_PREFIX = re.compile(r"\s*arXiv:(?P<id>\S+)\s+Announce Type:\s*(?P<kind>[\w-]+)\s+Abstract:\s*")


@dataclass(frozen=True, slots=True)
class Feed:
    """One category's feed: the day that it says it is of, and what it lists. `skipped` are entries without use."""

    category: str
    day: date
    announcements: tuple[Announcement, ...]
    skipped: tuple[Notice, ...] = ()


class _UnusableError(Exception):
    """An entry that can't be used, with the notice that says why."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.notice = Notice.of(code, **params)


def parse_feed(data: bytes, category: str) -> Feed:
    """The feed that arXiv answered for one category.

    An entry without a usable guid or kind is left out, with a notice. Raises `FeedError` where the answer is empty, an
    HTML page, cut off, no feed, of no day, or arXiv's own error about the category.
    """
    whole, repaired = well_formed_xml(data)
    parsed = _parsed(whole)
    if str(parsed.feed.get("title", "")).startswith("Feed error"):
        raise FeedError(Notice.of("feed.unknown_category", category=category))
    if not parsed.version:
        raise FeedError(Notice.of("feed.not_a_feed"))
    day = _day(parsed)
    announcements: dict[str, Announcement] = {}
    skipped = [repaired] if repaired else []
    for number, entry in enumerate(parsed.entries, 1):
        try:
            announcement = _announcement(entry, number, category, day)
        except _UnusableError as unusable:
            skipped.append(unusable.notice)
            continue
        earlier = announcements.get(announcement.paper.id)
        announcements[announcement.paper.id] = announcement if earlier is None else _stronger(earlier, announcement)
    return Feed(category, day, tuple(announcements.values()), tuple(skipped))


def _parsed(data: bytes) -> Any:
    """As feedparser sees it. A stream, since it takes bytes for a file's name first; unsanitised, since sanitising eats
    `<` in formulas."""
    stream = io.BytesIO(data)
    return feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)  # type: ignore[no-untyped-call]


def _stronger(first: Announcement, second: Announcement) -> Announcement:
    """Of two listings of a paper in one feed the stronger kind; of two with the same kind the newer version."""
    return min(first, second, key=lambda a: (a.kind.strength, -a.paper.version))


def _day(parsed: Any) -> date:
    """The feed's own day: its pubDate, or in Atom, which has none, that of an entry or the time of building."""
    entries = parsed.entries[:1]
    moments = (_moment(parsed.feed, "published"), *(_moment(e, "published") for e in entries))
    moment = next((m for m in (*moments, _moment(parsed.feed, "updated")) if m), None)
    if moment is None:
        raise FeedError(Notice.of("feed.no_day"))
    return eastern_day(moment)


def _moment(holder: Any, name: str) -> datetime | None:
    fields = holder.get(f"{name}_parsed")
    return datetime.fromtimestamp(calendar.timegm(fields), UTC) if fields else None


def _announcement(entry: Any, number: int, category: str, day: date) -> Announcement:
    text = unescaped(str(_field(entry, "summary") or ""))
    prefix = _PREFIX.match(text)
    identity = _identity(entry, prefix, number)
    paper = Paper(
        id=identity.id,
        version=identity.version or 1,
        title=unescaped(_line(_field(entry, "title"))),
        authors=creator_names(unescaped(_creator(entry))),
        abstract=(text[prefix.end() :] if prefix else text.removeprefix("Abstract:")).strip(),
        categories=tuple(dict.fromkeys(_terms(entry))) or (category,),
        licence=_line(_field(entry, "rights")) or None,
        doi=_line(_field(entry, "arxiv_doi")) or None,
        journal_ref=unescaped(_line(_field(entry, "arxiv_journal_reference"))) or None,
    )
    return Announcement(paper, day, _kind(entry, prefix, paper), category)


def _identity(entry: Any, prefix: re.Match[str] | None, number: int) -> ArxivId:
    """What the guid says, and what it does not say the description's prefix and the link do."""
    guid = str(_field(entry, "id") or "")
    guid_identity = _parsed_id(guid)
    if guid_identity is not None and guid_identity.version is not None:
        return guid_identity
    fallbacks = (prefix["id"] if prefix else "", str(_field(entry, "link") or ""))
    identities = [identity for identity in (guid_identity, *map(_parsed_id, fallbacks)) if identity is not None]
    if not identities:
        code = "feed.bad_guid" if guid else "feed.no_guid"
        raise _UnusableError(code, number=number, **({"guid": guid[:80]} if guid else {}))
    return next(
        (identity for identity in identities if identity.version is not None and identity.id == identities[0].id),
        identities[0],
    )


def _parsed_id(text: str) -> ArxivId | None:
    try:
        return parse_id(text)
    except InputError:
        return None


def _kind(entry: Any, prefix: re.Match[str] | None, paper: Paper) -> AnnouncementKind:
    name = _line(_field(entry, "arxiv_announce_type")) or (prefix["kind"] if prefix else "")
    try:
        return AnnouncementKind(name.lower())
    except ValueError:
        raise _UnusableError("feed.unknown_kind", paper=paper.versioned_id, kind=name[:40]) from None


def _creator(entry: Any) -> str:
    """The one joined string that arXiv sends; of several elements feedparser keeps the first ones elsewhere."""
    several = _field(entry, "authors") or []
    if len(several) > 1:
        return ", ".join(str(_field(author, "name") or "") for author in several)
    return str(_field(entry, "author") or "")


def _terms(entry: Any) -> Iterator[str]:
    return (term for tag in _field(entry, "tags") or [] if (term := _line(_field(tag, "term"))))


def _field(holder: Any, name: str) -> Any:
    """As feedparser stored it, None if it did not; its own `get` takes three times as long, for names that it once
    had."""
    return dict.get(holder, name)


def _line(value: object) -> str:
    return " ".join(str(value or "").split())
