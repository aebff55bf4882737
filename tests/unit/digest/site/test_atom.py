"""The Atom feed of an edition: real moments, any characters, and the rules of RFC 4287 that public validators check."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.arxiv.calendar import due_for, eastern_day
from digest.models.edition import Edition
from digest.rendering import phrasing
from digest.site.atom import ATOM, atom_feed
from digest.site.entries import DaySummary, SiteEntry, published
from digest.text.latex.latex_to_text import latex_to_text

URL = "https://papers.example.org/digests"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ONCE = ("id", "title", "updated")


def edition(**fields: str) -> Edition:
    return Edition(name="gloves", title="Gloves", categories=("cs.RO",), keywords=("touch",), **fields)  # type: ignore[arg-type]


def entry(day: date, number: int, takeaway: str = "It works.", title: str = "Tactile gloves") -> SiteEntry:
    return SiteEntry(day, number, f"2601.0000{number}", 1, title, ("Ada Lovelace",), ("cs.RO",), ("touch",), takeaway)


def feed(*entries: SiteEntry, of: Edition | None = None, url: str = URL) -> str:
    days = sorted({one.day for one in entries}, reverse=True)
    lines = [(DaySummary(day, 1, 0, 1 + (day.day % 2)), [one for one in entries if one.day == day]) for day in days]
    return atom_feed(of or edition(), lines, url)


def faults(xml: str) -> Iterator[str]:
    """What a validator would say of a feed: RFC 4287, sections 3 and 4."""
    root = ET.fromstring(xml)
    if root.tag != f"{{{ATOM}}}feed":
        yield "the root is no feed"
    if root.find(f"{{{ATOM}}}author") is None:
        yield "no author of all entries"
    if [link.get("rel") for link in root.findall(f"{{{ATOM}}}link")].count("self") != 1:
        yield "no link to itself"
    entries = root.findall(f"{{{ATOM}}}entry")
    ids = [one.findtext(f"{{{ATOM}}}id") for one in (root, *entries)]
    if len(set(ids)) < len(ids):
        yield "an id comes twice"
    if len({one.findtext(f"{{{ATOM}}}updated") for one in entries}) < len(entries):
        yield "two entries were updated at the same moment"
    for holder in (root, *entries):
        yield from _faults_of(holder)
    newest = max((one.findtext(f"{{{ATOM}}}updated", "") for one in entries), default="")
    if entries and root.findtext(f"{{{ATOM}}}updated") != newest:
        yield "the feed is older than its newest entry"


def _faults_of(holder: ET.Element) -> Iterator[str]:
    for name in _ONCE:
        if len(holder.findall(f"{{{ATOM}}}{name}")) != 1 or not (holder.findtext(f"{{{ATOM}}}{name}") or "").strip():
            yield f"not one {name}"
    if not urlsplit(holder.findtext(f"{{{ATOM}}}id", "")).scheme:
        yield "an id is no absolute IRI"
    for name in ("updated", "published"):
        for moment in holder.findall(f"{{{ATOM}}}{name}"):
            if not _RFC3339.fullmatch(moment.text or ""):
                yield f"{name} is no moment of RFC 3339"
    alternate = [link for link in holder.findall(f"{{{ATOM}}}link") if link.get("rel") == "alternate"]
    if len(alternate) != 1:
        yield "not one page for people"
    for link in holder.findall(f"{{{ATOM}}}link"):
        if not urlsplit(link.get("href", "")).scheme or re.search(r"[\s<>\"{}|\\^`]", link.get("href", "")):
            yield f"{link.get('href')} is no absolute address"
        if not re.fullmatch(r"\w+/[\w+.-]+", link.get("type", "")):
            yield "a type is no media type"
    for content in holder.findall(f"{{{ATOM}}}content"):
        if content.get("type") not in ("text", "html", "xhtml") or re.search(
            r"<script|javascript:", content.text or ""
        ):
            yield "content of another kind"


TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


@given(TEXT, TEXT)
def test_no_text_breaks_a_rule(takeaway: str, title: str) -> None:
    """Not even characters that XML forbids, which a model may send as escapes."""
    days = [date(2026, 1, 8), date(2026, 1, 9)]
    entries = [entry(day, n, takeaway, title) for n, day in enumerate(days)]

    assert list(faults(feed(*entries))) == []
    assert list(faults(feed(*entries, of=edition(language="en")))) == []


@pytest.mark.parametrize("code", [0, 8, 0x1B, 0x7F, 0xD800, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF])
def test_characters_of_no_text_reach_no_reader(code: int) -> None:
    """Neither cards nor pages carry noncharacters, surrogates and control characters."""
    assert phrasing.clean(f"a{chr(code)}b") == latex_to_text(f"a{chr(code)}b") == "ab"


@pytest.mark.parametrize(
    ("timezone", "publish_at", "arxiv_day", "due"),
    [
        ("America/Phoenix", "22:15", date(2026, 1, 10), "2026-01-10T05:15:00Z"),
        ("America/New_York", "00:30", date(2026, 7, 9), "2026-07-09T04:30:00Z"),
        ("Asia/Singapore", "09:00", date(2026, 1, 8), "2026-01-09T01:00:00Z"),
        ("Asia/Singapore", "14:00", date(2026, 1, 8), "2026-01-08T06:00:00Z"),
        ("Europe/Lisbon", "06:00", date(2026, 1, 9), "2026-01-09T06:00:00Z"),
        ("Europe/Lisbon", "04:30", date(2026, 1, 9), "2026-01-10T04:30:00Z"),
        ("Pacific/Kiritimati", "08:00", date(2026, 1, 8), "2026-01-08T18:00:00Z"),
    ],
)
def test_a_day_carries_the_moment_at_which_it_was_due(
    timezone: str, publish_at: str, arxiv_day: date, due: str
) -> None:
    """Not a day back in Asia, and not in the future in America."""
    xml = atom_feed(edition(timezone=timezone, publish_at=publish_at), [(DaySummary(arxiv_day, 1, 0), [])], URL)

    root = ET.fromstring(xml)
    assert [moment.text for moment in root.iter(f"{{{ATOM}}}updated")] == [due, due]
    assert [moment.text for moment in root.iter(f"{{{ATOM}}}published")] == [due]


def test_a_supplement_is_an_update() -> None:
    """What was published stays; `updated` and the feed's own moment move on."""
    xml = atom_feed(
        edition(timezone="UTC", publish_at="07:00"), [(DaySummary(date(2026, 1, 9), 1, 0, numbers=3), [])], URL
    )

    root = ET.fromstring(xml)
    assert [moment.text for moment in root.iter(f"{{{ATOM}}}published")] == ["2026-01-09T07:00:00Z"]
    assert {moment.text for moment in root.iter(f"{{{ATOM}}}updated")} == {"2026-01-09T07:02:00Z"}


@given(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.sampled_from(["America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland"]),
    st.times().map(lambda moment: f"{moment:%H:%M}"),
)
def test_a_run_that_is_due_is_of_the_day_that_the_feeds_show(day: date, timezone: str, publish_at: str) -> None:
    """In any zone, on any day: the moment shows `publish_at`, and the feeds then carry that day (or, where clocks are
    changed, were of that day within the last hours)."""
    due = due_for(day, publish_at, timezone)

    assert timedelta() <= due - datetime.combine(day, datetime.min.time(), ZoneInfo("America/New_York"))
    assert eastern_day(due - timedelta(hours=2)) <= day <= eastern_day(due)
    assert published(edition(timezone=timezone, publish_at=publish_at), DaySummary(day, 0, 0)) == due
