"""Collecting a day: states, what is stored, and that nothing is lost or counted twice."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.arxiv.client import ArxivClient
from digest.arxiv.errors import FeedError, FetchError
from digest.arxiv.feeds import Feed
from digest.arxiv.http_client import ArxivHttpClient
from digest.errors import InputError, UnknownError
from digest.i18n.translator import Translator
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.models.paper import Announcement, AnnouncementKind
from digest.pipeline.collect import CollectedDay, catch_up, collect, decide_state, merge_feeds
from digest.settings import HttpSettings
from tests.fakes.arxiv import FakeArxiv, Fault, made_day, made_paper
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.stores import FakePapers

THURSDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 1, day) for day in (8, 9, 10, 11))
MONDAY, TUESDAY = date(2026, 1, 12), date(2026, 1, 13)
AI, LG, RO = "cs.AI", "cs.LG", "cs.RO"


def at(day: date, hour: int = 6) -> FakeClock:
    """A clock at that hour UTC: at 6 it is already that day at arXiv, at 3 still the day before."""
    return FakeClock(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def listing(day: date, count: int = 3, *, first: int = 1, category: str = AI) -> Feed:
    """A feed of made-up papers; another `first` gives other papers."""
    return Feed(category, day, tuple(made_day(day, count, first=first, category=category)))


@dataclass
class Feeds:
    """arXiv as collecting sees it: what each category answers. `asked` are the categories asked for."""

    answers: dict[str, Feed | Exception] = field(default_factory=dict)
    past: list[Announcement] | Exception = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def feed(self, category: str) -> Feed:
        self.asked.append(category)
        answer = self.answers[category]
        if isinstance(answer, Exception):
            raise answer
        return replace(answer, category=category)

    async def announced(self, categories: Sequence[str], start: date, end: date) -> list[Announcement]:
        self.asked.extend(f"{category} {start}..{end}" for category in categories)
        if isinstance(self.past, Exception):
            raise self.past
        return self.past


def unreachable() -> FetchError:
    return FetchError(Notice.of("fetch.timeout", host="rss.arxiv.org"))


def shown(collected: CollectedDay) -> dict[str, tuple[FeedState, str]]:
    """State and code of the reason by category; every reason has its sentence in both languages."""
    for state in collected.states:
        assert state.reason is None or all(Translator(language).notice(state.reason) for language in ("zh", "en"))
    return {s.category: (s.state, s.reason.code if s.reason else "") for s in collected.states}


async def test_a_fresh_day_is_stored_whole() -> None:
    """State, announcements and papers of every category, in the order asked, each category once."""
    arxiv, store = Feeds({AI: listing(FRIDAY, 3), LG: listing(FRIDAY, 2, first=50)}), FakePapers()
    collected = await collect(arxiv, store, [LG, AI, LG], at(FRIDAY))

    assert collected.day == FRIDAY
    assert [(s.category, s.state, s.entries) for s in collected.states] == [
        (LG, FeedState.FRESH, 2),
        (AI, FeedState.FRESH, 3),
    ]
    assert [a.paper.id[-2:] for a in store.announcements(FRIDAY, [AI, LG])] == ["01", "02", "03", "50", "51"]
    assert store.category_day(AI, FRIDAY) == collected.states[1]


async def test_the_day_is_the_feeds_own() -> None:
    """In the morning in China it is still yesterday at arXiv: the digest is of the day that the feed names."""
    arxiv = Feeds({AI: listing(THURSDAY)})
    collected = await collect(arxiv, FakePapers(), [AI], at(FRIDAY, 3))

    assert (collected.day, collected.states[0].state) == (THURSDAY, FeedState.FRESH)


async def test_a_category_that_lags_is_waited_for() -> None:
    """Where one feed has turned over and another has not, the day is the newer; the other's batch is kept under its
    own day."""
    arxiv, store = Feeds({AI: listing(FRIDAY), RO: listing(THURSDAY, 2, first=50)}), FakePapers()
    collected = await collect(arxiv, store, [AI, RO], at(FRIDAY))

    assert collected.day == FRIDAY
    assert shown(collected)[RO] == (FeedState.WAITING, "collect.waiting")
    assert store.announcements(FRIDAY, [RO]) == []
    assert len(store.announcements(THURSDAY, [RO])) == 2

    arxiv.answers[RO] = listing(FRIDAY, 2, first=60)
    assert shown(await collect(arxiv, store, [AI, RO], at(FRIDAY, 7)))[RO] == (FeedState.FRESH, "")
    assert arxiv.asked == [AI, RO, RO]


async def test_today_asked_for_before_the_feeds_turn_over_is_waited_for() -> None:
    """The day is due and not there yet: no error, no other day's papers."""
    arxiv = Feeds({AI: listing(THURSDAY)})
    collected = await collect(arxiv, FakePapers(), [AI], at(FRIDAY), FRIDAY)

    assert collected.day == FRIDAY
    assert shown(collected) == {AI: (FeedState.WAITING, "collect.waiting")}


