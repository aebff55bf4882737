"""Words for the full-text index, and a person's words as a query that can't break it. Pure.

The index takes a run of letters as a word. Chinese and Japanese write no spaces, so each of their characters becomes
a word of its own, and a word of several characters is found as a phrase.
"""

from __future__ import annotations

import re

from digest.text.folding import spell_out
from digest.text.latex.latex_to_text import latex_to_text

MOST_WORDS = 20  # of a query; the rest is passed over
SHORTEST_PREFIX = 4

_COMMON = "a an and are as at by for from in is of on or that the to we with"
COMMON = frozenset(_COMMON.split())  # these say nothing beside other words

_MARKUP = re.compile(r"\$[^$]{1,200}\$|\\\S+")  # read piece by piece: a whole abstract takes a millisecond
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff])")
_QUOTES = str.maketrans("“”„«»＂「」『』", '""""""""""')
_PART = re.compile(
    r'"([^"]*)"|([^\s,;:!?&|()（），。；：、！？…"]+)'
)  # these signs part words; hyphens and slashes join them
_HAS_WORD = re.compile(r"[^\W_]")


def fts_text(text: str) -> str:
    """The text as it stands in the index: LaTeX made readable, letters in plain forms, unspaced scripts spaced."""
    text = _MARKUP.sub(lambda piece: latex_to_text(piece[0]), text)
    if text.isascii():
        return text
    return _UNSPACED.sub(r" \1 ", spell_out(text))


def fts_query(words: str, *, prefix: bool = False) -> str:
    """A query of FTS5 for papers with all these words; what stands in quotes is a phrase. Empty if there is no word.

    With `prefix` the last word may go on, `vision transf` finds vision transformers; empty if it is too short for that.
    """
    terms = [
        (phrase or word, bool(phrase)) for phrase, word in _PART.findall(words.replace("\0", " ").translate(_QUOTES))
    ]
    parts = [fts_text(text) for text, is_phrase in terms if is_phrase or text.lower() not in COMMON]
    parts = [part for part in parts or [fts_text(text) for text, _ in terms] if _HAS_WORD.search(part)][:MOST_WORDS]
    if prefix and (not parts or len(parts[-1]) < SHORTEST_PREFIX):
        return ""
    quoted = ['"' + part.replace('"', '""') + '"' for part in parts]
    return " AND ".join(quoted) + "*" * prefix
