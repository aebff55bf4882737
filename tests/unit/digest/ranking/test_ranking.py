"""What readers like: learned from votes, explained in words, and forgotten."""

import asyncio
import math
import random
from dataclasses import replace
from datetime import date

import pytest

from benchmarks.parts.ranking import made_up, measured
from digest.analysis.excerpt.excerpt_analyst import ExcerptAnalyst
from digest.arxiv.errors import FetchError
from digest.matching.selection import SelectedPaper
from digest.models.analysis import EXCERPT, Analysis, AnalysisSource
from digest.models.digest import Card, Digest
from digest.models.edition import Edition
from digest.models.feed import CategoryDay, FeedState
from digest.models.match import Match
from digest.models.match import MatchField as PaperField
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.models.paper_text import PaperText
from digest.pdf.result import ReadFailure
from digest.pipeline.collect import CollectedDay
from digest.pipeline.compose import compose
from digest.pipeline.digest_builder import DigestBuilder
from digest.ranking.features import inverse_document_frequency, paper_features
from digest.ranking.fit import STRENGTH, fit
from digest.ranking.order import NEAR_MISSES, near_misses, rank_cards, score_reasons
from digest.ranking.preference_model import MIN_VOTES, PreferenceModel, scaled
from digest.ranking.trainer import PreferenceTrainer
from digest.rendering.cards import card_document, overview_document
from digest.rendering.document import ItemList, Paragraph, plain_text
from storage.stores.all_stores import SqliteStores
from tests.builders.pipeline import digest_builder
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.stores import fake_stores

DAY = date(2026, 1, 9)
EDITION = Edition("robots", ("cs.RO",), ("robot",), language="en")


def paper(number: int, about: str) -> Paper:
    titles = {
        "touch": "A robot with tactile fingers",
        "cars": "A robot car on the road",
    }
    abstracts = {
        "touch": "We study tactile sensing and grasping of soft objects with many fingers, and measure contact forces.",
        "cars": "We study autonomous driving with lidar in traffic, and measure the distance to other cars.",
    }
    return Paper(f"2601.{number:05}", 1, titles[about], ("Ada Lovelace",), abstracts[about], ("cs.RO",))


TOUCH = [paper(n, "touch") for n in range(1, 11)]
CARS = [paper(n, "cars") for n in range(11, 21)]


def chosen(one: Paper) -> SelectedPaper:
    return SelectedPaper(one, AnnouncementKind.NEW, (Match("robot", PaperField.TITLE, 2, 7, "robot"),))


def voted(likes: int = 5, dislikes: int = 5) -> SqliteStores:
    """Stores with a collected day, and votes: touch is liked, cars are not."""
    stores = fake_stores()
    listed = [Announcement(p, DAY, AnnouncementKind.NEW, "cs.RO") for p in (*TOUCH, *CARS)]
    stores.papers.save_day(CategoryDay("cs.RO", DAY, FeedState.FRESH, len(listed)), listed)
    for one in TOUCH[:likes]:
        stores.people.vote("robots", "telegram:1", one.id, 1)
    for one in CARS[:dislikes]:
        stores.people.vote("robots", "telegram:1", one.id, -1)
    return stores


def tastes(stores: SqliteStores, errors: list[str] | None = None) -> PreferenceTrainer:
    return PreferenceTrainer(
        stores.people, stores.papers, stores.digests, (errors if errors is not None else []).append
    )


async def learnt(likes: int = 5, dislikes: int = 5) -> PreferenceModel:
    taste = await tastes(voted(likes, dislikes)).model_for(EDITION)
    assert taste is not None
    return taste


# --- learning ---------------------------------------------------------------------------------------------------


async def test_what_was_liked_comes_first() -> None:
    """Papers without votes too; those that are equally likely keep their order."""
    order = rank_cards([chosen(p) for p in (CARS[6], TOUCH[6], CARS[7], TOUCH[7])], await learnt())

    assert [c.paper.id for c in order.cards] == [TOUCH[6].id, TOUCH[7].id, CARS[6].id, CARS[7].id]
    assert order.hidden == ()


async def test_a_match_is_hidden_only_below_a_threshold() -> None:
    """And is counted, so that readers know."""
    cards = [chosen(p) for p in (CARS[6], TOUCH[6])]
    order = rank_cards(cards, await learnt(), hide_below=0.5)

    assert [c.paper.id for c in order.cards] == [TOUCH[6].id]
    assert order.hidden == (CARS[6].id,)
    assert [notice.code for notice in order.notices] == ["taste.hidden"]


async def test_few_votes_change_nothing() -> None:
    """Below `MIN_VOTES` there is no taste."""
    assert await tastes(voted(MIN_VOTES - 1, 0)).model_for(EDITION) is None
    assert rank_cards([chosen(p) for p in CARS[:3]], None).cards == tuple(chosen(p) for p in CARS[:3])


async def test_votes_that_cancel_out_are_none() -> None:
    stores = voted(5, 0)
    for one in TOUCH[:5]:
        stores.people.vote("robots", "telegram:2", one.id, -1)

    assert await tastes(stores).model_for(EDITION) is None


