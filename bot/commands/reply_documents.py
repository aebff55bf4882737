"""Small documents, shortly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from digest.rendering.document import Block, Button, Document, Heading, Item, ItemList, Paragraph, Run, Runs, Style, run

BOLD = frozenset({Style.BOLD})
_COMMAND = re.compile(r"(?<![\w/.:])/(?:broadsheet )?[a-z]{3,}(?![\w/])")


def spoken(text: str) -> Runs:
    """A text with the commands in it as code: to be copied as they stand."""
    runs, done = [], 0
    for match in _COMMAND.finditer(text):
        runs += [run(text[done : match.start()]), run(match[0], Style.CODE)]
        done = match.end()
    return tuple(one for one in (*runs, run(text[done:])) if one.text)


def line(text: str, *more: str) -> Document:
    """One paragraph for each text."""
    return Document(tuple(Paragraph(spoken(t)) for t in (text, *more)), text)


def page(title: str, blocks: Iterable[Block], buttons: Sequence[Sequence[Button]] = ()) -> Document:
    """Blocks under a title."""
    return Document((Heading(1, (run(title),)), *blocks), title, tuple(tuple(row) for row in buttons))


def muted(text: str) -> Paragraph:
    return Paragraph((run(text),), muted=True)


def prose(text: str) -> Paragraph:
    return Paragraph(spoken(text))


def bullets(texts: Iterable[str]) -> ItemList:
    return ItemList(tuple(Item(spoken(text)) for text in texts))


def titled(title: str, url: str, rest: str = "") -> Item:
    """A list item that begins with a linked title."""
    return Item((Run(title, BOLD, url), run(rest)) if rest else (Run(title, BOLD, url),))
