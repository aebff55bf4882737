"""Every fault that the doctor knows, from `advice.toml`. The set-up uses the same words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources


class State(StrEnum):
    """How it is, the worst last. SKIPPED: it could not be looked at, because something before it is at fault, or is
    not wanted."""

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    FAULT = "fault"


@cache
def known() -> Mapping[str, Mapping[str, str]]:
    """Code -> `state`, `what` is wrong, what `to_do`."""
    return tomllib.loads((resources.files(__package__) / "advice.toml").read_text(encoding="utf-8"))


def state(code: str) -> State:
    return State(known()[code]["state"])


def advice(code: str, why: str = "") -> tuple[str, str]:
    """What is wrong, and what mends it."""
    what, to_do = (known()[code][part].replace("{why}", why) for part in ("what", "to_do"))
    return what.removesuffix(": "), to_do
