"""A model's answer -> claims, or why it is none. Pure.

    text -> without reasoning -> outermost JSON -> validated -> each claim made plain, or dropped

A server's 200 and a schema that was asked for promise nothing: small models ramble, some servers ignore the schema, and
thinking models put their thoughts before the answer. Reasoning, fences and manners never get further than this file.
"""

from __future__ import annotations

import json
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
from digest.text.phrases import is_instruction, strip_pleasantries

SHORTEST, LONGEST = 6, 600  # of a claim in characters: below it says nothing, above it rambles
_TRIES = 300  # places at which a JSON value may begin that are tried

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


class _Claim(BaseModel):
    model_config = ConfigDict(extra="ignore")

    claim: str = Field(validation_alias=AliasChoices("claim", "statement", "text", "sentence"))
    quote: str = Field(default="", validation_alias=AliasChoices("quote", "quotation", "evidence"))
    part: str = ""
    number: int = 0
    kind: str = REPORTED

    @field_validator("quote", "part", "kind", mode="before")
    @classmethod
    def _text(cls, value: object) -> str:
        return value if isinstance(value, str) else ""

    @field_validator("number", mode="before")
    @classmethod
    def _whole(cls, value: object) -> int:
        return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdecimal() else 0


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    statements: list[Any] = Field(validation_alias=AliasChoices("statements", "claims", "items", "sentences"))


def parse_response(text: str, finish: FinishReason, language: str, links: Iterable[str] = ()) -> tuple[DraftClaim, ...]:
    """The claims of an answer in the reader's language. `links` are the addresses that a claim may hold: the paper's.

    Raises `ResponseError` for an answer that is empty, cut, filtered, no JSON, or without a single usable claim.
    """
    if finish is FinishReason.FILTER:
        raise ResponseError(ResponseFlaw.FILTERED, "the answer was filtered")
    said = without_reasoning(text)
    if not said:
        flaw = ResponseFlaw.CUT if finish is FinishReason.LENGTH else ResponseFlaw.EMPTY
        raise ResponseError(flaw, "the answer was empty")
    raw = _outermost(said)
    if raw is None:
        if finish is FinishReason.LENGTH:
            raise ResponseError(ResponseFlaw.CUT, "the answer was longer than allowed and was cut off; write less")
        raise ResponseError(
            ResponseFlaw.NOT_JSON, 'the answer was not one complete JSON object with the key "statements"'
        )
    if not raw:
        raise ResponseError(ResponseFlaw.SILENT, "there were no statements")
    claims = tuple(_usable(raw, tuple(links)))
    if not claims:
        raise ResponseError(ResponseFlaw.NOTHING, 'no statement had both a finished sentence as "claim" and a "quote"')
    if not is_written_in(language, " ".join(claim.text for claim in claims)):
        raise ResponseError(ResponseFlaw.LANGUAGE, "the claims were not in the language that was asked for")
    return claims


_REASONING = (
    re.compile(r"<(think|thinking|reasoning|thought|analysis)>.*?</\1>", re.DOTALL | re.IGNORECASE),
    re.compile(r"\[THINK\].*?\[/THINK\]|◁think▷.*?◁/think▷", re.DOTALL),
    re.compile(r"<\|channel\|>(?:analysis|commentary).*?(?=<\|channel\|>final|\Z)", re.DOTALL),
    re.compile(
        r"\A.*(?:</(?:think|thinking|reasoning|thought|analysis)>|\[/THINK\]|◁/think▷)", re.DOTALL | re.IGNORECASE
    ),
    re.compile(r"<(?:think|thinking|reasoning|thought)>.*\Z|\[THINK\].*\Z|◁think▷.*\Z", re.DOTALL | re.IGNORECASE),
)
_FENCE = re.compile(r"^\s*```[\w-]*\s*$", re.MULTILINE)


def without_reasoning(text: str) -> str:
    """The text without a model's thoughts and code fences. Thoughts that were never closed leave nothing."""
    for pattern in _REASONING:
        text = pattern.sub("", text)
    return _FENCE.sub("", text).strip()


def _outermost(text: str) -> list[Any] | None:
    """The statements of the longest JSON value that has any; None where no value is complete."""
    for variant in (text, _mended(text)):
        found = [(end - start, value) for start, end, value in _values(variant)]
        if found:
            return max(found, key=lambda pair: pair[0])[1]
    return None


def _values(text: str) -> Iterator[tuple[int, int, list[Any]]]:
    decoder = json.JSONDecoder(strict=False)  # line breaks within strings are common
    starts = (m.start() for m in re.finditer(r"[{\[]", text))
    done = 0
    for _, start in zip(range(_TRIES), starts, strict=False):
        if start < done:
            continue
        try:
            value, end = decoder.raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError):
            continue
        statements = _statements(value)
        if statements is not None:
            done = end
            yield start, end, statements


def _statements(value: object) -> list[Any] | None:
    if isinstance(value, list):
        return value if value and all(isinstance(item, dict) for item in value) else None
    try:
        return _Answer.model_validate(value).statements
    except ValidationError:
        return None


# LaTeX commands whose first letters JSON takes for a control character: `\beta`, `\frac`, `\nu`, `\rho`, `\times`.
_LATEX = {
    "b": "eta|ar|egin|oldsymbol|inom",
    "f": "rac|orall",
    "n": "(?:abla|eq|ot|u)(?![a-z])",
    "r": "ho|ight|m(?![a-z])",
    "t": "imes|heta|au|ext|ilde|o(?![a-z])",
}
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _mended(text: str) -> str:
    r"""The text with what JSON does not allow put right: `\alpha` in a string, a comma before a bracket."""
    commands = "|".join(f"{first}(?:{tails})" for first, tails in _LATEX.items())
    text = re.sub(rf'\\(?:(?=["\\/])(.)|(?={commands})|(?![bfnrtu])|(?=u(?![0-9a-fA-F]{{4}})))', _escaped, text)
    return re.sub(r",\s*(?=[}\]])", "", text)


def _escaped(match: re.Match[str]) -> str:
    return match.group() if match[1] else r"\\"


def _latex_kept(text: str) -> str:
    """The text with such commands restored, after JSON has read them."""
    for first, tails in _LATEX.items():
        text = re.sub(f"{_CONTROL[first]}(?={tails})", rf"\\{first}", text)
    return text


def _usable(raw: list[Any], links: tuple[str, ...]) -> Iterator[DraftClaim]:
    told: set[str] = set()
    for item in raw:
        try:
            given = _Claim.model_validate(item)
        except ValidationError:
            continue
        text = strip_pleasantries(plain_text(_latex_kept(given.claim)))
        quote = strip_invisible(_latex_kept(given.quote)).strip("\"“”'‘’「」 ")
        if not (SHORTEST <= len(text) <= LONGEST and is_finished(text) and quote) or text in told:
            continue
        if is_instruction(text) or is_instruction(quote) or is_linked_elsewhere(text, links):
            continue
        told.add(text)
        kind = INTERPRETATION if given.kind == INTERPRETATION else REPORTED
        yield DraftClaim(close_brackets(text), quote, given.part, given.number, kind)


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
    own = _SCRIPTS.get(language)
    if own is None:
        return len(re.findall(f"[{_ALL_SCRIPTS}]", text)) <= letters * 0.3
    return len(re.findall(f"[{own}]", text)) >= letters * 0.1
