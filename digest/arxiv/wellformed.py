"""Whether an answer is whole XML, before a parser that forgives everything sees it.

feedparser reads on where a feed is cut off, and half a day would pass for a day.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from digest.arxiv.errors import FeedError
from digest.models.model import Notice
from digest.text.unsafe_characters import xml_safe

_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
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
    """The document, well-formed, and a notice if signs that XML forbids had to be replaced in it.

    Raises `FeedError` where it is an HTML page, empty, cut off, or no XML.
    """
    if not data.strip():
        raise FeedError(Notice.of("feed.nothing"))
    if looks_like_html(data):
        raise FeedError(Notice.of("feed.html"))
    error = _fault(data)
    if error is None:
        return data, None
    cleaned = _cleaned(data)
    if cleaned != data and _fault(cleaned) is None:
        return cleaned, Notice.of("feed.repaired", line=error.lineno)
    if error.code in _CUT_OFF:
        raise FeedError(Notice.of("feed.cut_off", bytes=len(data)))
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise FeedError(Notice.of("feed.not_xml"))
    raise FeedError(Notice.of("feed.broken", line=error.lineno))


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
    return xml_safe(data.decode("utf-8", "replace"), "\ufffd").encode()
