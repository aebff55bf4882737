"""The day of each edition, on a simulated clock: made once, waited for, caught up, explained."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scheduling.digest_runner import EditionDay, RunDecision, RunOutcome, decide_run, run_outcome
from digest.errors import StorageError
from digest.models.edition import Edition, Platform, Target
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.settings import ScheduleSettings
from tests.builders.season import DAY, Life, life, listed, papers

A = Target(Platform("telegram"), "-1001")
S = Target(Platform("slack"), "C1")
EDITION = Edition(
    "vla",
    ("cs.AI", "cs.RO"),
    ("vla",),
    "VLA",
    language="en",
    publish_at="09:00",
    timezone="Europe/Berlin",
    targets=(A,),
)
TODAY = date(2026, 2, 13)  # a Friday: cs.AI and cs.RO have papers that match, one of them both
MORNING = datetime(2026, 2, 13, 5, 10, tzinfo=UTC)  # the feeds have just turned over
DUE = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)


def expected(edition: Edition, *days: date) -> list[str]:
    found = [
        a.paper.id for day in days for c in edition.categories for a in listed(day, c) if not a.kind.is_replacement
    ]
    return sorted({i for i in found for d in days for p in papers(d) if p.id == i and "vla" in p.title})


def cards(one: Life, edition: str = "vla", target: Target = A) -> list[str]:
    """The papers carded to a target, in the ledger, sorted."""
    made = [
        delivery.paper_id or ""
        for day in one.stores.digests.digest_days(edition)
        for digest in one.stores.digests.digests(edition, day)
        for delivery in one.stores.deliveries.deliveries(f"{edition}/{day}/{digest.number}")
        if delivery.role == "card" and delivery.target == target and delivery.receipt
    ]
    return sorted(made)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Life]:
    with life(tmp_path, MORNING, EDITION) as one:
        for name in ("vla", "other", "twin"):
            one.stores.editions.run_began(name, TODAY - DAY)
            one.stores.editions.run_ended(name, TODAY - DAY, RunOutcome.PUBLISHED)
        yield one


# --- deciding ---------------------------------------------------------------------------------------------------


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_what_matches_is_never_kept_waiting(made: bool, shows: bool, settled: bool, given_up: bool) -> None:
    """And nothing is made twice: a made day is made again only for something new."""
    decision = decide_run(EditionDay(made, shows, settled, given_up))

    assert (decision is RunDecision.MAKE) == (shows or (not made and (settled or given_up)))
    assert (decision is RunDecision.NOTHING) == (made and not shows)


@pytest.mark.parametrize(
    ("state", "reason", "given_up", "result"),
    [
        (FeedState.FRESH, None, False, RunOutcome.PUBLISHED),
        (FeedState.WAITING, None, False, RunOutcome.PARTIAL),
        (FeedState.STALE, None, True, RunOutcome.GIVEN_UP),
        (FeedState.QUIET, Notice.of("collect.empty"), False, RunOutcome.PARTIAL),
        (FeedState.QUIET, Notice.of("collect.empty"), True, RunOutcome.PUBLISHED),
        (FeedState.QUIET, Notice.of("collect.weekend"), False, RunOutcome.PUBLISHED),
    ],
)
def test_how_a_run_stands(state: FeedState, reason: Notice | None, given_up: bool, result: RunOutcome) -> None:
    """An empty feed on a day of announcements may yet fill, so it is looked at again until the day is given up."""
    assert run_outcome(False, [CategoryDay("cs.AI", TODAY, state, reason=reason)], given_up) is result


# --- an ordinary day --------------------------------------------------------------------------------------------


async def test_a_digest_is_published_once_at_its_time(bot: Life) -> None:
    """Not before, however early the feeds are there; and not again."""
    await bot.until(DUE - timedelta(minutes=5))
    assert bot.what() == []
    assert bot.stores.papers.category_day("cs.AI", TODAY) is not None

    await bot.until(DUE + timedelta(hours=12))
    assert bot.what() == ["published"]
    assert cards(bot) == expected(EDITION, TODAY) != []
    run = bot.stores.editions.last_run("vla")
    assert run is not None
    assert (run.day, run.outcome) == (TODAY, RunOutcome.PUBLISHED)


async def test_what_was_collected_early_outlives_an_outage_at_the_hour(bot: Life) -> None:
    """The feeds are looked at from the hour they turn over."""
    await bot.until(DUE - timedelta(hours=1))
    bot.arxiv.down.append((DUE - timedelta(hours=1), DUE + timedelta(hours=30)))
    await bot.until(DUE + timedelta(minutes=20))

    assert bot.what() == ["published"]
    assert cards(bot) == expected(EDITION, TODAY)


async def test_feeds_are_asked_at_most_once_in_a_quarter_of_an_hour(bot: Life) -> None:
    """Whoever wants to know, and however often the bell rings."""
    bot.arxiv.down.append((MORNING, DUE + DAY))
    bot.editions = (EDITION, Edition("other", EDITION.categories, ("vla",), targets=(S,)))
    await bot.until(DUE + timedelta(hours=1), minutes=1.0)

    hours = (DUE + timedelta(hours=1) - MORNING).total_seconds() / 3600
    assert bot.arxiv.asked["feed"] <= (4 * hours + 1) * len(EDITION.categories)


async def test_a_late_category_brings_a_supplement(bot: Life) -> None:
    """What is there is published at once, naming what is missing; the rest comes as soon as it can."""
    bot.arxiv.late["cs.RO", TODAY] = 5.5
    await bot.until(DUE + timedelta(minutes=30))
    assert bot.what() == ["published"]
    first = cards(bot)

    await bot.until(DUE + timedelta(hours=4))
    assert bot.what() == ["published", "published"]
    assert first != cards(bot) == expected(EDITION, TODAY)
    digests = bot.stores.digests.digests("vla", TODAY)
    assert [digest.number for digest in digests] == [1, 2]
    assert {s.category: s.state for s in digests[0].categories}["cs.RO"] is FeedState.WAITING


async def test_stale_feeds_are_waited_for(bot: Life) -> None:
    """Yesterday's batch under today's date is not today's."""
    tuesday = TODAY + 11 * DAY
    for category in EDITION.categories:
        bot.arxiv.late[category, tuesday] = 6.0
        bot.arxiv.stale.add((category, tuesday))
    await bot.sleep_until(MORNING + 10 * DAY)
    await bot.until(DUE + 11 * DAY + timedelta(hours=2))
    assert tuesday not in bot.stores.digests.digest_days("vla")

    await bot.until(DUE + 11 * DAY + timedelta(hours=4))
    assert set(cards(bot)) >= set(expected(EDITION, tuesday)) != set()


