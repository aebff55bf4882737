"""The search index of a paper: where a quotation stands, and what the paper has.

All texts of a `PaperText` are laid one behind the other (`digest.text.text_blocks`). Places are offsets into that one
`text`; each has its page and section. Built once a paper (about 30 ms for a long one, with its numbers 50), it
answers in less than a millisecond.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import accumulate, count, pairwise

from rapidfuzz import fuzz

from digest.models.paper_text import PaperText, ParagraphKind, Section, SectionKind
from digest.text.quantities import quantities
from digest.text.text_blocks import TextBlock, plain_number, text_blocks
from digest.text.tokens import SYMBOLS, Tokens, tokenise, without_marks
from digest.text.units import Quantity

FAIR_SCORE = 85.0  # from here on `find` calls a place the quotation's; whether it says the same is not its question
_COMMON = 40  # word pairs that stand in a paper more often say nothing about the place
_ANCHORS = 3  # the rarest pairs of a quotation, from which its whole run is looked for
_SLACK = 3  # words that may be missing or more, and one in ten


@dataclass(frozen=True, slots=True)
class IndexedNumber:
    """A number of the paper, and the text that it stands in."""

    quantity: Quantity
    block: TextBlock


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """Where a quotation stands: `passage` is the paper's own wording from `start` to `end`, `score` 0 to 100."""

    page: int
    section: str | None
    start: int
    end: int
    passage: str
    score: float


