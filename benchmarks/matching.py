"""What matching costs as keywords and editions grow: `python -m benchmarks.matching`.

A made-up day of 2,000 papers with abstracts of arXiv's length (about 190 words whose frequencies fall as those of
English do; one in eight has LaTeX), and keywords of every kind, most of them neighbouring words of some paper.

Times are processor seconds: one thread computes, and other work on the machine must not count.

Goals: from 10 to 10,000 keywords the time of matching grows at most threefold, with the plain matcher's results; and
10,000 editions are matched, chosen and composed in 60 s and 600 MB.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from digest.matching.batch import BatchMatcher
from digest.matching.matcher import Matcher
from digest.matching.selection import Selection
from digest.models.analysis import Analysis, AnalysisSource
from digest.models.digest import Card
from digest.models.edition import Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.pipeline.compose import compose

DAY = date(2026, 3, 4)
CATEGORIES = ("cs.RO", "cs.CV", "cs.LG", "cs.AI", "cs.CL")
COMMON = "the of and to a in we for is that with on this by as are our from an be which can".split()  # noqa: SIM905
KINDS = (
    AnnouncementKind.NEW,
    AnnouncementKind.NEW,
    AnnouncementKind.NEW,
    AnnouncementKind.CROSS,
    AnnouncementKind.REPLACE,
)


class Made:
    """Made-up papers and keywords, the same on every run."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
        words = {"".join(self.chance.choices(syllables, k=self.chance.choice((2, 3, 3, 4)))) for _ in range(12_000)}
        self.words = COMMON + sorted(words)
        self.frequencies = [1 / (rank + 3) for rank in range(len(self.words))]

    def papers(self, count: int) -> list[Paper]:
        return [self._paper(number) for number in range(count)]

    def _paper(self, number: int) -> Paper:
        names = [f"{first.title()} {last.title()}" for first, last in zip(self._words(4), self._words(4), strict=True)]
        categories = self.chance.sample(CATEGORIES, 2)
        return Paper(f"2603.{number:05}", 1, self._text(11).title(), tuple(names), self._text(190), tuple(categories))

    def _words(self, count: int) -> list[str]:
        return self.chance.choices(self.words, self.frequencies, k=count)

    def _text(self, count: int) -> str:
        has_latex = self.chance.random() < 0.125
        text = []
        for word in self._words(count):
            gap = self.chance.random()
            dressed = f"${word[0]}_{{{len(word)}}}$-{word}" if has_latex and gap < 0.05 else word
            text.append(dressed + ("-" if gap > 0.96 else ", " if gap > 0.92 else ". " if gap > 0.88 else " "))
        return "".join(text)

    def keywords(self, papers: Sequence[Paper], count: int) -> list[str]:
        """Distinct keywords: a third of them watch for what no paper has."""
        made: dict[str, None] = {}
        while len(made) < count:
            made[self._keyword(papers)] = None
        return list(made)

    def _keyword(self, papers: Sequence[Paper]) -> str:
        words = self.chance.choice(papers).abstract.translate({ord(c): " " for c in "-,.$_{}"}).split()
        at = self.chance.randrange(len(words) - 3)
        phrase = " ".join(words[at : at + self.chance.choice((2, 2, 3))])
        form = self.chance.random()
        if form < 0.33:
            return " ".join(self.chance.choices(self.words[300:], k=2))
        rare = self.chance.choice(self.words[2000:])
        others = {
            0.36: f"au:{rare}",
            0.40: f"ti:{phrase}",
            0.44: f'"{phrase}"',
            0.50: f"{phrase} -{rare}",
            0.55: f"{phrase} | {rare}",
            0.60: f"{phrase} + cat:cs.RO",
            0.75: rare,
        }
        return next((keyword for limit, keyword in others.items() if form < limit), phrase)


@dataclass(frozen=True, slots=True)
class Growth:
    """One number of keywords: the seconds of each run, and how much matched."""

    keywords: int
    parsing: float
    matching: tuple[float, ...]  # which papers each keyword matches
    showing: float  # and where, for every match
    matches: int

    @property
    def median(self) -> float:
        return statistics.median(self.matching)


