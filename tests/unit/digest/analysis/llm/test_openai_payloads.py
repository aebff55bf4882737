"""Answers of model servers in their many shapes: what does not fit costs itself, and no answer. All are made up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.analysis.llm import response_parser
from digest.analysis.llm.openai_payloads import (
    LONGEST_TEXT,
    BodyError,
    ChatStream,
    ReportedUsage,
    parse_chat_completion,
    usage_in,
)
from digest.analysis.llm.server.event_stream import LONGEST_EVENT, EventDecoder, EventTooLongError

STOP, LENGTH, FILTER = (
    response_parser.FinishReason.STOP,
    response_parser.FinishReason.LENGTH,
    response_parser.FinishReason.FILTER,
)


def whole(reason: object = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": "x"}, "finish_reason": reason}], **more}


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("Stop", STOP), ("end_turn", STOP), ("COMPLETE", STOP), ("tool_calls", STOP), ("", STOP),
        (None, STOP), (3, STOP),
        ("Length", LENGTH), ("max_new_tokens", LENGTH), ("token_limit", LENGTH), ("TRUNCATED", LENGTH),
        ("context_window_full", LENGTH), ("PROHIBITED_CONTENT", FILTER), ("guardrail_intervened", FILTER),
        ("ERROR_TOXIC", FILTER), ("content_filtered", FILTER), ("BLOCKLIST", FILTER), ("refusal", FILTER),
        ("Error", None), ("server_error", None), ("aborted", None), ("TIMEOUT", None), ("cancelled", None),
        ("preempted", None), ("MALFORMED_FUNCTION_CALL", None),
    ],
)  # fmt: skip
def test_finish_reasons_of_all_dialects(reason: object, finish: response_parser.FinishReason | None) -> None:
    """By what they contain, in any case; None is to be asked again."""
    assert parse_chat_completion(whole(reason)).finish is finish


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 4}}, ReportedUsage(9, 0, 4)),
        ({"usage": {"prompt_tokens": "9", "completion_tokens": 4.0}}, ReportedUsage(9, 0, 4)),
        ({"usage": {"input_tokens": 9, "output_tokens": 4, "input_tokens_details": {"cached_tokens": 8}}},
         ReportedUsage(9, 8, 4)),
        ({"usage": {"input_tokens": 9, "cache_read_input_tokens": 90, "output_tokens": 4}}, ReportedUsage(99, 90, 4)),
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 20}}, ReportedUsage(9, 0, 11)),
        ({"usage": {"prompt_tokens": 9, "cached_tokens": 5, "completion_tokens": 4}}, ReportedUsage(9, 5, 4)),
        ({"x_groq": {"usage": {"prompt_tokens": 9, "completion_tokens": 4}}}, ReportedUsage(9, 0, 4)),
        ({"choices": [{"usage": {"prompt_tokens": 9, "completion_tokens": 4}}]}, ReportedUsage(9, 0, 4)),
        ({"usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": 15}},
         ReportedUsage(9, 0, 6)),
        ({"prompt_eval_count": 9, "eval_count": 4}, ReportedUsage(9, 0, 4)),
        ({"timings": {"prompt_n": 1, "cache_n": 8, "predicted_n": 4}}, ReportedUsage(9, 8, 4)),
        ({"usage": {"prompt_tokens": 9, "prompt_tokens_details": "none"}}, ReportedUsage(9, 0, 0)),
        ({"usage": {"prompt_tokens": True}}, None), ({"usage": {"prompt_tokens": -5}}, None),
        ({"usage": {"prompt_tokens": float("nan")}}, None), ({"usage": {"prompt_tokens": "9" * 6000}}, None),
        ({"usage": {}}, None), ({"usage": False}, None), ({}, None),
    ],
)  # fmt: skip
def test_usage_in_every_form(body: dict[str, Any], usage: ReportedUsage | None) -> None:
    """What is no count of tokens is left out, and the answer stays."""
    assert usage_in(body) == usage


def piece(text: str | None, reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]}


NOTHINGS: list[object] = [
    None, [], "", 7, {}, {"choices": None}, {"choices": []}, {"choices": [None]}, {"choices": [{}]},
    {"id": "1", "usage": 3},
    {"choices": [{"delta": None}]}, {"choices": [{"delta": "x"}]}, {"error": None},
]  # fmt: skip


@pytest.mark.parametrize("nothing", NOTHINGS)
def test_chunks_that_carry_nothing_are_skipped(nothing: object) -> None:
    """Wherever they come."""
    stream = ChatStream()
    for chunk in (nothing, piece("hel"), nothing, piece("lo"), nothing, piece("", "stop"), nothing):
        stream.add(chunk)

    assert (stream.text, stream.finish) == ("hello", STOP)


def test_a_stream_without_a_finish_was_cut() -> None:
    """Or has failed."""
    stream = ChatStream()
    stream.add(piece("hel"))
    assert stream.reply().finish is None
    stream.add(piece("", "upstream_error"))
    assert stream.reply().finish is None


@pytest.mark.parametrize(
    "thought", [{"reasoning": "hm"}, {"reasoning_content": "hm"}, {"content": "x"}, {"thoughts": "hm"}]
)
def test_thoughts_are_a_sign_of_life(thought: dict[str, Any]) -> None:
    """Whatever the server calls them; a role alone is none."""
    stream = ChatStream()
    stream.add({"choices": [{"delta": {"role": "assistant", "content": ""}}]})
    assert not stream.thinks
    stream.add({"choices": [{"delta": thought}]})
    assert stream.thinks


def test_an_answer_has_an_end() -> None:
    """A model that never stops is stopped."""
    stream = ChatStream()
    for _ in range(LONGEST_TEXT // 100_000):
        stream.add(piece("x" * 100_000))
    with pytest.raises(BodyError, match="did not end"):
        stream.add(piece("x"))


@pytest.mark.parametrize("where", [lambda error: error, lambda error: {"choices": [error]}])
def test_an_error_is_found_wherever_it_stands(where: Any) -> None:
    """In place of an answer, or within a choice."""
    with pytest.raises(BodyError) as raised:
        parse_chat_completion(where({"error": {"code": 502, "message": "upstream"}}))

    assert raised.value.error == {"code": 502, "message": "upstream"}


EVENTS = st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",))), max_size=5)


@given(EVENTS, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 7), st.booleans())
def test_events_do_not_depend_on_how_they_are_cut(
    events: list[str], line_break: str, size: int, comments: bool
) -> None:
    """Into pieces of any size, in the midst of letters and line breaks alike."""
    comment = f": ping{line_break}" if comments else ""
    sent = "".join(f"{comment}event: x{line_break}data: {data}{line_break * 2}" for data in events).encode()
    decoder = EventDecoder()
    came = [data for at in range(0, len(sent), size) for data in decoder.feed(sent[at : at + size])]

    assert [*came, *decoder.end()] == events


def test_an_event_over_several_lines_is_one() -> None:
    """And the last needs no blank line."""
    decoder = EventDecoder()

    assert list(decoder.feed(b"data: {\ndata:  }\n\ndata: [DONE]")) == ["{\n }"]
    assert list(decoder.end()) == ["[DONE]"]


def test_an_event_has_an_end() -> None:
    """Many are fine."""
    decoder = EventDecoder()
    for _ in range(10):
        list(decoder.feed(b"data: " + b"x" * 1_000_000 + b"\n\n"))
    list(decoder.feed(b"x" * LONGEST_EVENT))
    with pytest.raises(EventTooLongError):
        list(decoder.feed(b"x"))
