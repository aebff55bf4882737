"""What was looked at, and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.console import advice
from bot.console.advice import CheckState


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at. `code` names a fault of `advice.toml`; a thing that is well has none."""

    area: str  # "configuration", "database", "Telegram", …
    state: CheckState
    subject: str
    to_do: str = ""
    code: str = ""

    @property
    def document(self) -> dict[str, str]:
        """For `--json`."""
        return {
            "area": self.area,
            "state": str(self.state),
            "code": self.code,
            "what": self.subject,
            "to_do": self.to_do,
        }


def passed(area: str, subject: str) -> CheckResult:
    return CheckResult(area, CheckState.OK, subject)


def skipped(area: str, subject: str) -> CheckResult:
    return CheckResult(area, CheckState.SKIPPED, subject)


def failed(area: str, code: str, why: str = "") -> CheckResult:
    subject, to_do = advice.advice(code, why)
    return CheckResult(area, advice.check_state(code), subject, to_do, code)


def worst_state(findings: Sequence[CheckResult]) -> CheckState:
    """How it is altogether."""
    order = list(CheckState)
    return max((finding.state for finding in findings), key=order.index, default=CheckState.OK)
