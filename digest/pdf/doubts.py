"""What a reader must be told of a text: pages that are no language, pages read by OCR, words that got lost."""

from __future__ import annotations

from collections.abc import Sequence

from digest.models.notice import Notice
from digest.models.paper_text import ParagraphKind, Section
from digest.pdf.extract.legibility import is_illegible
from digest.pdf.extract.page_elements import DroppedText, PdfPage

KEPT_SHARE = 0.5  # of the words on its pages: a text that kept less is not called the full text
_LITTLE = 25  # characters a page: less is no text
_LEAST_CHARACTERS = 1000  # of a paper for which the share is counted
_RUNNING = 30  # characters of a line: shorter ones are cells and labels
_ILLEGIBLE = "illegible text"
_UNMAPPED = "unmapped letters"


def legible(pages: Sequence[PdfPage]) -> list[PdfPage]:
    """The pages, without the text of those whose map to Unicode is wrong."""
    out: list[PdfPage] = []
    for page in pages:
        if page.lines and is_illegible(page.lines):
            sample = " ".join(line.text for line in page.lines[:4])[:200]
            dropped = DroppedText(_ILLEGIBLE, "a wrong map to Unicode: the text is no language", sample, page.number)
            page = page._replace(lines=(), dropped=(*page.dropped, dropped))
        out.append(page)
    return out


def doubt(
    pages: Sequence[PdfPage], cleared: Sequence[PdfPage], sections: Sequence[Section], partial: Notice | None
) -> Notice | None:
    """The one thing that must be said of a text, the gravest first. `cleared`: the pages without their furniture."""
    characters = sum(len(p.text) for section in sections for p in section.paragraphs)
    illegible = _pages_with(cleared, _ILLEGIBLE)
    unmapped = _pages_with(cleared, _UNMAPPED)
    if characters < _LITTLE * len(pages):
        if unmapped or illegible:
            return Notice.of("pdf.no_map" if unmapped >= illegible else "pdf.illegible", pages=len(pages))
        if sum(len(line.text) for page in pages for line in page.lines) >= 4 * _LITTLE * len(pages):
            return Notice.of("pdf.no_running_text", pages=len(pages))
        return partial
    if illegible + unmapped:
        return Notice.of("pdf.illegible_pages", n=illegible + unmapped, pages=len(pages))
    share = kept_share(pages, sections)
    if share < KEPT_SHARE:
        return Notice.of("pdf.words_lost", percent=round(100 * share))
    recognised = sum(page.recognised for page in pages)
    return partial or (Notice.of("pdf.ocr", n=recognised) if recognised else None)


def _pages_with(pages: Sequence[PdfPage], kind: str) -> int:
    return sum(any(dropped.what == kind for dropped in page.dropped) for page in pages)


def kept_share(pages: Sequence[PdfPage], sections: Sequence[Section]) -> float:
    """The share of the pages' running lines that stands in the sections, by characters; 1 of too little text."""
    total = sum(len(line.text) for page in pages for line in page.lines if len(line.text) > _RUNNING)
    kept_characters = sum(
        len(p.text) for section in sections for p in section.paragraphs if p.kind is not ParagraphKind.EQUATION
    )
    return min(1.0, kept_characters / total) if total >= _LEAST_CHARACTERS else 1.0
