"""The spellings in which a phrase may stand in a text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from digest.keywords.syntax_tree import SearchTerm
from digest.text.normalised_text import BREAK, SHORT, NormalisedText, word_links
from digest.text.plurals import AMBIGUOUS, singular

MAX_JOINTS = 4  # hyphens of one phrase that may also be left out


def term_variants(text: str, *, exact: bool) -> Iterator[SearchTerm]:
    """The spellings of a phrase: with its hyphens and, where each allows it, without; over its punctuation or not."""
    words = NormalisedText(text.lower())
    spellings = [(words.exact if exact else words.folded, exact)]
    if not exact:
        if any(len(word) <= SHORT for word in words.exact.split() if singular(word) != word):
            spellings.append((words.exact, True))  # an acronym: SARS
        spellings += ((spelling, False) for spelling in _joined_spellings(text.lower()))
        spellings += _ambiguous_plurals(words)
    known_variants = set()
    for spelling, is_exact in spellings:
        keys = spelling.strip(f" {BREAK}").split()
        for variant_keys in (keys, [key for key in keys if key != BREAK]):
            needle = _needle(variant_keys, is_exact)
            if variant_keys and needle not in known_variants:
                known_variants.add(needle)
                yield needle


def _needle(keys: list[str], exact: bool) -> SearchTerm:
    words = tuple((key,) if not exact or singular(key) == key else (key, singular(key)) for key in keys)
    return SearchTerm(f" {' '.join(keys)} ", exact, words)


def _joined_spellings(text: str) -> Iterator[str]:
    """`spatio-temporal data` also as `spatiotemporal data`."""
    words, links = word_links(text)
    joints = [number for number, link in enumerate(links) if link == "-"][:MAX_JOINTS]
    for joined in product((False, True), repeat=len(joints)):
        merged = {joint for joint, is_joined in zip(joints, joined, strict=True) if is_joined}
        if merged:
            yield NormalisedText(
                "".join(
                    w + ("" if n in merged else s) for n, (w, s) in enumerate(zip(words, [*links, ""], strict=True))
                )
            ).folded


def _ambiguous_plurals(words: NormalisedText) -> Iterator[tuple[str, bool]]:
    """`basis` also as the word `bases`, whose form is otherwise that of `base`; and `bases` also as `basis`."""
    for one, several in AMBIGUOUS.items():
        if f" {one} " in words.exact:
            yield words.exact.replace(f" {one} ", f" {several} "), True
        if f" {several} " in words.exact:
            yield words.folded.replace(f" {singular(several)} ", f" {one} "), False
