"""Reading a keyword: characters -> tokens -> tree. A mistake is a `KeywordError` that points at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from digest.errors import KeywordError
from digest.i18n.translator import Translator
from digest.keywords.syntax_tree import TEXT_FIELDS, AllOf, AnyOf, AuthorTerm, CategoryTerm, Node, Not, Phrase
from digest.keywords.variants import term_variants
from digest.models.match import MatchField
from digest.text.normalised_text import name_words

MAX_TERMS = 30
MAX_DEPTH = 10  # of brackets within brackets

FIELDS = {"ti": MatchField.TITLE, "abs": MatchField.ABSTRACT, "au": MatchField.AUTHORS, "cat": MatchField.CATEGORIES}
_LONG_NAMES = {
    "title": "ti",
    "author": "au",
    "authors": "au",
    "abstract": "abs",
    "category": "cat",
    "categories": "cat",
}
_SPELLED = {"AND": "+", "OR": "|", "NOT": "-", "ANDNOT": "-"}

# What phones and Chinese keyboards make of the language's signs, one for one.
_SIGNS = str.maketrans("“”„«»＂＋｜－–—−：（）", '""""""+|----:()')
_TOKEN = re.compile(
    r'(?P<space>\s+)|"(?P<quoted>[^"]*)(?P<closed>")?|(?P<field>[a-zA-Z]+):|(?P<sign>[|+()])'
    r'|(?P<minus>(?<![^\s|+(:])-)|(?P<word>(?:\\.|\w\+\+(?!\w)|[^\s"|+()])+)'
)
_WORD_WITH_COLON = re.compile("(?P<word>[a-zA-Z]+:)")
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.(?:[a-z][a-z-]*|\*))?", re.IGNORECASE)


def keyword_error(keyword: str, position: int, code: str, **params: str | int) -> KeywordError:
    return KeywordError(keyword, position, code, Translator("en")(f"keyword.{code}", **params), params)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "words", "quoted", "field", "minus", "|", "+", "(", ")", "end"
    start: int
    end: int
    text: str = ""


class KeywordParser:
    """Recursive descent over the tokens; each method reads what it is named after and returns it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens(text.translate(_SIGNS)))
        self.at = 0
        self.terms = 0
        self.depth = 0

    def _tokens(self, text: str) -> Iterator[_Token]:
        """The tokens of a keyword; words side by side are one."""
        words: list[re.Match[str]] = []
        for match in _pieces(text):
            kind = match.lastgroup
            if kind == "space":
                continue
            if kind == "word":
                self._check_word(match)
                words.append(match)
                continue
            if words:
                yield self._words(words)
                words = []
            yield self._sign(match)
        if words:
            yield self._words(words)
        yield _Token("end", len(text), len(text))

    def _check_word(self, match: re.Match[str]) -> None:
        """Operators in words would silently be looked for as words."""
        sign = _SPELLED.get(match.group())
        if sign and not self.text.isupper():
            raise keyword_error(self.text, match.start(), "spelled_operator", word=match.group(), sign=sign)

    def _words(self, words: list[re.Match[str]]) -> _Token:
        start, end = words[0].start(), words[-1].end()
        return _Token("words", start, end, self.text[start:end])

    def _sign(self, match: re.Match[str]) -> _Token:
        start, end = match.span()
        if match["sign"]:
            return _Token(match["sign"], start, end)
        if match["minus"]:
            return _Token("minus", start, end)
        if match["field"]:
            return _Token("field", start, end, match["field"].lower())
        if not match["closed"]:
            raise keyword_error(self.text, start, "unclosed_quote")
        return _Token("quoted", start, end, self.text[start + 1 : end - 1])

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def next(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def parse(self) -> Node:
        node = self.either(None)
        if self.token.kind == ")":
            raise keyword_error(self.text, self.token.start, "extra_bracket")
        return node

    def either(self, field: str | None) -> Node:
        branches = [self.branch(field)]
        while self.token.kind == "|":
            self.next()
            branches.append(self.branch(field))
        return branches[0] if len(branches) == 1 else AnyOf(tuple(branches))

    def branch(self, field: str | None) -> Node:
        start = self.token.start
        node = self.both(field)
        if not _wants_something(node):
            raise keyword_error(self.text, start, "only_exclusions")
        return node

    def both(self, field: str | None) -> Node:
        parts = [self.part(field)]
        while self.token.kind not in ("|", ")", "end"):
            if self.token.kind == "+":
                self.next()
            parts.append(self.part(field))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def part(self, field: str | None) -> Node:
        token = self.next()
        match token.kind:
            case "minus":
                return Not(self._excluded(token, field))
            case "field":
                return self._in_field(token)
            case "(":
                return self._group(token, field)
            case "quoted" | "words":
                return self._term(token, field)
        self.at -= 1
        raise self._missing(token)

    def _missing(self, token: _Token) -> KeywordError:
        """The error for a place where something to look for should stand."""
        before = self.tokens[self.at - 1] if self.at else None
        if before and before.kind in ("|", "+", "("):
            return keyword_error(self.text, before.start, "nothing_after", sign=before.kind)
        return keyword_error(self.text, token.start, "nothing_before", sign=token.kind)

    def _excluded(self, minus: _Token, field: str | None) -> Node:
        """What follows a minus, which must stand directly before it."""
        if self.token.start != minus.end or self.token.kind not in ("words", "quoted", "field", "("):
            raise keyword_error(self.text, minus.start, "lone_minus")
        return self.part(field)

    def _in_field(self, token: _Token) -> Node:
        if token.text not in FIELDS:
            raise _unknown_field(self.text, token)
        if self.token.kind not in ("words", "quoted", "("):
            raise keyword_error(self.text, token.start, "empty_field", field=token.text)
        if token.text == "cat" and self.token.kind == "words":
            self.tokens[self.at : self.at + 1] = _first_word_apart(self.token)
        return self.part(token.text)

    def _group(self, opening: _Token, field: str | None) -> Node:
        if self.token.kind == ")":
            raise keyword_error(self.text, opening.start, "nothing_after", sign="(")
        if self.depth == MAX_DEPTH:
            raise keyword_error(self.text, opening.start, "too_deep", limit=MAX_DEPTH)
        self.depth += 1
        node = self.either(field)
        self.depth -= 1
        if self.next().kind != ")":
            raise keyword_error(self.text, opening.start, "open_bracket")
        return node

    def _term(self, token: _Token, field: str | None) -> Node:
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise keyword_error(self.text, token.start, "too_many", limit=MAX_TERMS)
        if token.kind == "quoted" and not token.text.strip():
            raise keyword_error(self.text, token.start, "empty_quote")
        if field == "au":
            return self._author(token)
        if field == "cat":
            return self._category(token)
        spellings = tuple(term_variants(token.text, exact=token.kind == "quoted"))
        if not spellings:
            raise keyword_error(self.text, token.start, "no_words", text=token.text)
        return Phrase((FIELDS[field],) if field else TEXT_FIELDS, spellings)

    def _author(self, token: _Token) -> AuthorTerm:
        surname, comma, given_names = token.text.partition(",")
        words = name_words(f"{given_names} {surname}" if comma else token.text)
        if not words:
            raise keyword_error(self.text, token.start, "no_words", text=token.text)
        return AuthorTerm(words)

    def _category(self, token: _Token) -> CategoryTerm:
        name = token.text.strip()
        if not _CATEGORY.fullmatch(name):
            raise keyword_error(self.text, token.start, "bad_category", category=name)
        return CategoryTerm(name.lower().removesuffix(".*"), whole="." not in name or name.endswith(".*"))


def _first_word_apart(token: _Token) -> list[_Token]:
    """Words as two tokens, the first word and the rest: a category is one word."""
    first, _, text_after = token.text.partition(" ")
    tokens = [_Token("words", token.start, token.start + len(first), first)]
    return (
        [*tokens, _Token("words", token.end - len(text_after), token.end, text_after)] if text_after.strip() else tokens
    )


def _pieces(text: str) -> Iterator[re.Match[str]]:
    """The pieces of a keyword. A colon that belongs to no field is punctuation, as in `3d: scenes`."""
    at = 0
    while match := _TOKEN.match(text, at):
        name = match["field"]
        if name and not text[match.end() : match.end() + 1].strip() and not _meant(name):
            match = _WORD_WITH_COLON.match(text, at) or match
        yield match
        at = match.end()


def _meant(name: str) -> str | None:
    """The field that a name stands for, or was perhaps meant to."""
    name = name.lower()
    if name in FIELDS:
        return name
    if name in _LONG_NAMES:
        return _LONG_NAMES[name]
    close = get_close_matches(name, [*FIELDS, *_LONG_NAMES], n=1, cutoff=0.7)
    return _LONG_NAMES.get(close[0], close[0]) if close else None


def _unknown_field(text: str, token: _Token) -> KeywordError:
    if text[token.end :].startswith("//"):
        return keyword_error(text, token.start, "url")
    meant = _meant(token.text)
    if meant:
        return keyword_error(text, token.start, "unknown_field_meant", field=token.text, meant=meant)
    return keyword_error(text, token.start, "unknown_field", field=token.text)


def _wants_something(node: Node) -> bool:
    """Whether a paper must have something for this to hold, and not only lack something."""
    match node:
        case Not():
            return False
        case AllOf(parts):
            return any(map(_wants_something, parts))
        case AnyOf(parts):
            return all(map(_wants_something, parts))
    return True
