"""A day's papers against the keywords of every edition at once.

The papers are read once into an index, and each distinct keyword is answered from it. So the cost is that of reading
the papers, plus a little for each distinct keyword; the number of editions does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.keywords import Keyword, parse_keyword
from digest.matching.batch_index import BatchIndex, CompiledQueries
from digest.matching.matcher import IndexedPaper, evaluate
from digest.matching.selection import Selection, select_papers, takes_replacements
from digest.models.edition import Edition
from digest.models.match import Match
from digest.models.paper import Announcement, Paper


class BatchMatcher:
    """The keywords of many editions. Raises `KeywordError` for one that does not parse."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        self.editions = tuple(editions)
        texts = dict.fromkeys(text for edition in self.editions for text in edition.keywords)
        self._keywords = [parse_keyword(text, stored=True) for text in texts]
        self._questions = CompiledQueries(self._keywords)

    def match(self, papers: Iterable[Paper]) -> BatchMatches:
        """Every keyword against every paper."""
        index = BatchIndex(papers, self._questions)
        return BatchMatches(index.papers, self._keywords, index.answers(self._questions))

    def match_day(self, announcements: Sequence[Announcement]) -> MatchedDay:
        """A day's announcements, ready for every edition to choose from. A paper that is only replaced is left out
        unless an edition takes replacements: to the others it is an update if they carded it, or nothing."""
        whole = any(map(takes_replacements, self.editions))
        paper_ids = {listing.paper.id for listing in announcements if whole or not listing.kind.is_replacement}
        papers = (listing.paper for listing in announcements if listing.paper.id in paper_ids)
        return MatchedDay(self.match(papers), announcements, whole=whole)

    def choose(
        self,
        announcements: Sequence[Announcement],
        carded: Callable[[str], Mapping[str, int]],
        updated: Callable[[str], Mapping[str, int]] | None = None,
    ) -> Iterator[tuple[Edition, Selection]]:
        """What `choose` gives for each edition, in their order, without going over all papers for each of them.
        `carded` and `updated` give by an edition's name the papers that it has shown."""
        day = self.match_day(announcements)
        for edition in self.editions:
            yield edition, day.choose(edition, carded(edition.name), updated(edition.name) if updated else None)


class MatchedDay:
    """A day's announcements with what the keywords of all editions matched in them."""

    def __init__(self, matched: BatchMatches, announcements: Iterable[Announcement], *, whole: bool) -> None:
        self._matched = matched
        self._listings = _Listings(announcements)
        self._whole = whole

    def covers(self, edition: Edition) -> bool:
        """Whether each of the edition's keywords was looked for, in each of the papers that it may show."""
        return self._matched.knows(edition.keywords) and (self._whole or not takes_replacements(edition))

    def choose(
        self, edition: Edition, carded: Mapping[str, int], updated: Mapping[str, int] | None = None
    ) -> Selection:
        """As `digest.matching.selection.choose`, of an edition that the day covers: its time goes by what matches,
        not by what was announced."""
        listed = self._listings.ids(edition.categories)
        ids = (self._matched.ids(edition.keywords) | (carded.keys() & self._listings.replaced)) & listed
        listings = [listing for paper_id in sorted(ids) for listing in self._listings.by_id[paper_id]]
        matcher = self._matched.matcher(edition)
        return select_papers(edition, listings, carded, matcher, updated=updated, announced=len(listed))


class BatchMatches:
    """Which papers each keyword matched. Where it did is worked out when it is asked for, once."""

    def __init__(
        self, papers: Iterable[IndexedPaper], keywords: Iterable[Keyword], numbers: Mapping[str, Collection[int]]
    ) -> None:
        self._papers = list(papers)
        self._numbers = numbers
        self._nodes = {keyword.text: keyword.node for keyword in keywords}
        self._number_of = {(p.paper.id, p.paper.version): number for number, p in enumerate(self._papers)}
        self._passed = len(self._papers)  # how many were matched in one pass
        self._found: dict[tuple[str, int], tuple[Match, ...]] = {}
        self._keywords_of: dict[int, list[str]] = defaultdict(list)
        for keyword, keyword_papers in numbers.items():
            for number in keyword_papers:
                self._keywords_of[number].append(keyword)

    def knows(self, keywords: Iterable[str]) -> bool:
        """Whether all of the keywords were looked for."""
        return self._numbers.keys() >= set(keywords)

    def ids(self, keywords: Iterable[str]) -> set[str]:
        """The papers that any of the keywords matches."""
        return {self._papers[number].paper.id for keyword in keywords for number in self._numbers[keyword]}

    def matcher(self, edition: Edition) -> EditionMatcher:
        """The edition's keywords as `choose` wants them."""
        indexes: dict[str, int] = {}
        for index, keyword in enumerate(edition.keywords):
            indexes.setdefault(keyword, index)
        return EditionMatcher(self, indexes)

    def matches(self, keywords: Mapping[str, int], paper: Paper) -> tuple[Match, ...]:
        """Why some keywords, given with their places, match a paper. One that was not in the pass is looked at now."""
        number = self._number(paper)
        matching = self._keywords_of.get(number, ())
        if number >= self._passed:
            edition_keywords = list(keywords)
        elif len(keywords) < len(matching):
            edition_keywords = [keyword for keyword in keywords if number in self._numbers[keyword]]
        else:
            edition_keywords = sorted(
                (keyword for keyword in matching if keyword in keywords), key=keywords.__getitem__
            )
        return tuple(match for keyword in edition_keywords for match in self._reasons(keyword, number))

    def _number(self, paper: Paper) -> int:
        identity = (paper.id, paper.version)
        if identity not in self._number_of:
            self._number_of[identity] = len(self._papers)
            self._papers.append(IndexedPaper(paper))
        return self._number_of[identity]

    def _reasons(self, keyword: str, number: int) -> tuple[Match, ...]:
        if (keyword, number) not in self._found:
            self._found[keyword, number] = evaluate(keyword, self._nodes[keyword], self._papers[number])
        return self._found[keyword, number]


@dataclass(frozen=True, slots=True)
class EditionMatcher:
    """Answers for one edition from what the pool found."""

    matched: BatchMatches
    keywords: Mapping[str, int]  # with their places

    def matches(self, paper: Paper) -> tuple[Match, ...]:
        """As `digest.matching.matcher.Matcher.matches`."""
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