async def test_likes_alone_are_held_against_what_was_shown() -> None:
    """Papers that were shown without a vote stand for the rest; without any, the order stays, and it is told."""
    stores = voted(6, 0)
    told: list[str] = []
    assert await tastes(stores, told).model_for(EDITION) is None
    assert told == ["robots: all votes are alike, and nothing else was shown"]

    cards = [
        Card(p, AnnouncementKind.NEW, (), Analysis(p.id, 1, "en", EXCERPT, AnalysisSource.ABSTRACT, ()))
        for p in (*TOUCH[:6], *CARS)
    ]
    stores.digests.save_digest(compose(EDITION, DAY, (), 20, cards, ()))
    taste = await tastes(stores, told).model_for(EDITION)
    assert taste is not None
    assert taste.score(paper_features(TOUCH[8])) > 0.5 > taste.score(paper_features(CARS[8]))


async def test_weights_are_learned_again_only_when_votes_changed() -> None:
    """And are dropped when the votes are deleted."""
    stores = voted()
    learner = tastes(stores)
    first, second = await asyncio.gather(learner.model_for(EDITION), learner.model_for(EDITION))
    assert first is second is not None
    stores.people.vote("robots", "telegram:9", TOUCH[9].id, 1)
    third = await learner.model_for(EDITION)
    assert third is not None
    assert third.votes == first.votes + 1
    stores.people.forget_votes("robots")
    assert await learner.model_for(EDITION) is None


# --- the regression ---------------------------------------------------------------------------------------------


def votes_on_made_up_papers(count: int, seed: int) -> tuple[list[dict[str, float]], list[bool], list[float]]:
    """Scaled words of made-up papers, whether a reader likes each (one vote in ten is an error), and its weight."""
    chance = random.Random(seed)
    papers = [announcement.paper for day in made_up(seed) for announcement in day][:count]
    words = [paper_features(p) for p in papers]
    rare = inverse_document_frequency(words, words)
    liked = [("grasp" in p.abstract) != (chance.random() < 0.1) for p in papers]
    return [scaled(w, rare) for w in words], liked, [float(chance.choice((1, 1, 1, 2, 5))) for _ in papers]


