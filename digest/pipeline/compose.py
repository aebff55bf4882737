"""Stage 5: what was chosen and analysed -> a Digest. Pure: the same data give the same digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from digest.models.analysis import Analysis, AnalysisPart, Statement, Verdict
from digest.models.digest import Card, Digest, PaperUpdate
from digest.models.edition import Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice

_NOT_HAD = (FeedState.FAILED, FeedState.STALE, FeedState.WAITING)


def compose(
    edition: Edition,
    day: date,
    states: Iterable[CategoryDay],
    announced: int,
    cards: Sequence[Card],
    updates: Sequence[PaperUpdate],
    *,
    notices: Iterable[Notice] = (),
    number: int = 1,
    hidden: Iterable[str] = (),
) -> Digest:
    """Put an edition's digest together. Cards and updates keep the order that they are given in; categories come in
    the edition's order, those that are not the edition's are left out."""
    of_edition = {state.category: state for state in states if state.category in edition.categories}
    categories = tuple(of_edition[name] for name in dict.fromkeys(edition.categories) if name in of_edition)
    return Digest(
        edition=edition.name,
        title=edition.title or edition.name,
        language=edition.language,
        day=day,
        categories=categories,
        keywords=edition.keywords,
        announced=announced,
        cards=tuple(cards),
        updates=tuple(updates),
        number=number,
        detail=edition.detail,
        empty=None if cards or updates else why_empty(edition, categories, announced),
        notices=tuple(dict.fromkeys(notices)),
        hidden=tuple(hidden),
        max_cards=edition.max_cards,
    )


def combine(digests: Sequence[Digest], states: Sequence[CategoryDay] = ()) -> Digest:
    """A day's digest and its supplements as one, for reports and looking back. `states` are newer ones, if known."""
    first = digests[0]
    cards = tuple(card for digest in digests for card in digest.cards)
    updates = tuple(update for digest in digests for update in digest.updates)
    states_by_category = {state.category: state for digest in digests for state in digest.categories}
    states_by_category |= {state.category: state for state in states if state.category in states_by_category}
    return replace(
        first,
        categories=tuple(states_by_category.values()),
        keywords=digests[-1].keywords,
        announced=max(digest.announced for digest in digests),
        cards=cards,
        updates=updates,
        empty=None if cards or updates else digests[-1].empty,
        notices=tuple(dict.fromkeys(notice for digest in digests for notice in digest.notices)),
        max_cards=None,
        hidden=tuple(dict.fromkeys(paper_id for digest in digests for paper_id in digest.hidden)),
    )


def why_empty(edition: Edition, categories: Sequence[CategoryDay], announced: int) -> Notice:
    """Why there is nothing to publish. Of several causes, the first of these that holds:

    1. the edition watches no keywords;
    2. papers were announced, and none of them is new to the edition and matches;
    3. a category could not be had: failed, then stale, then waiting;
    4. arXiv announced nothing: the reason that all categories share, if they do.
    """
    if not edition.keywords:
        return Notice.of("empty.no_keywords")
    if announced:
        return Notice.of("empty.nothing_matched", n=announced)
    states = {category.state for category in categories}
    for state in _NOT_HAD:
        if state in states:
            return Notice.of(f"empty.{state.value}")
    reasons = {category.reason for category in categories}
    shared = reasons.pop() if len(reasons) == 1 else None
    return shared or Notice.of("empty.quiet")


def without_unsupported(analysis: Analysis) -> Analysis:
    """The analysis without the statements whose evidence was looked for in the paper and not found. A part that loses
    all of its statements goes; a notice says how many statements were left out."""
    parts = tuple(AnalysisPart(part.key, tuple(filter(_is_supported, part.statements))) for part in analysis.parts)
    takeaway = analysis.takeaway if analysis.takeaway and _is_supported(analysis.takeaway) else None
    dropped = len(analysis.statements) - sum(len(part.statements) for part in parts)
    dropped += takeaway != analysis.takeaway
    if not dropped:
        return analysis
    return replace(
        analysis,
        parts=tuple(part for part in parts if part.statements),
        takeaway=takeaway,
        notices=(*analysis.notices, Notice.of("analysis.dropped", n=dropped)),
    )


def _is_supported(statement: Statement) -> bool:
    return statement.evidence is None or statement.evidence.verdict is Verdict.FOUND
