"""A model's answer -> claims, or why it is none. Pure.

    text -> statements (response_json.py) -> validated -> each claim made plain, or dropped

A server's 200 and a schema that was asked for promise nothing: small models ramble, some servers ignore the schema, and
thinking models put their thoughts before the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from digest.analysis.llm.plain_text import (
    close_brackets,
    is_finished,
    is_linked_elsewhere,
    plain_text,
    strip_invisible,
    without_addresses,
)
from digest.analysis.llm.response_json import TEXTS, latex_restored, raw_answer
from digest.text.phrases import is_instruction, strip_pleasantries

SHORTEST, LONGEST = 6, 600  # of a claim in characters: below it says nothing, above it rambles
_PROBLEMS = 5  # of an answer that the model is told of
_LARGEST_NUMBER = 10_000  # of a statement
_THOUGHT_FIRST = re.compile(r"\A\s*<(\w*think\w*|thoughts?|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_MOST_QUOTES = 3

REPORTED, INTERPRETATION = "reported", "interpretation"


class FinishReason(StrEnum):
    """Why a model stopped writing."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "filter"


class ResponseFlaw(StrEnum):
    """Why an answer is no content."""

    EMPTY = "empty"
    CUT = "cut"
    FILTERED = "filtered"
    NOT_JSON = "not JSON"
    NOTHING = "nothing usable"
    SILENT = "no statements"  # a whole answer without any: the paper does not tell
    LANGUAGE = "wrong language"


class ResponseError(Exception):
    """An answer that is no content. `detail` tells the model, in English, what was wrong with it."""

    def __init__(self, flaw: ResponseFlaw, detail: str) -> None:
        self.flaw, self.detail = flaw, detail
        super().__init__(f"{flaw}: {detail}")


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """One statement as the model made it: plain text in the reader's language, with a quotation not checked yet."""

    text: str
    quote: str
    part: str = ""
    number: int = 0
    kind: str = REPORTED
    more: tuple[str, ...] = ()  # further quotations

    @property
    def quotes(self) -> tuple[str, ...]:
        """All quotations, the first one first."""
        return self.quote, *self.more


class _Claim(BaseModel):
    model_config = ConfigDict(extra="ignore")

    claim: str = Field(validation_alias=AliasChoices(*TEXTS))
    quotes: list[str] = Field(default=[], validation_alias=AliasChoices("quotes", "quote", "quotation", "evidence"))
    part: str = ""
    number: int = 0
    kind: str = REPORTED

    @field_validator("quotes", mode="before")
    @classmethod
    def _texts(cls, value: object) -> list[str]:
        items = value if isinstance(value, list) else [value]
        return [item for item in items if isinstance(item, str) and item.strip()]

    @field_validator("part", "kind", mode="before")
    @classmethod
    def _text(cls, value: object) -> str:
        return value if isinstance(value, str) else ""

    @field_validator("number", mode="before")
    @classmethod
    def _whole(cls, value: object) -> int:
        """A small whole number, also as text; anything else is none."""
        if isinstance(value, str):
            value = int(value) if value.isdecimal() and len(value) <= 5 else 0
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return int(value) if is_number and 0 <= value <= _LARGEST_NUMBER else 0  # type: ignore[operator, call-overload]


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """The claims of an answer. `lost` tells the model, in English, which statements could not be read; empty: none."""

    claims: tuple[DraftClaim, ...]
    lost: str = ""


def parse_response(text: str, finish: FinishReason, language: str, links: Iterable[str] = ()) -> tuple[DraftClaim, ...]:
    """The claims of an answer in the reader's language, as `read_answer` gives them."""
    return read_answer(text, finish, language, links).claims


def read_answer(text: str, finish: FinishReason, language: str, links: Iterable[str] = ()) -> ReadAnswer:
    """The claims of an answer. `links` are the addresses that a claim may hold: the paper's.

    Each statement that can be read by itself is kept. Raises `ResponseError` for an answer that is empty, cut,
    filtered, no JSON, or without a single usable claim.
    """
    if finish is FinishReason.FILTER:
        raise ResponseError(ResponseFlaw.FILTERED, "the answer was filtered")
    cut = finish is FinishReason.LENGTH
    if not text.strip():
        raise ResponseError(ResponseFlaw.CUT if cut else ResponseFlaw.EMPTY, "the answer was empty")
    raw = raw_answer(text)
    lost = "; ".join(raw.problems[:_PROBLEMS]) if raw else ""
    if raw is None or (raw.problems and not raw.statements):
        if cut:
            raise ResponseError(ResponseFlaw.CUT, "the answer was longer than allowed and was cut off; write less")
        reason = f": {lost}" if lost else ""
        raise ResponseError(
            ResponseFlaw.NOT_JSON, f'the answer was not one complete JSON object with the key "statements"{reason}'
        )
    if raw.is_silent:
        raise ResponseError(ResponseFlaw.SILENT, "there were no statements")
    claims = tuple(_usable(raw.statements, tuple(links)))
    if not claims:
        raise ResponseError(ResponseFlaw.NOTHING, 'no statement had both a finished sentence as "claim" and a "quote"')
    if not is_written_in(language, " ".join(claim.text for claim in claims)):
        raise ResponseError(ResponseFlaw.LANGUAGE, "the claims were not in the language that was asked for")
    return ReadAnswer(claims, lost)


def _usable(raw: list[dict[str, Any]], links: tuple[str, ...]) -> Iterator[DraftClaim]:
    texts: set[str] = set()
    for statement in raw:
        try:
            item = _Claim.model_validate(statement)
        except ValidationError:
            continue
        text = strip_pleasantries(plain_text(latex_restored(_THOUGHT_FIRST.sub("", item.claim))))
        quotes = [
            q for raw_quote in item.quotes if (q := strip_invisible(latex_restored(raw_quote)).strip("\"“”'‘’「」 "))
        ]
        quote = quotes[0] if quotes else ""
        if not (SHORTEST <= len(text) <= LONGEST and is_finished(text) and quote) or text in texts:
            continue
        if is_instruction(text) or any(map(is_instruction, quotes)) or is_linked_elsewhere(text, links):
            continue
        texts.add(text)
        kind = INTERPRETATION if item.kind == INTERPRETATION else REPORTED
        yield DraftClaim(close_brackets(text), quote, item.part, item.number, kind, tuple(quotes[1:_MOST_QUOTES]))


_SCRIPTS = {
    "zh": "\u3400-\u9fff",
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7af",
    **dict.fromkeys(("ru", "uk", "bg", "be", "sr", "mk", "kk", "mn"), "\u0400-\u04ff"),
    **dict.fromkeys(("ar", "fa", "ur", "ps"), "\u0600-\u06ff"),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), "\u0900-\u097f"),
    "he": "\u0590-\u05ff",
    "el": "\u0370-\u03ff",
    "th": "\u0e00-\u0e7f",
}
_ALL_SCRIPTS = "".join(dict.fromkeys(_SCRIPTS.values()))


def is_written_in(language: str, text: str) -> bool:
    """Whether the text is in the script of that language. Terms in Latin letters are expected in all of them; languages
    that share a script are not told apart."""
    text = without_addresses(text)
    letters = sum(map(str.isalpha, text))
    letters_of_script = _SCRIPTS.get(language)
    if letters_of_script is None:
        return len(re.findall(f"[{_ALL_SCRIPTS}]", text)) <= letters * 0.3
    return len(re.findall(f"[{letters_of_script}]", text)) >= letters * 0.1
