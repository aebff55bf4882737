"""Which of a day's papers hold what keywords ask for, from words and pairs of words to papers.

Questions   what many keywords ask, taken apart once: each distinct part is one question
Index       a day's papers, read once, which answers them by operations on sets

A phrase of two words is a pair, a longer one needs all of its pairs and a last look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from digest.keywords import TEXT_FIELDS, AllOf, AnyOf, AuthorTerm, CategoryTerm, Keyword, Node, Not, Phrase, SearchTerm
from digest.matching.matcher import IndexedPaper, is_author, is_category
from digest.models.match import MatchField
from digest.models.paper import Paper
from digest.text.normalised_text import NormalisedText

NGram = str | tuple[str, str]
Step = tuple[NGram, ...]
"""What a text must have one of."""

PaperIds = set[int] | frozenset[int]
"""Papers by their numbers. Shared: whoever gets some changes nothing in them."""

FEW = 16
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """Of which papers does a node hold? `parts` are the places of the questions that it is made of, which come before
    it. A phrase holds where a text has one of `grams`, or all steps of one of `needles` and, looked at, the needle."""

    node: Node
    parts: tuple[int, ...] = ()
    grams: tuple[NGram, ...] = ()
    needles: tuple[tuple[SearchTerm, tuple[Step, ...]], ...] = ()


class CompiledQueries:
    """What keywords ask, and what it takes to answer: words, pairs of neighbouring words, surnames."""

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self.asked: list[CompiledQuery] = []
        self._places: dict[Node, int] = {}
        self.of = {keyword.text: self._place(keyword.node) for keyword in keywords}  # keyword -> place of its question
        authors = (question.node for question in self.asked if isinstance(question.node, AuthorTerm))
        self.surnames = frozenset(author.words[-1] for author in authors)
        grams = {gram for question in self.asked for gram in _grams_of(question)}
        self.words = frozenset(gram for gram in grams if isinstance(gram, str))
        self.pairs = frozenset(gram for gram in grams if not isinstance(gram, str))
        self.words_of_pairs = frozenset(word for pair in self.pairs for word in pair)
        self.needles = {f" {gram if isinstance(gram, str) else ' '.join(gram)} ": gram for gram in grams}

    def _place(self, node: Node) -> int:
        index = self._places.get(node)
        if index is None:
            question = self._question(node)
            index = self._places[node] = len(self.asked)
            self.asked.append(question)
        return index

    def _question(self, node: Node) -> CompiledQuery:
        match node:
            case Phrase():
                return _of_phrase(node)
            case Not(part):
                return CompiledQuery(node, (self._place(part),))
            case AllOf(parts):  # what must not be is asked for too, and taken away
                return CompiledQuery(node, tuple(self._place(p.part if isinstance(p, Not) else p) for p in parts))
            case AnyOf(parts):
                return CompiledQuery(node, tuple(map(self._place, parts)))
        return CompiledQuery(node)


class BatchIndex:
    """Which papers have a word, a pair of words, an author's surname, a category. Only what is wanted is kept."""

    def __init__(self, papers: Iterable[Paper], questions: CompiledQueries) -> None:
        distinct = {(paper.id, paper.version): paper for paper in papers}
        self.papers = [IndexedPaper(paper) for paper in distinct.values()]
        self._grams: dict[MatchField, dict[NGram, set[int]]] = {field: defaultdict(set) for field in TEXT_FIELDS}
        self._surnames: dict[str, set[int]] = defaultdict(set)
        self._categories: dict[str, set[int]] = defaultdict(set)
        for number, paper in enumerate(self.papers):
            self._add(number, paper, questions)

    def _add(self, number: int, paper: IndexedPaper, questions: CompiledQueries) -> None:
        for field, grams in self._grams.items():
            for gram in _grams_in(paper.text(field), questions):
                grams[gram].add(number)
        if questions.surnames:
            for surname in {word for name in paper.names for word in name} & questions.surnames:
                self._surnames[surname].add(number)
        for category in {name.lower() for name in paper.paper.categories}:
            self._categories[category].add(number)

    def answers(self, questions: CompiledQueries) -> Mapping[str, PaperIds]:
        """The papers that each keyword matches."""
        part_ids: list[PaperIds] = []
        for question in questions.asked:
            part_ids.append(self._answer(question, [part_ids[index] for index in question.parts]))
        return {keyword: part_ids[index] for keyword, index in questions.of.items()}

    def _answer(self, question: CompiledQuery, parts: Sequence[PaperIds]) -> PaperIds:
        match question.node:
            case Phrase(fields):
                return _union([numbers for field in fields for numbers in self._having(question, field)])
            case AllOf(nodes):
                positive_parts = [
                    part_ids for node, part_ids in zip(nodes, parts, strict=True) if not isinstance(node, Not)
                ]
                unwanted = [part_ids for node, part_ids in zip(nodes, parts, strict=True) if isinstance(node, Not)]
                return _intersection(positive_parts).difference(*unwanted)
            case AnyOf():
                return _union(parts)
            case AuthorTerm(words):
                numbers = self._surnames.get(words[-1], _NONE)
                return {n for n in numbers if any(is_author(words, name) for name in self.papers[n].names)}
            case CategoryTerm() as category:
                return _union([numbers for name, numbers in self._categories.items() if is_category(category, name)])
            case Not():
                return frozenset(range(len(self.papers))) - parts[0]

    def _having(self, question: CompiledQuery, field: MatchField) -> Iterator[PaperIds]:
        """The papers that have a phrase in a field, in each of its spellings."""
        grams = self._grams[field]
        for gram in question.grams:
            yield grams.get(gram, _NONE)
        for needle, steps in question.needles:
            near = _intersection([_union([grams.get(gram, _NONE) for gram in step]) for step in steps])
            yield {n for n in near if self.papers[n].text(field).has(needle.text, exact=needle.exact)}


