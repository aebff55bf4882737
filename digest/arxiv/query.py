"""Answers of arXiv's query API (Atom): papers with comment, primary category and dates.

Source: https://info.arxiv.org/help/api/user-manual.html. Errors come as a feed of one entry whose id begins with
`https://arxiv.org/api/errors`. ElementTree instead of feedparser: a page of 2,000 entries takes a twentieth of the
time, and authors stay apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from digest.arxiv.errors import FeedError
from digest.arxiv.ids import parse_id
from digest.arxiv.wellformed import unescaped, well_formed_xml
from digest.categories import CATEGORIES
from digest.errors import InputError
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.text.latex.latex_to_text import latex_to_text

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_OPENSEARCH = ("{http://a9.com/-/spec/opensearch/1.1/}", "{http://a9.com/-/spec/opensearch/}")


@dataclass(frozen=True, slots=True)
class QueryPage:
    """One answer: some papers of `total` in all. Unlike `papers`, `entries` counts those that could not be used."""

    papers: tuple[Paper, ...]
    total: int
    entries: int


def parse_page(data: bytes) -> QueryPage:
    """The papers of an answer. Raises `FeedError` for arXiv's own errors and for what is no answer of the API."""
    whole, _ = well_formed_xml(data)
    root = ElementTree.fromstring(whole)  # noqa: S314 - whole_xml refuses entities, which are what makes XML unsafe
    if root.tag != f"{_ATOM}feed":
        raise FeedError(Notice.of("feed.not_a_feed"))
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in _text(entry, f"{_ATOM}id"):
            raise FeedError(Notice.of("query.error", message=_text(entry, f"{_ATOM}summary")[:200]))
    totals = (root.findtext(f"{namespace}totalResults") for namespace in _OPENSEARCH)
    total = next((int(text) for text in totals if text and text.strip().isdigit()), len(entries))
    papers = tuple(paper for entry in entries if (paper := _paper(entry)))
    return QueryPage(papers, total, len(entries))


def ids_url(api_url: str, ids: list[str]) -> str:
    """Ask for papers by identifier."""
    return f"{api_url}?{urlencode({'id_list': ','.join(ids), 'max_results': len(ids)}, safe=',/')}"


def submitted_url(api_url: str, category: str, first: datetime, last: datetime, start: int, count: int) -> str:
    """Ask for papers of a category whose first version was submitted in a span, oldest first."""
    # An archive with subjects finds nothing when it is asked for by its bare name.
    cat = (
        f"{category}.*" if any(known_category.startswith(f"{category}.") for known_category in CATEGORIES) else category
    )
    span = f"[{first.astimezone(UTC):%Y%m%d%H%M} TO {last.astimezone(UTC):%Y%m%d%H%M}]"
    query = {
        "search_query": f"cat:{cat} AND submittedDate:{span}",
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
        "start": start,
        "max_results": count,
    }
    return f"{api_url}?{urlencode(query)}"


def _paper(entry: Element) -> Paper | None:
    """One entry, or None where it has no usable identifier: arXiv answers some wrong ids with a hollow entry."""
    try:
        identity = parse_id(_text(entry, f"{_ATOM}id"))
    except InputError:
        return None
    title = _text(entry, f"{_ATOM}title")
    if not title:
        return None
    return Paper(
        id=identity.id,
        version=identity.version or 1,
        title=title,
        authors=tuple(_authors(entry)),
        abstract=unescaped(entry.findtext(f"{_ATOM}summary") or "").strip(),
        categories=tuple(dict.fromkeys(_categories(entry))),
        licence=_text(entry, f"{_ATOM}rights") or None,
        submitted=_moment(entry, f"{_ATOM}published"),
        updated=_moment(entry, f"{_ATOM}updated"),
        comment=_text(entry, f"{_ARXIV}comment") or None,
        doi=_text(entry, f"{_ARXIV}doi") or None,
        journal_ref=_text(entry, f"{_ARXIV}journal_ref") or None,
    )


def _authors(entry: Element) -> Iterator[str]:
    for author in entry.findall(f"{_ATOM}author"):
        if name := latex_to_text(_text(author, f"{_ATOM}name")).strip(" :;,"):
            yield name


def _categories(entry: Element) -> Iterator[str]:
    """The primary one first."""
    for element in (*entry.findall(f"{_ARXIV}primary_category"), *entry.findall(f"{_ATOM}category")):
        if term := element.get("term"):
            yield term


def _moment(entry: Element, tag: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(entry, tag))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(holder: Element, tag: str) -> str:
    return unescaped(" ".join((holder.findtext(tag) or "").split()))
