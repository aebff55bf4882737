"""Markdown that a model wrote -> the Document tree.

CommonMark with tables, strikethrough and formulas, as models write it: emphasis works beside Chinese, where there are
no spaces; an indented line is no code; HTML is text; a table becomes a list. Links are kept only as runs with their
address. No text is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from textwrap import dedent

from markdown_it.token import Token

from digest.document import (
    Block,
    Code,
    Heading,
    Inner,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Rule,
    Run,
    Runs,
    Style,
    plain,
)
from digest.latex import printable
from digest.markdown.parser import MAX_NESTING, parser
from digest.markdown.runs import inline_runs, math_run, merged

DEEPEST_HEADING = 3


def to_blocks(markdown: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text. Never raises; what nests absurdly deep comes as plain paragraphs."""
    text = dedent(printable(markdown).expandtabs(4))
    try:
        tokens = parser().parse(text)
    except RecursionError:
        return _plain_paragraphs(text)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        return _plain_paragraphs(text)
    return tuple(_Reader(tokens).blocks())


def _plain_paragraphs(text: str) -> tuple[Block, ...]:
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return tuple(Paragraph((Run(paragraph),)) for paragraph in paragraphs if paragraph)


@dataclass(slots=True)
class _List:
    """A list that is being read: its items so far, and where it stands."""

    items: list[Item] = field(default_factory=list)
    ordinals: list[int | None] = field(default_factory=list)  # of the open lists, innermost last
    is_new: bool = False  # whether the next paragraph begins an item


class _Reader:
    """Reads the tokens of a text from first to last."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def blocks(self, until: str | None = None) -> Iterator[Block]:
        """The blocks up to a closing token."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == until:
                return
            yield from self._block(token)

    def _block(self, token: Token) -> Iterator[Block]:
        match token.type:
            case "heading_open":
                if runs := self._inline("heading_close"):
                    yield Heading(min(int(token.tag[1:]), DEEPEST_HEADING), runs)
            case "paragraph_open":
                if runs := self._inline("paragraph_close"):
                    yield Paragraph(runs)
            case "bullet_list_open" | "ordered_list_open":
                yield from self._list(token)
            case "blockquote_open":
                if inner := tuple(_flat(self.blocks("blockquote_close"))):
                    yield Quote(inner)
            case "table_open":
                yield from self._table()
            case "fence":
                yield from _code(token)
            case "hr":
                yield Rule()
            case "math_block" if token.content.strip():
                yield Paragraph((math_run(token.content),))

    def _inline(self, closing: str) -> Runs:
        """The runs of a leaf block, up to its closing token."""
        runs: Runs = ()
        while self.tokens[self.at].type != closing:
            runs = inline_runs(self.tokens[self.at].children or ())
            self.at += 1
        self.at += 1
        return runs

    def _list(self, opening: Token) -> Iterator[Block]:
        """A list with the lists in it. What is no text within an item stands between two lists."""
        reading = _List(ordinals=[_first_ordinal(opening)])
        while reading.ordinals:
            token = self.tokens[self.at]
            self.at += 1
            match token.type:
                case "bullet_list_open" | "ordered_list_open":
                    reading.ordinals.append(_first_ordinal(token))
                    reading.is_new = False
                case "bullet_list_close" | "ordered_list_close":
                    reading.ordinals.pop()
                case "list_item_open":
                    reading.is_new = True
                case "list_item_close":
                    self._close_item(reading)
                case "paragraph_open" if reading.is_new or reading.items:
                    self._add(reading, self._inline("paragraph_close"))
                case _:
                    if reading.items:
                        yield ItemList(tuple(reading.items))
                    reading.items = []
                    yield from self._block(token)
        if reading.items:
            yield ItemList(tuple(reading.items))

    def _close_item(self, reading: _List) -> None:
        ordinal = reading.ordinals[-1]
        reading.ordinals[-1] = None if ordinal is None else ordinal + 1
        reading.is_new = False

    def _add(self, reading: _List, runs: Runs) -> None:
        """A paragraph of an item: its first one, or one more line of it."""
        if not runs:
            return
        if not reading.is_new and reading.items:
            last = reading.items[-1]
            reading.items[-1] = replace(last, runs=merged([*last.runs, Run("\n"), *runs]))
            return
        reading.items.append(Item(runs, len(reading.ordinals) - 1, reading.ordinals[-1]))
        reading.is_new = False

    def _table(self) -> Iterator[Block]:
        """A table as a list: an item a row, each cell after its column's heading."""
        rows: list[list[Runs]] = []
        while (token := self.tokens[self.at]).type != "table_close":
            self.at += 1
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(inline_runs(token.children or ()))
        self.at += 1
        heads, *body = rows
        items = [Item(_row(heads, cells)) for cells in body] if body else [Item(_row([], heads))]
        items = [item for item in items if item.runs]
        if items:
            yield ItemList(tuple(items))


def _code(token: Token) -> Iterator[Block]:
    """Code, in the language that its first line names; more words there belong to what was said."""
    language, _, more = token.info.strip().partition(" ")
    if text := "\n".join(part for part in (more, token.content.strip("\n")) if part.strip()):
        yield Code(text, language)
    elif language:
        yield Paragraph((Run(language),))


def _first_ordinal(token: Token) -> int | None:
    return int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None


def _flat(blocks: Iterator[Block]) -> Iterator[Inner]:
    """Blocks without quotations: they can't be nested on a platform."""
    for block in blocks:
        if isinstance(block, Quote):
            yield from block.blocks
        else:
            yield block


def _row(heads: list[Runs], cells: list[Runs]) -> Runs:
    """A table's row on one line, its first cell in bold: **Model: A** · Score: 90."""
    runs: list[Run] = []
    for number, (head, cell) in enumerate(zip_longest(heads, cells, fillvalue=())):
        if not plain(cell).strip():
            continue
        labelled = [*head, Run(": "), *cell] if plain(head).strip() else list(cell)
        if number == 0:
            labelled = [replace(run, styles=run.styles | {Style.BOLD}) for run in labelled]
        runs += [Run(" · "), *labelled] if runs else labelled
    return merged([replace(run, text=run.text.replace("\n", " ")) for run in runs])
