"""Words for the full-text index, and a person's words as a query that can't break it. Pure.

The index takes a run of letters as a word. Chinese and Japanese write no spaces, so each of their characters becomes
a word of its own, and a word of several characters is found as a phrase.
"""

from __future__ import annotations

import re
import unicodedata

from digest.latex import readable

MOST_WORDS = 20  # of a query; the rest is passed over

_MARKUP = re.compile(r"\$[^$]{1,200}\$|\\\S+")  # read piece by piece: a whole abstract takes a millisecond
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff])")
_PART = re.compile(r'"([^"]*)"|(\S+)')
_HAS_WORD = re.compile(r"[^\W_]")


def indexable(text: str) -> str:
    """The text as it stands in the index: LaTeX made readable, letters in plain forms, unspaced scripts spaced."""
    text = _MARKUP.sub(lambda piece: readable(piece[0]), text)
    if text.isascii():
        return text
    return _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFKC", text))


def query(words: str, *, prefix: bool = False) -> str:
    """A query of FTS5 for papers with all these words; what stands in quotes is a phrase. Empty if there is no word.

    With `prefix` the words may go on: `transf` finds transformers.
    """
    parts = [indexable(phrase or word) for phrase, word in _PART.findall(words.replace("\0", " "))]
    quoted = ['"' + part.replace('"', '""') + '"' for part in parts if _HAS_WORD.search(part)]
    return " AND ".join(part + "*" * prefix for part in quoted[:MOST_WORDS])