@pytest.mark.parametrize(("count", "seed"), [(5, 5), (12, 1), (60, 2), (300, 4)])
def test_weights_are_those_of_scikit_learn(count: int, seed: int) -> None:
    """The same objective, minimised to 1e-4."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    examples, liked, importance = votes_on_made_up_papers(count, seed)
    vectors = DictVectorizer()
    reference = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=10_000, tol=1e-10)
    reference.fit(vectors.fit_transform(examples), liked, sample_weight=importance)
    weights, bias = fit(examples, liked, importance)

    expected = dict(zip(vectors.get_feature_names_out(), reference.coef_[0], strict=True))
    assert weights == pytest.approx(expected, abs=1e-4)
    assert bias == pytest.approx(reference.intercept_[0], abs=1e-4)


def test_the_gradient_is_zero_at_the_minimum() -> None:
    """Checked without scikit-learn: two words and mirrored votes have a minimum that can be written down."""
    weights, bias = fit([{"a": 1.0}, {"b": 1.0}], [True, False], [1.0, 1.0])

    assert bias == pytest.approx(0, abs=1e-6)
    assert weights["a"] == pytest.approx(-weights["b"])
    assert weights["a"] == pytest.approx(STRENGTH / (1 + math.exp(weights["a"])), abs=1e-4)


def test_example_without_words_and_examples_of_one_kind() -> None:
    weights, bias = fit([{}, {"a": 1.0}, {}], [True, True, False], [1.0, 1.0, 1.0])
    assert weights["a"] > 0 > bias
    with pytest.raises(ValueError, match="one kind"):
        fit([{"a": 1.0}], [True], [1.0])


# --- near misses ------------------------------------------------------------------------------------------------


async def test_near_misses_resemble_what_was_liked() -> None:
    """At most three, the likeliest first, none that a keyword matched or that was shown."""
    taste = await learnt()
    listings = [Announcement(p, DAY, AnnouncementKind.NEW, "cs.RO") for p in (*CARS, *TOUCH)]
    near = near_misses(EDITION, listings, {TOUCH[0].id}, taste)

    assert len(near) == NEAR_MISSES
    assert {c.paper.id for c in near} <= {p.id for p in TOUCH[1:]}
    assert all(c.matches == () for c in near)
    assert near_misses(EDITION, [replace(a, kind=AnnouncementKind.REPLACE) for a in listings], (), taste) == ()
    assert near_misses(EDITION, listings, (), replace(taste, votes=3)) == ()


# --- words ------------------------------------------------------------------------------------------------------


async def test_the_words_for_and_against_are_told() -> None:
    """Readable, each once, and none that adds nothing."""
    speaking_for, against = score_reasons(
        await learnt(), paper_features(replace(TOUCH[8], abstract="Tactile lidar driving."))
    )

    assert any("tactile" in word for word in speaking_for)
    assert any("lidar" in word or "driving" in word for word in against)
    assert len(speaking_for) <= 5


def test_titles_count_more_and_keywords_are_words_too() -> None:
    words = paper_features(TOUCH[0], chosen(TOUCH[0]).matches)

    assert words["finger"] == words["tactile finger"] == 2.0
    assert words["grasping"] == 1.0
    assert words["keyword:robot"] == 2.0
    assert "a" not in words


def test_words_that_all_papers_have_tell_nothing() -> None:
    """Their rarity is nil; a word of one paper alone is unknown."""
    all_words = [paper_features(p) for p in (*TOUCH, *CARS)]
    rare = inverse_document_frequency(all_words, all_words)

    assert rare["robot"] == 0
    assert rare["tactile"] > 0
    assert inverse_document_frequency([], [paper_features(TOUCH[0])]) == {}
    assert sum(value**2 for value in scaled(all_words[0], rare).values()) == pytest.approx(1)
    assert scaled(all_words[0], {}) == {}


# --- the goal ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_a_reader_likes_stands_twice_as_often_in_the_upper_third() -> None:
    """From 20 votes on, with one vote of ten in error, on made-up days; recorded ones: benchmarks/parts/ranking.py."""
    wanted = {"manipulation": r"manipulat|grasp|dexter|gripper|bimanual|tactile"}
    shares = measured(list(made_up()), wanted)["manipulation"]

    assert shares["learned"] >= 2 * shares["feed"]


# --- the day ----------------------------------------------------------------------------------------------------


class NoPdfs:
    """arXiv without a PDF: cards are made from abstracts."""

    async def pdf(self, paper: Paper, max_bytes: int) -> bytes:
        raise FetchError(Notice.of("fetch.pdf_html"))


def pipeline(stores: SqliteStores) -> DigestBuilder:
    async def read(data: bytes) -> PaperText | ReadFailure:
        raise AssertionError("there are no PDFs")

    def raised(paper: Paper, error: Exception) -> None:
        raise error

    return digest_builder(
        arxiv=NoPdfs(),  # type: ignore[arg-type]
        stores=stores,
        read_pdf=read,
        analysts=[ExcerptAnalyst()],
        clock=FakeClock(),
        max_pdf_bytes=1000,
        on_error=raised,
        taste=tastes(stores).model_for,
    )


NEXT = date(2026, 1, 12)


def with_a_new_day(likes: int = 5) -> SqliteStores:
    """Votes, and then a day with three matches and three papers that no keyword matches, one half of each liked."""
    stores = voted(likes)
    new = [replace(p, id=f"2601.2{p.id[-4:]}") for p in (CARS[0], TOUCH[0], CARS[1])]
    unmatched = [
        replace(p, id=f"2601.3{p.id[-4:]}", title=p.title.replace("robot", "machine")) for p in (TOUCH[2], CARS[2])
    ]
    listed = [Announcement(p, NEXT, AnnouncementKind.NEW, "cs.RO") for p in (*new, *unmatched)]
    stores.papers.save_day(CategoryDay("cs.RO", NEXT, FeedState.FRESH, len(listed)), listed)
    return stores


async def made(stores: SqliteStores, edition: Edition) -> Digest | None:
    digest = await pipeline(stores).build(edition, CollectedDay(NEXT, ()))
    if digest is not None:
        stores.digests.save_digest(digest)
    return digest


async def test_a_digest_is_ordered_by_votes_and_says_so() -> None:
    """What is liked stands first, and the small print tells by how many votes."""
    digest = await made(with_a_new_day(), EDITION)

    assert digest is not None
    assert [c.paper.title.split()[2] for c in digest.cards] == ["with", "car", "car"]
    assert digest.notices == (Notice.of("taste.ordered", n=10),)


async def test_what_is_hidden_is_counted_and_not_made_again() -> None:
    """The rest of the day asks for nothing, and nothing is published twice."""
    stores, edition = with_a_new_day(), replace(EDITION, hide_below=0.5)
    assert pipeline(stores).would_show(edition, NEXT)
    digest = await made(stores, edition)

    assert digest is not None
    assert len(digest.cards) == 1
    assert len(digest.hidden) == 2
    assert Notice.of("taste.hidden", n=2) in digest.notices
    assert not pipeline(stores).would_show(edition, NEXT)
    assert await made(stores, edition) is None


async def test_near_misses_are_marked_and_off_by_default() -> None:
    """A card that no keyword matched says so, in the overview too."""
    assert all(not c.near_miss for c in (await made(with_a_new_day(6), EDITION)).cards)  # type: ignore[union-attr]
    digest = await made(with_a_new_day(6), replace(EDITION, near_misses=True))

    assert digest is not None
    (near,) = [c for c in digest.cards if c.near_miss]
    assert "tactile" in near.paper.title
    assert digest.cards[-1] is near
    shown = "".join(
        plain_text(item.runs)
        for block in overview_document(digest).blocks
        if isinstance(block, ItemList)
        for item in block.items
    )
    assert shown.count("near miss") == 1
    document = card_document(digest, len(digest.cards) - 1)
    assert any(isinstance(b, Paragraph) and "No keyword matched" in plain_text(b.runs) for b in document.blocks)
