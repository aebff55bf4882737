"""One model on one server: every fault that real ones were seen to have, on loopback and a clock that tests move."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.analysis.llm import response_parser
from digest.analysis.llm.capabilities import Capabilities, OutputFormat
from digest.analysis.llm.circuit_breaker import CircuitBreaker
from digest.analysis.llm.model_client import ModelClient
from digest.analysis.llm.model_errors import FaultKind, ModelError, fault_of_status, status_of_error
from digest.analysis.llm.openai_payloads import (
    BodyError,
    ModelReply,
    ReportedUsage,
    parse_chat_completion,
    parse_response_object,
)
from digest.analysis.llm.prompt_context import context_from_text
from digest.analysis.llm.prompts import Glossary, Prompt, PromptBuilder
from digest.analysis.llm.server.bounded_body import LARGEST_BODY
from digest.analysis.llm.server.timeouts import RequestTimeouts
from digest.analysis.llm.token_estimate import estimate_tokens
from digest.arxiv.retry import retry_after_of
from digest.settings import LlmModel, LlmSettings
from tests.builders import papers
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.model.server import FAULTS, KEY, OVERFLOWS, SHORT, SLOW, Answer, LlmServer
from tests.waiting import PATIENCE

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)


def prompt(piece: str = "method") -> Prompt:
    reading = context_from_text(papers.paper(), papers.text())
    return PromptBuilder(reading, "zh", Glossary({})).piece(piece)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def llm() -> AsyncIterator[LlmServer]:
    async with LlmServer() as server:
        yield server
        assert server.violations == []


class Connected:
    """Makes servers, and closes them when the test is over."""

    def __init__(self, llm: LlmServer, clock: FakeClock) -> None:
        self.llm, self.clock = llm, clock
        self.made: list[ModelClient] = []

    def __call__(self, key: str | None = KEY, model: dict[str, Any] | None = None, **settings: Any) -> ModelClient:
        made = LlmSettings(**{"timeout": PATIENCE} | settings)
        server = ModelClient(
            LlmModel(**{"base_url": self.llm.url, "model": "m"} | (model or {})), made, key, self.clock
        )
        self.made.append(server)
        return server


@pytest.fixture
async def connect(llm: LlmServer, clock: FakeClock) -> AsyncIterator[Connected]:
    connected = Connected(llm, clock)
    yield connected
    for server in connected.made:
        await server.aclose()


async def ask(server: ModelClient, *, seconds: float = 600, piece: str = "method") -> ModelReply:
    deadline = server._clock.monotonic() + seconds
    return await server.complete(prompt(piece), answer_tokens=2000, deadline=deadline)


async def trouble(server: ModelClient, **how: Any) -> FaultKind:
    with pytest.raises(ModelError) as raised:
        await ask(server, **how)
    return raised.value.trouble


# --- what is sent -----------------------------------------------------------------------------------------------


async def test_a_question_is_put_as_chat_completion(llm: LlmServer, connect: Connected) -> None:
    """System and user message, schema, limit: and nothing that some servers refuse."""
    reply = await ask(connect())

    assert len(response_parser.parse_response(reply.text, response_parser.FinishReason.STOP, "zh")) == 4
    body = llm.requests[0].body
    assert set(body) == {"model", "messages", "max_tokens", "response_format"}
    assert body["response_format"]["json_schema"]["strict"] is True
    assert llm.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_the_responses_api_is_a_switch(llm: LlmServer, connect: Connected) -> None:
    """The same question, the same reply."""
    reply = await ask(connect(model={"api": "responses"}))

    assert llm.requests[0].path.endswith("/responses")
    assert len(response_parser.parse_response(reply.text, response_parser.FinishReason.STOP, "zh")) == 4
    assert reply.usage
    assert reply.usage.prompt_tokens > 500


@pytest.mark.parametrize("usage", ["openai", "deepseek", "none"])
@pytest.mark.parametrize("stream", [False, True])
async def test_cached_tokens_are_read_in_every_shape(
    llm: LlmServer, connect: Connected, usage: str, stream: bool
) -> None:
    """The second question about a paper finds the first in the cache, whoever counts and however."""
    llm.usage = usage
    server = connect(model={"stream": stream})
    first, second = await ask(server), await ask(server, piece="overview")

    if usage == "none":
        assert (first.usage, second.usage) == (None, None)
    else:
        assert first.usage
        assert second.usage
        assert first.usage.cached_tokens == 0
        assert second.usage.cached_tokens > 0.8 * second.usage.prompt_tokens


async def test_a_server_without_keys_gets_a_word(connect: Connected, llm: LlmServer) -> None:
    """The SDK refuses an empty key."""
    llm.key = "none"

    assert (await ask(connect(key=None))).text


async def test_the_users_settings_reach_the_server(llm: LlmServer, connect: Connected) -> None:
    """Some gateways refuse the SDK's User-Agent; some models need a switch of their own."""
    llm.extra_keys = {"thinking"}
    await ask(connect(model={"user_agent": "Broadsheet", "extra_body": {"thinking": {"type": "disabled"}}}))

    assert llm.requests[0].headers["user-agent"] == "Broadsheet"
    assert llm.requests[0].body["thinking"] == {"type": "disabled"}


