"""A model server on loopback, strict about what it is sent, with every fault that real ones were seen to have.

    async with LlmServer() as llm:                 a good model, structured output, prompt cache, usage
        llm.url                                    the base URL
        llm.fails(429, retry_after=1.5, times=2)   the next two requests; without `times` every one
        llm.says("…")                              this content in place of the model's
        llm.does("stream cut")                     one of `FAULTS` by name
        llm.requests, llm.violations               what came, and what was wrong with it

Chat completions with and without streaming, and the Responses API. Written for Broadsheet. By itself, for a bot to try:

    python -m tests.fakes.model.server [--port 8081] [--fault NAME] [--doctor PART:NUMBER]…     the key is KEY below
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from tests.fakes.model.answers import Model

KEY = "sk-fake-0123456789abcdef"
CHARS_A_TOKEN = 3.6

# What OpenAI's chat completions take that we may ever send. Anything else is a 400 there.
CHAT_KEYS = {"model", "messages", "max_tokens", "max_completion_tokens", "response_format", "stream", "stream_options"}
RESPONSES_KEYS = {"model", "instructions", "input", "max_output_tokens", "text"}
# Keywords of JSON Schema that strict mode takes everywhere.
SCHEMA_KEYS = {"type", "properties", "items", "required", "additionalProperties", "enum", "maxItems", "description"}

OVERFLOWS: dict[str, Callable[[int, int], tuple[int, dict[str, Any]]]] = {
    "openai": lambda n, limit: (
        400,
        {
            "message": f"This model's maximum context length is {limit} tokens. However, your messages resulted in {n} "
            "tokens. Please reduce the length of the messages.",
            "type": "invalid_request_error",
            "param": "messages",
            "code": "context_length_exceeded",
        },
    ),
    "llama.cpp": lambda n, limit: (
        400,
        {
            "code": 400,
            "message": "the request exceeds the available context size, try increasing it",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": n,
            "n_ctx": limit,
        },
    ),
    "vllm": lambda n, limit: (
        400,
        {
            "object": "error",
            "message": f"'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context "
            f"length is {limit} tokens and your request has {n} input tokens (2000 > {limit} - {n}).",
            "type": "BadRequestError",
            "code": 400,
        },
    ),
    "llama-cpp-python": lambda n, limit: (
        400,
        {
            "message": f"This model's maximum context length is {limit} tokens, however you requested {n} tokens.",
            "type": "invalid_request_error",
            "param": "messages",
            "code": "context_length_exceeded",
        },
    ),
    "gateway": lambda n, limit: (413, {"message": "input_tokens over the allowed number", "code": "request_too_large"}),
}


@dataclass
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        if "messages" in self.body:
            return "\n\n".join(str(m["content"]) for m in self.body["messages"])
        return f"{self.body['instructions']}\n\n{self.body['input']}"

    @property
    def tokens(self) -> int:
        return int(len(self.prompt) / CHARS_A_TOKEN)


@dataclass
class Answer:
    """What goes back. `hold` is a pause before anything is sent; `fault` names what goes wrong on the way."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: str = ""
    finish: str | None = "stop"
    raw: bytes | None = None  # a body of its own, whatever it is
    hold: float = 0.0
    fault: str = ""


Behaviour = Callable[[Received], Answer | None]


