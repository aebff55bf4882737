"""What a section of a paper is for, and what it is worth to each part of an analysis. Pure; the words are data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any

from digest.models.paper_text import Section, SectionKind

ABSTRACT, BODY, RESULTS, SETUP = "abstract", "body", "results", "setup"
ANY = "any"  # part: what matters to all of them

_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*|[IVX]+)[.):]?\s+", re.IGNORECASE)
_GOES_ON = (
    r"(?=\W*$|\s*[:,;/–—(（：，、]|\s+(?:and|&|of|on|for|in|with|to|from|vs|und|et|y|e)\b|[\u3040-\u30ff\u3400-\u9fff])"
)


def section_kinds(sections: Sequence[Section]) -> list[str]:
    """The kind of each section; a subsection that its title does not tell has that of its section."""
    kinds: list[str] = []
    parents: list[tuple[int, str]] = []
    has_results = any(section.level == 1 and _begins("reports", section) for section in sections)
    for section in sections:
        while parents and parents[-1][0] >= section.level:
            parents.pop()
        inherited = parents[-1][1] if parents else BODY
        kind = section_kind(section) or (BODY if inherited == ABSTRACT else inherited)
        if has_results and section.level == 1 and kind == RESULTS and _begins("tries", section):
            kind = SETUP
        parents.append((section.level, kind))
        kinds.append(kind)
    return kinds


def _begins(words: str, section: Section) -> bool:
    return re.match(_table()[words], _title(section), re.IGNORECASE) is not None


def _title(section: Section) -> str:
    return _NUMBER.sub("", " ".join(section.title.split()).casefold())


def section_kind(section: Section) -> str | None:
    """What a section is for by its title alone: whole words of it, never letters within them. None: no telling."""
    if section.kind is SectionKind.ABSTRACT:
        return ABSTRACT
    title = _title(section)
    return next((kind for kind, pattern in _patterns() if pattern.match(title)), None)


def section_worth(kind: str, part: str = ANY) -> float:
    """What a section of that kind is worth to a part; a part without a table of its own takes what all take."""
    worth = _table()["worth"]
    return float(worth.get(part, worth[ANY])[kind])


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = _table()
    return tuple(
        (row["kind"], re.compile("|".join(_alternatives(row, table["before"])), re.IGNORECASE))
        for row in table["kinds"]
    )


def _alternatives(row: dict[str, str], before: str) -> Iterator[str]:
    if whole := row.get("whole"):
        yield rf"(?:{whole})\W*$"
    if start := row.get("start"):
        yield rf"(?:{before}\s*(?:and\s+)?)*(?<!\w)(?:{start}){_GOES_ON}"
        yield rf"(?:{start}){_GOES_ON}"
    if anywhere := row.get("anywhere"):
        yield rf"(?:.*(?:\b(?:and|&)\s+|[,;:，、与和及]\s*))?(?:{before}\s+)*(?:{anywhere})(?:\b|(?<=[\u3040-\u9fff]))"


@cache
def _table() -> dict[str, Any]:
    source = resources.files(__package__).joinpath("section_focus.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)