async def test_nothing_is_taken_from_the_environment(
    llm: LlmServer, connect: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither another server nor another account."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "http://elsewhere.example")
    await ask(connect())

    assert "elsewhere" not in str(llm.requests[0].headers)


# --- what a server understands ----------------------------------------------------------------------------------


PYDANTIC = "[{'loc': ('response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}]"


@pytest.mark.parametrize(
    ("formats", "refusal", "sent"),
    [
        ("json_schema json_object", (400, ""), ["json_schema"]),
        ("json_object", (400, "This response_format type is unavailable now"), ["json_schema", "json_object"]),
        ("json_object", (500, PYDANTIC), ["json_schema", "json_object"]),
        ("json_object", (422, "unprocessable"), ["json_schema", "json_object"]),
        ("", (400, "Unrecognized argument: response_format"), ["json_schema", "json_object", None]),
    ],
)
async def test_structured_output_goes_down_the_ladder_once(
    llm: LlmServer,
    connect: Connected,
    clock: FakeClock,
    formats: str,
    refusal: tuple[int, str],
    sent: list[str | None],
) -> None:
    """A refused schema is not asked for again, and costs no pause."""
    llm.formats, llm.format_refusal = set(formats.split()), refusal
    server = connect()
    await ask(server)
    await ask(server)

    asked = [request.body.get("response_format", {}).get("type") for request in llm.requests]
    assert asked == [*sent, sent[-1]]
    assert clock.slept == []


async def test_a_format_can_be_fixed(llm: LlmServer, connect: Connected) -> None:
    """By the configuration."""
    await ask(connect(model={"structured": "text"}))

    assert "response_format" not in llm.requests[0].body


async def test_the_name_of_the_limit_is_learned(llm: LlmServer, connect: Connected) -> None:
    """OpenAI's reasoning models want max_completion_tokens."""
    llm.limit_names = {"max_completion_tokens"}
    server = connect()
    await ask(server)
    await ask(server)

    assert ["max_tokens" in request.body for request in llm.requests] == [True, False, False]


async def test_a_template_without_system_messages_gets_one_message(llm: LlmServer, connect: Connected) -> None:
    """As Gemma's."""
    llm.takes_system = False
    server = connect()
    await ask(server)
    await ask(server)

    assert [len(request.body["messages"]) for request in llm.requests] == [2, 1, 1]
    assert llm.requests[0].prompt == llm.requests[1].prompt


async def test_usage_in_streams_is_done_without_where_refused(llm: LlmServer, connect: Connected) -> None:
    """An older server does not know stream_options."""
    llm.takes_stream_options = False
    reply = await ask(connect(model={"stream": True}))

    assert reply.text
    assert "stream_options" not in llm.requests[-1].body


# --- faults -----------------------------------------------------------------------------------------------------

PASSING = [
    "429 short wait", "429 in milliseconds", "429 without a word", "500", "502 page", "503 overloaded", "slow",
    "dropped", "no answer", "body malformed", "body empty", "body a page", "body of another shape", "body a list",
    "body without choices", "body an error",
]  # fmt: skip
STREAMED = [name for name in FAULTS if name.startswith("stream")]
LASTING = {
    "429 long wait": FaultKind.BUSY,
    "429 quota spent": FaultKind.UNPAID,
    "402 no balance": FaultKind.UNPAID,
    "401 bad key": FaultKind.DENIED,
    "403 region": FaultKind.DENIED,
    "404 no such model": FaultKind.UNKNOWN,
}


@pytest.mark.parametrize("fault", [*PASSING, *STREAMED])
async def test_what_passes_is_tried_again(llm: LlmServer, connect: Connected, clock: FakeClock, fault: str) -> None:
    """After a pause on the clock, and the reply comes whole."""
    llm.does(fault, times=1)
    reply = await ask(connect(model={"stream": fault in STREAMED}, timeout=SHORT if fault in SLOW else PATIENCE))

    assert len(response_parser.parse_response(reply.text, response_parser.FinishReason.STOP, "zh")) == 4
    assert len(llm.requests) == 2
    assert len(clock.slept) == 1


@pytest.mark.parametrize("fault", [*PASSING, *STREAMED])
async def test_what_does_not_pass_is_given_up(llm: LlmServer, connect: Connected, clock: FakeClock, fault: str) -> None:
    """After so many tries as the configuration allows, never for ever."""
    llm.does(fault)
    timeout = 0.5 if fault in SLOW else PATIENCE
    found = await trouble(connect(model={"stream": fault in STREAMED}, max_attempts=3, timeout=timeout))

    assert found.passes
    assert len(llm.requests) in (2, 3)  # waits for nothing count double


@pytest.mark.parametrize(("fault", "expected"), LASTING.items())
async def test_what_lasts_is_not_tried_again(
    llm: LlmServer, connect: Connected, clock: FakeClock, fault: str, expected: FaultKind
) -> None:
    """And the model is left alone: the next question is not even sent."""
    llm.does(fault)
    server = connect()

    assert await trouble(server) is expected
    assert await trouble(server) is FaultKind.RESTING
    assert len(llm.requests) == 1
    assert clock.slept == []
    assert server.resting > 60


async def test_the_servers_own_pause_is_kept_by_all(llm: LlmServer, connect: Connected, clock: FakeClock) -> None:
    """A short Retry-After is obeyed to the letter, by every question that waits."""
    llm.does("429 short wait", times=1)
    server = connect(concurrency=1)
    await asyncio.gather(ask(server), ask(server))

    assert clock.slept == [2.0]
    assert len(llm.requests) == 3


async def test_a_long_pause_is_a_rest(llm: LlmServer, connect: Connected, clock: FakeClock) -> None:
    """The model is given up for so long as its server says, then asked again."""
    llm.does("429 long wait", times=1)
    server = connect()
    await trouble(server)

    assert server.resting == pytest.approx(300)
    clock.advance(301)
    assert (await ask(server)).text


async def test_an_odd_refusal_is_worded_anew_and_then_given_up(llm: LlmServer, connect: Connected) -> None:
    """It may have been the format; if not even plain text is taken, it was something else."""
    llm.does("400 odd")

    assert await trouble(connect()) is FaultKind.REFUSED
    assert len(llm.requests) == 4  # three formats, then no system message


async def test_a_server_that_is_down_is_left_alone(llm: LlmServer, connect: Connected, clock: FakeClock) -> None:
    """After three requests in a row that were given up; twice as long each time; one success makes all good."""
    server = connect(max_attempts=1, rest=60.0)
    llm.does("500", times=4)
    for _ in range(3):
        assert await trouble(server) is FaultKind.DOWN
    assert await trouble(server) is FaultKind.RESTING
    assert server.resting == pytest.approx(60)

    clock.advance(61)
    assert await trouble(server) is FaultKind.DOWN
    assert server.resting == pytest.approx(120)
    clock.advance(121)
    assert (await ask(server)).text
    assert server.resting == 0


async def test_nobody_there_is_down(clock: FakeClock) -> None:
    """A refused connection is a fault like others."""
    settings = LlmSettings(max_attempts=2)
    server = ModelClient(LlmModel(base_url="http://127.0.0.1:9/v1", model="m"), settings, None, clock)

    assert await trouble(server) is FaultKind.DOWN
    await server.aclose()


async def test_a_paper_has_only_so_much_time(llm: LlmServer, connect: Connected, clock: FakeClock) -> None:
    """Pauses count too: a question that would come too late is not put."""
    llm.does("429 short wait")
    server = connect(max_attempts=20)

    assert await trouble(server, seconds=5) in (FaultKind.BUSY, FaultKind.LATE)
    assert sum(clock.slept) < 5
    assert await trouble(server, seconds=0) is FaultKind.LATE


async def test_only_so_many_are_asked_at_once(llm: LlmServer, connect: Connected) -> None:
    """As the configuration says."""
    llm.delay, llm.together = 0.01, 3
    server = connect(concurrency=3)
    await asyncio.gather(*(ask(server) for _ in range(9)))

    assert llm.most_active == 3


async def test_a_filter_costs_one_answer(llm: LlmServer, connect: Connected) -> None:
    """The model is asked on."""
    llm.does("400 filter", times=1)
    server = connect()

    assert await trouble(server) is FaultKind.FILTERED
    assert (await ask(server)).text


# --- what comes back --------------------------------------------------------------------------------------------


async def test_a_stream_that_was_answered_whole_is_read(llm: LlmServer, connect: Connected) -> None:
    """Some gateways do not stream, whatever they are asked for."""
    llm.behaves(
        lambda received: Answer(raw=json.dumps({"choices": [{"message": {"content": received.prompt[:9]}}]}).encode())
    )

    assert (await ask(connect(model={"stream": True}))).text
    assert len(llm.requests) == 1


@pytest.mark.parametrize("nothing", ["null", "[]", '{"choices": null}', '{"choices": [], "usage": "n/a"}'])
async def test_chunks_that_carry_nothing_cost_nothing(llm: LlmServer, connect: Connected, nothing: str) -> None:
    """Nor do comments, which keep a connection open."""
    llm.between_pieces = f": waiting\n\ndata: {nothing}"
    reply = await ask(connect(model={"stream": True}))

    assert len(response_parser.parse_response(reply.text, response_parser.FinishReason.STOP, "zh")) == 4
    assert len(llm.requests) == 1


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_body_without_an_end_is_one_clear_fault(
    llm: LlmServer, connect: Connected, status: int, stream: bool
) -> None:
    """A few bytes of gzip that hold gigabytes included, and errors."""
    bomb = gzip.compress(b"{" + b" " * (LARGEST_BODY + 1))
    llm.behaves(lambda _: Answer(status, {"content-encoding": "gzip"}, raw=bomb))
    with pytest.raises(ModelError) as raised:
        await ask(connect(model={"stream": stream}, max_attempts=1))

    assert raised.value.trouble is FaultKind.BROKEN
    assert "did not end within 4 MB" in raised.value.detail


async def test_a_packed_answer_is_read_all_the_same(llm: LlmServer, connect: Connected) -> None:
    """Though it was not asked for."""
    body = json.dumps({"choices": [{"message": {"content": "fine"}, "finish_reason": "stop"}]}).encode()
    llm.behaves(lambda _: Answer(headers={"content-encoding": "gzip"}, raw=gzip.compress(body)))

    assert (await ask(connect())).text == "fine"
    assert llm.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("encoding", ["br", "gzip"])
async def test_what_cannot_be_unpacked_is_a_fault(llm: LlmServer, connect: Connected, encoding: str) -> None:
    """Of the server."""
    llm.behaves(lambda _: Answer(headers={"content-encoding": encoding}, raw=b"{}"))

    assert await trouble(connect(max_attempts=1)) is FaultKind.BROKEN


def test_a_stream_has_time_to_be_begun() -> None:
    """A small model reads 62 tokens a second on two busy cores: a prompt of 8,000 is no silence."""
    settings = LlmSettings(timeout=120.0)
    slow = RequestTimeouts.of(LlmModel(model="m", stream=True), settings, 8000, whole=600.0)
    whole = RequestTimeouts.of(LlmModel(model="m"), settings, 8000, whole=600.0)

    assert slow == RequestTimeouts(first=280.0, silence=120.0, whole=600.0, streamed=True)
    assert whole == RequestTimeouts(first=120.0, silence=120.0, whole=120.0, streamed=False)
    assert "stream = true" in whole.explained
    assert RequestTimeouts.of(LlmModel(model="m", stream=True), settings, 8000, whole=30.0).first == 30.0


async def test_each_sign_of_life_gives_more_time() -> None:
    """But never more than there is for the paper."""
    timeouts = RequestTimeouts(first=300.0, silence=10.0, whole=400.0, streamed=True)
    async with asyncio.timeout(timeouts.first) as limit:
        watchdog = timeouts.starting(limit)
        left = []
        for has_begun, began in ((False, 0.0), (True, 0.0), (True, 395.0)):
            watchdog.began = asyncio.get_running_loop().time() - began
            watchdog.reset(has_begun=has_begun)
            left.append((limit.when() or 0.0) - asyncio.get_running_loop().time())
        await asyncio.sleep(0)

    assert left == pytest.approx([300.0, 10.0, 5.0], abs=0.5)


# --- context ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", OVERFLOWS)
async def test_a_context_that_is_too_short_is_learned(llm: LlmServer, connect: Connected, shape: str) -> None:
    """In each of the shapes in which servers tell it; where they tell no number, half of what was sent is tried."""
    llm.window, llm.overflow = 3000, shape
    server = connect()

    assert await trouble(server) is FaultKind.TOO_LONG
    assert server.window == (3000 if shape != "gateway" else server.window)
    assert server.window
    assert server.window <= 3000
    assert len(llm.requests) == 1


async def test_refusals_of_questions_put_together_teach_once(llm: LlmServer, connect: Connected) -> None:
    """Or the context would shrink with the number of questions."""
    llm.window, llm.together = 3000, 8
    server = connect(concurrency=8)
    await asyncio.gather(*(ask(server) for _ in range(8)), return_exceptions=True)

    assert server.window == 3000


async def test_a_prompt_that_was_cut_in_silence_is_noticed(llm: LlmServer, connect: Connected) -> None:
    """By the server's own count. What it answered to half a paper is no answer, but costs."""
    llm.reads_only = 400
    server = connect()
    with pytest.raises(ModelError) as raised:
        await ask(server)

    assert raised.value.trouble is FaultKind.CUT_PROMPT
    assert raised.value.usage
    assert raised.value.usage.prompt_tokens == 400
    assert server.window == 400


async def test_estimates_follow_what_the_server_counts(llm: LlmServer, connect: Connected) -> None:
    """So that a small context is used, and an answer fits in it."""
    server = connect(model={"context_tokens": 4096})
    assert server.room_for_answer(2000, 2000) == 4096 - 2500
    reply = await ask(server)

    assert reply.usage
    assert server.safety == pytest.approx(1.05 * reply.usage.prompt_tokens / estimate_tokens(prompt().text))
    assert server.room_for_answer(100, 2000) == 2000
    assert server.room_for_answer(9000, 2000) == 200


@pytest.mark.parametrize(("allowed", "reserve"), [(2000, 800), (500, 500), (6000, 6000)])
def test_what_is_kept_free_for_an_answer(connect: Connected, allowed: int, reserve: int) -> None:
    """An answer to one part takes 800 tokens at most; a model that thinks aloud has been given more."""
    assert connect(model={"answer_tokens": allowed}).answer_reserve == reserve


# --- secrets ----------------------------------------------------------------------------------------------------


async def test_no_key_is_shown(llm: LlmServer, connect: Connected, caplog: pytest.LogCaptureFixture) -> None:
    """Not in an error, a log or a repr, though the server repeats it."""
    llm.does("401 bad key")
    server = connect()
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelError) as raised:
        await ask(server)

    shown = f"{raised.value} {raised.value!r} {server!r} {raised.value.notice} {caplog.text}"
    assert "Incorrect API key" in str(raised.value)
    assert KEY not in shown
    assert "***" in str(raised.value)


