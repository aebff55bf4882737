"""Lists of words, by what they do to a statement: data (`words.toml`), read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("digest.text").joinpath("word_lists.toml").read_text(encoding="utf-8"))


@cache
def word_list(name: str) -> frozenset[str]:
    """The list of that name; `sentences.starters` is the list `starters` of the table `sentences`."""
    entry: Any = _lists()
    for key in name.split("."):
        entry = entry[key]
    return frozenset(entry.split())


@cache
def protected() -> frozenset[str]:
    """What a quotation may not leave out: words that turn, limit or grade what is said."""
    return word_list("negations") | word_list("limits")


@cache
def confusable() -> frozenset[frozenset[str]]:
    """Pairs of words that look like slips of one another and are not."""
    groups = [group.split() for group in _lists()["confusable"]]
    return frozenset(
        frozenset((first, second)) for group in groups for first in group for second in group if first != second
    )


@cache
def spellings() -> Mapping[str, str]:
    """British spelling -> American, where no rule covers it."""
    spelling_table: Mapping[str, str] = _lists()["spellings"]
    return spelling_table
