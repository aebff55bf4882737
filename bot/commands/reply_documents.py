"""Small documents, shortly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from digest.rendering.document import (
    Block,
    Button,
    Document,
    Heading,
    Item,
    ItemList,
    Paragraph,
    Style,
    TextRun,
    TextRuns,
    text_run,
)

BOLD = frozenset({Style.BOLD})
_COMMAND = re.compile(r"(?<![\w/.:])/(?:broadsheet )?[a-z]{3,}(?![\w/])")


def command_runs(text: str) -> TextRuns:
    """A text with the commands in it as code: to be copied as they stand."""
    runs, done = [], 0
    for match in _COMMAND.finditer(text):
        runs += [text_run(text[done : match.start()]), text_run(match[0], Style.CODE)]
        done = match.end()
    return tuple(command_run for command_run in (*runs, text_run(text[done:])) if command_run.text)


def text_document(text: str, *more: str) -> Document:
    """One paragraph for each text."""
    return Document(tuple(Paragraph(command_runs(t)) for t in (text, *more)), text)


def titled_document(title: str, blocks: Iterable[Block], buttons: Sequence[Sequence[Button]] = ()) -> Document:
    """Blocks under a title."""
    return Document((Heading(1, (text_run(title),)), *blocks), title, tuple(tuple(row) for row in buttons))


def small_paragraph(text: str) -> Paragraph:
    return Paragraph((text_run(text),), muted=True)


def text_paragraph(text: str) -> Paragraph:
    return Paragraph(command_runs(text))


def bullet_list(texts: Iterable[str]) -> ItemList:
    return ItemList(tuple(Item(command_runs(text)) for text in texts))


def linked_item(title: str, url: str, text_after: str = "") -> Item:
    """A list item that begins with a linked title."""
    return Item((TextRun(title, BOLD, url), text_run(text_after)) if text_after else (TextRun(title, BOLD, url),))
