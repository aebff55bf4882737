"""What a benchmark gives: figures with their goals, and how spread is told."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `met` None: there is no goal, or it could not be measured; `note` says why, or how."""

    what: str
    value: str
    goal: str = ""
    met: bool | None = None
    note: str = ""


def seconds(work: Callable[[], object]) -> float:
    """Of wall time."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def spread(values: Sequence[float], unit: str = "", digits: int = 2) -> str:
    """The median, and from least to most."""
    middle, least, most = statistics.median(values), min(values), max(values)
    if len(values) == 1:
        return f"{middle:,.{digits}f}{unit}"
    return f"{middle:,.{digits}f}{unit} ({least:,.{digits}f}–{most:,.{digits}f})"


def p95(values: Sequence[float]) -> float:
    """Of 100 values, 95 are at most this."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def skipped(what: str, why: str, goal: str = "") -> Figure:
    """A row for what could not be measured here."""
    return Figure(what, "not measured", goal, None, why)