# --- pure parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Fri, 09 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Fri, 09 Jan 2026 11:00:00 GMT"}, 0.0),
    ],
)
def test_pauses_are_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds, seconds, fractions, dates; nonsense is none."""
    assert retry_after_of(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (429, "insufficient_quota", FaultKind.UNPAID),
        (400, "Arrearage: please make a payment", FaultKind.UNPAID),
        (403, "model m does not exist or you lack access", FaultKind.DENIED),
        (404, "This is not a chat model", FaultKind.UNKNOWN),
        (400, "data_inspection_failed", FaultKind.FILTERED),
        (400, "Range of input length should be [1, 30720]", FaultKind.TOO_LONG),
        (408, "timeout", FaultKind.SLOW),
        (529, "overloaded", FaultKind.BUSY),
        (418, "teapot", FaultKind.REFUSED),
    ],
)
def test_statuses_are_understood_with_their_words(status: int, said: str, expected: FaultKind) -> None:
    """The same status means different things at different servers."""
    assert fault_of_status("m", status, {}, {"message": said}, NOW, said).trouble is expected


def test_a_server_may_forbid_another_try() -> None:
    """By a header of its own."""
    assert fault_of_status("m", 500, {"x-should-retry": "false"}, "", NOW, "").trouble is FaultKind.REFUSED


def test_an_error_within_a_200_has_a_status() -> None:
    """Its own, or that of a bad gateway."""
    assert status_of_error({"code": 429}) == 429
    assert status_of_error({"code": "402"}) == 402
    assert status_of_error({"message": "x"}) == 502
    assert status_of_error({"message": "maximum context length is 10"}) == 400


def test_the_ladder_has_an_end() -> None:
    """Plain text is the last rung."""
    error = ModelError(FaultKind.REFUSED, "m", "response_format?", status=400)
    rungs = [dialect := Capabilities()]
    while (weaker := dialect.without_refused(error)) is not None:
        rungs.append(dialect := weaker)

    assert [rung.format for rung in rungs] == list(OutputFormat)


def test_a_long_prompt_is_no_matter_of_dialect() -> None:
    """Nor is a filter."""
    for found in (FaultKind.TOO_LONG, FaultKind.FILTERED):
        assert Capabilities().without_refused(ModelError(found, "m", "json_schema", status=400)) is None


def test_content_in_parts_is_joined_without_thoughts() -> None:
    """As Mistral sends it."""
    parts = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "{"}, {"type": "text", "text": "}"}]

    assert parse_chat_completion({"choices": [{"message": {"content": parts}, "finish_reason": "stop"}]}).text == "{}"


def test_a_refusal_is_a_filter() -> None:
    """OpenAI puts it beside the content."""
    body = {"choices": [{"message": {"content": None, "refusal": "I can't"}, "finish_reason": "stop"}]}

    assert parse_chat_completion(body).finish is response_parser.FinishReason.FILTER


def test_usage_may_leave_cached_tokens_out_of_the_prompts() -> None:
    """They are counted in, so that the prompt does not look cut."""
    body = {
        "choices": [{"message": {"content": "x"}}],
        "usage": {"prompt_tokens": 50, "prompt_tokens_details": {"cached_tokens": 9000}},
    }

    assert parse_chat_completion(body).usage == ReportedUsage(9050, 9000, 0)


@pytest.mark.parametrize("status", ["failed", "in_progress"])
def test_a_response_that_is_not_completed_is_cut(status: str) -> None:
    """Of the Responses API."""
    assert parse_response_object({"output": [], "status": status}).finish is None


def test_bodies_of_other_shapes_are_errors() -> None:
    """Never an AttributeError somewhere later."""
    bodies: tuple[Any, ...] = (None, [], "x", 5, {}, {"choices": []}, {"choices": [{"message": {"content": 5}}]})
    for body in bodies:
        with pytest.raises(BodyError):
            parse_chat_completion(body)


def test_a_rest_has_a_longest() -> None:
    """An hour."""
    clock = FakeClock()
    breaker = CircuitBreaker(clock, 1, 60)
    for _ in range(12):
        breaker.failed()
        rest = breaker.resting
        clock.advance(rest + 1)

    assert rest == 3600
