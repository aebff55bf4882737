"""The patterns by which an excerpt is chosen: data, read and compiled once.

patterns.toml holds what serves every language (roles of sections, weights) and the English phrases; patterns_fr.toml
and its neighbours hold the phrases of another language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

ENGLISH = "en"
_NEVER = re.compile(r"(?!)")


@cache
def _data(language: str = ENGLISH) -> Mapping[str, Any]:
    name = "patterns.toml" if language == ENGLISH else f"patterns_{language}.toml"
    return tomllib.loads(resources.files("digest.analysis.excerpt").joinpath(name).read_text(encoding="utf-8"))


def _entry(names: Sequence[str], language: str) -> Any:
    """What stands under these names; None where a language has no such entry."""
    entry: Any = _data(language)
    for name in names:
        entry = entry.get(name)
        if entry is None:
            return None
    return entry


@cache
def table(*names: str) -> Mapping[str, Any]:
    """A table of the data that serve every language, by the names that lead to it."""
    return dict(_entry(names, ENGLISH))


@cache
def pattern(*names: str, language: str = ENGLISH) -> re.Pattern[str]:
    """The expression under these names; one that matches nothing where a language has none."""
    expression = _entry(names, language)
    return _NEVER if expression is None else re.compile(expression, re.IGNORECASE)


@cache
def cues(*names: str, language: str = ENGLISH) -> Sequence[tuple[float, re.Pattern[str]]]:
    """What phrases are worth, strongest first; none where the table has no such list."""
    entries = _entry(names, language) or []
    return sorted(((float(worth), re.compile(p, re.IGNORECASE)) for worth, p in entries), key=lambda cue: -cue[0])


@cache
def against(*names: str, language: str = ENGLISH) -> Sequence[re.Pattern[str]]:
    """Phrases that speak against a sentence."""
    return [re.compile(p, re.IGNORECASE) for p in _entry(names, language) or []]
