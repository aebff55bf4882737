"""Whether the names of a statement stand in the paper at all: data sets, models, metrics, acronyms.

A name may be written with and without hyphens, in the plural, or as the initials of words that the paper repeats.
"""

from __future__ import annotations

import re
from collections import Counter

from digest.analysis.verification.support.lexicon import general_names
from digest.analysis.verification.support.wordings import Name, Wording
from digest.text.paper_index import PaperIndex
from digest.text.tokens import tokenise

_UNITS = re.compile(r"^(?:[KMBGTkmn]?(?:B|Hz|W|s|g|m)|x|pp|dB|[kKMGT]i?B)$")
_OFTEN = 3  # so many times the paper repeats words before their initials are its name for them
_COMMON_WORDS = frozenset(["of", "the", "a", "an", "and", "for", "in", "on", "to", "with", "by"])


def foreign_name(statement: Wording, passages: PaperIndex) -> Name | None:
    """The first name of the statement that the paper does not have. Pure."""
    return next((n for n in statement.names if _counts(n, statement) and not _stands(n, passages)), None)


def _counts(name: Name, statement: Wording) -> bool:
    """Whether the word is a name for sure: a capital inside or a digit, or a capital where none is due."""
    if (
        name.key in general_names()
        or name.text.lower() in general_names()
        or len(name.key) < 2
        or _UNITS.match(name.text)
    ):
        return False
    if re.fullmatch(r"[\dIVXx.]+|[A-Z]\d?", name.text) or statement.text[max(0, name.start - 1) : name.start].isdigit():
        return False
    has_form = re.search(r".[A-Z]|[A-Za-z][-.]?\d", name.text) is not None
    return has_form or not name.leads


def _stands(name: Name, passages: PaperIndex) -> bool:
    norms = tokenise(name.text).norms
    if not norms or all(
        n in passages.words or n.rstrip("s") in passages.words or f"{n}s" in passages.words for n in norms
    ):
        return True
    if re.fullmatch(r"[A-Z]{2,6}s?", name.text):
        return _is_acronym(name.text.rstrip("s").lower(), passages)
    if any(part in general_names() for part in re.split(r"[-–_/]", name.text.lower())):
        name_parts = [p for p in re.split(r"[-–_/]", name.text) if p.lower() not in general_names()]
        return all(w in passages.words for p in name_parts for w in tokenise(p).norms)
    joined = "".join(norms)
    return len(joined) >= 4 and (
        joined in passages.joined_pairs or joined.rstrip("s") in passages.joined_pairs or joined in passages.words
    )


def _is_acronym(letters: str, passages: PaperIndex) -> bool:
    """Whether the paper repeats words with those initials: `language model` for LM."""
    norms, count = passages.tokens.norms, len(letters)
    runs: Counter[tuple[str, ...]] = Counter()
    initials = passages.initials
    at = initials.find(letters)
    while at >= 0:
        run = tuple(norms[at : at + count])
        if _COMMON_WORDS.isdisjoint(run) and all(len(word) > 2 for word in run):
            runs[tuple(w.rstrip("s") for w in run)] += 1
        at = initials.find(letters, at + 1)
    return any(times >= _OFTEN for times in runs.values())
