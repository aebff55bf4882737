"""What servers send, in its many shapes -> Reply. Pure.

The SDK takes any JSON for a completion; here it is validated, so that a body of another shape is a fault and no crash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digest.analysis.llm.response_parser import FinishReason


@dataclass(frozen=True, slots=True)
class ReportedUsage:
    """Tokens of one call. `cached_tokens` are among `prompt_tokens`. `reported`: by the server, not estimated."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reported: bool = True


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model wrote. `finish` None: the server never said that it was done."""

    text: str
    finish: FinishReason | None
    usage: ReportedUsage | None


class BodyError(ValueError):
    """A body that is no completion. `error`: what the server says went wrong, where it says so with a 200."""

    def __init__(self, message: str, error: Mapping[str, Any] | None = None) -> None:
        self.error = error
        super().__init__(message)


T = TypeVar("T", bound=BaseModel)


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Details(_Lenient):
    cached_tokens: int | None = None


class _Usage(_Lenient):
    """Chat and Responses name the same figures differently; DeepSeek names the cached ones in its own way."""

    prompt_tokens: int | None = None
    input_tokens: int | None = None
    completion_tokens: int | None = None
    output_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    input_tokens_details: _Details | None = None
    prompt_cache_hit_tokens: int | None = None

    def usage(self) -> ReportedUsage | None:
        prompt = self.prompt_tokens or self.input_tokens
        if not prompt:
            return None
        details = self.prompt_tokens_details or self.input_tokens_details or _Details()
        cached = details.cached_tokens or self.prompt_cache_hit_tokens or 0
        written = self.completion_tokens or self.output_tokens or 0
        if cached > prompt:  # a few servers leave the cached ones out of the prompt's
            prompt += cached
        return ReportedUsage(prompt, cached, written)


class _Message(_Lenient):
    content: str | list[Any] | None = None
    refusal: str | None = None


class _Choice(_Lenient):
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: str | None = None


class _Completion(_Lenient):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class _Chunk(_Lenient):
    choices: list[_Choice] = []
    usage: _Usage | None = None


_FINISHES = {"length": FinishReason.LENGTH, "max_tokens": FinishReason.LENGTH, "content_filter": FinishReason.FILTER}


def parse_chat_completion(body: object) -> ModelReply:
    """The reply in a chat completion. Raises `BodyError`."""
    completion = _checked(_Completion, body)
    choice = completion.choices[0]
    message = choice.message or _Message()
    finish = (
        FinishReason.FILTER if message.refusal else _FINISHES.get(choice.finish_reason or "stop", FinishReason.STOP)
    )
    return ModelReply(_text(message.content), finish, completion.usage.usage() if completion.usage else None)


@dataclass(slots=True)
class ChatStream:
    """Puts the chunks of a stream together. Without a finish_reason in any of them the stream was cut."""

    text: str = ""
    finish: FinishReason | None = None
    usage: ReportedUsage | None = None

    def add(self, body: object) -> None:
        """Take one chunk. Raises `BodyError`."""
        chunk = _checked(_Chunk, body)
        if chunk.usage:
            self.usage = chunk.usage.usage() or self.usage
        for choice in chunk.choices[:1]:
            delta = choice.delta or _Message()
            self.text += _text(delta.content)
            if choice.finish_reason:
                self.finish = _FINISHES.get(choice.finish_reason, FinishReason.STOP)
            if delta.refusal:
                self.finish = FinishReason.FILTER

    def reply(self) -> ModelReply:
        return ModelReply(self.text, self.finish, self.usage)


class _Output(_Lenient):
    type: str = ""
    content: list[dict[str, Any]] | None = None


class _Incomplete(_Lenient):
    reason: str | None = None


class _Response(_Lenient):
    output: list[_Output]
    status: str | None = None
    incomplete_details: _Incomplete | None = None
    usage: _Usage | None = None


def parse_response_object(body: object) -> ModelReply:
    """The reply in an answer of the Responses API. Raises `BodyError`."""
    answer = _checked(_Response, body)
    pieces = [piece for out in answer.output if out.type == "message" for piece in out.content or []]
    text = "".join(str(piece.get("text") or "") for piece in pieces if piece.get("type") == "output_text")
    finish: FinishReason | None = FinishReason.STOP
    if answer.status == "incomplete":
        reason = answer.incomplete_details.reason if answer.incomplete_details else None
        finish = FinishReason.FILTER if reason == "content_filter" else FinishReason.LENGTH
    elif any(piece.get("type") == "refusal" for piece in pieces):
        finish = FinishReason.FILTER
    elif answer.status not in (None, "completed"):
        finish = None
    return ModelReply(text, finish, answer.usage.usage() if answer.usage else None)


def _checked(cls: type[T], body: object) -> T:
    if isinstance(body, Mapping) and isinstance(body.get("error"), Mapping | str) and body["error"]:
        error = body["error"]
        raise BodyError("an error in place of an answer", error if isinstance(error, Mapping) else {"message": error})
    try:
        return cls.model_validate(body)
    except ValidationError as error:
        raise BodyError(f"no completion: {error.error_count()} places do not fit") from None


def _text(content: str | list[Any] | None) -> str:
    """Content as text; some servers send it in parts, thoughts apart."""
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, Mapping) and part.get("type") in ("text", "output_text"))
        return "".join(str(part.get("text") or "") for part in parts)
    return content or ""
