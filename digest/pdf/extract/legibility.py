"""Whether a PDF's text is what its pages show: letters without a map to Unicode, or with a wrong one, are not.

Text of a wrong map has letters and spaces, and is no language. Languages of the Latin and the Cyrillic alphabet
are told from it by their commonest words, and by how often they use each letter; of other alphabets nothing is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import Any

from digest.pdf.extract.page_elements import TextLine

_LEAST_WORDS = 40  # fewer say nothing about a page
_FREQUENT = (" the ", " of ", " and ", " to ", " de ", " la ", " der ", " und ", " и ", " в ")
_FREQUENT_SHARE = 0.05
_COMMON_SHARE = 0.15  # of the words are among the commonest of their language, in most texts that run
_ALIKE = 0.72  # cosine between the letters of a text and those of its alphabet's languages
_UNMAPPED = 0.3  # of the characters
_ACCENTED = 0.4  # of the letters: more than any language of the Latin alphabet writes
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_COMMON = frozenset(
    " ".join(
        (
            "the of and in to is for that with we are by on as be this an it from which at or can not was have has our",
            "der die und das von den mit ist des im für auf ein eine zu nicht sich werden dem als auch",
            "le la les des de et du en un une que est dans pour par sur qui au ne pas nous ce",
            "el los las del y por con para se una como es lo su al os o as e da do dos um uma com não em na no",
            "il di che per della nel sono gli non si van het een voor niet dat aan met zijn te op",
            "i w z jest się nie że je s to pro och att det som en av är på för til af ikke og",
            "ve bir bu ile için olarak ja että của và các là trong được cho với có một những không dan yang",
            "и в на с по что для не из к от как это при мы",
        )
    ).split()
)
# Letters of running text in parts of a thousand: the means of English, French, German, Spanish, Italian and Portuguese,
# and of Russian.
_LATIN = dict(
    zip(
        "eainstrolducmpghfbvqywzkxj",
        (135, 87, 75, 72, 70, 69, 66, 67, 47, 43, 40, 33, 29, 25, 16, 25, 15, 14, 13, 6, 8, 9, 6, 5, 3, 3),
        strict=True,
    )
)
_CYRILLIC = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфё",
        (110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14, 12, 10, 9, 7, 6, 5, 4, 3,  # noqa: E501
         3, 1),
        strict=True,
    )
)  # fmt: skip


def is_illegible(lines: Iterable[TextLine]) -> bool:
    """Whether the text of a page is no language, as that of a wrong map to Unicode; False where there is too little."""
    lines = list(lines)
    text = " ".join(line.text for line in lines)
    if sum(map(text.count, _FREQUENT)) > _FREQUENT_SHARE * text.count(" "):
        return False  # as nearly all pages are, without a closer look
    words = [word.casefold() for line in lines if line.maths < 0.5 for word in _WORD.findall(line.text)]
    joined = "".join(words)
    letters = Counter("".join(map(_folded, words)))
    total = sum(letters.values())
    if len(words) < _LEAST_WORDS and total < 10 * _LEAST_WORDS:
        return False
    latin, cyrillic = sum(letters[c] for c in _LATIN), sum(letters[c] for c in _CYRILLIC)
    if latin + cyrillic < 0.5 * total or sum(word in _COMMON for word in words) >= _COMMON_SHARE * len(words):
        return False
    if latin >= cyrillic and sum(not c.isascii() for c in joined) > _ACCENTED * len(joined):
        return True
    usual = _LATIN if latin >= cyrillic else _CYRILLIC
    return _cosine(letters, usual) < _ALIKE


def _folded(word: str) -> str:
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if c.isalpha())


def _cosine(letters: Mapping[str, int], usual: Mapping[str, int]) -> float:
    product = sum(letters.get(c, 0) * n for c, n in usual.items())
    lengths = sqrt(sum(letters.get(c, 0) ** 2 for c in usual)) * sqrt(sum(n * n for n in usual.values()))
    return product / lengths if lengths else 0.0


def unmapped(blocks: Sequence[Mapping[str, Any]]) -> str:
    """A sample of a page's characters that no map leads to Unicode, where they are many; else nothing."""
    texts = [span["text"] for block in blocks for line in block.get("lines", ()) for span in line["spans"]]
    odd = [text for text in texts if not text.isprintable() or "\ufffd" in text]
    lost = sum(map(_is_unmapped, "".join(odd)))
    total = sum(len(text) - text.count(" ") for text in texts)
    return "".join(odd)[:80] if lost >= 20 and lost > _UNMAPPED * total else ""


def _is_unmapped(letter: str) -> bool:
    return letter == "\ufffd" or unicodedata.category(letter) in ("Co", "Cc")
