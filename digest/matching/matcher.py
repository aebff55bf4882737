"""One paper against some keywords."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from digest.keywords import AllOf, AnyOf, AuthorTerm, CategoryTerm, Node, Not, Phrase, SearchTerm, parse_keyword
from digest.models.match import Match, MatchField
from digest.models.paper import Paper
from digest.text.normalised_text import BREAK, NormalisedText, name_words

Span = tuple[MatchField, int, int]
"""A stretch of a field as arXiv gave it, in code points."""

_JOINER = ", "
_FIELDS = list(MatchField)


def field_text(paper: Paper, field: MatchField) -> str:
    """A field as one text: that of which a match's span is a part."""
    match field:
        case MatchField.TITLE:
            return paper.title
        case MatchField.ABSTRACT:
            return paper.abstract
        case MatchField.AUTHORS:
            return _JOINER.join(paper.authors)
        case MatchField.CATEGORIES:
            return _JOINER.join(paper.categories)


class IndexedPaper:
    """A paper as its keywords see it. Its names are only looked at if a keyword asks for an author."""

    __slots__ = ("_names", "abstract", "paper", "title")

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.title = NormalisedText(paper.title)
        self.abstract = NormalisedText(paper.abstract)
        self._names: tuple[tuple[str, ...], ...] | None = None

    def text(self, field: MatchField) -> NormalisedText:
        return self.title if field is MatchField.TITLE else self.abstract

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """The authors' names in words."""
        if self._names is None:
            self._names = tuple(map(name_words, self.paper.authors))
        return self._names


class Matcher:
    """Keywords, ready to be compared with papers. Raises `KeywordError` for a keyword that does not parse or, unless
    it is `stored`, can never match."""

    def __init__(self, keywords: Sequence[str], *, stored: bool = False) -> None:
        self._keywords = [parse_keyword(text, stored=stored) for text in dict.fromkeys(keywords)]

    def matches(self, paper: Paper) -> tuple[Match, ...]:
        """Why the keywords match the paper, in their order; empty if none does."""
        words = IndexedPaper(paper)
        return tuple(match for keyword in self._keywords for match in evaluate(keyword.text, keyword.node, words))


def evaluate(keyword: str, node: Node, words: IndexedPaper) -> tuple[Match, ...]:
    """The matches of one keyword: in each field the first place of each of its terms, in the order of reading."""
    spans = _find(node, words)
    if not spans:
        return ()
    if len(spans) > 1:
        spans = sorted(set(spans), key=lambda span: (_FIELDS.index(span[0]), *span[1:]))
    return tuple(
        Match(keyword, field, start, end, field_text(words.paper, field)[start:end]) for field, start, end in spans
    )


def _find(node: Node, words: IndexedPaper) -> list[Span] | None:
    """Where what a node wants stands; None if it does not hold. What holds by absence stands nowhere."""
    match node:
        case Phrase(fields, needles):
            return _phrase(fields, needles, words) or None
        case Not(part):
            return None if _find(part, words) is not None else []
        case AllOf(parts):
            return _all(parts, words)
        case AnyOf(parts):
            span_lists = [spans for part in parts if (spans := _find(part, words)) is not None]
            return [span for spans in span_lists for span in spans] if span_lists else None
        case AuthorTerm(wanted):
            return _listed(MatchField.AUTHORS, words.paper.authors, words.names, lambda name: is_author(wanted, name))
        case CategoryTerm():
            names = words.paper.categories
            return _listed(MatchField.CATEGORIES, names, names, lambda name: is_category(node, name))


def _all(parts: Iterable[Node], words: IndexedPaper) -> list[Span] | None:
    spans: list[Span] = []
    for part in parts:
        found = _find(part, words)
        if found is None:
            return None
        spans += found
    return spans


def _phrase(fields: Iterable[MatchField], needles: Iterable[SearchTerm], words: IndexedPaper) -> list[Span]:
    spans: list[Span] = []
    for field in fields:
        text = words.text(field)
        found = [text.find(needle.text, exact=needle.exact) for needle in needles if _may_have(text, needle)]
        if matched_spans := [span for span in found if span]:
            spans.append((field, *min(matched_spans)))
    return spans


def _may_have(text: NormalisedText, needle: SearchTerm) -> bool:
    """Whether it is worth looking: words as they are written take longer to see."""
    if not needle.exact:
        return True
    return all(any(f" {key} " in text.folded for key in keys) for keys in needle.words if keys[0] != BREAK)


T = TypeVar("T")


def _listed(
    field: MatchField, names: Sequence[str], items: Sequence[T], holds: Callable[[T], bool]
) -> list[Span] | None:
    """The first of a field's entries for which something holds."""
    start = 0
    for text, entry in zip(names, items, strict=True):
        if holds(entry):
            return [(field, start, start + len(text))]
        start += len(text) + len(_JOINER)
    return None


def is_author(author_words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether a name is the one wanted: the surname whole, the words before it in their order, each whole or as an
    initial, on either side; what the wanted name leaves out does not matter."""
    *given_names, surname = author_words
    return any(word == surname and _in_order(given_names, name[:at]) for at, word in enumerate(name))


def _in_order(sequence: Sequence[str], words: Sequence[str]) -> bool:
    remaining = iter(words)
    return all(any(_same_name(want, word) for word in remaining) for want in sequence)


def _same_name(a: str, b: str) -> bool:
    return a == b or (1 in (len(a), len(b)) and a[0] == b[0])


def is_category(term: CategoryTerm, name: str) -> bool:
    """Whether a category is the one wanted, or lies in the archive wanted."""
    name = name.lower()
    return name == term.name or (term.whole and name.startswith(term.name + "."))
