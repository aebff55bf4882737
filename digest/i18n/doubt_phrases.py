"""Doubts in the reader's words: what to compare with what, never that a statement is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from digest.i18n.translator import Translator
from digest.models.analysis import Doubt, DoubtCode

_LONGEST = 24  # characters of a word shown
_WHOLE = frozenset({DoubtCode.UNRELATED, DoubtCode.ORIGIN})  # the kind says it all


def doubt_mark(doubts: Sequence[Doubt], texts: Translator) -> str:
    """The mark behind a statement: its first doubt, with the words. Empty where there is none."""
    return texts("evidence.doubt", doubt=doubt_text(doubts[0], texts)) if doubts else ""


def doubt_lines(doubts: Sequence[Doubt], texts: Translator) -> list[str]:
    """Every doubt in a line."""
    return [texts("doubt.line", doubt=doubt_text(doubt, texts)) for doubt in doubts]


def doubt_text(doubt: Doubt, texts: Translator) -> str:
    """What to compare: the kind, the statement's words and the quotation's."""
    kind = texts(f"doubt.{doubt.code.value}")
    ours, theirs = _short(doubt.statement), _short(doubt.quotation)
    if doubt.code in _WHOLE or not (ours or theirs):
        return kind
    form = "both" if ours and theirs else "statement" if ours else "quotation"
    return texts(f"doubt.words.{form}", kind=kind, statement=ours, quotation=theirs)


def _short(words: str) -> str:
    plain = " ".join(words.translate(_BRACKETS).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1].rstrip() + "…"


_BRACKETS = str.maketrans("〔〕[]", "（）()")  # a mark ends at its bracket
