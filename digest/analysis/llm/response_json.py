"""The statements in whatever a model wrote: drafts, thoughts, wrappers and broken JSON included. Pure.

    text -> JSON values and what stands between them -> groups -> the last group that is an answer

Values with nothing but punctuation between them are one answer; words or tags part them, so that a draft is never taken
for the answer, whatever its wrapper is called. Where a value is broken, each statement in it that is whole is kept.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from digest.analysis.llm.server.server_quirks import ThoughtMarks, server_quirks

LISTS = ("statements", "claims", "items", "sentences")  # what models call the list
TEXTS = ("claim", "statement", "text", "sentence")  # and the text of a statement

_LONGEST = 400_000  # characters that are looked at, from the end: the answer stands last
_TRIES = 3000  # places at which a value may begin that are tried
_DEEPEST = 8  # levels of objects and strings round the list
_LEAST_LETTERS = 2  # of a claim: "…" is an example

_START = re.compile(r'[{\[]|"(?=\s*[\[{]\s*(?:\[|\{|\\"))')
_OPENING = re.compile(rf'\{{\s*"(?:{"|".join(LISTS)})"\s*:\s*\[?|\[(?=\s*\{{)', re.IGNORECASE)
_STATEMENT = re.compile(rf'\{{[^{{]*?"(?:{"|".join((*TEXTS, "quote", "number", "part", "kind"))})"\s*:', re.IGNORECASE)
_END_OF_STATEMENT = re.compile(r'\}(?=\s*(?:[,\]}{]|\Z))|(?<!^)(?=\{\s*")')
_PUNCTUATION = re.compile(r'(?:[\s,;\[\]{}]|"[\w .-]{1,40}"\s*:)*')


@dataclass(slots=True)
class RawAnswer:
    """Statements as objects of JSON, their keys in small letters; `problems`: what could not be read, and where."""

    statements: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_pieced: bool = False  # put together of statements, where a list can't be read as a whole

    @property
    def is_silent(self) -> bool:
        """Whether the model says that there are no statements."""
        return not self.statements and not self.problems


def raw_answer(text: str) -> RawAnswer | None:
    """What the model answered in the end; None where nothing looks like an answer."""
    text = text[-_LONGEST:]
    answer = _read(text)
    if answer is not None and not answer.problems and not answer.is_pieced:
        return answer
    for variant in (_mended(text), _as_python(text)):
        better = _read(variant) if variant != text else None
        if better and (answer is None or len(better.statements) > len(answer.statements)):
            answer = better
    return answer


# --- values, and what stands between them -----------------------------------------------------------------------------


class _Kind(StrEnum):
    STATEMENTS = "statements"  # a value that holds statements, or an empty list of them
    OTHER = "other"  # any other value
    OPENING = "opening"  # where a list begins that can't be read as a whole
    BROKEN = "broken"  # a statement that can't be read


@dataclass(frozen=True, slots=True)
class _JsonSpan:
    kind: _Kind
    start: int
    end: int
    statements: tuple[dict[str, Any], ...] = ()
    problem: str = ""
    is_list: bool = False  # a whole list, not one statement of it
    is_closed: bool = True  # of a broken statement: there is a bracket where it may end


def _spans(text: str) -> Iterator[_JsonSpan]:
    position = 0
    for _ in range(_TRIES):
        start = _START.search(text, position)
        if start is None:
            return
        token = _span(text, start.start())
        if token is not None:
            yield token
        position = token.end if token is not None else start.end()


def _span(text: str, start: int) -> _JsonSpan | None:
    try:
        value, end = _decoder().raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        return _unreadable(text, start, error)
    statements = _statements(value)
    if statements is None:
        return None if isinstance(value, str) else _JsonSpan(_Kind.OTHER, start, end)
    lone = isinstance(value, Mapping) and _is_statement(_lowered(value))
    return _JsonSpan(_Kind.STATEMENTS, start, end, tuple(statements), is_list=not lone)


def _unreadable(text: str, start: int, error: Exception) -> _JsonSpan | None:
    opening = _OPENING.match(text, start)
    if opening is not None:
        return _JsonSpan(_Kind.OPENING, start, opening.end())
    if not _STATEMENT.match(text, start):
        return None
    end = _END_OF_STATEMENT.search(text, start + 1)
    is_closed = end is not None and bool(end.group())
    return _JsonSpan(
        _Kind.BROKEN, start, end.end() if end else len(text), problem=_problem(text, error), is_closed=is_closed
    )


def _problem(text: str, error: Exception) -> str:
    """What broke, and after which words."""
    if not isinstance(error, json.JSONDecodeError):
        return "a value that can't be read"
    before = " ".join(text[max(0, error.pos - 30) : error.pos].split())
    return f"{error.msg} after {json.dumps(before, ensure_ascii=False)}"


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(strict=False, parse_int=_integer)  # line breaks within strings are common


def _integer(digits: str) -> int:
    """A number of thousands of digits is refused by Python, and is no number of a statement."""
    return int(digits) if len(digits) < 18 else 0


# --- groups -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Group:
    tokens: list[_JsonSpan] = field(default_factory=list)

    @property
    def statements(self) -> list[dict[str, Any]]:
        return [statement for token in self.tokens for statement in token.statements]

    @property
    def problems(self) -> list[str]:
        numbered = enumerate((t for t in self.tokens if t.kind is not _Kind.OPENING), start=1)
        broken = [f"statement {n}: {t.problem}" for n, t in numbered if t.kind is _Kind.BROKEN]
        return broken or (["the list of statements breaks off"] if self.is_open else [])

    @property
    def is_open(self) -> bool:
        """Whether a list begins here of which nothing follows."""
        return bool(self.tokens) and self.tokens[-1].kind is _Kind.OPENING

    @property
    def is_answer(self) -> bool:
        return any(token.kind is not _Kind.OTHER for token in self.tokens)


def _read(text: str) -> RawAnswer | None:
    groups = [group for group in _groups(text) if group.is_answer]
    is_pieced = any(token.kind is _Kind.OPENING for group in groups for token in group.tokens)
    with_something = [group for group in groups if group.statements or group.problems]
    if with_something:  # an empty list after it is an example of the form
        return RawAnswer(with_something[-1].statements, with_something[-1].problems, is_pieced)
    return RawAnswer() if groups else None


def _groups(text: str) -> list[_Group]:
    """The groups outside of thoughts, in their order."""
    groups: list[_Group] = []
    thoughts = _Thoughts(server_quirks().thoughts)
    position, last = 0, None
    for token in _spans(text):
        gap = text[position : token.start]
        broken = text[last.start : last.end] if last is not None and last.kind is _Kind.BROKEN else ""
        parted = thoughts.read(broken + gap, groups)
        if last is None or parted or _parts(last, gap, token):
            groups.append(_Group())
        if not groups:
            groups.append(_Group())
        if not thoughts.is_open:
            groups[-1].tokens.append(token)
        position, last = token.end, token
    thoughts.read(text[position:], groups)
    return groups


def _parts(last: _JsonSpan, gap: str, token: _JsonSpan) -> bool:
    """Whether what stands between two values parts them."""
    if last.kind is _Kind.OPENING:
        return False
    if _Kind.OTHER in (last.kind, token.kind):
        return True
    begins_a_list = token.is_list or token.kind is _Kind.OPENING
    if last.kind is _Kind.BROKEN and not last.is_closed:
        return begins_a_list
    if _PUNCTUATION.fullmatch(gap):
        return False
    return last.kind is not _Kind.BROKEN or begins_a_list


class _Thoughts:
    """Follows the marks round thoughts through the text between values."""

    def __init__(self, marks: ThoughtMarks) -> None:
        self._marks = marks
        self._name: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a model is thinking here."""
        return self._name is not None

    def read(self, gap: str, groups: list[_Group]) -> bool:
        """Take the marks in such a text; what came before the end of thoughts is dropped. Whether there were any."""
        has_marks = False
        for match in self._marks.mark.finditer(gap):
            has_marks = True
            name = next((value for value in match.groupdict().values() if value), "").lower()
            is_thought = self._marks.names.search(match.group()) is not None
            is_channel = match["channel"] is not None
            closes = self._marks.closes.search(match.group()) is not None or (is_channel and name == "final")
            if closes and (is_thought or is_channel or name == self._name):
                groups.clear()
                self._name = None
            elif is_thought and not closes and (is_channel or self._is_at_the_start(gap, match.start())):
                self._name = name
        return has_marks

    def _is_at_the_start(self, gap: str, position: int) -> bool:
        """Whether a mark begins its line; in the midst of a sentence it is only mentioned."""
        line = gap[:position].rpartition("\n")[2]
        return not self._marks.mark.sub("", line).strip()


