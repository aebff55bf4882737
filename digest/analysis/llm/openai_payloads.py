"""What servers send, in its many shapes -> Reply. Pure.

Only what an answer depends on is checked: a body without a choice is a fault. Whatever else does not fit is left out,
so that a figure of an odd shape costs that figure, and no answer. Names are in `server_quirks.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digest.analysis.llm.response_parser import FinishReason
from digest.analysis.llm.server.server_quirks import server_quirks

LONGEST_TEXT = 2_000_000  # characters of one answer: no model writes so much


@dataclass(frozen=True, slots=True)
class ReportedUsage:
    """Tokens of one call. `cached_tokens` are among `prompt_tokens`. `reported`: by the server, not estimated."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reported: bool = True


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model wrote. `finish` None: the server never said that it was done, or that it failed."""

    text: str
    finish: FinishReason | None
    usage: ReportedUsage | None


class BodyError(ValueError):
    """A body that is no completion. `error`: what the server says went wrong, where it says so with a 200."""

    def __init__(self, message: str, error: Mapping[str, Any] | None = None) -> None:
        self.error = error
        super().__init__(message)


def parse_chat_completion(body: object) -> ModelReply:
    """The reply in a chat completion. Raises `BodyError`."""
    completion = _body(body)
    choice = _first_choice(completion)
    if choice is None:
        raise BodyError("no completion: there is no choice")
    message = _mapping(choice.get("message"))
    finish = _finish(choice.get("finish_reason")) if choice.get("finish_reason") else FinishReason.STOP
    finish = FinishReason.FILTER if _is_refusal(message) else finish
    return ModelReply(_text(message.get("content")), finish, usage_in(completion))


class ChatStream:
    """Puts the chunks of a stream together. Chunks that carry nothing are skipped. Without a finish reason in any of
    them the stream was cut. `thinks`: whether anything came, thoughts included."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.usage: ReportedUsage | None = None
        self.thinks = False
        self._pieces: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def add(self, chunk: object) -> None:
        """Take one chunk. Raises `BodyError` for an error, or when the answer grows beyond `LONGEST_TEXT`."""
        if not isinstance(chunk, Mapping):
            return
        body = _body(chunk)
        self.usage = usage_in(body) or self.usage
        choice = _first_choice(body)
        if choice is None:
            return
        delta = _mapping(choice.get("delta")) or _mapping(choice.get("message"))
        piece = _text(delta.get("content"))
        self.thinks = self.thinks or bool(piece or _thought(delta))
        self._pieces.append(piece)
        self._length += len(piece)
        if self._length > LONGEST_TEXT:
            raise BodyError(f"the answer did not end within {LONGEST_TEXT:,} characters")
        if reason := choice.get("finish_reason"):
            self.finish = _finish(reason)
        if _is_refusal(delta):
            self.finish = FinishReason.FILTER

    def reply(self) -> ModelReply:
        return ModelReply(self.text, self.finish, self.usage)


def parse_response_object(body: object) -> ModelReply:
    """The reply in an answer of the Responses API. Raises `BodyError`."""
    answer = _body(body)
    output = answer.get("output")
    if not isinstance(output, list):
        raise BodyError("no response: there is no output")
    messages = [_mapping(item) for item in output if _mapping(item).get("type") == "message"]
    pieces = [_mapping(piece) for item in messages for piece in _list(item.get("content"))]
    text = "".join(str(piece.get("text") or "") for piece in pieces if piece.get("type") == "output_text")
    status = answer.get("status")
    finish: FinishReason | None = FinishReason.STOP
    if status == "incomplete":
        reason = _mapping(answer.get("incomplete_details")).get("reason")
        finish = _finish(reason or "length")
    elif any(piece.get("type") == "refusal" for piece in pieces):
        finish = FinishReason.FILTER
    elif status not in (None, "completed"):
        finish = None
    return ModelReply(text, finish, usage_in(answer))


def usage_in(body: Mapping[str, Any]) -> ReportedUsage | None:
    """The tokens of a call, wherever an answer or a chunk tells them; None where it does not tell the prompt's."""
    names = server_quirks().usage
    for path in names.places:
        figures = _at(body, path)
        prompt = _count(figures, names.prompt)
        cached_outside = _count(figures, names.beside_prompt)
        if not prompt + cached_outside:
            continue
        cached = _count(figures, names.cached) or cached_outside
        written, total = _count(figures, names.completion), _count(figures, names.total)
        prompt += cached_outside
        if cached > prompt:  # a few servers leave the cached ones out of the prompt's
            prompt += cached
        return ReportedUsage(
            prompt, cached, max(written, total - prompt)
        )  # thoughts are in the total alone on some servers
    return None


def _at(body: object, path: tuple[str, ...]) -> object:
    for key in path:
        if isinstance(body, Mapping):
            body = body.get(key)
        elif isinstance(body, list) and key.isdecimal() and int(key) < len(body):
            body = body[int(key)]
        else:
            return None
    return body


def _count(figures: object, paths: tuple[tuple[str, ...], ...]) -> int:
    """The first of these figures that is a whole number, also as text; 0 where none is."""
    for path in paths:
        value = _at(figures, path)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 12:
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e12:
            return int(value)
    return 0


def _finish(reason: object) -> FinishReason | None:
    """What a finish reason means, in any server's words; None: it failed, so it is to be asked again."""
    if not isinstance(reason, str):
        return FinishReason.STOP
    kinds = (kind for words, kind in server_quirks().finishes if words.search(reason))
    kind = next(kinds, "stop")
    return None if kind == "again" else FinishReason(kind)


def _first_choice(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first choice; None where there is none. Raises `BodyError` for choices of another shape, or an error."""
    choices = body.get("choices")
    if choices is not None and not isinstance(choices, list):
        raise BodyError("no completion: the choices are no list")
    if not choices or not isinstance(choices[0], Mapping):
        return None
    _raise_error(choices[0])
    return choices[0]


def _body(body: object) -> Mapping[str, Any]:
    """The body, which is an object without an error in it. Raises `BodyError`."""
    if not isinstance(body, Mapping):
        raise BodyError("no completion: the body is no object")
    _raise_error(body)
    return body


def _raise_error(body: Mapping[str, Any]) -> None:
    error = body.get("error")
    if isinstance(error, Mapping | str) and error:
        raise BodyError("an error in place of an answer", error if isinstance(error, Mapping) else {"message": error})


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_refusal(message: Mapping[str, Any]) -> bool:
    return isinstance(message.get("refusal"), str) and bool(message["refusal"])


def _thought(delta: Mapping[str, Any]) -> bool:
    """Whether a chunk carries anything besides an answer: thoughts are called differently by each server."""
    return any(bool(value) for key, value in delta.items() if key not in ("role", "content"))


def _text(content: object) -> str:
    """Content as text; some servers send it in parts, thoughts apart. Raises `BodyError`."""
    if isinstance(content, list):
        parts = (_mapping(part) for part in content)
        return "".join(str(part.get("text") or "") for part in parts if part.get("type") in ("text", "output_text"))
    if content is not None and not isinstance(content, str):
        raise BodyError("no completion: the content is no text")
    return content or ""
