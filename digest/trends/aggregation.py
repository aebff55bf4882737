"""The week of an edition in numbers, and twelve weeks of its keywords. Pure.

digests of 12 weeks + what people saved + what was narrowly missed  -->  Trends  -->  summary.py, picture.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digest.models.digest import Digest
from digest.models.edition import Edition
from digest.models.paper import Paper

WEEKS = 12
SAVED_SHOWN = 5
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class KeywordSeries:
    """How many cards a keyword matched in each week, the oldest first. `lived` is how many weeks before the last one
    the edition had its first digest."""

    keyword: str
    counts: tuple[int, ...]
    lived: int = WEEKS - 1

    @property
    def now(self) -> int:
        return self.counts[-1]

    @property
    def usual(self) -> float | None:
        """The mean of the weeks before this one, since the edition began; None in its first week."""
        return sum(self.counts[:-1]) / self.lived if self.lived else None


@dataclass(frozen=True, slots=True)
class WeekTotals:
    """What a week brought: distinct papers as cards and as updates, of so many announced."""

    cards: int = 0
    updates: int = 0
    announced: int = 0


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A paper that no keyword matched, and the keyword whose words it has apart from each other; without one it
    resembles what readers liked."""

    paper: Paper
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class WeeklyTrends:
    """`weeks` are the Mondays, the oldest first; the last one is that of the week that is told. `series` are sorted by
    the last week, then by all; `before` is the week before, None where there was none. `saved` are papers with how many
    people saved them."""

    edition: str
    title: str
    language: str
    weeks: tuple[date, ...]
    series: tuple[KeywordSeries, ...]
    week: WeekTotals
    before: WeekTotals | None
    saved: tuple[tuple[Paper, int], ...] = ()
    missed: tuple[NearMiss, ...] = ()


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks_to(last: date) -> tuple[date, ...]:
    """The Mondays of the twelve weeks that end with the one of `last`."""
    return tuple(monday(last) - n * _WEEK for n in reversed(range(WEEKS)))


def weekly_trends(
    edition: Edition,
    digests: Iterable[Digest],
    last: date,
    saves: Mapping[str, int] | None = None,
    missed: Sequence[NearMiss] = (),
) -> WeeklyTrends:
    """The trends of the week of `last` from all digests since the first of the twelve Mondays; others are left out."""
    weeks = weeks_to(last)
    own_digests = [digest for digest in digests if weeks[0] <= digest.day < weeks[-1] + _WEEK]
    counts: dict[str, Counter[date]] = {keyword: Counter() for keyword in edition.keywords}
    for digest in own_digests:
        for card in digest.cards:
            for keyword in {match.keyword for match in card.matches} & counts.keys():
                counts[keyword][monday(digest.day)] += 1
    began = min((monday(digest.day) for digest in own_digests), default=weeks[-1])
    lived = (weeks[-1] - began) // _WEEK
    series = [
        KeywordSeries(keyword, tuple(by_week[week] for week in weeks), lived) for keyword, by_week in counts.items()
    ]
    papers = {card.paper.id: card.paper for digest in own_digests for card in digest.cards}
    saved = sorted(((n, paper_id) for paper_id, n in (saves or {}).items() if paper_id in papers), reverse=True)
    return WeeklyTrends(
        edition=edition.name,
        title=edition.title or edition.name,
        language=edition.language,
        weeks=weeks,
        series=tuple(sorted(series, key=lambda s: (-s.now, -sum(s.counts)))),
        week=_totals(own_digests, weeks[-1]),
        before=_totals(own_digests, weeks[-2]) if lived else None,
        saved=tuple((papers[paper_id], n) for n, paper_id in saved[:SAVED_SHOWN]),
        missed=tuple(missed),
    )


def _totals(digests: Iterable[Digest], week: date) -> WeekTotals:
    own_digests = [digest for digest in digests if monday(digest.day) == week]
    announced: dict[date, int] = {}
    for digest in own_digests:
        announced[digest.day] = max(digest.announced, announced.get(digest.day, 0))
    cards = {card.paper.id for digest in own_digests for card in digest.cards}
    updates = {update.paper.id for digest in own_digests for update in digest.updates}
    return WeekTotals(len(cards), len(updates), sum(announced.values()))