class PaperIndex:
    """The index of one paper. Nothing in it changes once it is built."""

    def __init__(self, paper: PaperText) -> None:
        self.paper = paper
        self.blocks = tuple(text_blocks(paper))
        self.text = "\n".join(block.text for block in self.blocks)
        self.tokens = self._tokens()
        self._block_starts = [block.start for block in self.blocks]
        self._pairs = _places(_pairs(self.tokens.norms))
        self._ranks = list(accumulate((not free for free in self.tokens.optional), initial=0))
        self._needed = [i for i, free in enumerate(self.tokens.optional) if not free]
        self.words = frozenset(self.tokens.norms)
        self.names = self._names()

    def _tokens(self) -> Tokens:
        tokens = tokenise(self.text)
        for block in self.blocks:  # a sentence may run on behind a heading or a formula that stands in its way
            if block.role == "heading" or block.kind is ParagraphKind.EQUATION:
                first, last = bisect_left(tokens.starts, block.start), bisect_left(tokens.starts, block.end)
                tokens.optional[first:last] = [True] * (last - first)
        return tokens

    def _names(self) -> frozenset[str]:
        """The words that the paper writes with a capital and never in small letters alone."""
        small, capital = set(), set()
        for norm, start in zip(self.tokens.norms, self.tokens.starts, strict=True):
            letter = self.text[start]
            if letter.islower():
                small.add(norm)
            elif letter.isupper():
                capital.add(norm)
        return frozenset(capital - small)

    @cached_property
    def proper_names(self) -> frozenset[str]:
        """The names that stand with their capital inside a sentence, so that it is not the sentence's."""
        norms, starts, ends, text = self.tokens.norms, self.tokens.starts, self.tokens.ends, self.text
        return frozenset(
            norm
            for norm, start, end, last in zip(norms[1:], starts[1:], ends, starts, strict=False)
            if norm in self.names and text[start].isupper() and text[last].islower() and text[end:start] == " "
        )

    def complete(self) -> None:
        """Make what is else made when it is first asked for, so that no check waits for it."""
        _ = self.numbers, self.letters, self._sections, self._last_equation
        _ = self.word_counts, self.initials, self.joined_pairs, self.proper_names

    # --- places

    def block_at(self, position: int) -> TextBlock:
        """The text that an offset falls into."""
        return self.blocks[max(0, bisect_right(self._block_starts, position) - 1)]

    def page_at(self, position: int) -> int:
        return self.block_at(position).page_at(position)

    def section_at(self, position: int) -> Section | None:
        index = self.block_at(position).section
        return None if index is None else self.paper.sections[index]

    def in_references(self, position: int) -> bool:
        """Whether an offset falls into the bibliography."""
        section = self.section_at(position)
        return section is not None and section.kind is SectionKind.REFERENCES

    def cut(self, start: int, end: int) -> str:
        """The paper's own wording between two offsets, on one line."""
        return " ".join(self.text[start:end].split())

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The offsets of the tokens from `first` up to, not including, `last`, with the marks that close them."""
        start, end = self.tokens.starts[first], self.tokens.ends[last - 1]
        closing = _CLOSING.match(self.text, end)
        return start, closing.end() if closing else end

    # --- quotations

    def exact(self, quote: Tokens) -> Iterator[tuple[int, int]]:
        """Every run of tokens that reads exactly as the quotation, give or take what it may leave out."""
        norms = quote.norms
        candidates = [(len(at), i, at) for i, pair in enumerate(_pairs(norms)) if (at := self._pairs.get(pair))]
        spans: set[tuple[int, int]] = set()
        for _, index, positions in sorted(candidates)[:_ANCHORS]:
            for position in positions[:_COMMON]:
                last = self._walk(norms[index:], position, 1)
                first = self._walk(norms[index::-1], position, -1) if last is not None else None
                if first is not None and last is not None and (first, last) not in spans:
                    spans.add((first, last))
                    yield first, last + 1

    def _walk(self, norms: Sequence[str], position: int, step: int) -> int | None:
        """The place of the last of `norms`, going on from `position` over what may be left out; None: it differs."""
        tokens, free, length = self.tokens.norms, self.tokens.optional, len(self.tokens)
        position -= step
        for norm in norms:
            position += step
            skipped = False
            while 0 <= position < length and tokens[position] != norm and free[position]:
                position, skipped = position + step, True
            if not 0 <= position < length or tokens[position] != norm:
                return None
            if skipped and norm in SYMBOLS:
                return None
        return position

    def near(self, quote: Tokens, limit: int = 4) -> Iterator[tuple[int, int]]:
        """Up to `limit` windows of tokens that share most word pairs with the quotation, best first.

        A pair votes for a diagonal: its place in the paper less its place in the quotation, both counted without what
        may be left out. Where a quotation really stands, all its pairs lie on nearly the same diagonal.
        """
        ranks = accumulate((not free for free in quote.optional), initial=0)
        hits = sorted(
            (self._ranks[position] - rank, position)
            for rank, pair in zip(ranks, _pairs(quote.norms), strict=False)
            if len(positions := self._pairs.get(pair, ())) <= _COMMON
            for position in positions
        )
        needed = len(quote) - sum(quote.optional)
        reach = _SLACK + len(quote) // 10
        for _ in range(limit):
            first, last = _densest(hits, reach)
            if last - first < max(1, len(quote) // 8):
                return
            yield self._window(hits[first][0] - 1, hits[last - 1][0] + needed + 1)
            del hits[first:last]

    def _window(self, first: int, last: int) -> tuple[int, int]:
        """The tokens from rank `first` up to rank `last`."""
        start = self._needed[first] if first > 0 else 0
        return start, self._needed[last] if last < len(self._needed) else len(self.tokens)

    def find(self, quote: str) -> QuoteMatch | None:
        """The place that reads most like the quotation, or None where none does (below `FAIR_SCORE`)."""
        tokens = tokenise(quote)
        for first, last in self.exact(tokens):
            return self._found(first, last, 100.0)
        needle, best = " ".join(tokens.norms), None
        for first, last in self.near(tokens):
            window = self.tokens.cut(first, last)
            score = fuzz.partial_ratio_alignment(needle, hay := " ".join(window.norms), score_cutoff=FAIR_SCORE)
            if score and (best is None or score.score > best.score):
                skipped = hay.count(" ", 0, score.dest_start + 1)
                covered = hay.count(" ", 0, score.dest_end) + 1
                best = self._found(first + skipped, first + covered, score.score)
        return best

    def _found(self, first: int, last: int, score: float) -> QuoteMatch:
        start, end = self.span(first, last)
        section = self.section_at(start)
        return QuoteMatch(
            self.page_at(start), section.label if section else None, start, end, self.cut(start, end), score
        )

    # --- numbers

    @cached_property
    def numbers(self) -> Mapping[Decimal, Sequence[IndexedNumber]]:
        """Every number outside the bibliography, citations and pointers, by each value that it may have."""
        numbers_by_value: defaultdict[Decimal, list[IndexedNumber]] = defaultdict(list)
        for block in self.blocks:
            if block.role == "heading" or self.in_references(block.start):
                continue
            for quantity in quantities(_POINTER.sub(_blank, without_marks(block.text))):
                standing = IndexedNumber(quantity, block)
                for value in {quantity.value, quantity.raw, *quantity.readings}:
                    numbers_by_value[value].append(standing)
        return numbers_by_value

    @cached_property
    def letters(self) -> str:
        """All words in one, for names that are written with and without hyphens and spaces."""
        return "".join(self.tokens.norms)

    @cached_property
    def word_counts(self) -> Counter[str]:
        """How often each word stands in the paper."""
        return Counter(self.tokens.norms)

    @cached_property
    def initials(self) -> str:
        """The first letters of all words in one, a letter a word: where an acronym may come from."""
        return "".join(norm[:1] or " " for norm in self.tokens.norms)

    @cached_property
    def joined_pairs(self) -> frozenset[str]:
        """Two and three words that follow one another, each written as one: names with and without hyphens."""
        norms = self.tokens.norms
        pairs = map(str.__add__, norms, norms[1:])
        return frozenset(pairs) | frozenset(map("".join, zip(norms, norms[1:], norms[2:], strict=False)))

    # --- what the paper has

    def has_section(self, number: str) -> bool:
        """Whether the paper has a section of that number: `3.1`, `IV` (= `4`), `III-D.1`, `B`, `A.2`."""
        plain = plain_number(number)
        above = plain.rpartition("-")[0] if plain.count("-") > 1 else plain  # III-D.1 may be set into III-D's text
        return not self._sections.isdisjoint((plain, above)) or self._mentions(("section", "sec", "appendix"), number)

    def has_figure(self, number: str) -> bool:
        return self._has("figure", ("figure", "fig", "figures", "figs", "图"), number)

    def has_table(self, number: str) -> bool:
        return self._has("table", ("table", "tables", "tab", "表"), number)

    def has_algorithm(self, number: str) -> bool:
        return self._has("algorithm", ("algorithm", "algorithms", "alg", "算法"), number)

    def has_equation(self, number: str) -> bool:
        """Whether a formula carries that number, or a higher one, or the paper speaks of it."""
        if number.isdigit() and int(number) <= self._last_equation:
            return True
        return self._mentions(("equation", "eq", "equations", "eqs", "eqn"), number)

    def has_statement(self, kind: str, number: str) -> bool:
        """Whether the paper has that theorem, lemma, definition, ..."""
        return self._mentions((kind,), number)

    def _has(self, kind: str, names: tuple[str, ...], number: str) -> bool:
        numbers = {plain_number(c.number) for c in self.paper.captions if c.kind == kind}
        plain = plain_number(number)
        highest = max((int(n) for n in numbers if n.isdigit()), default=0)
        return plain in numbers or (plain.isdigit() and 0 < int(plain) <= highest) or self._mentions(names, plain)

    def _mentions(self, names: tuple[str, ...], number: str) -> bool:
        parts = tokenise(number).norms
        if not parts:
            return False
        return any(
            self.tokens.norms[i + 1 : i + 1 + len(parts)] == parts and not self.in_references(self.tokens.starts[i])
            for name in names
            for i in self._pairs.get(f"{name} {parts[0]}", ())
        )

    @cached_property
    def _sections(self) -> frozenset[str]:
        numbers: set[str] = set()
        above: list[tuple[int, str]] = []  # the numbered sections that the current one stands in
        for section in self.paper.sections:
            while above and above[-1][0] >= section.level:
                above.pop()
            if section.number:
                number = plain_number(section.number)
                whole = "-".join([*(n for _, n in above), number])
                numbers |= {number, whole}
                above.append((section.level, number))
        highest = max((int(n) for n in numbers if n.isdigit()), default=0)
        return frozenset(numbers) | {str(n) for n in range(1, highest)}

    @cached_property
    def _last_equation(self) -> int:
        """The end of the row (1), (2), (3), ... of numbers in round brackets."""
        numbers = {int(n) for b in self.blocks if not self.in_references(b.start) for n in _BRACKETED.findall(b.text)}
        return next(n for n in count(0) if n + 1 not in numbers)


def _pairs(norms: Sequence[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(norms)]


def _places(pairs: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Where each pair stands. Strings and tuples of numbers, for a garbage collector need not look at them."""
    positions_by_word: defaultdict[str, list[int]] = defaultdict(list)
    for index, pair in enumerate(pairs):
        positions_by_word[pair].append(index)
    return {pair: tuple(positions) for pair, positions in positions_by_word.items()}


def _densest(hits: list[tuple[int, int]], reach: int) -> tuple[int, int]:
    """The longest slice of sorted hits whose diagonals lie within `reach` of one another."""
    best, first = (0, 0), 0
    for last, (diagonal, _) in enumerate(hits, 1):
        while diagonal - hits[first][0] > reach:
            first += 1
        if last - first > best[1] - best[0]:
            best = first, last
    return best


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


_POINTER = re.compile(
    r"\b(?=[factsel])(?:fig(?:ure)?s?|tab(?:le)?s?|sec(?:tion)?s?|eqn?s?|equations?|algorithms?|appendix|chapter|theorem|lemma)\b\.?"
    r"\s*\(?[\dIVX]+(?:\.\d+)*\)?",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"[.,;:!?。！？；，)\]”’\"'」』）]{0,3}")
_BRACKETED = re.compile(r"\((\d{1,3})\)")
