"""A statement beside its quotation, each taken apart once for all rules: words, names, numbers, size."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

from digest.analysis.verification.numbers import statement_quantities
from digest.analysis.verification.support.lexicon import Hit, lexicon
from digest.text.quantities import quantities
from digest.text.units import Quantity

LENGTH_GATE = 1.2  # a statement longer than this many quotations says more than one thing
_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[A-Za-z0-9]+(?:['’.-][A-Za-z0-9]+)*")
_NAME = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]*(?:[-–_.+/@][A-Za-z0-9]+)*\+?")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;。！？：；(“\"]|\n)\s*$")
_BREAK = re.compile(
    r"[,;:，；：。!?！？、]|\.(?=\s|$)|\b(?:but|while|whereas|although|though|yet|and)\b|但|而|却|尽管|虽然|并且|且|并"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f​-‏⁠﻿]")
_RAISED = re.compile(r"(?<=\d)[⁻⁺]?[⁰¹²³⁴-⁹]+")  # which folding would make a digit among others
_PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_MAX_LENGTH = 4000  # characters: nobody's statement is longer
_CITATION = re.compile(
    r"\[\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*\]|\((?:Fig|Tab|Sec|Figure|Table|Section|Eq|Appendix)[^()]{0,30}\)"
)
_POINTER = re.compile(
    r"\b(?:Fig(?:ure)?s?|Tab(?:le)?s?|Sec(?:tion)?s?|Eqn?s?|Equations?|Appendix)\b\.?\s*\(?[\dA-Z]+(?:\.\d+)*\)?"
)


def normalised(text: str) -> str:
    """A text as the rules read it: full width folded, control characters and what only points to places left out."""
    text = _RAISED.sub(lambda match: "^" + match.group().translate(_PLAIN_DIGITS), text)
    folded = _CONTROL.sub(
        "", unicodedata.normalize("NFKC", text[:_MAX_LENGTH]) if not text.isascii() else text[:_MAX_LENGTH]
    )
    return _blank(_POINTER, _blank(_CITATION, folded))


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


@dataclass(frozen=True)
class Name:
    """A name, acronym, data set, model: Latin letters with a capital or a digit among them."""

    text: str
    start: int
    end: int
    leads: bool  # it begins a sentence, where any word has a capital

    @property
    def key(self) -> str:
        """What two spellings of the same name share."""
        return re.sub(r"[^a-z0-9+@]", "", self.text.lower())


@dataclass(frozen=True)
class Wording:
    """One text, taken apart when it is asked for."""

    text: str

    @cached_property
    def size(self) -> float:
        """Words, a Chinese character for 1/1.7 of one."""
        return len(_HAN.findall(self.text)) / 1.7 + len(_WORD.findall(self.text))

    @cached_property
    def is_chinese(self) -> bool:
        return _HAN.search(self.text) is not None

    def hits(self, *tables: str) -> list[Hit]:
        """The entries of those word lists; every table competes for the longest entry at a place."""
        if tables not in self._hits:
            self._hits[tables] = lexicon(*tables).hits(self.text)
        return self._hits[tables]

    @cached_property
    def _hits(self) -> dict[tuple[str, ...], list[Hit]]:
        return {}

    def named(self, concept: str, *tables: str) -> list[Hit]:
        """The hits of one concept, where `tables` are read together."""
        return [hit for hit in self.hits(*(tables or (concept,))) if concept in hit.concepts]

    @cached_property
    def names(self) -> list[Name]:
        return [n for m in _NAME.finditer(self.text) if (n := self._name(m)) is not None]

    def _name(self, match: re.Match[str]) -> Name | None:
        text = match.group()
        if text.endswith(("'s", "’s")):
            text = text[:-2]
        leads = _SENTENCE_START.search(self.text[: match.start()]) is not None
        has_form = re.search(r".[A-Z]|[A-Za-z][-.]?\d", text) is not None
        is_capital = text[0].isupper() and len(text) > 1
        return Name(text, match.start(), match.start() + len(text), leads) if has_form or is_capital else None

    @cached_property
    def quantities(self) -> list[Quantity]:
        return statement_quantities(self.text)

    @cached_property
    def quoted_quantities(self) -> list[Quantity]:
        return quantities(self.text)

    @cached_property
    def breaks(self) -> list[int]:
        """Where clauses end."""
        return [m.start() for m in _BREAK.finditer(self.text) if not self._inside_number(m.start())]

    def _inside_number(self, at: int) -> bool:
        return self.text[at] in ".," and self.text[at - 1 : at].isdigit() and self.text[at + 1 : at + 2].isdigit()

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [m.start() for m in re.finditer(r"[.!?](?=\s)|[。！？；;\n]", self.text)]

    def sentence(self, position: int) -> int:
        """The number of the sentence that an offset falls into."""
        return sum(end <= position for end in self._sentence_ends)

    def clause(self, position: int) -> int:
        """The number of the clause that an offset falls into."""
        return sum(b <= position for b in self.breaks)


@dataclass(frozen=True)
class Pair:
    """A statement and the quotation that should bear it out. `around` is the quotation with its paragraph."""

    statement: Wording
    quotation: Wording
    around: Wording
    proper: Set[str] = frozenset()  # words that the paper always writes with a capital

    @cached_property
    def is_short(self) -> bool:
        """Whether the statement says no more things than its quotation, so that their negations can be compared."""
        return self.statement.size <= LENGTH_GATE * self.quotation.size