class LlmServer:
    """See above. `formats` are the structured outputs that it knows, `window` its context in tokens. The first answers
    wait until `together` requests have come."""

    def __init__(self, *, key: str = KEY, model: Model | None = None, delay: float = 0.0, port: int = 0) -> None:
        self.key, self.model, self.delay, self.port = key, model or Model(), delay, port
        self.formats = {"json_schema", "json_object"}
        self.format_refusal = (400, "This response_format type is unavailable now")
        self.limit_names = {"max_tokens", "max_completion_tokens"}
        self.extra_keys: set[str] = set()
        self.takes_system = True
        self.takes_stream_options = True
        self.window: int | None = None
        self.overflow = "openai"
        self.reads_only: int | None = None  # tokens; the rest of a prompt is dropped in silence
        self.between_pieces = ""  # of a stream: an event, or a comment
        self.usage = "openai"  # or "deepseek", "none"
        self.requests: list[Received] = []
        self.violations: list[str] = []
        self.active = self.most_active = 0
        self.together = 0
        self._have_come = asyncio.Event()
        self._behaviours: list[tuple[float, Behaviour]] = []
        self._seen: list[str] = []
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    # --- the small language of tests

    def fails(
        self, status: int, message: str = "no", *, code: str = "", times: float = float("inf"), **headers: object
    ) -> None:
        """Answer with an error. Headers are named with underscores: retry_after=2."""
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        body = json.dumps({"error": {"message": message, "type": "error", "code": code or None}}).encode()
        self.behaves(lambda _: Answer(status, named, raw=body), times=times)

    def says(self, content: str, finish: str | None = "stop", *, times: float = float("inf")) -> None:
        """Answer with this content."""
        self.behaves(lambda _: Answer(content=content, finish=finish), times=times)

    def does(self, fault: str, *, times: float = float("inf")) -> None:
        """One of `FAULTS`."""
        self.behaves(lambda received: FAULTS[fault](self, received), times=times)

    def behaves(self, behaviour: Behaviour, *, times: float = float("inf")) -> None:
        """Behaviours are used in the order in which they were given; one that returns None leaves it to the next."""
        self._behaviours.append((times, behaviour))

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    # --- the server

    async def __aenter__(self) -> LlmServer:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=2**22)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._serve(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        data = await reader.readexactly(int(headers.get("content-length", 0)))
        received = Received(first.split()[1], headers, json.loads(data))
        self.requests.append(received)
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            answer = self._answer(received)
            if self.active >= self.together:
                self._have_come.set()
            await self._have_come.wait()
            await asyncio.sleep(answer.hold + self.delay)
            send: Callable[[asyncio.StreamWriter, Received, Answer], Awaitable[bool]] = (
                self._stream if received.body.get("stream") and answer.raw is None else self._whole
            )
            return await send(writer, received, answer)
        finally:
            self.active -= 1

    def _answer(self, received: Received) -> Answer:
        if problem := self._refusal(received):
            status, error = problem
            return Answer(status, raw=json.dumps({"error": error}).encode())
        for i, (times, behaviour) in enumerate(self._behaviours):
            if times > 0 and (answer := behaviour(received)) is not None:
                self._behaviours[i] = (times - 1, behaviour)
                return answer
        return Answer(content=self.model.answer(received.prompt))

    def _refusal(self, received: Received) -> tuple[int, dict[str, Any]] | None:
        """What a strict server would not take. What Broadsheet must never send is a violation too."""
        body, keys = received.body, CHAT_KEYS if received.path.endswith("/chat/completions") else RESPONSES_KEYS
        if received.headers.get("authorization") != f"Bearer {self.key}":
            return 401, {
                "message": f"Incorrect API key: {received.headers.get('authorization')}",
                "code": "invalid_api_key",
            }
        if strange := set(body) - keys - self.extra_keys:
            return self._violated(f"unknown keys {strange}")
        roles = [m["role"] for m in body.get("messages", [])]
        if roles and roles not in (["system", "user"], ["user"]):
            return self._violated(f"roles {roles}")
        if "system" in roles and not self.takes_system:
            return 500, {"message": "System role not supported"}
        for name in {"max_tokens", "max_completion_tokens"} & set(body) - self.limit_names:
            other = next(iter(self.limit_names))
            return 400, {"message": f"Unsupported parameter: '{name}' is not supported here. Use '{other}' instead."}
        if "stream_options" in body and not self.takes_stream_options:
            return 400, {"message": "Unrecognized request argument supplied: stream_options"}
        return self._format_refusal(received) or self._overflow(received)

    def _format_refusal(self, received: Received) -> tuple[int, dict[str, Any]] | None:
        asked = received.body.get("response_format") or received.body.get("text", {}).get("format")
        if asked is None:
            return None
        if asked["type"] not in self.formats:
            return self.format_refusal[0], {"message": self.format_refusal[1]}
        if asked["type"] == "json_object" and "json" not in received.prompt.lower():
            return self._violated("json_object without the word JSON in a message")
        if asked["type"] == "json_schema":
            schema = asked.get("json_schema", asked)["schema"]
            if strange := _strange_keywords(schema):
                return self._violated(f"schema keywords {strange}")
        return None

    def _overflow(self, received: Received) -> tuple[int, dict[str, Any]] | None:
        room = received.body.get("max_tokens", 0)
        if self.window is None or received.tokens + room <= self.window:
            return None
        return OVERFLOWS[self.overflow](received.tokens, self.window)

    def _violated(self, what: str) -> tuple[int, dict[str, Any]]:
        self.violations.append(what)
        return 400, {"message": what, "type": "invalid_request_error"}

    # --- answers on the wire

    def _usage(self, received: Received, content: str) -> dict[str, Any] | None:
        prompt = received.tokens if self.reads_only is None else min(received.tokens, self.reads_only)
        cached = int(max((_common(received.prompt, seen) for seen in self._seen), default=0) / CHARS_A_TOKEN)
        cached = min(cached, prompt) if cached >= 64 else 0
        self._seen = [*self._seen[-50:], received.prompt]
        written = len(content) // 3 + 1
        if self.usage == "none":
            return None
        if received.path.endswith("/responses"):
            return {"input_tokens": prompt, "output_tokens": written, "input_tokens_details": {"cached_tokens": cached}}
        usage: dict[str, Any] = {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
        }
        if self.usage == "deepseek":
            return usage | {"prompt_cache_hit_tokens": cached, "prompt_cache_miss_tokens": prompt - cached}
        return usage | {"prompt_tokens_details": {"cached_tokens": cached}}

    def _body(self, received: Received, answer: Answer) -> bytes:
        if answer.raw is not None:
            return answer.raw
        usage = self._usage(received, answer.content)
        if received.path.endswith("/responses"):
            incomplete = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(answer.finish or "")
            content = [{"type": "output_text", "text": answer.content, "annotations": []}]
            return json.dumps(
                {
                    "object": "response",
                    "status": "incomplete" if incomplete else "completed",
                    "incomplete_details": {"reason": incomplete} if incomplete else None,
                    "output": [{"type": "reasoning", "summary": []}, {"type": "message", "content": content}],
                    "usage": usage,
                }
            ).encode()
        message = {"role": "assistant", "content": answer.content, "reasoning_content": "Let me think."}
        choice = {"index": 0, "message": message, "finish_reason": answer.finish}
        return json.dumps({"object": "chat.completion", "choices": [choice], "usage": usage}).encode()

    async def _whole(self, writer: asyncio.StreamWriter, received: Received, answer: Answer) -> bool:
        body = self._body(received, answer)
        headers = {"content-type": "application/json", "content-length": str(len(body)), **answer.headers}
        head = f"HTTP/1.1 {answer.status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
        if answer.fault == "no answer":
            return False
        writer.write(head.encode() + (body[: len(body) // 2] if answer.fault == "drop" else body))
        await writer.drain()
        return answer.fault != "drop"

    async def _stream(self, writer: asyncio.StreamWriter, received: Received, answer: Answer) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        pieces = [answer.content[i : i + 40] for i in range(0, len(answer.content), 40)]
        for i, piece in enumerate(pieces):
            if answer.fault and i == len(pieces) // 2:
                if answer.fault == "stall":
                    await asyncio.sleep(3600)
                if answer.fault == "drop":
                    await writer.drain()
                    return False
                if answer.fault == "cut":
                    break
                _chunk(writer, answer.fault.encode())
                continue
            delta = {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
            _chunk(writer, b"data: " + json.dumps(delta).encode())
            if self.between_pieces:
                _chunk(writer, self.between_pieces.encode())
        else:
            _chunk(
                writer, b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"%s"}]}' % str(answer.finish).encode()
            )
            if received.body.get("stream_options"):
                usage = self._usage(received, answer.content)
                _chunk(writer, b"data: " + json.dumps({"choices": [], "usage": usage}).encode())
            _chunk(writer, b"data: [DONE]")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


def _chunk(writer: asyncio.StreamWriter, event: bytes) -> None:
    event += b"\n\n"
    writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")


def _common(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _strange_keywords(schema: dict[str, Any]) -> set[str]:
    strange = set(schema) - SCHEMA_KEYS
    if schema.get("type") == "object":
        properties = schema["properties"]
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(properties):
            strange.add("an object whose keys are not all required, or not closed")
        for inner in properties.values():
            strange |= _strange_keywords(inner)
    if "items" in schema:
        strange |= _strange_keywords(schema["items"])
    return strange


def _error(status: int, message: str, code: str = "", **headers: str) -> Callable[[LlmServer, Received], Answer]:
    body = json.dumps({"error": {"message": message, "type": "error", "code": code or None}}).encode()
    return lambda _server, _received: Answer(status, {k.replace("_", "-"): v for k, v in headers.items()}, raw=body)


def _content(change: Callable[[str], str], finish: str = "stop") -> Callable[[LlmServer, Received], Answer]:
    """The model's own answer, changed."""
    return lambda server, received: Answer(content=change(server.model.answer(received.prompt)), finish=finish)


def _way(**how: Any) -> Callable[[LlmServer, Received], Answer]:
    return lambda server, received: Answer(content=server.model.answer(received.prompt), **how)


# Every fault by name, as real servers and the stubs were seen to show them.
FAULTS: dict[str, Callable[[LlmServer, Received], Answer]] = {
    "429 short wait": _error(429, "slow down", retry_after="2"),
    "429 in milliseconds": _error(429, "slow down", retry_after_ms="250"),
    "429 long wait": _error(429, "slow down", retry_after="300"),
    "429 without a word": _error(429, "slow down"),
    "429 quota spent": _error(429, "You exceeded your current quota", "insufficient_quota"),
    "402 no balance": _error(402, "Insufficient Balance"),
    "401 bad key": _error(401, f"Incorrect API key provided: {KEY}", "invalid_api_key"),
    "403 region": _error(403, "Country, region, or territory not supported"),
    "404 no such model": _error(404, "The model `m` does not exist", "model_not_found"),
    "400 odd": _error(400, "something about the request"),
    "400 filter": _error(400, "The response was filtered", "content_filter"),
    "500": _error(500, "The server had an error"),
    "502 page": lambda _s, _r: Answer(502, {"content-type": "text/html"}, raw=b"<html>Bad gateway</html>"),
    "503 overloaded": _error(503, "overloaded"),
    "slow": _way(hold=3600.0),
    "dropped": _way(fault="drop"),
    "no answer": _way(fault="no answer"),
    "stream stalled": _way(fault="stall"),
    "stream dropped": _way(fault="drop"),
    "stream cut": _way(fault="cut"),
    "stream chunk malformed": _way(fault='data: {"choices": [{"delta"'),
    "stream chunk of another shape": _way(fault='data: {"choices": 5}'),
    "stream error event": _way(fault='data: {"error": {"message": "boom", "code": 500}}'),
    "body malformed": lambda _s, _r: Answer(raw=b'{"choices": [{"message": {"cont'),
    "body empty": lambda _s, _r: Answer(raw=b""),
    "body a page": lambda _s, _r: Answer(200, {"content-type": "text/html"}, raw=b"<html>Log in</html>"),
    "body of another shape": lambda _s, _r: Answer(raw=b'{"ok": true}'),
    "body a list": lambda _s, _r: Answer(raw=b"[1]"),
    "body without choices": lambda _s, _r: Answer(raw=b'{"choices": [], "usage": null}'),
    "body an error": lambda _s, _r: Answer(raw=b'{"error": {"message": "upstream failed", "code": 502}}'),
    "cut at the limit": _content(lambda text: text[:40], "length"),
    "cut in silence": _content(lambda text: text[:40]),
    "filtered": _content(lambda _: "", "content_filter"),
    "empty": _content(lambda _: ""),
    "only thoughts": _content(lambda text: f"<think>I should say {text}"),
    "no JSON": _content(
        lambda _: "好的，作为一名专业的AI研究分析师，我将根据您提供的论文生成总结。\n\n### 论文概要\n本文提出"
    ),
    "JSON of another shape": _content(lambda _: '{"summary": "A fine paper."}'),
    "an apology": _content(lambda _: '{"statements": [{"claim": "I\'m sorry, but I cannot help.", "quote": "sorry"}]}'),
    "wrong language": _content(
        lambda _: '{"statements": [{"claim": "The paper is about attention and its uses.", "quote": "a b c d e f"}]}'
    ),
    "thin": _content(lambda _: '{"statements": []}'),
}

# These need a short timeout to show: long enough for the answers that do come.
SLOW = ("slow", "stream stalled")
SHORT = 2.0  # seconds

# Answers of which some statements can be read, and the others not.
DAMAGES: dict[str, Callable[[LlmServer, Received], Answer]] = {
    "cut in half at the limit": _content(lambda text: text[: len(text) // 2], "length"),
    "cut in half in silence": _content(lambda text: text[: len(text) // 2]),
    "quotation marks": _content(lambda text: text.replace('"claim": "', '"claim": "so "called" ', 1)),
    "a comma is missing": _content(lambda text: text.replace(', "quote"', ' "quote"', 1)),
}

# Faults of form alone: the content is there, and must be found.
DISGUISES: dict[str, Callable[[LlmServer, Received], Answer]] = {
    "thoughts first": _content(lambda text: f'<think>Maybe {{"statements": []}} will do.</think>\n{text}'),
    "thoughts without a beginning": _content(lambda text: f"hmm, hmm</think>{text}"),
    "fences": _content(lambda text: f"```json\n{text}\n```"),
    "manners around": _content(lambda text: f"好的，以下是分析：\n\n{text}\n\n希望以上内容对您有帮助！"),
    "rambling on": _content(lambda text: text + "\n" * 500, "length"),
    "another name for the list": _content(lambda text: text.replace('"statements"', '"claims"')),
    "a bare list": _content(lambda text: json.dumps(json.loads(text)["statements"], ensure_ascii=False)),
    "a comma too much": _content(lambda text: text.replace("}]}", "},]}")),
}


async def _serve_alone() -> None:
    parser = argparse.ArgumentParser(description="A model server to try a bot with.")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds for each answer")
    parser.add_argument("--fault", choices=sorted({**FAULTS, **DISGUISES}), help="what goes wrong with every answer")
    parser.add_argument("--doctor", nargs="*", default=[], help="PART:NUMBER of statements whose quotation is invented")
    asked = parser.parse_args()
    doctored = {(part, int(number)) for part, _, number in (place.partition(":") for place in asked.doctor)}
    async with LlmServer(model=Model(doctored=doctored), delay=asked.delay, port=asked.port) as llm:
        if asked.fault:
            fault = {**FAULTS, **DISGUISES}[asked.fault]
            llm.behaves(lambda received: fault(llm, received))
        print(f"{llm.url} with the key {KEY}", flush=True)  # noqa: T201 - somebody has to know
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve_alone())
