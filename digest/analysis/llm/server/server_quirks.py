"""What is known of model servers, as typed rows of `server_quirks.toml`. A new server is a new row there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """One row: the kind of fault that an error is. What a row does not name fits every error."""

    kind: str
    statuses: frozenset[int]
    from_status: int
    codes: frozenset[str]
    words: re.Pattern[str] | None
    waits: bool

    def matches(self, status: int, codes: frozenset[str], text: str, wait: float | None) -> bool:
        if self.statuses and status not in self.statuses:
            return False
        if status < self.from_status or (self.codes and not self.codes & codes):
            return False
        if self.waits and (wait is None or wait > _PASSES_WITHIN):
            return False
        return self.words is None or self.words.search(text) is not None


_PASSES_WITHIN = 3600.0  # seconds; who asks for a longer pause may as well mean a quota


@dataclass(frozen=True, slots=True)
class LimitCues:
    """How the limit of a prompt is told from the other numbers of an error."""

    cue: re.Pattern[str]  # its group "limit" matches where the number is the limit
    after: re.Pattern[str]
    is_sum: re.Pattern[str]
    not_tokens: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class WaitCues:
    """Where an error names the pause that it asks for: keys of its body, and words."""

    keys: re.Pattern[str]
    words: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """One row: the field of `Capabilities` that a refusal is about, and its values before and after."""

    field: str
    before: str | None
    after: str | None
    statuses: frozenset[int]
    words: re.Pattern[str]
    but_not: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class UsageNames:
    """Where figures of usage stand, and what they are called; paths are tuples of keys."""

    places: tuple[tuple[str, ...], ...]
    prompt: tuple[tuple[str, ...], ...]
    completion: tuple[tuple[str, ...], ...]
    total: tuple[tuple[str, ...], ...]
    cached: tuple[tuple[str, ...], ...]
    beside_prompt: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ThoughtMarks:
    """Marks round a model's thoughts: what a mark looks like, the names of thoughts, and how a closing one begins."""

    mark: re.Pattern[str]
    names: re.Pattern[str]
    closes: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ServerQuirks:
    """All rows."""

    errors: tuple[ErrorRule, ...]
    limits: LimitCues
    waits: WaitCues
    refusals: tuple[RefusalRule, ...]
    finishes: tuple[tuple[re.Pattern[str], str], ...]
    usage: UsageNames
    thoughts: ThoughtMarks


@cache
def server_quirks() -> ServerQuirks:
    """The rows of `server_quirks.toml`, read once. Raises `KeyError` or `re.error` for a row that is malformed."""
    source = resources.files(__package__).joinpath("server_quirks.toml").read_text(encoding="utf-8")
    return parse_quirks(tomllib.loads(source))


def parse_quirks(data: Mapping[str, Any]) -> ServerQuirks:
    """The rows of such a table. Raises as `server_quirks` does."""
    limits, waits, thoughts = data["limits"], data["waits"], data["thoughts"]
    cue = f"(?P<limit>{'|'.join(limits['is_limit'])})|(?:{'|'.join(limits['is_sent'])})"
    return ServerQuirks(
        errors=tuple(_error_rule(row) for row in data["errors"]),
        limits=LimitCues(
            _pattern(cue), _pattern(limits["after"]), _pattern(limits["is_sum"]), _pattern(limits["not_tokens"])
        ),
        waits=WaitCues(_pattern(waits["keys"]), tuple(map(_pattern, waits["words"]))),
        refusals=tuple(_refusal_rule(row) for row in data["refusals"]),
        finishes=tuple((_pattern(row["words"]), row["finish"]) for row in data["finishes"]),
        usage=UsageNames(**{name: _paths(paths) for name, paths in data["usage"].items()}),
        thoughts=ThoughtMarks(*(_pattern(thoughts[name]) for name in ("mark", "names", "closes"))),
    )


def _error_rule(row: Mapping[str, Any]) -> ErrorRule:
    words = _pattern(row["words"]) if "words" in row else None
    return ErrorRule(
        row["kind"],
        frozenset(row.get("statuses", ())),
        row.get("from_status", 0),
        frozenset(row.get("codes", ())),
        words,
        row.get("waits", False),
    )


def _refusal_rule(row: Mapping[str, Any]) -> RefusalRule:
    but_not = _pattern(row["but_not"]) if "but_not" in row else None
    statuses = frozenset(row.get("statuses", ()))
    return RefusalRule(row["field"], row.get("from"), row.get("to"), statuses, _pattern(row["words"]), but_not)


def _paths(paths: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(filter(None, path.split("."))) for path in paths)


def _pattern(source: str) -> re.Pattern[str]:
    """A pattern that may go over several lines, of which line breaks and indents are no part."""
    return re.compile("".join(line.strip() for line in source.splitlines()), re.IGNORECASE)
