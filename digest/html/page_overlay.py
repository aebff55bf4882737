"""Pages of the PDF laid over the paragraphs of the HTML page, by the words that both have. Pure.

Runs of four words that stand only once in the PDF say where a paragraph is; paragraphs keep the order of pages. What
cannot be placed has page 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from digest.models.paper_text import Caption, PaperParagraph, PaperTable, PaperText, Section
from digest.text.text_blocks import text_blocks
from digest.text.tokens import tokenise

_RUN = 4  # words
_FEW = 2  # runs that must agree on a page, where a paragraph has more

_Runs = dict[tuple[str, ...], int]


def with_pages(text: PaperText, pdf: PaperText) -> PaperText:
    """The text of the HTML page with the page numbers of the PDF, in its sections, paragraphs, captions and notes."""
    runs = _unique_runs(pdf)
    placed = [[_placed(p, runs) for p in section.paragraphs] for section in text.sections]
    pages = _in_order([p.page for paragraphs in placed for p in paragraphs])
    sections, done = [], 0
    for section, paragraphs in zip(text.sections, placed, strict=True):
        section_pages = pages[done : done + len(paragraphs)]
        done += len(paragraphs)
        on_pages = tuple(_on_page(p, page) for p, page in zip(paragraphs, section_pages, strict=True))
        before = next((p for p in reversed(pages[: done - len(paragraphs)]) if p), 0)
        sections.append(replace(section, paragraphs=on_pages, page=_first_page(section, section_pages, before, runs)))
    captions = tuple(replace(c, page=_most_common(c.text, runs)) for c in text.captions)
    return replace(
        text,
        sections=tuple(_by_float(i, section, captions) for i, section in enumerate(sections)),
        captions=captions,
        footnotes=tuple(replace(n, page=_most_common(n.text, runs)) for n in text.footnotes),
        tables=tuple(_table_with_page(t, captions) for t in text.tables),
        pages=pdf.pages,
        pages_read=pdf.pages,
    )


def _unique_runs(pdf: PaperText) -> _Runs:
    """The page of every run of words that stands once in the PDF."""
    runs: _Runs = {}
    for block in text_blocks(pdf):
        for offset, run in _word_runs(block.text):
            runs[run] = 0 if run in runs else block.page_at(block.start + offset)  # 0: it stands there twice
    return runs


def _word_runs(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every run of words of a text, with the offset at which it begins."""
    tokens = tokenise(text)
    norms = tokens.norms
    return zip(tokens.starts, zip(*(norms[i:] for i in range(_RUN)), strict=False), strict=False)


def _hits(text: str, runs: _Runs) -> list[tuple[int, int]]:
    """(offset, page) of every run of the text that the PDF has once."""
    hits = ((offset, runs.get(run, 0)) for offset, run in _word_runs(text))
    return [(offset, page) for offset, page in hits if page]


def _placed(paragraph: PaperParagraph, runs: _Runs) -> PaperParagraph:
    """A paragraph with its first page and the offsets of further ones."""
    hits = _steady(_hits(paragraph.text, runs))
    if not hits:
        return paragraph
    breaks = tuple((offset, page) for (_, before), (offset, page) in pairwise(hits) if page != before)
    return replace(paragraph, page=hits[0][1], breaks=breaks)


def _steady(hits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The hits without single ones on another page than their neighbours, and without ways back."""
    pages = [page for _, page in hits]
    if len(hits) > _FEW:
        hits = [hit for hit in hits if pages.count(hit[1]) >= _FEW]
    steady: list[tuple[int, int]] = []
    for hit in hits:
        if not steady or steady[-1][1] <= hit[1] <= steady[-1][1] + 1:
            steady.append(hit)
    return steady


def _in_order(pages: Sequence[int]) -> list[int]:
    """The pages of consecutive paragraphs without those that break the order; one between two on the same page is
    there, too. 0: not known."""
    order = _rising([(i, page) for i, page in enumerate(pages) if page])
    result = [0] * len(pages)
    for i, page in order:
        result[i] = page
    for (i, page), (j, after) in pairwise([(-1, 0), *order, (len(pages), 0)]):
        if page == after and page:
            result[i + 1 : j] = [page] * (j - i - 1)
    return result


def _rising(indexed: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of a sequence whose pages never fall (patience sorting)."""
    tails: list[int] = []  # the page at which a chain of each length ends at the least
    ends: list[int] = []
    before = [-1] * len(indexed)
    for k, (_, page) in enumerate(indexed):
        length = bisect_right(tails, page)
        before[k] = ends[length - 1] if length else -1
        if length == len(tails):
            tails.append(page)
            ends.append(k)
        else:
            tails[length], ends[length] = page, k
    chain, k = [], ends[-1] if ends else -1
    while k >= 0:
        chain.append(indexed[k])
        k = before[k]
    return chain[::-1]


def _on_page(paragraph: PaperParagraph, page: int) -> PaperParagraph:
    return paragraph if paragraph.page == page else replace(paragraph, page=page, breaks=())


def _first_page(section: Section, pages: Sequence[int], before: int, runs: _Runs) -> int:
    """The page of a heading: where it stands itself, else that of its first paragraph, else that of what is before."""
    hits = _hits(section.label, runs)
    return hits[0][1] if hits else next(filter(None, pages), before)


def _by_float(index: int, section: Section, captions: Sequence[Caption]) -> Section:
    """A section in which only figures or tables stand begins on the page of the first."""
    if section.paragraphs:
        return section
    page = next((c.page for c in captions if c.section == index and c.page), section.page)
    return replace(section, page=page)


def _most_common(text: str, runs: _Runs) -> int:
    """The page on which most of a text stands; 0 where that is not known."""
    pages = [page for _, page in _hits(text, runs)]
    return max(pages, key=pages.count, default=0)


def _table_with_page(table: PaperTable, captions: Sequence[Caption]) -> PaperTable:
    page = next((c.page for c in captions if c.text == table.caption and c.page), None)
    return replace(table, page=page)
