"""Which differences between two words leave a statement as it was.

A quotation may be spelled otherwise (behaviour, behavior), inflected, or mistyped in a word that is nobody's name and
that did not become another word by it.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from rapidfuzz.distance import OSA

from digest.text.tokens import SYMBOLS, is_number
from digest.text.word_lists import confusable, protected, spellings, word_list

_SPELLING_RULES = (
    (re.compile(r"(?<=[a-z]{2})our(?=s|ed|ing|al|able|ite|ful|less|ist|hood|$)"), "or"),
    (re.compile(r"is(?=(?:e|ed|es|ing|er|ers|ation|ations|ational|able|ability)$)"), "iz"),
    (re.compile(r"ys(?=(?:e|ed|es|ing|er|ers)$)"), "yz"),
    (re.compile(r"ll(?=(?:ed|ing|er|ers|ation|ations|ous|ment|ments)$)"), "l"),
    (re.compile(r"(?<=[bcdgtv])re(?=s|d|$)"), "er"),
    (re.compile(r"ogue(?=s|d|$)"), "og"),
    (re.compile(r"ence$"), "ense"),
    (re.compile(r"ae|oe(?!s$)"), "e"),
    (re.compile(r"xion"), "ction"),
)
_SHORTEST_SLIP = 5  # letters: a slip in a shorter word makes another word too easily
_LONG, _VERY_LONG = 7, 10  # letters: from here on one wrong letter, two slips are slips still


@lru_cache(maxsize=4096)
def spelling(word: str) -> str:
    """One form for the British and the American spelling. Only good for comparing: it need not be a word."""
    word = spellings().get(word, word)
    if len(word) > 4:
        for pattern, replacement in _SPELLING_RULES:
            word = pattern.sub(replacement, word)
    return word


def equivalent_words(quoted: str, written: str, vocabulary: Set[str], names: Set[str]) -> bool:
    """Whether a quoted word is the paper's, in another spelling, inflection, or with a slip of the pen.

    `known` are all words of the paper, `names` those that it never writes in small letters: a name is not mistyped.
    """
    if quoted == written:
        return True
    if min(len(quoted), len(written)) < 4 or is_exact(written) or is_exact(quoted):
        return False
    if quoted in word_list("negations") or frozenset((quoted, written)) in confusable():
        return False
    if written in word_list("negations"):
        return sorted(quoted) == sorted(written) and _slip(quoted, written)
    if spelling(quoted) == spelling(written) or _stem(spelling(quoted)) == _stem(spelling(written)):
        return True
    return quoted not in vocabulary and quoted not in protected() and written not in names and _slip(quoted, written)


def is_exact(norm: str) -> bool:
    """Whether a token compares by identity alone: numbers, signs, Chinese characters."""
    return is_number(norm) or norm in SYMBOLS or (len(norm) == 1 and not norm.isascii())


def _stem(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 5:
        return word[:-3] + "y"
    for suffix in ("ing", "ed", "es", "s"):
        stem = word.removesuffix(suffix)
        if stem != word and len(stem) >= 4 and not (suffix == "s" and stem.endswith(("s", "u", "i"))):
            return stem.removesuffix("e")
    return word.removesuffix("e")


def _slip(quoted: str, written: str) -> bool:
    """One slip (two in a very long word) inside the word: letters exchanged, doubled, dropped or, in a long one, wrong.
    The last letters stay as they are, for there `large` becomes `larger`."""
    length = min(len(quoted), len(written))
    if length < _SHORTEST_SLIP or quoted[0] != written[0] or not (quoted + written).isascii():
        return False
    exchanged = sorted(quoted) == sorted(written)
    unchanged = 1 if length >= _LONG else 2
    if not exchanged and quoted[-unchanged:] != written[-unchanged:]:
        return False
    distance = OSA.distance(quoted, written, score_cutoff=2)
    if distance == 1:
        return exchanged or len(quoted) != len(written) or length >= _LONG
    return distance == 2 and length >= _VERY_LONG
