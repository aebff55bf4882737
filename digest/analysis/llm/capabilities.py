"""How to speak to a server: what it and its model were found to understand. Pure.

Structured output goes down a ladder: json_schema, json_object, plain text; the prompt asks for JSON in words on every
rung. What a server refuses is not asked for again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from digest.analysis.llm.model_errors import FaultKind, ModelError
from digest.analysis.llm.prompts import SCHEMA, Prompt
from digest.settings import LlmModel


class OutputFormat(StrEnum):
    """The rungs, the strictest first."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TEXT = "text"

    @property
    def weaker(self) -> OutputFormat | None:
        rungs = list(OutputFormat)
        place = rungs.index(self) + 1
        return rungs[place] if place < len(rungs) else None


_NAMES_FORMAT = re.compile(
    r"response_format|json_schema|json_object|text\.format|structured[ _]output|grammar|guided|schema",
    re.IGNORECASE,
)
_NAMES_SYSTEM = re.compile(r"system (?:role|message|prompt)s?|role.{0,20}system|roles must alternate", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`system`: instructions in a message of their own. `limit`: what the limit of an answer is called."""

    format: OutputFormat = OutputFormat.JSON_SCHEMA
    limit: str = "max_tokens"
    system: bool = True
    stream_usage: bool = True

    @classmethod
    def first(cls, model: LlmModel) -> Capabilities:
        """What to try first."""
        return cls(OutputFormat.JSON_SCHEMA if model.structured == "auto" else OutputFormat(model.structured))

    def without_refused(self, fault: ModelError) -> Capabilities | None:
        """What to try after a refusal: without what it names, or else a weaker format. None: no more to give up."""
        said, status = fault.detail, fault.status
        if status not in (400, 404, 415, 422, 500, 501) or fault.trouble in (FaultKind.TOO_LONG, FaultKind.FILTERED):
            return None
        if status != 500 and self.limit == "max_tokens" and "max_completion_tokens" in said:
            return replace(self, limit="max_completion_tokens")
        if status != 500 and self.limit == "max_completion_tokens" and re.search(r"(?<!completion_)max_tokens", said):
            return replace(self, limit="max_tokens")
        if self.stream_usage and re.search(r"stream_options|include_usage", said):
            return replace(self, stream_usage=False)
        if self.system and _NAMES_SYSTEM.search(said):
            return replace(self, system=False)
        named = _NAMES_FORMAT.search(said) is not None
        if self.format.weaker and (named or fault.trouble is FaultKind.REFUSED):
            return replace(self, format=self.format.weaker)
        return None

    def chat(self, model: LlmModel, answer_tokens: int) -> dict[str, Any]:
        """The body of a chat completion, `model` and `messages` apart. The configuration's own keys come last."""
        body: dict[str, Any] = {self.limit: answer_tokens}
        if self.format is OutputFormat.JSON_SCHEMA:
            schema = {"name": "statements", "strict": True, "schema": SCHEMA}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.format is OutputFormat.JSON_OBJECT:
            body["response_format"] = {"type": "json_object"}
        if model.stream and self.stream_usage:
            body["stream_options"] = {"include_usage": True}
        return body | dict(model.extra_body)

    def messages(self, prompt: Prompt) -> list[dict[str, str]]:
        if not self.system:
            return [{"role": "user", "content": prompt.text}]
        return [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]

    def responses(self, model: LlmModel, answer_tokens: int) -> dict[str, Any]:
        """The body of a request to the Responses API, `model`, `instructions` and `input` apart."""
        body: dict[str, Any] = {"max_output_tokens": answer_tokens}
        if self.format is OutputFormat.JSON_SCHEMA:
            body["text"] = {"format": {"type": "json_schema", "name": "statements", "strict": True, "schema": SCHEMA}}
        elif self.format is OutputFormat.JSON_OBJECT:
            body["text"] = {"format": {"type": "json_object"}}
        return body | dict(model.extra_body)
