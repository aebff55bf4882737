"""What rules read in a paper's text and an analysis keeps: its results, and what it says about repeating it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ResultCell:
    """A cell as the paper prints it, and its place: the table's label and page, the names of its row and column."""

    text: str
    table: str
    row: str
    column: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One result. `difference` is this paper's value less the baseline's, in points where `in_points`, else in the
    metric's own unit; `relative` is that in per cent of the baseline, None for a baseline of 0. `is_better`: whether
    the difference is to this paper's advantage. `data_set` and `metric` are empty where the table does not name them.
    """

    data_set: str
    metric: str
    this_paper: ResultCell
    baseline: ResultCell | None = None
    difference: Decimal | None = None
    relative: Decimal | None = None
    in_points: bool = False
    is_better: bool | None = None


class ReproducibilityTopic(StrEnum):
    CODE = "code"
    WEIGHTS = "weights"
    DATA = "data"
    LICENCE = "licence"
    COMPUTE = "compute"
    SEEDS = "seeds"


class Availability(StrEnum):
    """AVAILABLE and PROMISED are the paper's words: whether a link works, nobody looked."""

    AVAILABLE = "available"
    PROMISED = "promised"
    ON_REQUEST = "on request"
    WITHHELD = "withheld"
    STATED = "stated"  # for licence, compute and seeds, which are told rather than given


@dataclass(frozen=True, slots=True)
class ReproducibilityFact:
    """What the paper says on one topic. `detail` is the telling words of `quote`: an address, "8 NVIDIA P100 GPUs",
    "3 seeds"; empty where there are none. `section` is the section's label, `page` counts from 1."""

    topic: ReproducibilityTopic
    availability: Availability
    detail: str
    quote: str
    section: str | None = None
    page: int | None = None
