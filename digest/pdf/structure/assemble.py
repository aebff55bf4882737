"""Pages of lines -> PaperText, top to bottom. Pure: the same for a whole PDF and for what was read before a limit.

furniture | layout | contents | captions | headings | figures and tables | front | footnotes | sections | links
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from digest.models.paper_text import Caption, Footnote, PaperTable, PaperText, RemovedText, SectionKind
from digest.pdf.doubts import doubt, legible
from digest.pdf.extract.hidden_text import reads_like_a_sentence
from digest.pdf.extract.layout import PageLayout, page_layout
from digest.pdf.extract.page_elements import DroppedText, PdfInfo, PdfPage
from digest.pdf.result import READER_VERSION
from digest.pdf.structure.bibliography import headless_bibliography
from digest.pdf.structure.floats import Float, filled_floats, find_captions
from digest.pdf.structure.footnotes import FootnoteLines, footnotes, margin_notes
from digest.pdf.structure.front_matter import AbstractSpan, bare_abstract, keywords, leftovers, run_in_abstract, title
from digest.pdf.structure.headings import DetectedHeading, headings
from digest.pdf.structure.hyphenation import joined, vocabulary
from digest.pdf.structure.links import links
from digest.pdf.structure.page_furniture import without_furniture
from digest.pdf.structure.sections import SectionStart, fill_sections, openings, with_body, with_thanks
from digest.pdf.structure.table_of_contents import contents
from digest.pdf.tables.grid import grid, is_tabular
from digest.pdf.tables.loose_rows import running_lines

_FRONT_LINES = 400  # of a paper without any heading, in which an abstract is looked for


def assemble_paper(raw_pages: Sequence[PdfPage], info: PdfInfo) -> PaperText:
    """The text of a paper from the lines of its pages."""
    pages = without_furniture(legible(raw_pages))
    layout = page_layout(pages)
    words = vocabulary(spot.line.text for spot in layout.spots)
    listed = contents(layout.spots)
    captioned = find_captions(layout, listed)
    labels = {i for f in captioned for i in range(f.first, f.last + 1)}
    heads = headings(layout, info.outline, listed | labels)
    headed = {i for h in heads for i in range(h.first, h.last + 1)}
    abstract, starts = _starts(layout, heads, listed | headed)
    references = set(_lines_of(starts, SectionKind.REFERENCES, layout))
    notes = footnotes(layout, listed | labels | headed | references)
    noted = {i for note in notes for i in note.lines}
    summary = set(range(abstract.first, abstract.last + 1)) if abstract else set()
    running = running_lines(layout)
    figures = filled_floats(layout, captioned, listed | headed | noted | summary, running)
    taken = listed | labels | noted | {i for f in figures for i in f.content}
    before = set(range(heads[0].first)) if heads else set()
    margin = margin_notes(layout, taken | headed | references | before, running)
    notes += margin
    taken |= {i for note in margin for i in note.lines}
    opening = abstract.first if abstract else heads[0].first if heads else 0
    summary_lines = [i for i in _lines_of(starts, SectionKind.ABSTRACT, layout) if i not in taken | headed]
    terms = keywords(layout, summary_lines)
    starts = with_body(layout, starts, terms, summary_lines)
    front = {*leftovers(layout, range(opening), taken), *terms}
    if abstract and heads:
        behind = range(abstract.last + 1, heads[0].first)
        listed_terms = keywords(layout, behind)
        front |= leftovers(layout, [i for i in behind if i not in listed_terms], taken, 2) | {*listed_terms}
    front -= taken
    name = title(layout, opening, info.title)
    tables = [f for f in figures if f.kind != "figure"]
    sections = tuple(with_thanks(fill_sections(layout, starts, tables, taken | front, words)))
    return PaperText(
        title=name,
        sections=sections,
        pages=info.pages or len(pages),
        pages_read=len(pages),
        captions=tuple(_caption(f, layout, words) for f in figures if f.first >= 0),
        footnotes=tuple(_footnote(n, layout, words) for n in notes),
        links=tuple(links(pages, layout, references, name)),
        removed=tuple(_removed(pages, layout, listed, front, figures)),
        partial=doubt(raw_pages, pages, sections, info.partial),
        reader_version=READER_VERSION,
        tables=tuple(_table(f, layout, words) for f in tables if _has_rows(f, layout)),
    )


def _starts(
    layout: PageLayout, heads: Sequence[DetectedHeading], taken: Collection[int]
) -> tuple[AbstractSpan | None, list[SectionStart]]:
    """Where sections begin: at headings, and at an abstract or a bibliography that has none."""
    abstract = bibliography = None
    if not any(h.kind is SectionKind.ABSTRACT for h in heads):
        end = heads[0].first if heads else min(len(layout.spots), _FRONT_LINES)
        abstract = run_in_abstract(layout, end) or bare_abstract(layout, end)
    if not any(h.kind is SectionKind.REFERENCES for h in heads):
        bibliography = headless_bibliography(layout, taken)
    return abstract, openings(layout, heads, abstract, bibliography)


def _lines_of(starts: Sequence[SectionStart], kind: SectionKind, layout: PageLayout) -> Iterator[int]:
    """The lines of the sections of a kind."""
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        if start.kind is kind:
            yield from range(start.line, after.line if after else len(layout.spots))


def _text(lines: Iterable[int], layout: PageLayout, words: Counter[str]) -> str:
    text = ""
    for i in lines:
        more = layout.spots[i].line.text
        text = joined(text, more, words) if text else more
    return text


def _caption(item: Float, layout: PageLayout, words: Counter[str]) -> Caption:
    return Caption(item.kind, item.number, _text(range(item.first, item.last + 1), layout, words), item.page)


def _has_rows(item: Float, layout: PageLayout) -> bool:
    return item.kind == "table" and is_tabular([layout.spots[i].line for i in item.content])


def _table(item: Float, layout: PageLayout, words: Counter[str]) -> PaperTable:
    header, rows = grid([layout.spots[i].line for i in item.content])
    caption = _caption(item, layout, words).text if item.first >= 0 else ""
    return PaperTable(f"Table {item.number}" if item.number else "", caption, item.page, header, rows)


def _footnote(note: FootnoteLines, layout: PageLayout, words: Counter[str]) -> Footnote:
    return Footnote(_text(note.lines, layout, words), note.page)


def _removed(
    pages: Sequence[PdfPage], layout: PageLayout, listed: set[int], front: set[int], figures: Sequence[Float]
) -> Iterable[RemovedText]:
    """What was left out, counted by its kind and page, with a sample of each."""
    dropped = [d for page in pages for d in page.dropped]
    for i in sorted(listed):
        line = layout.spots[i].line
        dropped.append(DroppedText("contents", "a list of contents", line.text, line.page))
    for i in sorted(front):
        line = layout.spots[i].line
        dropped.append(DroppedText("front matter", "title, authors, addresses or keywords", line.text, line.page))
    for figure in (f for f in figures if f.kind == "figure"):
        for i in figure.content:
            line = layout.spots[i].line
            dropped.append(DroppedText("figure text", f"stands in figure {figure.number}", line.text, line.page))
    groups: dict[tuple[str, str, int], list[str]] = {}
    for d in dropped:
        groups.setdefault((d.what, d.reason, d.page), []).append(d.text)
    for (kind, reason, page), texts in groups.items():
        hidden = kind == "hidden text"
        sample = " ".join(texts) if hidden else max(texts, key=len)
        yield RemovedText(
            kind, reason, page, len(texts), sample[:300], suspicious=hidden and reads_like_a_sentence(sample)
        )
