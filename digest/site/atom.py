"""The newest days of an edition as an Atom feed (RFC 4287): an entry a day, with its papers and takeaways."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from digest.i18n.translator import Translator
from digest.models.edition import Edition
from digest.rendering import site_urls
from digest.site.entries import DaySummary, SiteEntry, published, updated
from digest.text.unsafe_characters import xml_safe

ATOM = "http://www.w3.org/2005/Atom"
DAYS = 15  # readers look every day, and a day of many papers is 10 KB
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def atom_feed(edition: Edition, days: Sequence[tuple[DaySummary, Sequence[SiteEntry]]], public_url: str = "") -> str:
    """The feed, newest day first. Without `public_url` its links are relative to the feed's own address."""
    texts = Translator(edition.language)
    base = f"{public_url.rstrip('/')}/{quote(edition.name)}/" if public_url else ""
    feed = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": _language(texts)})
    _text(feed, "id", _urn(edition.name))
    _text(feed, "title", edition.title or edition.name)
    _text(feed, "updated", _moment(max((updated(edition, line) for line, _ in days), default=_NEVER)))
    if base:
        _link(feed, "self", base + "feed.xml", "application/atom+xml")
    _link(feed, "alternate", base + site_urls.index(), "text/html")
    author = ET.SubElement(feed, f"{{{ATOM}}}author")
    _text(author, "name", "Broadsheet")
    _text(feed, "generator", "Broadsheet")
    for line, entries in days:
        _entry(feed, edition, line, entries, base, texts)
    ET.register_namespace("", ATOM)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _entry(
    feed: ET.Element, edition: Edition, line: DaySummary, entries: Sequence[SiteEntry], base: str, texts: Translator
) -> None:
    item = ET.SubElement(feed, f"{{{ATOM}}}entry")
    _text(item, "id", _urn(edition.name, line.day.isoformat()))
    _text(item, "title", texts("archive.feed.title", title=edition.title or edition.name, date=texts.date(line.day)))
    _text(item, "published", _moment(published(edition, line)))
    _text(item, "updated", _moment(updated(edition, line)))
    _link(item, "alternate", base + site_urls.day(line.day), "text/html")
    cards = [entry for entry in entries if not entry.is_update]
    names = texts.list([entry.title for entry in cards[:5]])
    _text(item, "summary", texts("archive.feed.summary", n=line.cards, papers=names) if cards else _counts(line, texts))
    _text(item, "content", _content(entries, base, texts), type="html")


def _content(entries: Sequence[SiteEntry], base: str, texts: Translator) -> str:
    """The day as a list of its papers."""
    items = []
    for entry in entries:
        mark = f"{escape(texts('overview.updates'))} · " if entry.is_update else ""
        doubt = "⚠ " if entry.is_doubtful else ""
        takeaway = f"<br>{doubt}{escape(entry.takeaway)}" if entry.takeaway else ""
        items.append(f'<li>{mark}<a href="{escape(base + entry.url)}">{escape(entry.title)}</a>{takeaway}</li>')
    return f"<ol>{''.join(items)}</ol>" if items else f"<p>{escape(texts('archive.nothing'))}</p>"


def _counts(line: DaySummary, texts: Translator) -> str:
    return texts("overview.updated", n=line.updates) if line.updates else texts("archive.nothing")


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{tag}", attributes).text = xml_safe(text)


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def _urn(*names: str) -> str:
    """A name for good, wherever the site lies."""
    return uuid5(NAMESPACE_URL, "/".join(("broadsheet", *names))).urn


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _language(texts: Translator) -> str:
    return "zh-CN" if texts.interface == "zh" else "en"
