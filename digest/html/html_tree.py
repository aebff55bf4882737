"""Bytes -> a tree of elements. lxml ends here.

libxml2 repairs what is broken, so a page that is cut off still parses: `health` finds out. Nothing is loaded from
anywhere, and no script runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from lxml.etree import HTMLParser, XMLSyntaxError, fromstring

from digest.models.notice import Notice

MAX_DEPTH = 200  # elements inside one another; arXiv's pages stay below 60


class Element(Protocol):
    """What is used of lxml's elements, which have no types of their own."""

    text: str | None
    tail: str | None

    @property
    def tag(self) -> object:
        """The name; something else for comments and processing instructions."""
        ...

    def get(self, name: str) -> str | None: ...

    def getparent(self) -> Element | None: ...

    def iter(self, *tags: str) -> Iterator[Element]: ...

    def iterancestors(self) -> Iterator[Element]: ...

    def itertext(self) -> Iterator[str]: ...

    def __iter__(self) -> Iterator[Element]: ...


_NO_TEXT = frozenset({"script", "style", "template", "noscript", "svg", "img", "button", "iframe", "object", "nav"})
_INVISIBLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0?\.?0+\s*(?:;|$|!)"
    r"|font-size\s*:\s*0*(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)|font-size\s*:\s*(?:0?\.\d+|1)p[tx])",
    re.IGNORECASE,
)
_FOREGROUND = re.compile(r"(?:^|[;\s])(?:--ltx-fg-)?color\s*:\s*([^;]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|[;\s])(?:background(?:-color)?|--ltx-bg-color)\s*:\s*([^;]+)", re.IGNORECASE)
_WHITE = re.compile(
    r"#(?:f[a-f0-9]){3}\b|#fff\b|white\b|rgba?\(\s*(?:25[0-5]|24[4-9])(?:\s*,\s*|\s+)(?:25[0-5]|24[4-9])(?:\s*,\s*|\s+)"
    r"(?:25[0-5]|24[4-9])|rgba\([^)]*,\s*0(?:\.0+)?\s*\)|transparent\b",
    re.IGNORECASE,
)


class HtmlError(Exception):
    """A page that cannot be read; `notice` says why."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        super().__init__(notice.code)


def parse_tree(data: bytes) -> Element:
    """The root element of a page. Raises `HtmlError` for a page without elements or nested too deeply."""
    try:
        root: Element | None = fromstring(data, HTMLParser(encoding="utf-8", huge_tree=True))
    except (XMLSyntaxError, ValueError) as error:
        raise HtmlError(Notice.of("html.not_html")) from error
    if root is None:
        raise HtmlError(Notice.of("html.not_html"))
    if depth_of(root) > MAX_DEPTH:
        raise HtmlError(Notice.of("html.nested", depth=MAX_DEPTH))
    return root


def depth_of(root: Element) -> int:
    """How many elements stand inside one another, counted without recursion; stops beyond `MAX_DEPTH`."""
    deepest, level = 0, [root]
    while level and deepest <= MAX_DEPTH:
        deepest += 1
        level = [child for element in level for child in element]
    return deepest


def tag_of(element: Element) -> str:
    """The element's name in small letters; empty for comments and processing instructions."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def classes_of(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


def has_class(element: Element, *names: str) -> bool:
    """Whether the element has one of these classes."""
    text = element.get("class")
    return text is not None and not classes_of(element).isdisjoint(names)


def descendants(root: Element, *names: str) -> Iterator[Element]:
    """The elements with one of these classes, in document order."""
    return (element for element in root.iter() if has_class(element, *names))


def is_textless(element: Element) -> bool:
    """Whether an element holds nothing that a reader reads as text: scripts, pictures, navigation."""
    return tag_of(element) in _NO_TEXT or not tag_of(element)


def is_hidden(element: Element) -> bool:
    """Whether the element's own attributes keep it from being seen: not displayed, transparent, of no size, or white
    on no background of its own."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    colour = element.get("mathcolor") or element.get("color")
    if style is None and colour is None:
        return False
    if style and _INVISIBLE.search(style):
        return True
    return _is_white(style or "", colour) and not _is_coloured_in(element)


def _is_white(style: str, colour: str | None) -> bool:
    foreground = _FOREGROUND.search(style)
    text = foreground[1].strip() if foreground else (colour or "").strip()
    return bool(text) and _WHITE.match(text) is not None


def _is_coloured_in(element: Element) -> bool:
    """Whether the element, or one around it, has a background that is not white."""
    ancestor: Element | None = element
    while ancestor is not None:
        background = _BACKGROUND.search(ancestor.get("style") or "")
        colour = background[1].strip() if background else ancestor.get("mathbackground")
        if colour and not _WHITE.match(colour):
            return True
        ancestor = ancestor.getparent()
    return False
