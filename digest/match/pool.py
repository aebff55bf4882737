"""A day's papers against the keywords of every edition at once.

The papers are read once into an index, from words and pairs of words to papers. Each distinct keyword is then answered
from it by operations on sets: a phrase of two words is a pair, a longer one needs all of its pairs and a last look. So
the cost is that of reading the papers, plus a little for each distinct keyword; the number of editions does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise, product

from digest.keywords import (
    TEXT_FIELDS,
    All,
    Any,
    Author,
    Category,
    Keyword,
    Needle,
    Node,
    Not,
    Phrase,
    parse_keyword,
)
from digest.match.choice import Choice, choose
from digest.match.matcher import PaperWords, evaluate, is_author, is_category
from digest.model import Announcement, Edition, Field, Match, Paper
from digest.words import WordText


class MatcherPool:
    """The keywords of many editions. Raises `KeywordError` for one that does not parse."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        self.editions = tuple(editions)
        texts = dict.fromkeys(text for edition in self.editions for text in edition.keywords)
        self._keywords = [parse_keyword(text) for text in texts]
        self._wanted = _Wanted(self._keywords)

    def match(self, papers: Iterable[Paper]) -> Matched:
        """Every keyword against every paper."""
        index = _Index(papers, self._wanted)
        return Matched(index.papers, self._keywords, {k.text: index.holding(k.node) for k in self._keywords})

    def match_day(self, announcements: Sequence[Announcement]) -> MatchedDay:
        """A day's announcements, ready for every edition to choose from."""
        return MatchedDay(self.match(listing.paper for listing in announcements), announcements)

    def choose(
        self,
        announcements: Sequence[Announcement],
        carded: Callable[[str], Mapping[str, int]],
        updated: Callable[[str], Mapping[str, int]] | None = None,
    ) -> Iterator[tuple[Edition, Choice]]:
        """What `choose` gives for each edition, in their order, without going over all papers for each of them.
        `carded` and `updated` give by an edition's name the papers that it has shown."""
        day = self.match_day(announcements)
        for edition in self.editions:
            yield edition, day.choose(edition, carded(edition.name), updated(edition.name) if updated else None)


class MatchedDay:
    """A day's announcements with what the keywords of all editions matched in them."""

    def __init__(self, matched: Matched, announcements: Iterable[Announcement]) -> None:
        self._matched = matched
        self._listings = _Listings(announcements)

    def covers(self, edition: Edition) -> bool:
        """Whether each of the edition's keywords was looked for."""
        return self._matched.knows(edition.keywords)

    def choose(self, edition: Edition, carded: Mapping[str, int], updated: Mapping[str, int] | None = None) -> Choice:
        """As `digest.match.choose`, of an edition that the day covers: its time goes by what matches, not by what was
        announced."""
        listed = self._listings.ids(edition.categories)
        ids = (self._matched.ids(edition.keywords) | (carded.keys() & self._listings.replaced)) & listed
        listings = [listing for paper_id in sorted(ids) for listing in self._listings.by_id[paper_id]]
        matcher = self._matched.matcher(edition)
        return choose(edition, listings, carded, matcher, updated=updated, announced=len(listed))


class Matched:
    """Which papers each keyword matched. Where it did is worked out when it is asked for, once."""

    def __init__(
        self, papers: Sequence[PaperWords], keywords: Iterable[Keyword], numbers: Mapping[str, Collection[int]]
    ) -> None:
        self._papers = papers
        self._numbers = numbers
        self._nodes = {keyword.text: keyword.node for keyword in keywords}
        self._number_of = {(p.paper.id, p.paper.version): number for number, p in enumerate(papers)}
        self._found: dict[tuple[str, int], tuple[Match, ...]] = {}
        self._keywords_of: dict[int, list[str]] = defaultdict(list)
        for keyword, held in numbers.items():
            for number in held:
                self._keywords_of[number].append(keyword)

    def knows(self, keywords: Iterable[str]) -> bool:
        """Whether all of the keywords were looked for."""
        return self._numbers.keys() >= set(keywords)

    def ids(self, keywords: Iterable[str]) -> set[str]:
        """The papers that any of the keywords matches."""
        return {self._papers[number].paper.id for keyword in keywords for number in self._numbers[keyword]}

    def matcher(self, edition: Edition) -> PooledMatcher:
        """The edition's keywords as `choose` wants them."""
        places: dict[str, int] = {}
        for place, keyword in enumerate(edition.keywords):
            places.setdefault(keyword, place)
        return PooledMatcher(self, places)

    def matches(self, keywords: Mapping[str, int], paper: Paper) -> tuple[Match, ...]:
        """Why some keywords, given with their places, match a paper of the day."""
        number = self._number_of[paper.id, paper.version]
        matching = self._keywords_of.get(number, ())
        if len(keywords) < len(matching):
            mine = [keyword for keyword in keywords if number in self._numbers[keyword]]
        else:
            mine = sorted((keyword for keyword in matching if keyword in keywords), key=keywords.__getitem__)
        return tuple(match for keyword in mine for match in self._reasons(keyword, number))

    def _reasons(self, keyword: str, number: int) -> tuple[Match, ...]:
        if (keyword, number) not in self._found:
            self._found[keyword, number] = evaluate(keyword, self._nodes[keyword], self._papers[number])
        return self._found[keyword, number]


@dataclass(frozen=True, slots=True)
class PooledMatcher:
    """Answers for one edition from what the pool found; only for papers that were in it."""

    matched: Matched
    keywords: Mapping[str, int]  # with their places

    def matches(self, paper: Paper) -> tuple[Match, ...]:
        """As `digest.match.matcher.Matcher.matches`."""
        return self.matched.matches(self.keywords, paper)