def _union(sets: Sequence[PaperIds]) -> PaperIds:
    non_empty = [numbers for numbers in sets if numbers]
    return non_empty[0] if len(non_empty) == 1 else _NONE.union(*non_empty)


def _intersection(sets: Sequence[PaperIds]) -> PaperIds:
    first, *larger_sets = sorted(sets, key=len)
    return first.intersection(*larger_sets)


def _of_phrase(phrase: Phrase) -> CompiledQuery:
    grams: list[NGram] = []
    needles = []
    for needle in phrase.needles:
        steps = _steps(needle)
        if len(steps) == 1 and not needle.exact:
            grams += steps[0]
        else:
            needles.append((needle, steps))
    return CompiledQuery(phrase, grams=tuple(grams), needles=tuple(needles))


def _steps(needle: SearchTerm) -> tuple[Step, ...]:
    """What a text must have to have a phrase: one of each step."""
    if len(needle.words) == 1:
        return (needle.words[0],)
    return tuple(tuple(product(left, right)) for left, right in pairwise(needle.words))


def _grams_of(question: CompiledQuery) -> Iterator[NGram]:
    yield from question.grams
    for _, steps in question.needles:
        for step in steps:
            yield from step


def _grams_in(text: NormalisedText, queries: CompiledQueries) -> set[NGram]:
    """What a text has of what is wanted. A few grams are sought one by one, in a third of the time that it takes to
    take the text apart."""
    grams: set[NGram]
    if len(queries.needles) <= FEW:
        grams = {gram for needle, gram in queries.needles.items() if needle in text.folded}
    else:
        words = text.folded.split()
        grams = {*queries.words.intersection(words), *queries.pairs.intersection(pairwise(words))}
    grams |= queries.words & text.compounds
    if not queries.words_of_pairs.isdisjoint(text.compounds):
        grams |= queries.pairs.intersection(pairwise(text.joined.split()))
    return grams