def growth(counts: Iterable[int] = (10, 100, 1_000, 10_000), papers: int = 2_000, repeats: int = 5) -> list[Growth]:
    """Matching a day against more and more keywords."""
    made = Made()
    day = made.papers(papers)
    return [_grown(day, made.keywords(day, count), repeats) for count in counts]


def _grown(day: Sequence[Paper], keywords: Sequence[str], repeats: int) -> Growth:
    edition = Edition("e", CATEGORIES, tuple(keywords))
    start = time.process_time()
    pool = BatchMatcher([edition])
    parsed = time.process_time()
    matching = []
    for _ in range(repeats):
        begun = time.process_time()
        matched = pool.match(day)
        matching.append(time.process_time() - begun)
    matcher, begun = matched.matcher(edition), time.process_time()
    matches = sum(len(matcher.matches(paper)) for paper in day)
    return Growth(len(keywords), parsed - start, tuple(matching), time.process_time() - begun, matches)


def differences(keywords: int = 300, papers: int = 300) -> int:
    """For how many papers the pool says something else than the plain matcher: none."""
    made = Made(2)
    day = made.papers(papers)
    edition = Edition("e", CATEGORIES, tuple(made.keywords(day, keywords)))
    plain, pooled = Matcher(edition.keywords), BatchMatcher([edition]).match(day).matcher(edition)
    return sum(plain.matches(paper) != pooled.matches(paper) for paper in day)


@dataclass(frozen=True, slots=True)
class ManyEditions:
    """Editions that share a day: all matched, chosen and composed."""

    editions: int
    seconds: float
    cards: int
    peak_mb: float  # of this process, in all


def many_editions(editions: int = 10_000, papers: int = 2_000, keywords: int = 8) -> ManyEditions:
    """A day for many editions, each with some keywords of its own out of 20,000, and two to five categories."""
    made = Made(3)
    day = made.papers(papers)
    watched = made.keywords(day, 20_000)
    wanted = [
        Edition(f"e{number}", tuple(made.chance.sample(CATEGORIES, made.chance.randint(2, 5))), tuple(chosen))
        for number in range(editions)
        for chosen in [made.chance.sample(watched, keywords)]
    ]
    listings = [Announcement(p, DAY, made.chance.choice(KINDS), c) for p in day for c in p.categories]
    carded = {paper.id: 1 for paper in day[::50]}
    analyses = {p.id: Analysis(p.id, p.version, "en", "excerpt", AnalysisSource.ABSTRACT, ()) for p in day}
    start, cards = time.process_time(), 0
    for edition, choice in BatchMatcher(wanted).choose(listings, lambda _: carded):
        cards += _composed(edition, choice, analyses)
    seconds = time.process_time() - start
    return ManyEditions(editions, seconds, cards, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _composed(edition: Edition, choice: Selection, analyses: dict[str, Analysis]) -> int:
    states = [CategoryDay(name, DAY, FeedState.FRESH) for name in edition.categories]
    cards = [Card(chosen.paper, chosen.kind, chosen.matches, analyses[chosen.paper.id]) for chosen in choice.cards]
    return len(compose(edition, DAY, states, choice.announced, cards, ()).cards)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=2_000)
    papers = parser.parse_args().papers
    steps = growth(papers=papers)
    for step in steps:
        print(
            f"{step.keywords:>7,} keywords, {papers:,} papers: parsed in {step.parsing * 1e3:,.0f} ms, matched in"
            f" {step.median * 1e3:,.0f} ms ({min(step.matching) * 1e3:,.0f}-{max(step.matching) * 1e3:,.0f}),"
            f" {step.matches:,} places shown in {step.showing * 1e3:,.0f} ms"
        )
    print(f"growth: {steps[-1].median / steps[0].median:.2f} times")
    print(f"papers for which pool and plain matcher differ: {differences()}")
    many = many_editions(papers=papers)
    print(f"{many.editions:,} editions: {many.seconds:.1f} s, {many.cards:,} cards, peak {many.peak_mb:,.0f} MB")


if __name__ == "__main__":
    main()