async def test_what_never_comes_is_given_up_and_named_then_caught_up(bot: Life) -> None:
    """After so many hours there is one line; the next day's first look asks the API for what was missed."""
    bot.arxiv.down.append((MORNING - DAY, DUE + timedelta(hours=9)))
    await bot.until(DUE + timedelta(hours=9))
    assert bot.what() == ["empty", "given up"]
    (said,) = bot.texts(Platform("telegram"), "-1001")
    assert "VLA" in said

    await bot.until(DUE + DAY + timedelta(minutes=20))
    assert bot.what() == ["empty", "given up", "caught up", "empty"]
    assert cards(bot) == expected(EDITION, TODAY, TODAY + DAY)
    assert "caught up afterwards" in "\n".join(bot.texts(Platform("telegram"), "-1001"))


@pytest.mark.parametrize("silent", [False, True])
async def test_an_empty_day_has_one_line_or_silence(bot: Life, silent: bool) -> None:
    """As the edition chooses."""
    bot.editions = (Edition(**{**_fields(EDITION), "keywords": ("zzz",), "empty_day": "silent" if silent else "line"}),)
    await bot.until(DUE + timedelta(hours=10))

    assert bot.what() == ["empty"]
    assert len(bot.texts(Platform("telegram"), "-1001")) == (0 if silent else 1)


# --- missed days ------------------------------------------------------------------------------------------------


async def test_days_of_downtime_are_caught_up_once_and_marked(bot: Life) -> None:
    """From the API, each day by itself, oldest first; days without announcements have no line."""
    await bot.until(DUE + timedelta(hours=1))
    await bot.sleep_until(DUE + 5 * DAY + timedelta(hours=1))
    await bot.until(DUE + 5 * DAY + timedelta(hours=4))

    days = [TODAY + n * DAY for n in range(6)]
    assert cards(bot) == expected(EDITION, *days)
    assert bot.stores.digests.digest_days("vla") == [TODAY + n * DAY for n in (5, 4, 3, 0)]
    made = [digest for day in days[1:5] for digest in bot.stores.digests.digests("vla", day)]
    assert all(Notice.of("digest.caught_up") in digest.notices for digest in made)


async def test_the_api_may_be_down_for_hours(bot: Life) -> None:
    """Today's digest does not wait for the past, and the past is not forgotten."""
    await bot.until(DUE + timedelta(hours=1))
    bot.arxiv.share = 0.0
    await bot.sleep_until(DUE + timedelta(days=1, hours=22))
    api_down = bot.clock.now() + timedelta(hours=6)
    announced = bot.arxiv.announced

    async def fails(*args: object) -> object:
        if bot.clock.now() < api_down:
            bot.arxiv.chance.random()
            bot.arxiv.down.append((bot.clock.now(), bot.clock.now() + timedelta(seconds=1)))
        return await announced(*args)  # type: ignore[arg-type]

    bot.arxiv.announced = fails  # type: ignore[method-assign]
    await bot.until(DUE + timedelta(days=2, hours=12))

    assert cards(bot) == expected(EDITION, TODAY, TODAY + DAY)


async def test_what_is_too_old_is_said_to_be_lost(tmp_path: Path) -> None:
    """Only so many days are caught up; readers are told which were not."""
    with life(tmp_path, MORNING, EDITION, schedule=ScheduleSettings(catch_up_days=2)) as bot:
        await bot.until(DUE + timedelta(hours=1))
        await bot.sleep_until(DUE + 8 * DAY)
        await bot.until(DUE + 8 * DAY + timedelta(hours=3))

        assert "missed" in bot.what()
        assert "were missed and are too old" in "\n".join(bot.texts(Platform("telegram"), "-1001"))
        assert TODAY + 2 * DAY not in bot.stores.digests.digest_days("vla")


