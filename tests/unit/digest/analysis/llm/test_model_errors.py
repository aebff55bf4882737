"""What model servers answer in place of an answer: each wording leads to the right action. The texts are made up."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.analysis.llm.capabilities import Capabilities, OutputFormat
from digest.analysis.llm.model_errors import FaultKind, ModelError, fault_of_status
from digest.analysis.llm.server.error_body import limit_in, wait_in
from digest.analysis.llm.server.server_quirks import parse_quirks, server_quirks
from digest.settings import LlmModel

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)


def fault(status: int, body: object, **headers: str) -> ModelError:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return fault_of_status("m", status, names, body, NOW, f"{body}")


TOO_LONG: list[tuple[int, object, int | None]] = [
    (400, "too many tokens: the prompt's total cannot exceed 4081 - received 4204.", 4081),
    (400, {"error": {"message": "This endpoint's maximum context length is 131072 tokens. You sent 140000."}}, 131072),
    (400, {"error": "This model's maximum prompt length is 65536 but the request contains 71234 tokens."}, 65536),
    (400, {"error": {"message": "Your request exceeded model token limit: 8192 (requested: 9000)"}}, 8192),
    (400, {"error": {"message": "prompt token count of 140,000 exceeds the limit of 128,000"}}, 128000),
    (422, {"error": "`inputs` must have less than 1024 tokens. Given: 1234"}, 1024),
    (400, {"message": "input and maximum output tokens (9000) exceeded this model context window limit (8000)."}, 8000),
    (400, {"message": "'max_tokens' is too large: 4096. The max context length is 8192 (4096 > 8192 - 5000)."}, 8192),
    (400, {"message": "input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000"}, 200000),
    (400, {"message": "Prompt length 9000 is greater than max_seq_len 8192"}, 8192),
    (400, {"error": {"type": "exceed_context_size_error", "n_prompt_tokens": 9000, "n_ctx": 4096}}, 4096),
    (400, {"message": "Range of input length should be [1, 30720]"}, 30720),
    (400, {"message": "The prompt has 41k tokens, and the max context is 32k tokens"}, 32000),
    (400, {"message": "输入长度超过限制，最大 8192 tokens，当前 9100"}, 8192),
    (400, {"message": "the max input characters is 20000"}, None),  # characters are no tokens
    (400, {"message": "Input is too long for requested model."}, None),
    (400, {"code": "context_length_exceeded", "message": "no"}, None),
    (413, "<html>Payload Too Large</html>", None),
    (500, {"error": {"message": "input is too large to process"}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "limit"), TOO_LONG)
def test_a_prompt_that_is_too_long_is_known_in_any_words(status: int, body: object, limit: int | None) -> None:
    """So that the paper is shortened, to the limit where one is named, and never to the size of what was sent."""
    error = fault(status, body)

    assert (error.trouble, error.limit) == (FaultKind.TOO_LONG, limit)


KINDS: list[tuple[int, object, FaultKind]] = [
    (400, {"message": "max_completion_tokens (99999) exceeds the maximum output tokens (16384)."}, FaultKind.REFUSED),
    (400, {"message": "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"}, FaultKind.REFUSED),
    (400, {"message": "temperature must be less than or equal to 2"}, FaultKind.REFUSED),
    (400, {"message": "Use a response format that this model supports"}, FaultKind.REFUSED),
    (429, {"type": "exceeded_current_quota_error", "message": "insufficient balance"}, FaultKind.UNPAID),
    (403, {"code": 30001, "message": "Sorry, your account balance is insufficient"}, FaultKind.UNPAID),
    (400, {"error": {"message": "Your credit balance is too low. Please go to Plans & Billing."}}, FaultKind.UNPAID),
    (403, {"error": {"message": "Your team has reached its monthly spending limit."}}, FaultKind.UNPAID),
    (403, {"message": "账户已欠费"}, FaultKind.UNPAID),
    (400, {"error": {"code": "Arrearage", "message": "Access denied"}}, FaultKind.UNPAID),
    (429, {"message": "Rate limit exceeded: 20 requests per minute. Add credits for more."}, FaultKind.BUSY),
    (429, {"message": "请求的并发数过高，充值可提高"}, FaultKind.BUSY),
    (429, {"message": "Too many requests; see our billing page"}, FaultKind.BUSY),
    (429, {"error": {"status": "RESOURCE_EXHAUSTED", "message": "Resource exhausted (check quota)."}}, FaultKind.BUSY),
    (400, [{"error": {"code": 400, "message": "API key expired. Please renew the API key."}}], FaultKind.DENIED),
    (400, {"error": {"code": "invalid_api_key"}}, FaultKind.DENIED),
    (422, {"detail": "Unauthorized"}, FaultKind.DENIED),
    (400, {"error": {"message": "m is not a valid model ID"}}, FaultKind.UNKNOWN),
    (400, {"error": {"message": "The model m is not a valid model"}}, FaultKind.UNKNOWN),
    (400, {"error": {"message": "Model Not Exist"}}, FaultKind.UNKNOWN),
    (403, {"error": {"code": "model_not_found", "message": "no access to model m"}}, FaultKind.UNKNOWN),
    (400, {"error": {"code": "1211", "message": "模型不存在"}}, FaultKind.UNKNOWN),
    (400, {"error": {"message": "The model `m` was retired in May."}}, FaultKind.UNKNOWN),
    (400, {"error": {"message": "Output may be inappropriate", "code": "data_inspection_failed"}}, FaultKind.FILTERED),
    (500, {"error": {"message": "CUDA out of memory"}}, FaultKind.DOWN),
    (599, "", FaultKind.DOWN),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind"), KINDS)
def test_an_innocent_word_does_not_decide(status: int, body: object, kind: FaultKind) -> None:
    """Codes first, then statuses, then words: billing is mentioned in many answers that pass by themselves."""
    assert fault(status, body).trouble is kind


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"error": {"message": "Try again in 14s."}}, 14.0),
        ({"error": {"message": "Please try again in 1m26.4s."}}, 86.4),
        ({"error": {"message": "try again in 7h12m0s"}}, 25_920.0),
        ({"message": "Please wait 30 seconds before retrying."}, 30.0),
        ({"message": "Quota exceeded. Retry after 2 minutes."}, 120.0),
        ({"message": "请在 30 秒后重试"}, 30.0),
        ({"error": {"retry_after": 12}}, 12.0),
        ({"error": {"metadata": {"retry_after_seconds": "7.5"}}}, 7.5),
        ({"retry_after_ms": 250}, 0.25),
        ([{"error": {"details": [{"retryDelay": "34s"}]}}], 34.0),
        ({"error": "m is loading", "estimated_time": 20.0}, 20.0),
        ({"retry_after": 10**19}, 86_400.0),
        ({"message": "Slow down."}, None),
        ({"message": "Try again later."}, None),
        ({"retry_after": None}, None),
    ],
)
def test_the_pause_in_a_body_is_read(body: object, seconds: float | None) -> None:
    """Under a key of its own, or in words; a day at most."""
    assert wait_in(body) == (None if seconds is None else pytest.approx(seconds))


def test_a_header_goes_before_the_words() -> None:
    """It is meant for programs."""
    assert fault(429, {"message": "Try again in 14s."}, retry_after="3").retry_after == 3.0


def test_a_429_that_names_a_pause_passes_by_itself() -> None:
    """Whatever it says of money; a quota that is known by its code does not."""
    words = "You exceeded your current quota, please check your plan and billing details."

    assert fault(429, {"message": f"{words} Please retry in 9s."}).trouble is FaultKind.BUSY
    assert fault(429, {"message": words}).trouble is FaultKind.UNPAID
    assert fault(429, {"code": "insufficient_quota", "message": f"{words} Retry in 9s."}).trouble is FaultKind.UNPAID


FIRST = Capabilities.first(LlmModel(model="m"))


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (400, "System messages are not supported by this model", {"system": False}),
        (500, "Conversation roles must alternate user/assistant", {"system": False}),
        (400, "Developer instruction is not enabled for models/m", {"system": False}),
        (400, "'response_format.type' must be 'json_object' or 'text'", {"format": OutputFormat.JSON_OBJECT}),
        (400, "responseMimeType is not supported", {"format": OutputFormat.JSON_OBJECT}),
        (400, "Use 'max_completion_tokens' instead of 'max_tokens'.", {"limit": "max_completion_tokens"}),
        (422, "extra fields not permitted: stream_options", {"stream_usage": False}),
        (400, "no", {"format": OutputFormat.JSON_OBJECT}),
    ],
)
def test_a_refusal_gives_up_what_it_names(status: int, message: str, expected: dict[str, Any]) -> None:
    """Where it names nothing, the format: some servers refuse it without a word."""
    changed = FIRST.without_refused(fault(status, {"error": {"message": message}}))

    assert changed is not None
    assert {name: getattr(changed, name) for name in expected} == expected


def test_a_refusal_without_words_costs_four_requests_at_most() -> None:
    """Three formats, then no system message."""
    dialects = [FIRST]
    while (weaker := dialects[-1].without_refused(fault(400, "no"))) is not None:
        dialects.append(weaker)

    assert [(d.format, d.system) for d in dialects] == [
        (OutputFormat.JSON_SCHEMA, True), (OutputFormat.JSON_OBJECT, True), (OutputFormat.TEXT, True),
        (OutputFormat.TEXT, False)
    ]  # fmt: skip


def test_a_new_servers_habit_is_one_row() -> None:
    """Of data: no code knows a server by name."""
    row = {"kind": "unpaid", "statuses": [418], "codes": ["tea_is_out"]}
    table = {
        "errors": [row],
        "limits": {"is_limit": ["max"], "is_sent": ["got"], "after": "max", "is_sum": "\\+", "not_tokens": "char"},
        "waits": {"keys": "wait", "words": []},
        "refusals": [], "finishes": [],
        "usage": dict.fromkeys(("places", "prompt", "completion", "total", "cached", "beside_prompt"), ()),
        "thoughts": {"mark": "<x>", "names": "x", "closes": "^</"},
    }  # fmt: skip

    assert parse_quirks(table).errors[0].matches(418, frozenset({"tea_is_out"}), "", None)


def test_every_row_names_something_that_exists() -> None:
    """A typing error in the table is found here."""
    quirks = server_quirks()

    assert {rule.kind for rule in quirks.errors} <= set(FaultKind)
    assert {rule.field for rule in quirks.refusals} <= set(Capabilities.__dataclass_fields__)
    assert {finish for _, finish in quirks.finishes} == {"filter", "length", "again"}
    assert all(code == code.lower() for rule in quirks.errors for code in rule.codes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=20,
)


@given(st.integers(400, 599), JSON)
def test_no_body_is_too_odd(status: int, body: object) -> None:
    """Whatever it holds, the error is of a kind, and numbers are within bounds."""
    error = fault(status, body)

    assert error.trouble in FaultKind
    assert error.retry_after is None or 0 <= error.retry_after <= 86_400


@given(st.integers(512, 2_000_000), st.integers(1, 2_000_000))
def test_the_size_of_what_was_sent_is_no_limit(limit: int, more: int) -> None:
    """In whichever order the two are named."""
    sent = limit + more

    assert limit_in(f"the maximum context length is {limit} tokens, but you requested {sent} tokens") == limit
    assert limit_in(f"you sent {sent} tokens; the limit is {limit}") == limit
    assert limit_in(f"your prompt contains {sent} tokens") is None
