"""What a keyword says, as a tree."""

from __future__ import annotations

from dataclasses import dataclass

from digest.models.match import MatchField

TEXT_FIELDS = (MatchField.TITLE, MatchField.ABSTRACT)  # where a phrase is looked for that names no field


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A phrase in one spelling, as `NormalisedText.find` wants it. `words` are its words in order, each as the folded
    keys that it may have in a text: of a quoted `models`, `models` (an acronym's) and `model`."""

    text: str
    exact: bool
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    fields: tuple[MatchField, ...]
    needles: tuple[SearchTerm, ...]


@dataclass(frozen=True, slots=True)
class AuthorTerm:
    """A name in words, the surname last; a single letter is an initial."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CategoryTerm:
    """A category in small letters; with `whole` also every one under it."""

    name: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Node, ...]


Node = Phrase | AuthorTerm | CategoryTerm | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword as it was written, and what it says."""

    text: str
    node: Node