@pytest.mark.parametrize(
    ("day", "code"),
    [(SATURDAY, "collect.weekend"), (SUNDAY, "collect.weekend"), (date(2026, 1, 20), "collect.deferred")],
)
async def test_a_quiet_day_says_why(day: date, code: str) -> None:
    """Weekend or deferred mailing, whether the feed is empty or has not been built anew."""
    empty, old = Feeds({AI: listing(day, 0)}), Feeds({AI: listing(THURSDAY)})

    assert shown(await collect(empty, FakePapers(), [AI], at(day))) == {AI: (FeedState.QUIET, code)}
    assert shown(await collect(old, FakePapers(), [AI], at(day), day)) == {AI: (FeedState.QUIET, code)}


async def test_an_empty_feed_on_a_working_day_is_quiet_but_asked_for_again() -> None:
    """It may be a small category's day, or a feed that fills later."""
    arxiv, store = Feeds({AI: listing(FRIDAY, 0)}), FakePapers()
    assert shown(await collect(arxiv, store, [AI], at(FRIDAY))) == {AI: (FeedState.QUIET, "collect.empty")}

    arxiv.answers[AI] = listing(FRIDAY)
    assert shown(await collect(arxiv, store, [AI], at(FRIDAY))) == {AI: (FeedState.FRESH, "")}


async def test_listings_on_a_holiday_count() -> None:
    """What the feed lists is announced, whatever the calendar says."""
    holiday = date(2026, 1, 20)
    collected = await collect(Feeds({AI: listing(holiday)}), FakePapers(), [AI], at(holiday))

    assert shown(collected) == {AI: (FeedState.FRESH, "")}


async def test_yesterdays_batch_under_todays_date_is_stale() -> None:
    """Nothing of it is counted for today; when the real batch comes, it is taken."""
    yesterday = listing(THURSDAY, 4)
    arxiv, store = Feeds({AI: yesterday}), FakePapers()
    await collect(arxiv, store, [AI], at(THURSDAY))

    arxiv.answers[AI] = replace(yesterday, day=FRIDAY, announcements=yesterday.announcements[:3])
    assert shown(await collect(arxiv, store, [AI], at(FRIDAY))) == {AI: (FeedState.STALE, "collect.stale")}
    assert store.announcements(FRIDAY, [AI]) == []

    arxiv.answers[AI] = listing(FRIDAY, 2, first=70)
    assert shown(await collect(arxiv, store, [AI], at(FRIDAY, 8))) == {AI: (FeedState.FRESH, "")}
    assert [a.paper.id[-2:] for a in store.announcements(FRIDAY, [AI])] == ["70", "71"]


async def test_a_stale_batch_after_a_quiet_weekend_is_still_stale() -> None:
    """What counts is the last batch, not the day before."""
    friday = listing(FRIDAY)
    arxiv, store = Feeds({AI: friday}), FakePapers()
    await collect(arxiv, store, [AI], at(FRIDAY))
    for day in (SATURDAY, SUNDAY):
        arxiv.answers[AI] = listing(day, 0)
        await collect(arxiv, store, [AI], at(day))
    arxiv.answers[AI] = replace(friday, day=MONDAY)

    assert shown(await collect(arxiv, store, [AI], at(MONDAY))) == {AI: (FeedState.STALE, "collect.stale")}


async def test_fridays_batch_under_saturdays_date_is_a_weekend() -> None:
    """Nothing better will come, so nobody need ask again; and nothing of it is counted."""
    arxiv, store = Feeds({AI: listing(FRIDAY)}), FakePapers()
    await collect(arxiv, store, [AI], at(FRIDAY))
    arxiv.answers[AI] = replace(listing(FRIDAY), day=SATURDAY)

    assert shown(await collect(arxiv, store, [AI], at(SATURDAY))) == {AI: (FeedState.QUIET, "collect.weekend")}
    assert store.announcements(SATURDAY, [AI]) == []


async def test_a_new_version_or_one_new_paper_makes_a_batch_fresh() -> None:
    """Only a batch that is known whole is stale."""
    arxiv, store = Feeds({AI: listing(THURSDAY, 2)}), FakePapers()
    await collect(arxiv, store, [AI], at(THURSDAY))
    first, second = listing(THURSDAY, 2).announcements
    newer = replace(second, paper=replace(second.paper, version=2), kind=AnnouncementKind.REPLACE)
    arxiv.answers[AI] = Feed(AI, FRIDAY, (first, newer))

    assert shown(await collect(arxiv, store, [AI], at(FRIDAY))) == {AI: (FeedState.FRESH, "")}


