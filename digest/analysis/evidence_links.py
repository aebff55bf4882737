"""Analyses with links: for every passage that was found, how a browser opens it, and the paragraph around it. Pure.

This is done once, when an analysis is made: only then the paper's text is at hand.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from digest.codec import to_json
from digest.models.analysis import Analysis, Evidence, PassageLocation, QuotedPassage, Statement
from digest.models.paper_text import PaperText
from digest.text.paper_index import PaperIndex
from digest.text.text_blocks import TextBlock
from digest.text.text_fragments import FragmentBuilder
from digest.text.tokens import tokenise

AROUND = 400  # characters of a paragraph before and behind a passage: a quotation, not a copy
_GAP = " … "  # between the pieces of one passage


def with_links(analysis: Analysis, text: PaperText) -> Analysis:
    """The analysis, which was made from that text, with the location of every passage and the text's source."""
    locator = PassageLocator(text)
    parts = tuple(replace(part, statements=locator.located(part.statements)) for part in analysis.parts)
    takeaway = locator.located([analysis.takeaway])[0] if analysis.takeaway else None
    return replace(analysis, parts=parts, takeaway=takeaway, source=text.source, text_sha256=text_hash(text))


def text_hash(text: PaperText) -> str:
    """The SHA-256 of a text as it is stored."""
    return hashlib.sha256(to_json(text).encode()).hexdigest()


class PassageLocator:
    """Locates passages of one paper."""

    def __init__(self, text: PaperText) -> None:
        self._text = text
        self._index = PaperIndex(text)
        self._starts = [block.start for block in self._index.blocks]
        self._fragments = FragmentBuilder(self._index)

    def located(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """The statements with the locations of their passages."""
        return tuple(
            replace(s, evidence=self._with_locations(s.evidence)) if s.is_found and s.evidence is not None else s
            for s in statements
        )

    def _with_locations(self, evidence: Evidence) -> Evidence:
        """The evidence with the location of each of its quotations."""
        more = tuple(replace(passage, location=self.location(passage)) for passage in evidence.more)
        return replace(evidence, location=self.location(evidence), more=more)

    def location(self, evidence: Evidence | QuotedPassage) -> PassageLocation | None:
        """Where the passage of a quotation stands; None where it is not known."""
        spans = [span for piece in (evidence.passage or "").split(_GAP) if (span := self._span(piece, evidence.page))]
        if not spans:
            return None
        start, end = min(s for s, _ in spans), max(e for _, e in spans)
        first, last = self._block(start), self._block(end - 1)
        is_html = self._text.source == "html"
        return PassageLocation(
            pdf_directive=self._fragments.directive(start, end, pdf=True),
            anchor=first.anchor,
            html_directive=self._fragments.directive(start, end, pdf=False) if is_html else "",
            before=_shortened_head(self._index.text[first.start : start]),
            behind=_shortened_tail(self._index.text[end : last.end]),
        )

    def _span(self, piece: str, page: int | None) -> tuple[int, int] | None:
        """The offsets of some words, on that page where they stand on several."""
        spans = [self._index.span(first, last) for first, last in self._index.exact(tokenise(piece))]
        return min(spans, key=lambda span: (self._index.page_at(span[0]) != page, span), default=None)

    def _block(self, position: int) -> TextBlock:
        return self._index.blocks[max(0, bisect_right(self._starts, position) - 1)]


def _shortened_head(text: str) -> str:
    """The end of what stands before a passage, from a word on."""
    words = " ".join(text.split())
    if len(words) <= AROUND:
        return words
    return "… " + words[-AROUND:].partition(" ")[2]


def _shortened_tail(text: str) -> str:
    """The beginning of what stands behind a passage, up to a word."""
    words = " ".join(text.split())
    if len(words) <= AROUND:
        return words
    return words[:AROUND].rpartition(" ")[0] + " …"
