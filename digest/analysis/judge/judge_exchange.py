"""One exchange with a judge: pairs -> prompt, answer -> rulings. Pure.

A ruling counts only if its words are the statement's own. Two canaries, one wrong and one right, are in every exchange:
a judge that passes the first or flags the second is not believed in anything.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from digest.analysis.llm.prompts import Prompt

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["pairs"],
    "properties": {
        "pairs": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "against", "beyond"],
                "properties": {"id": {"type": "string"}, "against": {"type": "string"}, "beyond": {"type": "string"}},
            },
        }
    },
}
_OBJECT = re.compile(r"\{\s*\"pairs\"")
_LONGEST = 1200  # characters of a statement or a passage that are sent
_SHORTEST_WORDS = 2  # characters: less names nothing


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A statement and the passages quoted for it, under an id that no paper can guess."""

    id: str
    statement: str
    quotation: str
    section: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the judge says of one pair, in the statement's own words: contradicted, not said, or nothing of either."""

    against: str = ""
    beyond: str = ""

    @property
    def is_flag(self) -> bool:
        return bool(self.against or self.beyond)


def judge_prompt(title: str, pairs: Sequence[JudgedPair], mark: str) -> Prompt:
    """The question about all pairs, in the order given. `mark` is random for each call."""
    words = _words()
    lines = [f"title: {json.dumps(title[:300], ensure_ascii=False)}", words["begins"].format(mark=mark)]
    lines += [json.dumps(_fields(pair), ensure_ascii=False) for pair in pairs]
    lines.append(words["ends"].format(mark=mark))
    return Prompt(words["instructions"].strip(), "\n".join(lines), words["task"], SCHEMA)


def _fields(pair: JudgedPair) -> dict[str, str]:
    return {
        "id": pair.id,
        "section": pair.section,
        "before": pair.before[-300:],
        "quotation": pair.quotation[:_LONGEST],
        "after": pair.after[:300],
        "statement": pair.statement[:_LONGEST],
    }


def read_rulings(text: str, pairs: Sequence[JudgedPair]) -> dict[str, Ruling]:
    """The rulings that count, by id: one for each id that was sent, with words of its statement. Ids that are unknown,
    twice or missing, and words that are not the statement's, have none. Never raises."""
    statements = {pair.id: pair.statement for pair in pairs}
    rulings: dict[str, Ruling] = {}
    twice: set[str] = set()
    for entry in _entries(text):
        pair_id = entry.get("id")
        if not isinstance(pair_id, str) or pair_id not in statements:
            continue
        twice |= {pair_id} & rulings.keys()
        ruling = _ruling(entry, statements[pair_id])
        if ruling is not None:
            rulings[pair_id] = ruling
    return {pair_id: ruling for pair_id, ruling in rulings.items() if pair_id not in twice}


def _entries(text: str) -> list[dict[str, Any]]:
    """The entries of the last object with pairs: a model that thinks aloud may write others before it."""
    starts = [match.start() for match in _OBJECT.finditer(text)]
    try:
        value = json.JSONDecoder(strict=False).raw_decode(text, starts[-1])[0] if starts else None
    except (json.JSONDecodeError, RecursionError):
        return []
    entries = value.get("pairs") if isinstance(value, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _ruling(entry: Mapping[str, Any], statement: str) -> Ruling | None:
    words = entry.get("against", ""), entry.get("beyond", "")
    if not all(isinstance(w, str) for w in words):
        return None
    against, beyond = (w.strip() for w in words)
    if any(w and (len(w) < _SHORTEST_WORDS or _folded(w) not in _folded(statement)) for w in (against, beyond)):
        return None
    return Ruling(against, beyond)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def _words() -> dict[str, str]:
    file = resources.files("digest.analysis.judge").joinpath("judge_prompt.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
