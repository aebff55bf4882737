"""What can go wrong at a model server, and what to do about it. Pure: (status, headers, body) -> ServerError.

DOWN SLOW BUSY BROKEN       passes: tried again, after the server's own Retry-After
UNPAID DENIED UNKNOWN       the model is left alone for a while
TOO_LONG CUT_PROMPT         the paper is shortened
FILTERED                    costs one answer
REFUSED                     the server does not take the request: another model is asked
RESTING LATE                not asked at all: left alone just now, or no time left
OVER_BUDGET                 not asked at all: the money is for something else
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from digest.analysis.llm.openai_payloads import ReportedUsage
from digest.analysis.llm.server.error_body import codes_in, limit_in, text_of, wait_in
from digest.analysis.llm.server.server_quirks import server_quirks
from digest.arxiv.retry import retry_after_of
from digest.models.notice import Notice

HOUR = 3600.0


class FaultKind(StrEnum):
    """Kinds of faults; the value is the end of the notice's code."""

    DOWN = "down"
    SLOW = "slow"
    BUSY = "busy"
    BROKEN = "broken"
    UNPAID = "unpaid"
    DENIED = "denied"
    UNKNOWN = "unknown_model"
    TOO_LONG = "too_long"
    CUT_PROMPT = "cut_prompt"
    FILTERED = "filtered"
    REFUSED = "refused"
    RESTING = "resting"
    LATE = "late"
    OVER_BUDGET = "budget_spent"

    @property
    def passes(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self in (FaultKind.DOWN, FaultKind.SLOW, FaultKind.BUSY, FaultKind.BROKEN)


class ModelError(Exception):
    """An answer that did not come. `detail` is for the log: what the server said, without secrets, at most 1,000
    characters. `limit` is the context in tokens, where the fault tells it. `usage` is what it cost all the same."""

    def __init__(
        self,
        trouble: FaultKind,
        model: str,
        detail: str = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
        limit: int | None = None,
        usage: ReportedUsage | None = None,
    ) -> None:
        self.trouble, self.model, self.detail, self.status = trouble, model, detail, status
        self.retry_after, self.limit, self.usage = retry_after, limit, usage
        super().__init__(f"{model}: {trouble}" + (f" ({detail})" if detail else ""))

    @property
    def notice(self) -> Notice:
        return Notice.of(f"llm.{self.trouble}", model=self.model)

    @property
    def rest(self) -> float:
        """Seconds for which the model should be left alone, because asking again soon is of no use."""
        return HOUR if self.trouble in (FaultKind.UNPAID, FaultKind.DENIED, FaultKind.UNKNOWN) else 0.0


def fault_of_status(
    model: str, status: int, headers: Mapping[str, str], body: object, now: datetime, detail: str
) -> ModelError:
    """What an HTTP error means. `detail` is the body's words as they may be logged."""
    text = text_of(body)
    wait = retry_after_of(headers, now)
    if wait is None:
        wait = wait_in(body)
    kind = _kind(status, body, text, wait)
    if kind.passes and headers.get("x-should-retry") == "false":
        kind = FaultKind.REFUSED
    limit = limit_in(text) if kind is FaultKind.TOO_LONG else None
    return ModelError(kind, model, detail, status=status, retry_after=wait, limit=limit)


def _kind(status: int, body: object, text: str, wait: float | None) -> FaultKind:
    codes = frozenset(codes_in(body))
    rules = server_quirks().errors
    matching = (FaultKind(rule.kind) for rule in rules if rule.matches(status, codes, text, wait))
    return next(matching, FaultKind.REFUSED)


def status_of_error(error: Mapping[str, Any]) -> int:
    """The status that an error inside a 200 would have had; 502 where it says nothing."""
    for key in ("status", "code", "status_code"):
        value = str(error.get(key, ""))
        if value.isdecimal() and len(value) == 3 and 400 <= int(value) < 600:
            return int(value)
    as_request = _kind(400, error, text_of(error), None)
    return 502 if as_request is FaultKind.REFUSED else 400
