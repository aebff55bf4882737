"""When an edition is due: each local day once, through every change of the clocks; and the bell."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scheduling.schedule import EditionScheduler, day_of, due_on, last_run, next_run
from digest.models.edition import Edition

ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - UTC is added
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


def edition(publish_at: str = "09:00", timezone: str = "Europe/Berlin") -> Edition:
    return Edition("vla", ("cs.AI",), ("vla",), publish_at=publish_at, timezone=timezone)


@given(MOMENTS, TIMES, st.sampled_from(ZONES))
def test_the_last_and_the_next_run_stand_around_now(now: datetime, publish_at: str, zone: str) -> None:
    """With nothing between them, a day apart, give or take what the clocks do."""
    one = edition(publish_at, zone)
    last, following = last_run(one, now), next_run(one, now)

    assert last <= now < following
    assert next_run(one, last) == following
    assert timedelta(hours=22) <= following - last <= timedelta(hours=49)  # Apia left out a whole day in 2011


@given(st.dates(date(2012, 1, 1), date(2030, 1, 1)), TIMES, st.sampled_from(ZONES))
def test_every_local_day_has_one_run(day: date, publish_at: str, zone: str) -> None:
    """At the wall clock's time, or where the clocks skip it, so much later as they were put forward."""
    moment = due_on(edition(publish_at, zone), day).astimezone(ZoneInfo(zone))

    assert moment.date() == day or publish_at >= "23"
    assert f"{moment:%H:%M}" == publish_at or moment.replace(tzinfo=None) > datetime.combine(
        day,
        datetime.strptime(publish_at, "%H:%M").time(),  # noqa: DTZ007 - a time of day
    )


@pytest.mark.parametrize(
    ("day", "hour"), [(date(2026, 3, 28), 1.5), (date(2026, 3, 29), 1.5), (date(2026, 10, 25), 0.5)]
)
def test_a_skipped_time_and_one_that_comes_twice(day: date, hour: float) -> None:
    """02:30 in Berlin: not there in March (so 03:30), twice in October (the first one counts)."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)

    assert due_on(edition("02:30"), day) == midnight + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("due", "day"),
    [
        (datetime(2026, 1, 9, 5, 30, tzinfo=UTC), date(2026, 1, 9)),  # 13:30 in China is 00:30 in New York
        (datetime(2026, 1, 9, 1, 0, tzinfo=UTC), date(2026, 1, 8)),  # 09:00 in China is the evening before
    ],
)
def test_a_run_is_about_the_day_that_it_is_at_arxiv(due: datetime, day: date) -> None:
    """Its feeds carry that date."""
    assert day_of(due) == day


async def test_the_bell_rings_now_and_then_and_forgets_what_was_set_before() -> None:
    """After loading the configuration anew only what is in it rings; after the end nothing does."""
    rung: list[str] = []

    async def tick() -> None:
        rung.append("ring")

    now = datetime.now(UTC)
    first, second, third = (edition(f"{now + timedelta(hours=n):%H}:00", "UTC") for n in (6, 7, 8))
    rings = EditionScheduler(tick)
    rings.start()
    try:
        rings.set([first, first, second], 15)
        assert len(rings.times()) == 3
        rings.set([third], 15)
        times = rings.times()
        assert len(times) == 2
        assert next_run(third, now) in times
        await asyncio.sleep(0)
    finally:
        rings.stop()
    assert rung == []
