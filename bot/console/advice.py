"""Every fault that the doctor knows, from `advice.toml`. The set-up uses the same words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources


class CheckState(StrEnum):
    """How it is, the worst last. SKIPPED: it could not be looked at, because something before it is at fault, or is
    not wanted."""

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    FAULT = "fault"


@cache
def known_faults() -> Mapping[str, Mapping[str, str]]:
    """Code -> `state`, `what` is wrong, what `to_do`."""
    return tomllib.loads((resources.files(__package__) / "advice.toml").read_text(encoding="utf-8"))


def check_state(code: str) -> CheckState:
    return CheckState(known_faults()[code]["state"])


def advice(code: str, why: str = "") -> tuple[str, str]:
    """What is wrong, and what mends it."""
    problem, to_do = (known_faults()[code][part].replace("{why}", why) for part in ("what", "to_do"))
    return problem.removesuffix(": "), to_do
