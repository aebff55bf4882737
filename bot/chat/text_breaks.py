"""Where a text may be cut, whatever platform it is for: after a sentence, at white space, between characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import IntEnum

WORD_JOINER = "\u2060"


class BreakRank(IntEnum):
    """How good a place is to cut at, best first."""

    SECTION = 0
    PARAGRAPH = 1
    SENTENCE = 2


# A better place is taken although less fits into the piece, but not if the piece became shorter than this share.
_AT_LEAST = {BreakRank.SECTION: 0.25, BreakRank.PARAGRAPH: 0.5, BreakRank.SENTENCE: 0.5}
_SPACE_AT_LEAST = 0.5

_CLOSERS = "\"'”’」』）)】》\\]"
_REFERENCE = r"(?: ?[〔\[][^〔〕\[\]\n]{1,110}[〕\]])*"  # the place in the paper that a statement ends with
_CHINESE_END = re.compile(rf"[。！？；…]+[{_CLOSERS}]*{_REFERENCE}")
_LATIN_END = re.compile(rf"[.!?;][{_CLOSERS}]*{_REFERENCE}\s+(?=[^\s\da-z])")
_ABBREVIATION = re.compile(r"(?:\b(?:al|cf|vs|Fig|Figs|Eq|Eqs|Sec|Tab|Ref|No|Dr|Prof|St|resp|approx)|\b\w|\.\w)\.$")
_SPACE = re.compile(r"\s+|[，、：]")


def sentence_ends(text: str) -> dict[int, BreakRank]:
    """The places after a sentence of Chinese or Latin script, with its closing quotes and references."""
    ends = {match.end(): BreakRank.SENTENCE for match in _CHINESE_END.finditer(text)}
    for match in _LATIN_END.finditer(text):
        if not _ABBREVIATION.search(text, max(0, match.start() - 12), match.start() + 1):
            ends[match.end()] = BreakRank.SENTENCE
    return ends


def best_break(text: str, breaks: Mapping[int, BreakRank], start: int, end: int) -> int:
    """The best place to cut at in (start, end], with those that are known to be good and white space between."""
    for rank in BreakRank:
        least = start + max(1, int((end - start) * _AT_LEAST[rank]))
        position = max((p for p, r in breaks.items() if r is rank and least <= p <= end), default=None)
        if position is not None:
            return position
    least = start + max(1, int((end - start) * _SPACE_AT_LEAST))
    spaces = [match.end() for match in _SPACE.finditer(text, least, end)]
    return spaces[-1] if spaces else _between_characters(text, start, end)


def _between_characters(text: str, start: int, end: int) -> int:
    """The last place up to `end` that does not tear a character from its marks."""
    position = end
    while position > start + 1 and (
        _clings(text[position : position + 1]) or text[position - 1] in ("\u200d", WORD_JOINER)
    ):
        position -= 1
    return position if position > start + 1 else end


def _clings(char: str) -> bool:
    """Whether a character belongs to the one before it."""
    return bool(char) and (unicodedata.category(char) in ("Mn", "Me", "Mc") or char in ("\u200d", WORD_JOINER))