async def test_a_new_edition_has_no_past(tmp_path: Path) -> None:
    """Its first digest is that of the day on which it was begun."""
    with life(tmp_path, DUE + timedelta(hours=3), EDITION) as bot:
        await bot.step()

        assert bot.stores.digests.digest_days("vla") == [TODAY]


async def test_a_new_edition_does_not_begin_with_a_day_that_is_gone(tmp_path: Path) -> None:
    """Begun when the feeds have turned over since it was due: it waits for its next time, and nobody hears of a list
    that could not be had."""
    monday = TODAY + 3 * DAY
    with life(tmp_path, MORNING + 4 * DAY, EDITION) as bot:
        await bot.until(DUE + 4 * DAY - timedelta(minutes=10))
        assert bot.what() == bot.texts(Platform("telegram"), "-1001") == []

        await bot.until(DUE + 4 * DAY + timedelta(hours=1))
        assert bot.stores.digests.digest_days("vla") == [monday + DAY]


async def test_a_day_that_is_gone_when_the_bot_is_back_is_caught_up_at_once(bot: Life) -> None:
    """Waiting would bring nothing: the feeds will not show it again."""
    await bot.sleep_until(MORNING + 4 * DAY)
    await bot.until(MORNING + 4 * DAY + timedelta(minutes=30))

    assert bot.what() == ["caught up", "caught up"]
    assert cards(bot) == expected(EDITION, TODAY, TODAY + 3 * DAY)


# --- robustness -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", range(0, 60, 3))
async def test_killed_in_the_middle_it_goes_on_where_it_stood(bot: Life, rounds: int) -> None:
    """Wherever it was: each card once, each digest once."""
    await bot.until(DUE - timedelta(minutes=15))
    await bot.clock.sleep(15 * 60)
    task = asyncio.create_task(bot.press.tick())
    for _ in range(rounds):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    bot.start()
    await bot.until(DUE + timedelta(hours=1))

    assert cards(bot) == expected(EDITION, TODAY)
    assert len(bot.texts(Platform("telegram"), "-1001")) == 1 + len(expected(EDITION, TODAY))


async def test_one_editions_failure_is_not_anothers(bot: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, kept with the run, and tried again at the next look."""
    other = Edition(**{**_fields(EDITION), "name": "other", "targets": (S,)})
    bot.editions = (EDITION, other)
    make, broken = bot.app.builder.build, [True]

    async def fails(edition: Edition, *args: object) -> object:
        if edition.name == "vla" and broken:
            broken.clear()
            raise StorageError("the disk is full")
        return await make(edition, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(bot.app.builder, "build", fails)
    await bot.until(DUE + timedelta(minutes=1))
    assert bot.what("vla") == ["failed"]
    assert bot.what("other") == ["published"]

    await bot.until(DUE + timedelta(hours=1))
    assert bot.what("vla") == ["failed", "published"]


async def test_ticks_may_overlap(bot: Life) -> None:
    """An edition that is being made is left alone."""
    await bot.until(DUE - timedelta(minutes=1))
    await bot.clock.sleep(60)
    await asyncio.gather(*(bot.press.tick() for _ in range(5)))

    assert bot.what() == ["published"]


async def test_two_editions_that_share_a_topic_never_send_again(bot: Life) -> None:
    """A Slack and a Telegram channel with the same keywords: the old project sent the same papers for ever."""
    twin = Edition(**{**_fields(EDITION), "name": "twin", "targets": (S,)})
    bot.editions = (EDITION, twin)
    for _ in range(4):
        await bot.until(bot.clock.now() + DAY, minutes=30)
        bot.start()
    days = [TODAY + n * DAY for n in range(4)]

    assert cards(bot) == cards(bot, "twin", S) == expected(EDITION, *days)
    for platform, address in ((Platform("telegram"), "-1001"), (Platform("slack"), "C1")):
        said = bot.texts(platform, address)
        assert len(said) == len(set(said))


async def test_a_chat_that_moved_does_not_get_the_day_again(bot: Life) -> None:
    """A supplement goes to the new address alone; what went to the old one is not sent again."""
    bot.arxiv.late["cs.RO", TODAY] = 5.5
    await bot.until(DUE + timedelta(minutes=30))
    new = Target(Platform("telegram"), "-100999")
    bot.stores.chats.migrate(A, new)
    await bot.until(DUE + timedelta(hours=5))

    overviews = [text for text in bot.texts(Platform("telegram"), "-100999") if "→" in text]
    assert len(overviews) == 1
    assert "supplement" in overviews[0]


def _fields(edition: Edition) -> dict[str, object]:
    return {name: getattr(edition, name) for name in edition.__slots__}


def test_the_season_is_worth_its_name() -> None:
    """The made-up arXiv has papers on the days that these tests use."""
    one, other = ({a.paper.id for a in listed(TODAY, c) if "vla" in a.paper.title} for c in EDITION.categories)
    assert one - other
    assert other - one
    assert one & other
