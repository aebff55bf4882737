"""A function of a text that remembers what it gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LIMIT = 1 << 16  # texts; where there would be more, all are forgotten


def remembered(function: Callable[[str], T]) -> Callable[[str], T]:
    """As `functools.lru_cache`, without the order of use, which costs as much to keep as the answer to look up."""
    return _Remembered(function).__getitem__


class _Remembered(dict[str, T]):
    def __init__(self, function: Callable[[str], T]) -> None:
        self._function = function

    def __missing__(self, text: str) -> T:
        if len(self) >= LIMIT:
            self.clear()
        found = self[text] = self._function(text)
        return found
