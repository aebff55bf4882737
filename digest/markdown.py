"""Markdown that a model wrote -> the Document tree.

CommonMark with tables, strikethrough and formulas, as models write it: emphasis works beside Chinese, where there are
no spaces; an indented line is no code; HTML is text; a table becomes a list. Links are kept only as runs with their
address. No text is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import zip_longest
from textwrap import dedent

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

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
from digest.latex import formula, is_formula, printable

MAX_NESTING = 60
DEEPEST_HEADING = 3

_STYLES = {"strong": Style.BOLD, "em": Style.ITALIC, "s": Style.STRIKE}
_UNSPACED = (
    "\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
_CHINESE = re.compile(f"[{_UNSPACED}]")  # and Japanese: written without spaces
_CJK = re.compile(f"[{_UNSPACED}\u1100-\u11ff\uac00-\ud7af]")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WEB = ("http://", "https://")


def to_blocks(markdown: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text. Never raises; what nests absurdly deep comes as plain paragraphs."""
    text = dedent(printable(markdown).expandtabs(4))
    try:
        tokens = _parser().parse(text)
    except RecursionError:
        return _plain_paragraphs(text)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        return _plain_paragraphs(text)
    return tuple(_Reader(tokens).blocks())


def _plain_paragraphs(text: str) -> tuple[Block, ...]:
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return tuple(Paragraph((Run(paragraph),)) for paragraph in paragraphs if paragraph)


@cache
def _parser() -> MarkdownIt:
    """References and underlined headings are off because models mean something else by them: a footnote, a rule."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"]).disable(["code", "reference", "lheading"])
    parser.use(dollarmath_plugin, allow_space=False, double_inline=True, allow_labels=False, allow_blank_lines=False)
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.inline.ruler.at("strikethrough", _emphasis)
    parser.inline.ruler.before("escape", "bracketed_math", _bracketed_math)
    return parser


# --- rules of our own -------------------------------------------------------------------------------------------


def _emphasis(state: StateInline, silent: bool) -> bool:
    """A run of `*`, `_` or `~~` as delimiters that may open or close emphasis; markdown-it pairs them afterwards.

    CommonMark lets a run close after punctuation only before a space or punctuation. Chinese has no spaces, so beside
    a Chinese, Japanese or Korean character that condition falls.
    """
    marker = state.src[state.pos]
    if silent or marker not in "*_~":
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    size = 2 if marker == "~" else 1
    length = end - state.pos
    if length < size:
        return False
    opens, closes = _flanks(state.src[state.pos - 1] if state.pos else " ", (state.src[end:] or " ")[0], marker)
    if length % size:
        state.push("text", "", 0).content = marker
    for _ in range(length // size):
        state.push("text", "", 0).content = marker * size
        limit = length if size == 1 else 0  # the length counts for `*` only: CommonMark's rule of three
        state.delimiters.append(Delimiter(ord(marker), limit, len(state.tokens) - 1, -1, opens, closes))
    state.pos = end
    return True


def _flanks(before: str, after: str, marker: str) -> tuple[bool, bool]:
    """Whether a run between two characters may open, and may close."""
    space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    sign_before, sign_after = _is_sign(before), _is_sign(after)
    is_free = marker != "_" and bool(_CJK.match(before) or _CJK.match(after))
    left = not space_after and (not sign_after or space_before or sign_before or is_free)
    right = not space_before and (not sign_before or space_after or sign_after or is_free)
    if marker != "_":
        return left, right
    return left and (not right or sign_before), right and (not left or sign_after)


def _is_sign(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _bracketed_math(state: StateInline, silent: bool) -> bool:
    r"""`\(…\)` and `\[…\]`, as models like to write formulas."""
    closing = {r"\(": r"\)", r"\[": r"\]"}.get(state.src[state.pos : state.pos + 2])
    end = state.src.find(closing, state.pos + 2, state.posMax) if closing else -1
    if end < 0 or not state.src[state.pos + 2 : end].strip():
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = state.src[state.pos + 2 : end]
        token.markup = state.src[state.pos : state.pos + 2]
    state.pos = end + 2
    return True


# --- tokens -> blocks -------------------------------------------------------------------------------------------


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
                yield Paragraph((_math(token.content),))

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
            reading.items[-1] = replace(last, runs=_merged([*last.runs, Run("\n"), *runs]))
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
    return _merged([replace(run, text=run.text.replace("\n", " ")) for run in runs])


# --- tokens -> runs ---------------------------------------------------------------------------------------------


def inline_runs(tokens: Sequence[Token]) -> Runs:
    """The runs of a line of inline tokens."""
    runs: list[Run] = []
    styles: list[Style] = []
    urls: list[str | None] = []
    for number, token in enumerate(tokens):
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind in _STYLES:
            styles.append(_STYLES[kind]) if token.nesting > 0 else styles.pop()
        elif token.type == "link_open":
            urls.append(_web_address(str(token.attrs.get("href", ""))))
        elif token.type == "link_close":
            urls.pop()
        else:
            made = _run(token, _char_before(runs), _char_after(tokens[number + 1 :]))
            runs.append(replace(made, styles=made.styles | set(styles), url=urls[-1] if urls else made.url))
    return _stripped(_merged(runs))


def _run(token: Token, before: str, after: str) -> Run:
    match token.type:
        case "code_inline":
            return Run(token.content, frozenset({Style.CODE}))
        case "math_inline" | "math_inline_double":
            if token.markup.startswith("$") and not is_formula(token.content):
                return Run(f"{token.markup}{token.content}{token.markup}")
            return _math(token.content)
        case "softbreak":
            return Run("" if _CHINESE.match(before) and _CHINESE.match(after) else " ")
        case "hardbreak":
            return Run("\n")
        case "image":
            return Run(token.content or "🖼", url=_web_address(str(token.attrs.get("src", ""))))
    return Run(_LINE_BREAK.sub("\n", token.content))


def _math(source: str) -> Run:
    source = source.strip()
    return Run(formula(source) or source, math=source)


def _web_address(url: str) -> str | None:
    return url if url.lower().startswith(_WEB) else None


def _char_before(runs: list[Run]) -> str:
    return next((run.text[-1] for run in reversed(runs) if run.text), " ")


def _char_after(tokens: Sequence[Token]) -> str:
    return next((token.content[0] for token in tokens if token.content), " ")


def _merged(runs: Sequence[Run]) -> Runs:
    """Neighbours in the same style as one; formulas stay apart."""
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        if not run.text:
            continue
        if last and (last.styles, last.url, last.math, run.math) == (run.styles, run.url, None, None):
            merged[-1] = replace(last, text=last.text + run.text)
        else:
            merged.append(run)
    return tuple(merged)


def _stripped(runs: Runs) -> Runs:
    """Without white space at both ends."""
    left = list(runs)
    while left and not left[0].text.lstrip():
        left.pop(0)
    while left and not left[-1].text.rstrip():
        left.pop()
    if left:
        left[0] = replace(left[0], text=left[0].text.lstrip())
        left[-1] = replace(left[-1], text=left[-1].text.rstrip())
    return tuple(left)
