"""Why a paper is in an edition."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MatchField(StrEnum):
    TITLE = "title"
    ABSTRACT = "abstract"
    AUTHORS = "authors"
    CATEGORIES = "categories"


@dataclass(frozen=True, slots=True)
class Match:
    """Why a paper is in an edition. `start` and `end` are offsets of code points into the field as arXiv gave it
    (authors and categories: joined with ", "), and `text` is what stands there."""

    keyword: str
    field: MatchField
    start: int
    end: int
    text: str
