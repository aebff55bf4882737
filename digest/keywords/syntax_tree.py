"""What a keyword says, as a tree."""

from __future__ import annotations

from dataclasses import dataclass

from digest.models.model import Field

TEXT_FIELDS = (Field.TITLE, Field.ABSTRACT)  # where a phrase is looked for that names no field


@dataclass(frozen=True, slots=True)
class Needle:
    """A phrase in one spelling, as `WordText.find` wants it. `words` are its words in order, each as the folded keys
    that it may have in a text: of a quoted `models`, `models` (an acronym's) and `model`."""

    text: str
    exact: bool
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    fields: tuple[Field, ...]
    needles: tuple[Needle, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """A name in words, the surname last; a single letter is an initial."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A category in small letters; with `whole` also every one under it."""

    name: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Node, ...]


Node = Phrase | Author | Category | Not | All | Any


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword as it was written, and what it says."""

    text: str
    node: Node
