"""Inline elements -> one line of text that knows where a browser's run of text ends.

A text fragment matches within one run; formulas, links, notes and raised marks end it (measured in Chromium), so their
offsets are kept as `run_breaks`. Notes are taken out of the line and handed to whoever collects them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from digest.html import mathml
from digest.html.html_tree import Element, has_class, is_hidden, is_textless, tag_of

_SPACE = re.compile(r"[ \t\r\n\f\u00a0\u2002-\u200a\u202f]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_RAISED = re.compile(r"[+−-]?\d+")
_BLOCKS = frozenset(
    {"p", "div", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "ul", "ol", "dl", "li", "dt", "dd", "figure"}
    | {"figcaption", "blockquote", "pre", "section", "h1", "h2", "h3", "h4", "h5", "h6", "br"}
)
_BLOCK_CLASSES = ("ltx_p", "ltx_para", "ltx_block", "ltx_inline-block", "ltx_tr", "ltx_td", "ltx_bibblock", "ltx_item")
_SUPERSCRIPT = str.maketrans("0123456789+−-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SUBSCRIPT = str.maketrans("0123456789+−-", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_LETTERS_BEFORE = 220  # characters kept before a link, which may say what it is
_MARKS = ("ltx_rule", "ltx_note_mark", "ltx_tag_note", "ltx_note_type", "ltx_bib_cited")


@dataclass(slots=True)
class PageLink:
    """An address outside the page, and the words before it."""

    url: str
    context: str


@dataclass(slots=True)
class SideMatter:
    """What inline text refers to or hides: collected while a page is read."""

    notes: list[Element] = field(default_factory=list)
    links: list[PageLink] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    errors: int = 0
    empty_references: int = 0
    citations: int = 0


class InlineText:
    """A line being built: spaces are collapsed as a browser does."""

    def __init__(self, side: SideMatter) -> None:
        self._side = side
        self._pieces: list[str] = []
        self._length = 0
        self._ends_in_space = True
        self._breaks: list[tuple[int, int]] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces).rstrip()

    @property
    def run_breaks(self) -> tuple[tuple[int, int], ...]:
        """(start, end) offsets into `text`, in order; equal where something between two words was taken out."""
        length, merged = len(self.text), list[tuple[int, int]]()
        for start, end in sorted((min(s, length), min(e, length)) for s, e in self._breaks):
            if merged and start < merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        return tuple(merged)

    def add(self, text: str) -> None:
        """Add text of the page, spaces collapsed."""
        text = _SPACE.sub(" ", _UNSEEN.sub("", text) if not text.isprintable() else text)
        if self._ends_in_space:
            text = text.lstrip(" ")
        if text:
            self._pieces.append(text)
            self._length += len(text)
            self._ends_in_space = text.endswith(" ")

    def add_break(self, text: str = "") -> None:
        """Add text that is not of the run before or behind it; without text, only the break."""
        start = self._length
        self.add(text)
        self._breaks.append((start, self._length))

    def walk(self, element: Element) -> None:
        """Add what an element holds, without its tail."""
        self.add(element.text or "")
        for child in element:
            self.walk_child(child)
            self.add(child.tail or "")

    def walk_child(self, element: Element) -> None:
        """Add one element of a line, without its tail."""
        name = tag_of(element)
        if is_textless(element) or has_class(element, *_MARKS):
            return
        if is_hidden(element):
            self._side.hidden.append(" ".join(" ".join(element.itertext()).split()))
            self._breaks.append((self._length, self._length))
        elif name == "math":
            self.add_break(mathml.linear(element))
        elif has_class(element, "ltx_note"):
            self._note(element)
        elif has_class(element, "ltx_ERROR"):
            self._side.errors += 1
            self._breaks.append((self._length, self._length))
        elif name in ("sup", "sub"):
            self._script(element, name == "sup")
        elif name == "cite" or name == "a" or has_class(element, "ltx_ref"):
            self._reference(element, name)
        elif name in _BLOCKS or has_class(element, *_BLOCK_CLASSES):
            self.add(" ")
            self.walk(element)
            self.add_break(" ")
        else:
            self.walk(element)

    def _note(self, element: Element) -> None:
        self._breaks.append((self._length, self._length))
        if not has_class(element, "ltx_role_footnotemark"):
            self._side.notes.append(element)

    def _script(self, element: Element, raised: bool) -> None:
        inner = InlineText(self._side)
        inner.walk(element)
        self.add_break(scripted(inner.text, raised))

    def _reference(self, element: Element, name: str) -> None:
        start = self._length
        before = "".join(self._pieces[-12:])[-_LETTERS_BEFORE:]
        self.walk(element)
        self._breaks.append((start, self._length))
        if name == "cite":
            self._side.citations += 1
        url = element.get("href") or ""
        if url.startswith(("http://", "https://")) and not has_class(element, "ltx_ref_self"):
            self._side.links.append(PageLink(url, before.strip()))
        if self._length == start and has_class(element, "ltx_ref") and element.get("href") is None:
            self._side.empty_references += 1


def scripted(text: str, raised: bool) -> str:
    """Text set high or low outside a formula: s⁻¹, H₂O, x^(th)."""
    if not text:
        return ""
    if _RAISED.fullmatch(text):
        return text.translate(_SUPERSCRIPT if raised else _SUBSCRIPT)
    if not text[0].isalnum():
        return text
    word = text if text.isalnum() else f"({text})"
    return f"^{word}" if raised else f"_{word}"


def line_of(element: Element, side: SideMatter) -> InlineText:
    """The text of one element."""
    line = InlineText(side)
    line.walk(element)
    return line
