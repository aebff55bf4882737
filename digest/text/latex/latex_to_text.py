"""LaTeX as it stands in arXiv's titles, abstracts and names -> Unicode text.

Not LaTeX whole: authors write fragments of it in plain prose, where `$5` is money, `%` is a per cent sign and `~5` says
"about". What can't be understood stays as it was written; nothing but markup ever vanishes.
"""

from __future__ import annotations

import re

from digest.text.latex.decoder import LatexDecoder
from digest.text.latex.pieces import Pieces, TextPiece, text_of
from digest.text.unsafe_characters import without_unsafe

__all__ = ["Pieces", "TextPiece", "has_latex", "latex_to_text", "text_pieces"]

_MARKUP = re.compile(r"\\|\$|\{|\}|\^|_|~|`|--|''")


def latex_to_text(text: str) -> str:
    """Raw text as a person reads it: on one line, without control characters, single-spaced. Never raises."""
    return _on_a_line(text_of(text_pieces(text)) if has_latex(text) else text)


def has_latex(text: str) -> bool:
    """Whether anything in a text may be markup."""
    return _MARKUP.search(text) is not None


def text_pieces(text: str) -> Pieces:
    """The readable text in pieces that know where they come from, in the order of reading. Never raises."""
    try:
        return LatexDecoder(text).read(0, len(text), math=False, depth=0)
    except (IndexError, KeyError, ValueError, RecursionError):
        return [TextPiece(text, 0, len(text))]


def _on_a_line(text: str) -> str:
    return " ".join(without_unsafe(text).split())
