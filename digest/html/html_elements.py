"""What elements of a page are: sections of a kind, blocks, rows of a formula, parts of a float. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from digest.html import mathml
from digest.html.html_tables import is_table
from digest.html.html_tree import Element, has_class, is_hidden, is_textless, tag_of
from digest.models.paper_text import SectionKind

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    {"section", "div", "p", "figure", "table", "ul", "ol", "dl", "blockquote", "pre", "article", "header", *HEADINGS}
)


def has_blocks(element: Element, but: Element | None = None) -> bool:
    """Whether blocks stand directly in an element (or in its inline children that only wrap them)."""
    return any(
        (tag_of(child) in _BLOCKS or has_class(child, "ltx_para", "ltx_equation", "ltx_tabular"))
        for child in element
        if child is not but
    )


def equation_rows(element: Element) -> Iterator[Element]:
    """The rows of a displayed formula; the element itself where it has none."""
    rows = [row for row in element.iter() if tag_of(row) == "tr" or has_class(row, "ltx_eqn_row")]
    yield from rows or [element]


def is_inside(element: Element, name: str) -> bool:
    """Whether an element has an ancestor of that name."""
    return any(tag_of(parent) == name for parent in element.iterancestors())


def captions_of(element: Element) -> Iterator[Element]:
    """The captions of a float, not those of floats inside it."""
    for child in element:
        if tag_of(child) == "figcaption" or has_class(child, "ltx_caption"):
            yield child
        elif tag_of(child) in ("div", "span") and not is_hidden(child):
            yield from captions_of(child)


def float_parts(element: Element) -> Iterator[Element]:
    """The floats, tables and listings in a float, in order, not those inside one another."""
    for child in element:
        if is_hidden(child) or is_textless(child):
            continue
        if tag_of(child) in ("figure", "pre") or is_table(child) or has_class(child, "ltx_listing"):
            yield child
        elif tag_of(child) != "figcaption":
            yield from float_parts(child)


def kind_of_float(element: Element) -> str:
    """What a float without a telling caption is: "table", "algorithm" or "figure"."""
    if has_class(element, "ltx_table"):
        return "table"
    return "algorithm" if has_class(element, "ltx_algorithm", "ltx_lstlisting") else "figure"


def formula(math: Element) -> str:
    """A displayed formula: its TeX between dollars, else one line of Unicode."""
    source = mathml.tex(math)
    return f"${source}$" if source else mathml.linear(math)


def kind_by_class(element: Element) -> SectionKind | None:
    """The kind of section that the converter names; None for a body section."""
    if has_class(element, "ltx_abstract"):
        return SectionKind.ABSTRACT
    if has_class(element, "ltx_bibliography"):
        return SectionKind.REFERENCES
    if has_class(element, "ltx_acknowledgements"):
        return SectionKind.ACKNOWLEDGEMENTS
    return SectionKind.APPENDIX if has_class(element, "ltx_appendix") else None
