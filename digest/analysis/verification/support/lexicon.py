"""Words of `support.toml` in a text, Chinese or English: which concepts a text names, and where.

At each place the longest entry wins, so that 不逊于 is no negation and "at least" no direction.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)?")
_HAN = re.compile(r"[㐀-鿿]")
_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry of the word lists in a text. `concepts` are paths in the file, such as `direction.up`."""

    start: int
    end: int
    text: str
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Entry:
    words: tuple[str, ...]  # English words, the last of which may end in *; or one Chinese phrase
    concept: str


class Lexicon:
    """The word lists, indexed by the first letters of their entries."""

    def __init__(self, entries: Iterable[_Entry]) -> None:
        self._han: defaultdict[str, set[str]] = defaultdict(set)
        self._first: defaultdict[str, list[_Entry]] = defaultdict(list)
        self._stems: defaultdict[str, list[_Entry]] = defaultdict(list)
        for entry in entries:
            first = entry.words[0]
            if _HAN.match(first):
                self._han[first].add(entry.concept)
            elif first.endswith("*"):
                self._stems[first[:-1]].append(entry)
            else:
                self._first[first].append(entry)
        phrases = sorted(map(re.escape, self._han), key=len, reverse=True)  # the longest one first
        self._han_pattern = re.compile("|".join(phrases)) if phrases else None
        self._longest_stem = max(map(len, self._stems), default=0)
        self._starting = lru_cache(maxsize=8192)(self._candidates)

    def hits(self, text: str) -> list[Hit]:
        """Every entry in the text, in order, none inside another."""
        return sorted([*self._english(text), *self._chinese(text)], key=lambda hit: hit.start)

    def _english(self, text: str) -> Iterable[Hit]:
        tokens = _words(text)
        index = 0
        while index < len(tokens):
            if not self._starting(tokens[index][2]):
                index += 1
                continue
            length, concepts = self._longest_at([t[2] for t in tokens[index : index + 6]])
            if length:
                start, end = tokens[index][0], tokens[index + length - 1][1]
                yield Hit(start, end, text[start:end], frozenset(concepts))
            index += max(1, length)

    def _longest_at(self, words: list[str]) -> tuple[int, set[str]]:
        """How many words the longest entry has, whole words before stems, and what it stands for."""
        best, concepts = (0, False), set[str]()
        for entry in self._starting(words[0]):
            rank = len(entry.words), not entry.words[-1].endswith("*")
            if rank < best or rank[0] > len(words) or not all(map(_fits, entry.words, words)):
                continue
            concepts = concepts if rank == best else set()
            best = rank
            concepts.add(entry.concept)
        return best[0], concepts

    def _candidates(self, word: str) -> list[_Entry]:
        """The entries that may begin with a word."""
        ends = range(_SHORTEST_STEM, min(len(word), self._longest_stem) + 1)
        return [*self._first.get(word, ()), *(e for end in ends for e in self._stems.get(word[:end], ()))]

    def _chinese(self, text: str) -> Iterable[Hit]:
        if self._han_pattern is None or not _HAN.search(text):
            return
        for match in self._han_pattern.finditer(text):
            yield Hit(match.start(), match.end(), match.group(), frozenset(self._han[match.group()]))


@lru_cache(maxsize=64)
def _words(text: str) -> list[tuple[int, int, str]]:
    """The English words of a text, with their offsets: the same text is looked at with one list after another."""
    return [(m.start(), m.end(), _plain(m.group())) for m in _WORD.finditer(text)]


def _plain(word: str) -> str:
    word = word.lower().replace("’", "'")
    if word.endswith("n't"):
        return "cannot" if word == "can't" else "not"
    return word.partition("'")[0]


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == word


@cache
def word_lists() -> Mapping[str, Any]:
    """`support.toml`, read once."""
    return tomllib.loads(
        resources.files("digest.analysis.verification.support").joinpath("support.toml").read_text(encoding="utf-8")
    )


@cache
def lexicon(*tables: str) -> Lexicon:
    """The entries of some tables, made once. Tables that are read together compete for the longest entry."""
    return Lexicon(entry for table in tables for entry in _entries(table))


def _entries(path: str) -> Iterable[_Entry]:
    value: Any = word_lists()
    for key in path.split("."):
        value = value[key]
    yield from _flattened(path, value)


def _flattened(path: str, value: Any) -> Iterable[_Entry]:
    if isinstance(value, str):
        for part in re.split(r"[,/\n]", value):
            words = tuple(re.sub(r"(?<=\w)[-'](?=\w)", " ", part.strip().lower()).replace("'", "").split())
            if words:
                yield _Entry(words, path)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _flattened(f"{path}.{number}", item)
    else:
        for key, item in value.items():
            yield from _flattened(f"{path}.{key}", item)


def english_words(text: str) -> list[str]:
    """The English words of the concepts that a Chinese text names: 硬件 -> hardware, gpu, server."""
    words: dict[str, None] = {}
    entries = word_lists()["terms"]["entries"]
    for hit in lexicon("terms").hits(text):
        for concept in sorted(hit.concepts):
            english = str(entries[int(concept.rpartition(".")[2])]).partition("/")[0]
            words |= dict.fromkeys(word.strip().rstrip("*") for word in english.split(","))
    return [word for word in words if len(word) > 2]


@cache
def general_names() -> frozenset[str]:
    """Names that need not stand in the paper, in small letters."""
    return plain_words() | {word.lower() for word in word_lists()["names"]["general"].split()}


@cache
def plain_words() -> frozenset[str]:
    """Words that carry a capital and are no names, in small letters."""
    return frozenset(word.lower() for word in word_lists()["names"]["plain"].split())
