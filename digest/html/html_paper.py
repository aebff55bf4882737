"""The bytes of a page -> its text and what it says of itself. Runs in the guarded child."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.html.html_document import DocumentReader
from digest.html.html_tree import Element, HtmlError, descendants, has_class, parse_tree
from digest.models.notice import Notice
from digest.models.paper_text import PaperText, ParagraphKind, SectionKind

_STAMP = re.compile(r"arXiv:\s*([a-z.-]+/\d{7}|\d{4}\.\d{4,5})(?:v(\d+))?", re.IGNORECASE)
_OWN_ADDRESS = re.compile(r"arxiv\.org/(?:html|abs)/([a-z.-]+/\d{7}|\d{4}\.\d{4,5})v(\d+)#", re.IGNORECASE)
_BASE = re.compile(r"/html/([a-z.-]+/\d{7}|\d{4}\.\d{4,5})v(\d+)/?$", re.IGNORECASE)
_INCLUDED_PDF = re.compile(r"\bSee pages? \d+\s*-\s*(?:last|\d+) of \S+", re.IGNORECASE)
_PROSE = (ParagraphKind.PROSE, ParagraphKind.LIST_ITEM)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of itself, by which it is judged. `paper_id` and `version` are of its stamp, if it has one."""

    paper_id: str = ""
    version: int = 0
    abstract: str = ""
    words: int = 0  # of prose, the bibliography aside
    citations: int = 0
    entries: int = 0  # of the bibliography
    lost_references: int = 0  # references that lead nowhere
    references: int = 0
    includes_pdf: bool = False
    is_complete: bool = True  # its end is there


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as it was read: `text` has no page numbers."""

    text: PaperText
    facts: PageFacts


def read_page(data: bytes) -> HtmlPage:
    """Read a page. Raises `HtmlError` where there is no paper on it."""
    root = parse_tree(data)
    article = next(descendants(root, "ltx_document"), None)
    if article is None:
        raise HtmlError(Notice.of("html.no_paper"))
    reader = DocumentReader(article)
    text = reader.text()
    paper_id, version = _stamp(root)
    lost = sum(1 for _ in descendants(article, "ltx_missing_label")) + reader.side.empty_references
    facts = PageFacts(
        paper_id=paper_id,
        version=version,
        abstract=reader.abstract,
        words=prose_words(text),
        citations=reader.side.citations,
        entries=reader.entries,
        lost_references=lost,
        references=sum(1 for a in article.iter("a") if has_class(a, "ltx_ref")),
        includes_pdf=any(_INCLUDED_PDF.search(p.text) for s in text.sections[:2] for p in s.paragraphs[:3]),
        is_complete=b"</html>" in data[-2048:].lower(),
    )
    return HtmlPage(text, facts)


def prose_words(text: PaperText) -> int:
    """The words of a paper's running text, whichever source it has."""
    return sum(
        len(p.text.split())
        for s in text.sections
        if s.kind is not SectionKind.REFERENCES
        for p in s.paragraphs
        if p.kind in _PROSE
    )


def _stamp(root: Element) -> tuple[str, int]:
    """The identifier and version that the page carries: in arXiv's mark, else in the addresses of its own links."""
    for mark in root.iter("div", "a", "span"):
        if mark.get("id") == "watermark-tr" and (match := _STAMP.search("".join(mark.itertext()))):
            return match[1], int(match[2] or 0)
    for base in root.iter("base"):
        if match := _BASE.search(base.get("href") or ""):
            return match[1], int(match[2])
    for link in root.iter("a"):
        if match := _OWN_ADDRESS.search(link.get("href") or ""):
            return match[1], int(match[2])
    return "", 0
