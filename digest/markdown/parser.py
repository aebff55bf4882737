"""The parser: CommonMark as models write it, with rules of our own for emphasis and formulas."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from mdit_py_plugins.dollarmath import dollarmath_plugin

MAX_NESTING = 60

_UNSPACED = (
    "\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
CHINESE = re.compile(f"[{_UNSPACED}]")  # and Japanese: written without spaces
CJK = re.compile(f"[{_UNSPACED}\u1100-\u11ff\uac00-\ud7af]")


@cache
def parser() -> MarkdownIt:
    """References and underlined headings are off because models mean something else by them: a footnote, a rule."""
    made = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    made.enable(["table", "strikethrough"]).disable(["code", "reference", "lheading"])
    made.use(dollarmath_plugin, allow_space=False, double_inline=True, allow_labels=False, allow_blank_lines=False)
    made.inline.ruler.at("emphasis", _emphasis)
    made.inline.ruler.at("strikethrough", _emphasis)
    made.inline.ruler.before("escape", "bracketed_math", _bracketed_math)
    return made


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
    is_free = marker != "_" and bool(CJK.match(before) or CJK.match(after))
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