# --- shapes -----------------------------------------------------------------------------------------------------------


def _statements(value: object, depth: int = 0) -> list[dict[str, Any]] | None:
    """The statements that a value holds, in any of the shapes that models give them; None where it holds none."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, str):
        return _statements(_decoded(value), depth + 1) if value.strip()[:1] in ("{", "[", '"') else None
    if isinstance(value, list):
        lists = [nested for item in value if (nested := _statements(item, depth + 1)) is not None]
        return [statement for nested in lists for statement in nested] if lists else None
    if not isinstance(value, Mapping):
        return None
    value = _lowered(value)
    for name in LISTS:
        if name in value:
            nested = value[name]
            return [] if nested is None or nested == [] else _statements(nested, depth + 1)
    return [value] if _is_statement(value) else _by_part(value, depth)


def _by_part(value: dict[str, Any], depth: int) -> list[dict[str, Any]] | None:
    """The statements in the values of an object: a part each, numbered, or a wrapper round them."""
    lists = {key: nested for key, item in value.items() if (nested := _statements(item, depth + 1)) is not None}
    if not lists:
        return None
    return [{"part": key} | statement for key, nested in lists.items() for statement in nested]


def _decoded(text: str) -> object:
    try:
        return _decoder().decode(text)
    except (ValueError, RecursionError):
        return None


def _lowered(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key).strip().lower(): item for key, item in value.items()}


def _is_statement(value: Mapping[str, Any]) -> bool:
    texts = (value.get(name) for name in TEXTS)
    return any(isinstance(text, str) and sum(map(str.isalpha, text)) >= _LEAST_LETTERS for text in texts)


# --- what JSON does not allow, put right ------------------------------------------------------------------------------

# LaTeX commands whose first letters JSON takes for a control character: `\beta`, `\frac`, `\nu`, `\rho`, `\times`.
_LATEX = {
    "b": "eta|ar|egin|oldsymbol|inom",
    "f": "rac|orall",
    "n": "(?:abla|eq|ot|u)(?![a-z])",
    "r": "ho|ight|m(?![a-z])",
    "t": "imes|heta|au|ext|ilde|o(?![a-z])",
}
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_COMMANDS = "|".join(f"{first}(?:{tails})" for first, tails in _LATEX.items())
_BACKSLASH = re.compile(rf'\\(?:(?=["\\/])(.)|(?={_COMMANDS})|(?![bfnrtu])|(?=u(?![0-9a-fA-F]{{4}})))')
_OUTSIDE_STRINGS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,\s*(?=[}\]])|[：，；｛｝［］]', re.DOTALL)
_NARROW = str.maketrans("：，；｛｝［］", ":,;{}[]")


def _mended(text: str) -> str:
    r"""The text with `\alpha` in strings, and, outside of them, without comments, commas before brackets and full-width
    signs."""
    text = _BACKSLASH.sub(lambda match: match.group() if match[1] else r"\\", text)
    return _OUTSIDE_STRINGS.sub(_narrowed, text)


def _narrowed(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    sign = match.group().translate(_NARROW)
    return sign if sign != match.group() else ""


def _as_python(text: str) -> str:
    """The text as JSON where it is a literal of Python, which models print now and then."""
    start, end = text.find("{"), text.rfind("}")
    if not re.match(r"\{\s*'", text[start:] if start >= 0 else ""):
        return text
    try:
        return json.dumps(ast.literal_eval(text[start : end + 1]), default=str)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text


def latex_restored(text: str) -> str:
    """The text of a statement with LaTeX commands restored, after JSON has read their first letters as control
    characters."""
    for first, tails in _LATEX.items():
        text = re.sub(f"{_CONTROL[first]}(?={tails})", rf"\\{first}", text)
    return text
