"""The stores -> Trends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from digest.matching.matcher import Matcher
from digest.models.digest import Digest
from digest.models.edition import Edition
from digest.models.paper import Paper
from digest.ports import DigestStore, PaperStore, PeopleStore
from digest.ranking.preference_model import PreferenceModel
from digest.trends.aggregation import NearMiss, WeeklyTrends, monday, weekly_trends, weeks_to
from digest.trends.near_misses import near_misses

_DAY = timedelta(days=1)


class TrendStores(Protocol):
    """What trends are made from."""

    @property
    def papers(self) -> PaperStore: ...

    @property
    def digests(self) -> DigestStore: ...

    @property
    def people(self) -> PeopleStore: ...


async def load_trends(
    stores: TrendStores, edition: Edition, last: date, taste: PreferenceModel | None = None
) -> WeeklyTrends:
    """The trends of the week of `last`. The event loop is given its turn between two days."""
    digests: list[Digest] = []
    for day in stores.digests.digest_days(edition.name):
        if weeks_to(last)[0] <= day <= last:
            digests += stores.digests.digests(edition.name, day)
            await asyncio.sleep(0)
    week = monday(last)
    papers: dict[str, Paper] = {}
    for day in (week + n * _DAY for n in range((last - week).days + 1)):
        listed = stores.papers.announcements(day, edition.categories)
        papers |= {a.paper.id: a.paper for a in listed if a.kind in edition.kinds}
    carded_ids = {*stores.digests.carded(edition.name), *stores.digests.updated(edition.name)}
    missed = await asyncio.to_thread(_missed, edition, papers, carded_ids, taste)
    saves = stores.people.saves(datetime.combine(week, time(), UTC))
    return weekly_trends(edition, digests, last, saves, missed)


def _missed(
    edition: Edition, papers: Mapping[str, Paper], carded_ids: set[str], taste: PreferenceModel | None
) -> tuple[NearMiss, ...]:
    matcher = Matcher(edition.keywords, stored=True)
    matched = {paper.id for paper in papers.values() if paper.id not in carded_ids and matcher.matches(paper)}
    return near_misses(edition.keywords, papers.values(), carded_ids | matched, taste)
