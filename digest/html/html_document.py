"""A page's elements -> sections, paragraphs, captions, tables, notes. Pure, top to bottom.

Sections, paragraphs, tables and formulas are known by what they are (section, p, figure, table, math) wherever that is
enough: the class names of arXiv's converter are an open set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from digest.html.html_elements import (
    HEADINGS,
    captions_of,
    equation_rows,
    float_parts,
    formula,
    has_blocks,
    is_inside,
    kind_by_class,
    kind_of_float,
)
from digest.html.html_tables import TableGrid, is_table, read_table
from digest.html.html_tree import Element, HtmlError, descendants, has_class, is_hidden, is_textless, tag_of
from digest.html.inline_text import InlineText, SideMatter, line_of
from digest.models.notice import Notice
from digest.models.paper_text import (
    Caption,
    Footnote,
    Link,
    LinkKind,
    PaperParagraph,
    PaperTable,
    PaperText,
    ParagraphKind,
    RemovedText,
    Section,
    SectionKind,
)
from digest.pdf.extract.hidden_text import reads_like_a_sentence
from digest.pdf.structure import numbering
from digest.text.urls import link_kind

HTML_READER_VERSION = 1001  # raise it when the same page would give another PaperText; a PDF's stay below 1000

_SECTIONS = ("ltx_part", "ltx_chapter", "ltx_section", "ltx_appendix", "ltx_bibliography", "ltx_abstract",
             "ltx_acknowledgements")  # fmt: skip
_FRONT = ("ltx_authors", "ltx_keywords", "ltx_classification", "ltx_dates", "ltx_date", "ltx_rdf", "ltx_pagination",
          "ltx_TOC", "ltx_page_navbar", "ltx_page_footer", "ltx_title_document", "ltx_subtitle", "ltx_note_frontmatter",
          "ltx_role_creation")  # fmt: skip
_NOTES = ("ltx_role_footnote", "ltx_role_footnotetext", "ltx_role_endnote")  # not e-mail addresses and affiliations
_CAPTION = re.compile(
    r"(?P<kind>fig(?:ure|\.)?|tab(?:le|\.)?|alg(?:orithm|\.)?|listing|图|表|算法)\s*(?P<number>[A-Z]?[.\d]*\d[a-z]?|[IVXL]+)",
    re.IGNORECASE,
)
_KINDS = {"f": "figure", "t": "table", "a": "algorithm", "l": "algorithm", "图": "figure", "表": "table"}


@dataclass(slots=True)
class _SectionDraft:
    title: str
    number: str | None
    level: int
    kind: SectionKind
    paragraphs: list[PaperParagraph] = field(default_factory=list)

    def finished(self, top: int) -> Section:
        """The section, where headings of the rank `top` are level 1."""
        level = max(1, self.level - top + 1)
        return Section(self.title, 0, self.number, level, self.kind, tuple(self.paragraphs))


class DocumentReader:
    """Reads one `article`; `text` is the whole of it."""

    def __init__(self, article: Element) -> None:
        self.side = SideMatter()
        self._bibliography = SideMatter()  # its links are other people's
        self._sections: list[_SectionDraft] = []
        self._captions: list[Caption] = []
        self._tables: list[PaperTable] = []
        self._footnotes: list[Footnote] = []
        heading = next(descendants(article, "ltx_title_document"), None)
        if heading is None:
            raise HtmlError(Notice.of("html.no_title"))
        self.title = line_of(heading, SideMatter()).text
        self._read(article, "", SectionKind.BODY)

    @property
    def abstract(self) -> str:
        """The abstract as the page prints it; empty where it has none."""
        texts = (p.text for s in self._sections if s.kind is SectionKind.ABSTRACT for p in s.paragraphs)
        return " ".join(texts)

    @property
    def entries(self) -> int:
        """How many entries the bibliography has."""
        return sum(p.kind is ParagraphKind.REFERENCE for s in self._sections for p in s.paragraphs)

    def text(self) -> PaperText:
        """What was read, without pages: `page_overlay` gives them."""
        if self._sections and not self._sections[0].title and not self._sections[0].paragraphs:
            self._without_first()
        top = min((s.level for s in self._sections if s.title), default=1)
        sections = tuple(s.finished(top) for s in self._sections)
        return PaperText(
            title=self.title,
            sections=sections,
            pages=0,
            pages_read=0,
            captions=tuple(self._captions),
            footnotes=tuple(self._footnotes),
            links=tuple(self._links()),
            removed=tuple(self._removed()),
            reader_version=HTML_READER_VERSION,
            source="html",
            tables=tuple(self._tables),
        )

    # --- blocks -------------------------------------------------------------------------------------------------

    def _read(self, element: Element, anchor: str, kind: SectionKind) -> None:
        """Read the content of an element; `anchor` is the id of the paragraph around it, `kind` its section's."""
        for child in element:
            self._block(child, anchor, kind)

    def _block(self, element: Element, anchor: str, kind: SectionKind) -> None:
        name = tag_of(element)
        if is_textless(element) or has_class(element, *_FRONT) or element.get("id") == "infobox":
            return
        if is_hidden(element):
            self.side.hidden.append(" ".join(" ".join(element.itertext()).split()))
        elif name == "section" or has_class(element, *_SECTIONS):
            self._section(element, kind)
        elif name == "figure" or has_class(element, "ltx_float"):
            self._figure(element, "", "")
        elif has_class(element, "ltx_equation", "ltx_equationgroup", "ltx_eqn_table"):
            self._equations(element, anchor)
        elif name == "math":
            self._add(PaperParagraph(formula(element), 0, ParagraphKind.EQUATION, anchor=anchor))
        elif is_table(element):
            self._table(element, "", "")
        elif name in ("ul", "ol", "dl"):
            self._list(element, anchor, kind)
        elif name == "pre" or has_class(element, "ltx_listing"):
            self._listing(element, anchor)
        elif has_class(element, "ltx_note"):
            self.side.notes.append(element)
            self._notes(anchor)
        elif has_class(element, "ltx_theorem", "ltx_proof"):
            self._theorem(element, anchor or element.get("id") or "", kind)
        elif name in HEADINGS:
            return  # read with its section
        elif has_blocks(element):
            inner = element.get("id") or "" if has_class(element, "ltx_para") else anchor
            self._read(element, inner or anchor, kind)
        else:
            self._prose(line_of(element, self.side), anchor)  # the ids of p differ between converters

    def _section(self, element: Element, above: SectionKind) -> None:
        heading = next((child for child in element if tag_of(child) in HEADINGS), None)
        kind = kind_by_class(element) or above
        if heading is not None:
            number, title = _numbered(heading)
            if kind is SectionKind.BODY:
                kind = numbering.section_kind(title)
            self._sections.append(_SectionDraft(title, number, int(tag_of(heading)[1]), kind))
            if kind in (SectionKind.ABSTRACT, SectionKind.ACKNOWLEDGEMENTS, SectionKind.REFERENCES):
                self._sections[-1].level = min(2, self._sections[-1].level)
        elif kind is not above:
            self._sections.append(_SectionDraft("", None, 2, kind))
        if has_class(element, "ltx_bibliography"):
            self._entries(element)
        elif heading is not None and not has_blocks(element, heading):
            self._prose(_line_behind(element, heading, self.side), element.get("id") or "")
        else:
            self._read(element, element.get("id") or "" if kind is SectionKind.ABSTRACT else "", kind)

    def _entries(self, element: Element) -> None:
        for item in descendants(element, "ltx_bibitem"):
            text = line_of(item, self._bibliography).text
            if text:
                self._add(PaperParagraph(text, 0, ParagraphKind.REFERENCE, anchor=item.get("id") or ""))

    def _prose(self, line: InlineText, anchor: str, kind: ParagraphKind = ParagraphKind.PROSE) -> None:
        if line.text:
            self._add(PaperParagraph(line.text, 0, kind, anchor=anchor, run_breaks=line.run_breaks))
        self._notes(anchor)

    def _notes(self, anchor: str) -> None:
        """The notes that hang on what was just read, notes inside them included."""
        while self.side.notes:
            note = self.side.notes.pop(0)
            content = next(descendants(note, "ltx_note_content"), note)
            line = line_of(content, self.side)
            if line.text and (has_class(note, *_NOTES) or "ltx_role_" not in (note.get("class") or "")):
                target = anchor or note.get("id") or ""
                self._footnotes.append(Footnote(line.text, 0, self._index(), target, line.run_breaks))

    def _list(self, element: Element, anchor: str, kind: SectionKind) -> None:
        for item in element:
            if is_hidden(item) or not tag_of(item):
                continue
            tag = next((child for child in item if has_class(child, "ltx_tag")), None)
            first = len(self._last().paragraphs)
            if has_blocks(item):
                for child in item:
                    if child is not tag:
                        self._block(child, anchor or item.get("id") or "", kind)
            else:
                self._prose(_line_behind(item, tag, self.side), anchor or item.get("id") or "")
            label = line_of(tag, SideMatter()).text if tag is not None else ""
            self._as_item(first, label)

    def _as_item(self, first: int, label: str) -> None:
        """Make the first paragraph of a list item one, with its number or bullet before it."""
        paragraphs = self._last().paragraphs
        if first >= len(paragraphs) or paragraphs[first].kind is not ParagraphKind.PROSE:
            return
        paragraphs[first] = _prefixed(paragraphs[first], label or "•", ParagraphKind.LIST_ITEM)

    def _theorem(self, element: Element, anchor: str, kind: SectionKind) -> None:
        heading = next((child for child in element if tag_of(child) in HEADINGS), None)
        first = len(self._last().paragraphs)
        self._read(element, anchor, kind)
        paragraphs = self._last().paragraphs
        if heading is not None and first < len(paragraphs) and paragraphs[first].kind is ParagraphKind.PROSE:
            paragraphs[first] = _prefixed(paragraphs[first], line_of(heading, self.side).text, ParagraphKind.PROSE)

    def _equations(self, element: Element, anchor: str) -> None:
        for row in equation_rows(element):
            if next(row.iter("math"), None) is None:
                self._prose(line_of(row, self.side), anchor)
                continue
            tag = next(descendants(row, "ltx_tag_equation", "ltx_tag_equationgroup"), None)
            formulas = " ".join(formula(math) for math in row.iter("math") if not is_inside(math, "annotation-xml"))
            number = line_of(tag, SideMatter()).text if tag is not None else ""
            text = f"{formulas.replace('$ $', ' ')} {number}".strip()
            self._add(PaperParagraph(text, 0, ParagraphKind.EQUATION, anchor=anchor))

    def _listing(self, element: Element, anchor: str) -> None:
        lines = [line_of(line, self.side).text for line in descendants(element, "ltx_listingline")]
        if not lines:
            lines = [" ".join(line.split()) for line in "".join(element.itertext()).splitlines()]
        text = "\n".join(filter(None, lines))
        if text:
            self._add(PaperParagraph(text, 0, ParagraphKind.TABLE, anchor=anchor))

    # --- floats -------------------------------------------------------------------------------------------------

    def _figure(self, element: Element, label: str, caption: str) -> None:
        for child in captions_of(element):
            line = line_of(child, self.side)
            label, caption = self._caption(line, element, label) or (label, caption)
            self._notes(element.get("id") or "")
        for child in float_parts(element):
            if tag_of(child) == "figure":
                self._figure(child, label, caption)
            elif is_table(child):
                self._table(child, label, caption, element.get("id") or "")
            else:
                self._listing(child, element.get("id") or "")

    def _caption(self, line: InlineText, element: Element, label: str) -> tuple[str, str] | None:
        """Keep a caption; its label and text for the tables below it. None for an empty one."""
        if not line.text:
            return None
        match = _CAPTION.match(line.text)
        kind = _KINDS.get(match["kind"][0].lower(), "algorithm") if match else kind_of_float(element)
        number = match["number"] if match else ""
        if match or not label:  # `(a) ...` under a figure that has a caption of its own is a part of that
            target = element.get("id") or ""
            self._captions.append(Caption(kind, number, line.text, 0, self._index(), target, line.run_breaks))
        return (match.group() if match else label), line.text

    def _table(self, element: Element, label: str, caption: str, anchor: str = "") -> None:
        grid = read_table(element, self.side)
        self._notes(anchor)
        if grid is None:
            return
        self._add(PaperParagraph("\n".join(grid.lines()), 0, ParagraphKind.TABLE, anchor=anchor))
        if _is_data(grid):
            self._tables.append(PaperTable(label, caption, None, grid.header, grid.rows))

    def _without_first(self) -> None:
        """Leave out the part before the first heading, in which nothing stands."""
        del self._sections[0]
        self._captions = [replace(c, section=max(0, (c.section or 0) - 1)) for c in self._captions]
        self._footnotes = [replace(n, section=max(0, (n.section or 0) - 1)) for n in self._footnotes]

    # --- the whole ----------------------------------------------------------------------------------------------

    def _last(self) -> _SectionDraft:
        if not self._sections:
            self._sections.append(_SectionDraft("", None, 2, SectionKind.BODY))
        return self._sections[-1]

    def _index(self) -> int:
        self._last()
        return len(self._sections) - 1

    def _add(self, paragraph: PaperParagraph) -> None:
        self._last().paragraphs.append(paragraph)

    def _links(self) -> Iterator[Link]:
        urls: set[str] = set()
        for matter, cited in ((self.side, False), (self._bibliography, True)):
            for link in matter.links:
                if link.url not in urls and len(urls) < 400:
                    urls.add(link.url)
                    kind = LinkKind.OTHER if cited else link_kind(link.url, link.context, page=2, title=self.title)
                    yield Link(link.url, kind, None, "annotation", link.context)

    def _removed(self) -> Iterator[RemovedText]:
        for text in filter(None, self.side.hidden):
            yield RemovedText(
                "hidden text", "not displayed", None, 1, text[:300], suspicious=reads_like_a_sentence(text)
            )
        if self.side.errors:
            yield RemovedText("conversion error", "a command that the converter does not know", None, self.side.errors)