async def test_a_batch_that_was_had_is_never_given_up() -> None:
    """Neither for a failure, nor an empty answer, nor yesterday's batch, nor a feed that has moved on."""
    arxiv, store = Feeds({AI: listing(THURSDAY, 4)}), FakePapers()
    await collect(arxiv, store, [AI], at(THURSDAY))
    arxiv.answers[AI] = listing(FRIDAY, 2, first=70)
    await collect(arxiv, store, [AI], at(FRIDAY))
    later = at(SATURDAY)  # so that the store does not answer for arXiv

    for worse in (unreachable(), listing(FRIDAY, 0), replace(listing(THURSDAY, 4), day=FRIDAY), listing(MONDAY, 0)):
        arxiv.answers[AI] = worse
        await collect(arxiv, store, [AI], later)
        assert store.category_day(AI, FRIDAY) == CategoryDay(AI, FRIDAY, FeedState.FRESH, 2)
        assert len(store.announcements(FRIDAY, [AI])) == 2


async def test_one_category_fails_alone() -> None:
    """The others are collected, the reason is kept, and the next run asks only for what is missing."""
    arxiv, store = Feeds({AI: unreachable(), LG: listing(FRIDAY)}), FakePapers()
    collected = await collect(arxiv, store, [AI, LG], at(FRIDAY))

    assert shown(collected) == {AI: (FeedState.FAILED, "fetch.timeout"), LG: (FeedState.FRESH, "")}
    assert store.category_day(AI, FRIDAY) == collected.states[0]

    arxiv.answers[AI] = listing(FRIDAY, 2, first=50)
    arxiv.asked.clear()
    assert shown(await collect(arxiv, store, [AI, LG], at(FRIDAY)))[AI] == (FeedState.FRESH, "")
    assert arxiv.asked == [AI]


async def test_when_all_fail_the_day_is_the_one_that_is_due() -> None:
    """On a Sunday that is Friday's, and what is stored of it is kept."""
    error = FeedError(Notice.of("feed.html"))
    store = FakePapers()
    await collect(Feeds({LG: listing(FRIDAY)}), store, [LG], at(FRIDAY))
    collected = await collect(Feeds({AI: error, LG: error}), store, [AI, LG], at(SUNDAY))

    assert collected.day == FRIDAY
    assert shown(collected) == {AI: (FeedState.FAILED, "feed.html"), LG: (FeedState.FRESH, "")}


async def test_a_feed_of_which_nothing_can_be_used_has_failed() -> None:
    """Entries without a use are no quiet day; some among others are told with the day."""
    bad = Notice.of("feed.no_guid", number=1)
    useless, partly = replace(listing(FRIDAY, 0), skipped=(bad, bad)), replace(listing(FRIDAY), skipped=(bad,))
    collected = await collect(Feeds({AI: useless, LG: partly}), FakePapers(), [AI, LG], at(FRIDAY))

    assert shown(collected) == {
        AI: (FeedState.FAILED, "collect.unusable"),
        LG: (FeedState.FRESH, "collect.skipped"),
    }
    assert collected.skipped == (bad, bad, bad)


async def test_a_stored_day_needs_no_network() -> None:
    """A settled day is answered from the store, long after the feeds have moved on."""
    arxiv, store = Feeds({AI: listing(FRIDAY)}), FakePapers()
    first = await collect(arxiv, store, [AI], at(FRIDAY))
    silent = Feeds()

    assert await collect(silent, store, [AI], at(date(2026, 6, 1)), FRIDAY) == first
    assert await collect(silent, store, [AI], at(FRIDAY, 9)) == first  # today's, with no day named
    assert silent.asked == []


async def test_a_past_day_that_was_not_stored_is_unknown() -> None:
    """One sentence, and nothing stored for that day; what the feed shows is kept all the same."""
    arxiv, store = Feeds({AI: listing(FRIDAY)}), FakePapers()
    with pytest.raises(UnknownError, match="2026-01-08 is not stored, and arXiv's feeds already show 2026-01-09"):
        await collect(arxiv, store, [AI], at(FRIDAY), THURSDAY)
    with pytest.raises(UnknownError, match=r"2026-01-04 \(nothing is announced on that day\) is not stored"):
        await collect(arxiv, store, [AI], at(FRIDAY), date(2026, 1, 4))

    assert store.category_day(AI, THURSDAY) is None
    assert len(store.announcements(FRIDAY, [AI])) == 3


