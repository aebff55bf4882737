"""A Document on a terminal: the third renderer, for `demo` and the commands that show cards."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

import click

from digest.rendering.document import Block, Code, Document, Heading, ItemList, Paragraph, Quote, plain_text

WIDTH = 100  # columns


def document_text(document: Document) -> str:
    """The document as lines of at most `WIDTH` columns; headings are bold where the terminal can."""
    return "\n".join(line for block in document.blocks for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, runs):
            yield from (click.style(line, bold=True) for line in wrap_text(plain_text(runs)))
            if level == 1:
                yield click.style("─" * min(WIDTH, max(map(display_width, wrap_text(plain_text(runs))))), dim=True)
        case Paragraph(runs):
            yield from wrap_text(plain_text(runs))
        case ItemList(items):
            for item in items:
                mark = f"{item.ordinal}. " if item.ordinal is not None else "• "
                yield from wrap_text(plain_text(item.runs), "  ", mark)
        case Quote(blocks, _, title):
            if title:
                yield click.style(f"▸ {plain_text(title)}", bold=True)
            yield from (f"  {line}" for inner in blocks for line in _lines(inner))
        case Code(source):
            yield from (f"    {line}" for line in source.splitlines())


def wrap_text(prose: str, indent: str = "", mark: str = "") -> list[str]:
    """The prose in lines; a Chinese sign takes two columns, and may be parted from the next."""
    lines: list[str] = []
    for paragraph in prose.splitlines() or [""]:
        wide = sum(display_width(sign) == 2 for sign in paragraph)
        width = WIDTH - len(indent) - len(mark)
        chinese = wide * 3 >= len(paragraph) > 0
        rows = list(_broken(paragraph, width)) if chinese else textwrap.wrap(paragraph, width) or [""]
        lines += [indent + (mark if not lines and i == 0 else " " * len(mark)) + row for i, row in enumerate(rows)]
    return lines


def _broken(paragraph: str, width: int) -> Iterator[str]:
    """Broken anywhere, but not before closing punctuation."""
    row, used = "", 0
    for sign in paragraph:
        if used + display_width(sign) > width and sign not in "，。、；：！？）」』”":
            yield row
            row, used = "", 0
        row += sign
        used += display_width(sign)
    yield row


def display_width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