def _numbered(heading: Element) -> tuple[str | None, str]:
    """A heading's number as printed, without the point behind it, and its title."""
    tag = next((child for child in heading.iter() if has_class(child, "ltx_tag")), None)
    whole = line_of(heading, SideMatter()).text
    if tag is None:
        return None, whole
    number = line_of(tag, SideMatter()).text
    return number.rstrip(" .:") or None, whole.removeprefix(number).strip() or whole


def _line_behind(element: Element, heading: Element | None, side: SideMatter) -> InlineText:
    """The text of an element without its heading."""
    line = InlineText(side)
    line.add(element.text or "")
    for child in element:
        if child is not heading:
            line.walk_child(child)
        line.add(child.tail or "")
    return line


def _prefixed(paragraph: PaperParagraph, label: str, kind: ParagraphKind) -> PaperParagraph:
    """A paragraph with a label before it, which is no part of its run of text."""
    if not label:
        return paragraph
    shift = len(label) + 1
    breaks = ((0, shift), *((start + shift, end + shift) for start, end in paragraph.run_breaks))
    return PaperParagraph(f"{label} {paragraph.text}", 0, kind, anchor=paragraph.anchor, run_breaks=breaks)


def _is_data(grid: TableGrid) -> bool:
    """Whether a grid is a table and not a frame around pictures or text: two rows, two columns."""
    rows = (*grid.header, *grid.rows)
    return len(rows) >= 2 and len(rows[0]) >= 2
