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

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from digest.analysis.llm.openai_payloads import ReportedUsage
from digest.models.model import Notice

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


# Servers word the same refusal in many ways: OpenAI, vLLM, llama.cpp, llama-cpp-python, gateways.
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|context[ _](?:length|window|size)|maximum (?:context|input|prompt)"
    r"|input_tokens|too many (?:input )?tokens|prompt is too long|input is too long|range of input length",
    re.IGNORECASE,
)
_UNPAID = re.compile(
    r"insufficient[_ ](?:quota|balance|credits?|funds)|exceeded your current quota|billing|arrearage|payment"
    r"|out of credits",
    re.IGNORECASE,
)
_FILTERED = re.compile(
    r"content[_ ]?(?:filter|policy)|data_inspection_failed|responsible ai|safety system", re.IGNORECASE
)
_UNKNOWN = re.compile(
    r"model[_ ]not[_ ](?:found|exist)|model .{0,80}(?:does not exist|not found)|not a chat model", re.IGNORECASE
)
_LIMITS = (
    re.compile(r"maximum (?:context|input|prompt) (?:length|size)[^0-9]{0,20}(\d{3,7})", re.IGNORECASE),
    re.compile(r"context (?:window|size|length)(?: of| is|:| \()[^0-9]{0,12}(\d{3,7})", re.IGNORECASE),
    re.compile(r"n_ctx\W{1,5}(\d{3,7})"),
    re.compile(r"range of input length should be \[\d+, (\d{3,7})\]", re.IGNORECASE),
)


def fault_of_status(
    model: str, status: int, headers: Mapping[str, str], body: object, now: datetime, detail: str
) -> ModelError:
    """What an HTTP error means. `detail` is the body's words as they may be logged."""
    said = f"{body}"
    trouble = _trouble(status, said)
    wait = retry_after(headers, now)
    if trouble.passes and headers.get("x-should-retry") == "false":
        trouble = FaultKind.REFUSED
    limit = _limit(said) if trouble is FaultKind.TOO_LONG else None
    return ModelError(trouble, model, detail, status=status, retry_after=wait, limit=limit)


def _trouble(status: int, said: str) -> FaultKind:
    if status in (400, 413, 422, 500) and _TOO_LONG.search(said):
        return FaultKind.TOO_LONG
    if status == 402 or (status in (400, 403, 429) and _UNPAID.search(said)):
        return FaultKind.UNPAID
    if status in (400, 403, 422) and _FILTERED.search(said):
        return FaultKind.FILTERED
    if status in (401, 403):
        return FaultKind.DENIED
    if status == 404 or (status == 400 and _UNKNOWN.search(said)):
        return FaultKind.UNKNOWN
    if status in (429, 503, 529):
        return FaultKind.BUSY
    if status in (408, 504, 524):
        return FaultKind.SLOW
    if status in (409, 425) or status >= 500:
        return FaultKind.DOWN
    return FaultKind.REFUSED


def _limit(said: str) -> int | None:
    return next((int(m[1]) for pattern in _LIMITS if (m := pattern.search(said))), None)


def status_of_error(error: Mapping[str, Any]) -> int:
    """The status that an error inside a 200 would have had; 502 where it says nothing."""
    for key in ("status", "code", "status_code"):
        value = str(error.get(key, ""))
        if value.isdecimal() and 400 <= int(value) < 600:
            return int(value)
    return 400 if _TOO_LONG.search(str(error)) or _FILTERED.search(str(error)) else 502


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the server asks to wait: `retry-after-ms`, or `Retry-After` as seconds or a date. Never negative."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        try:
            seconds = float(value) * unit
        except ValueError:
            continue
        if seconds == seconds:  # not NaN
            return max(0.0, min(seconds, 1e9))
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
