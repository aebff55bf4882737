"""Putting a digest together, and saying why one is empty."""

from dataclasses import replace
from datetime import date

import pytest

from digest.i18n.translator import LANGUAGES, Translator
from digest.models.analysis import Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Evidence, Statement, Verdict
from digest.models.digest import Card, PaperUpdate
from digest.models.edition import CardDetail, Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.models.paper import AnnouncementKind, Paper
from digest.pipeline.compose import compose, without_unsupported

DAY = date(2026, 3, 4)
WEEKEND = Notice.of("collect.weekend")
EDITION = Edition("e", ("cs.RO", "cs.CV"), ("vla",), title="Robots", language="en", detail=CardDetail.BRIEF)
PAPER = Paper("2603.00001", 2, "Title", ("Ada Byron",), "Abstract.", ("cs.RO",))


def state(category: str, state: FeedState, reason: Notice | None = None) -> CategoryDay:
    return CategoryDay(category, DAY, state, reason=reason)


def statement(verdict: Verdict | None) -> Statement:
    return Statement("said", Evidence("quote", verdict) if verdict else None)


ANALYSIS = Analysis(
    PAPER.id,
    2,
    "en",
    "model",
    AnalysisSource.FULL_TEXT,
    (
        AnalysisPart(AnalysisPartKey.OVERVIEW, (statement(Verdict.FOUND), statement(Verdict.QUOTATION_NOT_FOUND))),
        AnalysisPart(AnalysisPartKey.METHOD, (statement(Verdict.NUMBER_NOT_FOUND),)),
        AnalysisPart(AnalysisPartKey.MOTIVATION, (statement(None),)),
    ),
    takeaway=statement(Verdict.REFERENCE_NOT_FOUND),
)


def test_a_digest_is_the_editions() -> None:
    """Names, language and detail come from the edition; only its categories stand in it, in its order, once."""
    states = [state("cs.CV", FeedState.FRESH), state("math.CO", FeedState.FRESH), state("cs.RO", FeedState.QUIET)]
    card = Card(PAPER, AnnouncementKind.NEW, (), ANALYSIS)

    made = compose(EDITION, DAY, states, 3, [card], [], notices=[WEEKEND, WEEKEND], number=2)

    assert (made.edition, made.title, made.language, made.detail, made.number) == (
        "e",
        "Robots",
        "en",
        CardDetail.BRIEF,
        2,
    )
    assert [category.category for category in made.categories] == ["cs.RO", "cs.CV"]
    assert made.cards == (card,)
    assert made.notices == (WEEKEND,)


def test_the_title_defaults_to_the_name() -> None:
    """An edition without a title has a heading all the same."""
    assert compose(replace(EDITION, title=""), DAY, [], 0, [], []).title == "e"


def test_a_digest_with_an_update_is_not_empty() -> None:
    """`empty` is set exactly when there is nothing to publish."""
    assert compose(EDITION, DAY, [], 1, [], [PaperUpdate(PAPER, AnnouncementKind.REPLACE, ())]).empty is None
    assert compose(EDITION, DAY, [], 1, [], []).empty is not None


@pytest.mark.parametrize(
    ("states", "announced", "why"),
    [
        ((FeedState.FRESH, FeedState.FAILED), 7, Notice.of("empty.nothing_matched", n=7)),
        ((FeedState.WAITING, FeedState.FAILED), 0, Notice.of("empty.failed")),
        ((FeedState.WAITING, FeedState.STALE), 0, Notice.of("empty.stale")),
        ((FeedState.QUIET, FeedState.WAITING), 0, Notice.of("empty.waiting")),
        ((FeedState.QUIET, FeedState.QUIET), 0, Notice.of("empty.quiet")),
        ((FeedState.FRESH, FeedState.FRESH), 0, Notice.of("empty.quiet")),
        ((), 0, Notice.of("empty.quiet")),
    ],
)
def test_why_a_day_is_empty(states: tuple[FeedState, ...], announced: int, why: Notice) -> None:
    """Of several causes the one that matters most to a reader is given."""
    categories = [state(name, given) for name, given in zip(EDITION.categories, states, strict=False)]

    assert compose(EDITION, DAY, categories, announced, [], []).empty == why


def test_a_quiet_day_says_why_it_is_quiet() -> None:
    """The reason that all categories share; without a shared one, that nothing was announced."""
    shared = [state(name, FeedState.QUIET, WEEKEND) for name in EDITION.categories]
    mixed = [state("cs.RO", FeedState.QUIET, WEEKEND), state("cs.CV", FeedState.QUIET)]

    assert compose(EDITION, DAY, shared, 0, [], []).empty == WEEKEND
    assert compose(EDITION, DAY, mixed, 0, [], []).empty == Notice.of("empty.quiet")


def test_an_edition_without_keywords_says_so() -> None:
    """Nothing can match nothing."""
    empty = compose(replace(EDITION, keywords=()), DAY, [], 5, [], []).empty

    assert empty == Notice.of("empty.no_keywords")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", ["no_keywords", "nothing_matched", "failed", "stale", "waiting", "quiet"])
def test_causes_have_words(cause: str, language: str) -> None:
    """Every cause is in the catalogue."""
    params = {"n": 2} if cause == "nothing_matched" else {}

    assert Translator(language).notice(Notice.of(f"empty.{cause}", **params))


def test_unsupported_statements_can_be_dropped() -> None:
    """What was not found goes, with the parts that it leaves empty; what was never checked stays."""
    left = without_unsupported(ANALYSIS)

    assert [part.key for part in left.parts] == [AnalysisPartKey.OVERVIEW, AnalysisPartKey.MOTIVATION]
    assert left.takeaway is None
    assert left.notices == (Notice.of("analysis.dropped", n=3),)
    assert without_unsupported(left) == left
