"""What was looked at, and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.doctor import advice
from bot.doctor.advice import State


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `code` names a fault of `advice.toml`; a thing that is well has none."""

    area: str  # "configuration", "database", "Telegram", …
    state: State
    what: str
    to_do: str = ""
    code: str = ""

    @property
    def document(self) -> dict[str, str]:
        """For `--json`."""
        return {"area": self.area, "state": str(self.state), "code": self.code, "what": self.what, "to_do": self.to_do}


def well(area: str, what: str) -> Finding:
    return Finding(area, State.OK, what)


def skipped(area: str, what: str) -> Finding:
    return Finding(area, State.SKIPPED, what)


def wrong(area: str, code: str, why: str = "") -> Finding:
    what, to_do = advice.advice(code, why)
    return Finding(area, advice.state(code), what, to_do, code)


def worst(findings: Sequence[Finding]) -> State:
    """How it is altogether."""
    order = list(State)
    return max((finding.state for finding in findings), key=order.index, default=State.OK)
