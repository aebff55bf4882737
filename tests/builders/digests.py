"""Made-up digests, rich enough to show all that a reader can see; the day itself is in tests/data/cards/day.toml.

rich_day("zh")     five cards: a model's long analysis with doubts, LaTeX and dangerous characters, excerpts,
                   one from the abstract, one with nearly nothing; two updates; categories late and stale
empty_day("en")    a day with nothing, and why
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from digest.models.analysis import Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Evidence, Statement, Verdict
from digest.models.digest import Card, Digest, PaperUpdate, VersionChange
from digest.models.feed import CategoryDay, FeedState
from digest.models.match import Match, MatchField
from digest.models.notice import Notice
from digest.models.paper import AnnouncementKind, Paper
from digest.models.paper_facts import (
    Availability,
    ReproducibilityFact,
    ReproducibilityTopic,
    ResultCell,
    ResultRow,
)
from digest.models.paper_text import Link, LinkKind

DATA = Path(__file__).parents[1] / "data" / "cards"
DAY = date(2026, 1, 9)
KEYWORDS = (
    "vision language action",
    "vla",
    "multivariate time series forecasting",
    "spatio-temporal prediction",
    "traffic prediction",
    "robot* + video*",
)


def rich_day(language: str = "zh", **changes: Any) -> Digest:
    """A full day. The analyses are in Chinese whatever the language: they are data."""
    day = tomllib.loads((DATA / "day.toml").read_text(encoding="utf-8"))
    digest = Digest(
        edition="robots",
        title="VLA 日报" if language == "zh" else "VLA Daily",
        language=language,
        day=DAY,
        categories=(
            CategoryDay("cs.AI", DAY, FeedState.FRESH, 142),
            CategoryDay("cs.LG", DAY, FeedState.FRESH, 118),
            CategoryDay("cs.RO", DAY, FeedState.WAITING, reason=Notice.of("collect.waiting", date="2026-01-08")),
            CategoryDay("cs.CV", DAY, FeedState.FRESH, 96),
            CategoryDay("stat.AP", DAY, FeedState.STALE, reason=Notice.of("collect.stale")),
            CategoryDay("stat.ME", DAY, FeedState.STALE, reason=Notice.of("collect.stale")),
            CategoryDay("eess.SY", DAY, FeedState.FAILED, reason=Notice.of("fetch.timeout", host="rss.arxiv.org")),
        ),
        keywords=KEYWORDS,
        announced=302,
        cards=tuple(map(_card, day["cards"])),
        updates=tuple(map(_update, day["updates"])),
    )
    return replace(digest, **changes)


def long_card(steps: int = 40, language: str = "zh") -> Card:
    """The day's second card with as many steps in its method: too long for a message."""
    card = rich_day(language).cards[1]
    parts = tuple(
        replace(part, statements=part.statements * steps) if part.key is AnalysisPartKey.METHOD else part
        for part in card.analysis.parts
    )
    return replace(card, analysis=replace(card.analysis, parts=parts))


def empty_day(language: str = "zh", state: FeedState = FeedState.QUIET, **changes: Any) -> Digest:
    """A day with nothing to show: by default a Saturday, when nothing is announced."""
    saturday = date(2026, 1, 10)
    why = Notice.of("collect.weekend") if state is FeedState.QUIET else None
    names = ("cs.AI", "cs.LG", "cs.RO", "cs.CV")
    nothing: dict[str, Any] = {
        "day": saturday,
        "categories": tuple(CategoryDay(name, saturday, state, reason=why) for name in names),
        "announced": 0,
        "cards": (),
        "updates": (),
        "empty": Notice.of("collect.weekend"),
    }
    return rich_day(language, **(nothing | changes))


def _paper(data: dict[str, Any]) -> Paper:
    authors, categories = tuple(data["authors"]), tuple(data["categories"])
    return Paper(data["id"], data["version"], data["title"], authors, data["abstract"], categories)


def _matches(data: dict[str, Any]) -> tuple[Match, ...]:
    return tuple(Match(keyword, MatchField(field), 0, len(text), text) for keyword, field, text in data["matches"])


def _statement(data: Sequence[Any]) -> Statement:
    match data:
        case [text, quote, section, page]:
            return Statement(text, Evidence(quote, Verdict.FOUND, section, page, quote))
        case [text, quote, verdict]:
            return Statement(text, Evidence(quote, Verdict(verdict)))
        case _:
            return Statement(data[0])


def _card(data: dict[str, Any]) -> Card:
    paper = _paper(data)
    parts = tuple(
        AnalysisPart(AnalysisPartKey(part["key"]), tuple(map(_statement, part["statements"])))
        for part in data.get("parts", [])
    )
    analysis = Analysis(
        paper.id,
        paper.version,
        "zh",
        data["analyst"],
        AnalysisSource(data["made_from"]),
        parts,
        _statement(data["takeaway"]) if "takeaway" in data else None,
        pages_read=data["pages"][0],
        pages=data["pages"][1],
        prompt_version=1,
        notices=tuple(Notice.of(**notice) for notice in data.get("notices", [])),
        results=tuple(map(_result, data.get("results", []))),
        reproducibility=tuple(map(_fact, data.get("reproducibility", []))),
        unstated=tuple(map(ReproducibilityTopic, data.get("unstated", []))),
    )
    links = tuple(Link(url, LinkKind(kind), page or None) for url, kind, page in data["links"])
    return Card(paper, AnnouncementKind(data["kind"]), _matches(data), analysis, links)


def _result(data: Sequence[Any]) -> ResultRow:
    data_set, metric, table, page, ours, rival, rival_name, difference, relative, in_points, is_better = data
    return ResultRow(
        data_set,
        metric,
        ResultCell(ours, table, "Harbour (ours)", metric, page),
        ResultCell(rival, table, rival_name, metric, page) if rival else None,
        Decimal(difference) if difference else None,
        Decimal(relative) if relative else None,
        in_points,
        is_better if difference else None,
    )


def _fact(data: Sequence[Any]) -> ReproducibilityFact:
    topic, availability, detail, quote, section, page = data
    return ReproducibilityFact(ReproducibilityTopic(topic), Availability(availability), detail, quote, section, page)


def _update(data: dict[str, Any]) -> PaperUpdate:
    changes = tuple(
        VersionChange(kind, section, old, new, old_page or None, new_page or None)
        for kind, section, old, new, old_page, new_page in data["changes"]
    )
    return PaperUpdate(
        _paper(data), AnnouncementKind(data["kind"]), _matches(data), data["previous_version"] or None, changes
    )
