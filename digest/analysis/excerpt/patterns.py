"""The patterns by which an excerpt is chosen: data (`excerpt.toml`), read and compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(
        resources.files("digest.analysis.excerpt").joinpath("patterns.toml").read_text(encoding="utf-8")
    )


@cache
def table(*names: str) -> Mapping[str, Any]:
    """A table of the data, by the names that lead to it."""
    found: Any = _data()
    for name in names:
        found = found[name]
    return dict(found)


@cache
def pattern(*names: str) -> re.Pattern[str]:
    """The expression under these names."""
    return re.compile(table(*names[:-1])[names[-1]], re.IGNORECASE)


@cache
def cues(*names: str) -> Sequence[tuple[float, re.Pattern[str]]]:
    """What phrases are worth, strongest first; none where the table has no such list."""
    found = table(*names[:-1]).get(names[-1], [])
    return sorted(((float(worth), re.compile(p, re.IGNORECASE)) for worth, p in found), key=lambda cue: -cue[0])


@cache
def against(*names: str) -> Sequence[re.Pattern[str]]:
    """Phrases that speak against a sentence."""
    return [re.compile(p, re.IGNORECASE) for p in table(*names[:-1]).get(names[-1], [])]
