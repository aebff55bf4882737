"""Whether an answer is whole XML, before a parser that forgives everything sees it.

feedparser reads on where a feed is cut off, and half a day would pass for a day.
"""

from __future__ import annotations

import re
from html import escape, unescape
from html.entities import html5
from xml.parsers import expat

from digest.arxiv.errors import FeedError
from digest.models.notice import Notice
from digest.text.unsafe_characters import xml_safe

_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_BEFORE_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s+(?=<\?xml)")
_END = re.compile(rb"</(?:rss|feed|\w+:RDF)>\s*$")
_ENTRY = re.compile(rb"<(item|entry)\b[^>]*>.*?</\1>", re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:(?P<name>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = frozenset(("lt", "gt", "amp", "quot", "apos"))
_CUT_OFF = {
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}


def well_formed_xml(data: bytes) -> tuple[bytes, Notice | None]:
    """The document, well-formed, and a notice if it had to be repaired for that: forbidden characters replaced, stray
    `&` and HTML's entities read as they were meant, entries left out that stay broken.

    Raises `FeedError` where it is an HTML page, empty, cut off, or no XML.
    """
    if not data.strip():
        raise FeedError(Notice.of("feed.nothing"))
    if looks_like_html(data):
        raise FeedError(Notice.of("feed.html"))
    data = _BEFORE_XML.sub(b"", data, count=1)
    error = _fault(data)
    if error is None:
        return data, None
    cleaned = _cleaned(data)
    if _fault(cleaned) is None:
        return cleaned, Notice.of("feed.repaired", line=error.lineno)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise FeedError(Notice.of("feed.not_xml"))
    if error.code in _CUT_OFF or not _END.search(data):
        raise FeedError(Notice.of("feed.cut_off", bytes=len(data)))
    whole, count = _without_broken_entries(cleaned)
    if count and _fault(whole) is None:
        return whole, Notice.of("feed.entries_broken", n=count, line=error.lineno)
    raise FeedError(Notice.of("feed.broken", line=error.lineno))


def unescaped(text: str) -> str:
    """The text with entities read once more: metadata of arXiv now and then has `&lt;` and `&eacute;` as its authors
    typed them."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text


def looks_like_html(data: bytes) -> bool:
    return _HTML.match(data[:2000].removeprefix(b"\xef\xbb\xbf")) is not None


def _fault(data: bytes) -> expat.ExpatError | None:
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse_entities
    try:
        parser.Parse(data, True)
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or that expat can't read
        raise FeedError(Notice.of("feed.broken", line=1)) from error
    except expat.ExpatError as error:
        return error
    return None


def _refuse_entities(*declaration: object) -> None:
    """arXiv declares no entities; a document that does means to grow without bounds."""
    raise FeedError(Notice.of("feed.entities"))


def _cleaned(data: bytes) -> bytes:
    """The document with what XML forbids replaced or left out, but for CDATA, which is left as it is."""
    parts = _CDATA.split(xml_safe(data.decode("utf-8", "replace"), "\ufffd"))
    return "".join(
        part if number % 2 else _AMPERSAND.sub(_as_meant, part) for number, part in enumerate(parts)
    ).encode()


def _as_meant(ampersand: re.Match[str]) -> str:
    """What a reference that XML does not know stands for; a lone `&` for itself."""
    name = ampersand["name"]
    if name is None:
        return "&amp;"
    if name in _OF_XML:
        return ampersand[0]
    return escape(xml_safe(unescape(ampersand[0]))) if name.startswith("#") or f"{name};" in html5 else f"&amp;{name};"


def _without_broken_entries(data: bytes) -> tuple[bytes, int]:
    """The document without those of its entries that are not well-formed by themselves, and how many they are."""
    entries = list(_ENTRY.finditer(data))
    if not entries:
        return data, 0
    head, tail = data[: entries[0].start()], data[entries[-1].end() :]
    broken = [entry for entry in entries if _fault(head + entry[0] + tail) is not None]
    for entry in reversed(broken):
        data = data[: entry.start()] + data[entry.end() :]
    return data, len(broken)
