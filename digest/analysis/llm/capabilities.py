"""How to speak to a server: what it and its model were found to understand. Pure.

Structured output goes down a ladder: json_schema, json_object, plain text; the prompt asks for JSON in words on every
rung. What a server refuses is not asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from digest.analysis.llm.model_errors import FaultKind, ModelError
from digest.analysis.llm.prompts import SCHEMA, Prompt
from digest.analysis.llm.server.server_quirks import RefusalRule, server_quirks
from digest.settings import LlmModel


class OutputFormat(StrEnum):
    """The rungs, the strictest first."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TEXT = "text"

    @property
    def weaker(self) -> OutputFormat | None:
        rungs = list(OutputFormat)
        position = rungs.index(self) + 1
        return rungs[position] if position < len(rungs) else None


_REFUSING = frozenset({400, 404, 415, 422, 500, 501})  # statuses with which servers refuse what they do not understand


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
        """What to try after a refusal: without what it names, or else with less and less: a weaker format, then no
        system message. None: no more to give up."""
        status, is_named = fault.status or 0, False
        if status not in _REFUSING or fault.trouble in (FaultKind.TOO_LONG, FaultKind.FILTERED):
            return None
        for rule in server_quirks().refusals:
            named = rule.words.search(fault.detail) and not (rule.but_not and rule.but_not.search(fault.detail))
            if named and (status in rule.statuses or not rule.statuses):
                changed = self._without(rule)
                if changed is not None:
                    return changed
                is_named = True
        if status == 500 or fault.trouble is not FaultKind.REFUSED or is_named:
            return None
        if self.format.weaker:
            return replace(self, format=self.format.weaker)
        return replace(self, system=False) if self.system else None

    def _without(self, rule: RefusalRule) -> Capabilities | None:
        """What such a refusal leaves; None where it was given up before."""
        if rule.field == "format":
            return replace(self, format=self.format.weaker) if self.format.weaker else None
        before: object = True if rule.before is None else rule.before
        if getattr(self, rule.field) != before:
            return None
        change: dict[str, Any] = {rule.field: False if rule.after is None else rule.after}
        return replace(self, **change)

    def chat(self, model: LlmModel, answer_tokens: int, asked: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The body of a chat completion, `model` and `messages` apart. The configuration's own keys come last. `asked`
        is the schema of the answer, by default that of statements."""
        body: dict[str, Any] = {self.limit: answer_tokens}
        if self.format is OutputFormat.JSON_SCHEMA:
            schema = {"name": "statements", "strict": True, "schema": asked or SCHEMA}
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

    def responses(self, model: LlmModel, answer_tokens: int, asked: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The body of a request to the Responses API, `model`, `instructions` and `input` apart."""
        body: dict[str, Any] = {"max_output_tokens": answer_tokens}
        if self.format is OutputFormat.JSON_SCHEMA:
            schema = {"type": "json_schema", "name": "statements", "strict": True, "schema": asked or SCHEMA}
            body["text"] = {"format": schema}
        elif self.format is OutputFormat.JSON_OBJECT:
            body["text"] = {"format": {"type": "json_object"}}
        return body | dict(model.extra_body)