async def test_a_category_added_later_does_not_hide_a_stored_day() -> None:
    """What is stored is answered, what can't be had any more says so."""
    arxiv, store = Feeds({AI: listing(THURSDAY), LG: listing(FRIDAY)}), FakePapers()
    await collect(arxiv, store, [AI], at(THURSDAY))
    collected = await collect(arxiv, store, [AI, LG], at(FRIDAY), THURSDAY)

    assert shown(collected) == {AI: (FeedState.FRESH, ""), LG: (FeedState.FAILED, "collect.gone")}


async def test_a_day_that_failed_is_still_told_as_failed() -> None:
    """Asked for after the feeds have moved on, it is a known day with a known reason."""
    arxiv, store = Feeds({AI: unreachable()}), FakePapers()
    await collect(arxiv, store, [AI], at(THURSDAY))
    arxiv.answers[AI] = listing(FRIDAY)

    collected = await collect(arxiv, store, [AI], at(FRIDAY), THURSDAY)
    assert shown(collected) == {AI: (FeedState.FAILED, "fetch.timeout")}


async def test_offline_a_day_of_long_ago_leaves_no_trace() -> None:
    """It failed, but it is not stored as a day that arXiv announced."""
    store = FakePapers()
    collected = await collect(Feeds({AI: unreachable()}), store, [AI], at(FRIDAY), date(2025, 3, 3))

    assert shown(collected) == {AI: (FeedState.FAILED, "fetch.timeout")}
    assert store.category_day(AI, date(2025, 3, 3)) is None


@pytest.mark.parametrize(("clock", "day"), [(at(FRIDAY), SATURDAY), (at(FRIDAY, 3), FRIDAY)])
async def test_the_future_is_refused_without_asking(clock: FakeClock, day: date) -> None:
    """Future is what has not begun at arXiv, in US Eastern time."""
    arxiv = Feeds()
    with pytest.raises(InputError, match=f"{day} is in the future: at arXiv, in US Eastern time, it is"):
        await collect(arxiv, FakePapers(), [AI], clock, day)

    assert arxiv.asked == []


async def test_unexpected_errors_are_loud() -> None:
    """Only what is known to happen is turned into a state."""
    with pytest.raises(ZeroDivisionError):
        await collect(Feeds({AI: ZeroDivisionError()}), FakePapers(), [AI], at(FRIDAY))


# --- merging ---


def announcement(number: int, version: int, kind: AnnouncementKind, category: str) -> Announcement:
    return Announcement(made_paper(number, version=version), FRIDAY, kind, category)


def test_a_paper_of_several_categories_is_one() -> None:
    """The strongest kind with its category, the newest version, the order of first appearance."""
    merged = merge_feeds(
        [
            announcement(1, 1, AnnouncementKind.CROSS, AI),
            announcement(2, 3, AnnouncementKind.REPLACE_CROSS, AI),
            announcement(1, 1, AnnouncementKind.NEW, RO),
            announcement(2, 2, AnnouncementKind.REPLACE, LG),
            announcement(1, 1, AnnouncementKind.CROSS, LG),
        ]
    )

    assert merged == (announcement(1, 1, AnnouncementKind.NEW, RO), announcement(2, 3, AnnouncementKind.REPLACE, LG))


ANNOUNCEMENTS = st.lists(
    st.builds(
        announcement,
        st.integers(1, 4),
        st.integers(1, 3),
        st.sampled_from(AnnouncementKind),
        st.sampled_from([AI, LG, RO]),
    )
)


@given(ANNOUNCEMENTS)
def test_merging_loses_no_paper_and_doubles_none(announcements: list[Announcement]) -> None:
    """Each paper once, with the best of its listings; merging again changes nothing."""
    merged = merge_feeds(announcements)
    by_paper = {a.paper.id: [b for b in announcements if b.paper.id == a.paper.id] for a in announcements}

    assert [a.paper.id for a in merged] == list(by_paper)
    for a in merged:
        assert a.kind.strength == min(b.kind.strength for b in by_paper[a.paper.id])
        assert a.paper.version == max(b.paper.version for b in by_paper[a.paper.id])
    assert merge_feeds(merged) == merged


@given(st.integers(0, 5), st.sets(st.integers(1, 6)))
def test_a_batch_is_stale_only_if_all_of_it_is_known(count: int, known: set[int]) -> None:
    """An empty feed is never stale, nor one with anything unknown in it."""
    state = decide_state(listing(FRIDAY, count), frozenset((made_paper(n).id, 1) for n in known))

    assert (state.state is FeedState.STALE) == (count > 0 and set(range(1, count + 1)) <= known)


