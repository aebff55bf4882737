"""Inline tokens -> runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from markdown_it.token import Token

from digest.document import Run, Runs, Style
from digest.latex import formula, is_formula
from digest.markdown.parser import CHINESE

_STYLES = {"strong": Style.BOLD, "em": Style.ITALIC, "s": Style.STRIKE}
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WEB = ("http://", "https://")


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
    return _stripped(merged(runs))


def _run(token: Token, before: str, after: str) -> Run:
    match token.type:
        case "code_inline":
            return Run(token.content, frozenset({Style.CODE}))
        case "math_inline" | "math_inline_double":
            if token.markup.startswith("$") and not is_formula(token.content):
                return Run(f"{token.markup}{token.content}{token.markup}")
            return math_run(token.content)
        case "softbreak":
            return Run("" if CHINESE.match(before) and CHINESE.match(after) else " ")
        case "hardbreak":
            return Run("\n")
        case "image":
            return Run(token.content or "🖼", url=_web_address(str(token.attrs.get("src", ""))))
    return Run(_LINE_BREAK.sub("\n", token.content))


def math_run(source: str) -> Run:
    source = source.strip()
    return Run(formula(source) or source, math=source)


def _web_address(url: str) -> str | None:
    return url if url.lower().startswith(_WEB) else None


def _char_before(runs: list[Run]) -> str:
    return next((run.text[-1] for run in reversed(runs) if run.text), " ")


def _char_after(tokens: Sequence[Token]) -> str:
    return next((token.content[0] for token in tokens if token.content), " ")


def merged(runs: Sequence[Run]) -> Runs:
    """Neighbours in the same style as one; formulas stay apart."""
    done: list[Run] = []
    for run in runs:
        last = done[-1] if done else None
        if not run.text:
            continue
        if last and (last.styles, last.url, last.math, run.math) == (run.styles, run.url, None, None):
            done[-1] = replace(last, text=last.text + run.text)
        else:
            done.append(run)
    return tuple(done)


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
