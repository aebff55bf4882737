"""Small documents, shortly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digest.document import Block, Button, Document, Heading, Item, ItemList, Paragraph, Run, Style, run

BOLD = frozenset({Style.BOLD})


def line(text: str, *more: str) -> Document:
    """One paragraph for each text."""
    return Document(tuple(Paragraph((run(t),)) for t in (text, *more)), text)


def page(title: str, blocks: Iterable[Block], buttons: Sequence[Sequence[Button]] = ()) -> Document:
    """Blocks under a title."""
    return Document((Heading(1, (run(title),)), *blocks), title, tuple(tuple(row) for row in buttons))


def muted(text: str) -> Paragraph:
    return Paragraph((run(text),), muted=True)


def prose(text: str) -> Paragraph:
    return Paragraph((run(text),))


def bullets(texts: Iterable[str]) -> ItemList:
    return ItemList(tuple(Item((run(text),)) for text in texts))


def titled(title: str, url: str, rest: str = "") -> Item:
    """A list item that begins with a linked title."""
    return Item((Run(title, BOLD, url), run(rest)) if rest else (Run(title, BOLD, url),))