class _Listings:
    """A day's announcements by paper and by category."""

    def __init__(self, announcements: Iterable[Announcement]) -> None:
        self.by_id: dict[str, list[Announcement]] = defaultdict(list)
        self.replaced: set[str] = set()
        self._by_category: dict[str, set[str]] = defaultdict(set)
        self._ids: dict[tuple[str, ...], frozenset[str]] = {}
        for announcement in announcements:
            self.by_id[announcement.paper.id].append(announcement)
            self._by_category[announcement.category].add(announcement.paper.id)
            if announcement.kind.is_replacement:
                self.replaced.add(announcement.paper.id)

    def ids(self, categories: tuple[str, ...]) -> frozenset[str]:
        """The papers listed in any of the categories."""
        if categories not in self._ids:
            self._ids[categories] = frozenset().union(*(self._by_category.get(c, ()) for c in categories))
        return self._ids[categories]


class _Wanted:
    """What keywords ask for: single words, pairs of neighbouring words for longer phrases, surnames."""

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        leaves = [leaf for keyword in keywords for leaf in _leaves(keyword.node)]
        self.surnames = frozenset(leaf.words[-1] for leaf in leaves if isinstance(leaf, Author))
        phrases = {leaf for leaf in leaves if isinstance(leaf, Phrase)}
        grams = {gram for phrase in phrases for needle in phrase.needles for step in _steps(needle) for gram in step}
        self.words = frozenset(gram for gram in grams if isinstance(gram, str))
        self.pairs = frozenset(gram for gram in grams if not isinstance(gram, str))
        self.words_of_pairs = frozenset(word for pair in self.pairs for word in pair)


class _Index:
    """Which papers have a word, a pair of words, an author's surname, a category. Only what is wanted is kept."""

    def __init__(self, papers: Iterable[Paper], wanted: _Wanted) -> None:
        distinct = {(paper.id, paper.version): paper for paper in papers}
        self.papers = [PaperWords(paper) for paper in distinct.values()]
        self._grams: dict[Field, dict[Gram, set[int]]] = {field: defaultdict(set) for field in TEXT_FIELDS}
        self._surnames: dict[str, set[int]] = defaultdict(set)
        self._categories: dict[str, set[int]] = defaultdict(set)
        self._held: dict[Node, frozenset[int]] = {}
        for number, paper in enumerate(self.papers):
            self._add(number, paper, wanted)

    def _add(self, number: int, paper: PaperWords, wanted: _Wanted) -> None:
        for field, grams in self._grams.items():
            for gram in _grams(paper.text(field), wanted):
                grams[gram].add(number)
        if wanted.surnames:
            for surname in {word for name in paper.names for word in name} & wanted.surnames:
                self._surnames[surname].add(number)
        for category in {name.lower() for name in paper.paper.categories}:
            self._categories[category].add(number)

    def holding(self, node: Node) -> frozenset[int]:
        """The papers of which a node holds."""
        if node not in self._held:
            self._held[node] = frozenset(self._look_up(node))
        return self._held[node]

    def _look_up(self, node: Node) -> Set[int]:
        match node:
            case Phrase(fields, needles):
                return _NONE.union(*(self._having(needle, field) for needle in needles for field in fields))
            case All(parts):
                wanted = [self.holding(part) for part in parts if not isinstance(part, Not)]
                unwanted = [self.holding(part.part) for part in parts if isinstance(part, Not)]
                first, *others = sorted(wanted, key=len)
                return first.intersection(*others).difference(*unwanted)
            case Any(parts):
                return _NONE.union(*map(self.holding, parts))
            case Author(words):
                numbers = self._surnames.get(words[-1], _NONE)
                return {n for n in numbers if any(is_author(words, name) for name in self.papers[n].names)}
            case Category():
                return _NONE.union(*(n for name, n in self._categories.items() if is_category(node, name)))
            case Not(part):
                return frozenset(range(len(self.papers))) - self.holding(part)

    def _having(self, needle: Needle, field: Field) -> Set[int]:
        """The papers that have a phrase in a field."""
        grams = self._grams[field]
        holders = [_NONE.union(*(grams.get(gram, _NONE) for gram in step)) for step in _steps(needle)]
        first, *others = sorted(holders, key=len)
        numbers = first.intersection(*others)
        if not needle.exact and len(needle.words) <= 2:
            return numbers
        return {n for n in numbers if self.papers[n].text(field).has(needle.text, exact=needle.exact)}


Gram = str | tuple[str, str]
_NONE: frozenset[int] = frozenset()


def _steps(needle: Needle) -> list[list[Gram]]:
    """What a text must have to have a phrase: one of each list."""
    if len(needle.words) == 1:
        return [list(needle.words[0])]
    return [list(product(left, right)) for left, right in pairwise(needle.words)]


def _grams(text: WordText, wanted: _Wanted) -> set[Gram]:
    """What a text has of what is wanted."""
    words = text.folded.split()
    found: set[Gram] = {*wanted.words.intersection(words), *wanted.words.intersection(text.compounds)}
    found.update(wanted.pairs.intersection(pairwise(words)))
    if not wanted.words_of_pairs.isdisjoint(text.compounds):
        found.update(wanted.pairs.intersection(pairwise(text.joined.split())))
    return found


def _leaves(node: Node) -> Iterator[Phrase | Author | Category]:
    match node:
        case All(parts) | Any(parts):
            for part in parts:
                yield from _leaves(part)
        case Not(part):
            yield from _leaves(part)
        case _:
            yield node