# --- catching up ---


async def test_missed_days_are_caught_up_and_marked() -> None:
    """Only days that are missing, each with what was not listed before; a paper that a collected day did not list comes
    on the next missing one."""
    arxiv, store = Feeds({AI: listing(THURSDAY, 2)}), FakePapers()
    await collect(arxiv, store, [AI], at(THURSDAY))
    known, held, friday, monday, later = (made_paper(n) for n in (1, 20, 21, 22, 23))
    arxiv.past = [
        Announcement(paper, day, AnnouncementKind.NEW, AI)
        for paper, day in [
            (known, THURSDAY), (held, THURSDAY), (friday, FRIDAY), (monday, MONDAY), (later, TUESDAY),
        ]
    ]  # fmt: skip
    states = await catch_up(arxiv, store, [AI], THURSDAY, MONDAY)

    assert arxiv.asked[-1] == "cs.AI 2026-01-09..2026-01-12"
    assert [(s.day, s.state, s.entries, s.reason) for s in states] == [
        (FRIDAY, FeedState.FRESH, 2, Notice.of("collect.caught_up")),
        (MONDAY, FeedState.FRESH, 1, Notice.of("collect.caught_up")),
    ]
    assert [a.paper for a in store.announcements(FRIDAY, [AI])] == [held, friday]
    assert all(a.day == FRIDAY for a in store.announcements(FRIDAY, [AI]))
    assert store.category_day(AI, SATURDAY) is None
    assert await catch_up(arxiv, store, [AI], THURSDAY, MONDAY) == ()


async def test_catching_up_that_fails_says_why_and_can_be_tried_again() -> None:
    """Nothing is stored; what is found the next time is."""
    arxiv, store = Feeds(past=unreachable()), FakePapers()
    [failed] = await catch_up(arxiv, store, [AI], FRIDAY, SUNDAY)
    assert (failed.state, failed.reason) == (FeedState.FAILED, Notice.of("fetch.timeout", host="rss.arxiv.org"))

    arxiv.past = [Announcement(made_paper(1), FRIDAY, AnnouncementKind.NEW, AI)]
    assert [s.state for s in await catch_up(arxiv, store, [AI], FRIDAY, SUNDAY)] == [FeedState.FRESH]


# --- over sockets ---


@pytest.fixture
async def served() -> AsyncIterator[tuple[FakeArxiv, ArxivClient]]:
    async with FakeArxiv(at(THURSDAY - timedelta(days=2))) as fake:
        fetcher = ArxivHttpClient(HttpSettings(max_attempts=2), fake.clock)
        yield fake, ArxivClient(fetcher, fake.rss_url, fake.api_url, fake.pdf_url)
        await fetcher.aclose()


async def test_a_week_over_sockets(served: tuple[FakeArxiv, ArxivClient]) -> None:
    """Through the real client: a fresh day, a stale one, faults, a weekend; each day's papers once, none lost."""
    fake, arxiv = served
    assert isinstance(fake.clock, FakeClock)
    store = FakePapers()
    wednesday = THURSDAY - timedelta(days=1)
    first_numbers = {wednesday: 1, THURSDAY: 20, FRIDAY: 40}
    plan = {day: made_day(day, 9, first=number) for day, number in first_numbers.items()}
    fake.days = dict(plan)
    seen: dict[date, set[str]] = {}
    for day in (wednesday, THURSDAY, FRIDAY, SATURDAY):
        fake.day = day
        fake.clock.advance((at(day).now() - fake.clock.now()).total_seconds())
        fake.faults = [
            Fault("/rss/cs.AI", day=wednesday if day == THURSDAY else None),
            Fault("/rss/cs.RO", status=503, times=2),
            Fault("/rss/cs.LG", body=b"<html>"),
        ]
        first = await collect(arxiv, store, [AI, LG, RO], fake.clock)
        again = await collect(arxiv, store, [AI, LG, RO], fake.clock)
        settled = {s.state for s in again.states}

        assert shown(first)[LG] == (FeedState.FAILED, "feed.html")
        assert shown(first)[RO] == (FeedState.FAILED, "fetch.server")
        assert shown(first)[AI][0] is (FeedState.STALE if day == THURSDAY else next(iter(settled)))
        assert settled == {FeedState.QUIET if day == SATURDAY else FeedState.FRESH}
        seen[day] = {a.paper.id for a in merge_feeds(store.announcements(day, [AI, LG, RO]))}

    assert seen == {**{day: {a.paper.id for a in listed} for day, listed in plan.items()}, SATURDAY: set()}
