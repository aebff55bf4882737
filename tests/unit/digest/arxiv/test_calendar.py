"""arXiv's schedule, through weekends, holidays and the change of the clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.arxiv.calendar import (
    EASTERN,
    announcement_day,
    eastern_day,
    is_announcement_day,
    newest_expected_day,
    submissions,
    turns_over_at,
    why_quiet,
)

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(2025, 1, 2), date(2027, 12, 31))


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("submitted", "listed"),
    [
        ("2026-02-03T13:59", "2026-02-04"),  # Tuesday before the cut-off: announced on Tuesday evening
        ("2026-02-03T14:00", "2026-02-05"),
        ("2026-02-05T13:00", "2026-02-06"),  # Thursday
        ("2026-02-05T15:00", "2026-02-09"),  # after Thursday's cut-off: with Friday's, on Sunday evening
        ("2026-02-06T13:59", "2026-02-09"),
        ("2026-02-06T14:00", "2026-02-10"),  # after Friday's: with Monday's
        ("2026-02-07T12:00", "2026-02-10"),
        ("2026-02-08T23:00", "2026-02-10"),
        ("2026-02-09T13:00", "2026-02-10"),
        ("2026-01-19T10:00", "2026-01-21"),  # the mailing of the evening of 19 January is deferred
        ("2026-11-26T10:00", "2026-11-30"),
    ],
)
def test_submissions_are_listed_by_the_published_schedule(submitted: str, listed: str) -> None:
    """The table of info.arxiv.org/help/availability.html, and deferred mailings."""
    assert announcement_day(eastern(submitted)) == date.fromisoformat(listed)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 1, 9), None),
        (date(2026, 1, 10), "collect.weekend"),
        (date(2026, 1, 11), "collect.weekend"),
        (date(2026, 1, 12), None),
        (date(2026, 1, 20), "collect.deferred"),
        (date(2025, 12, 31), "collect.deferred"),
        (date(2026, 7, 4), "collect.weekend"),
    ],
)
def test_quiet_days_say_why(day: date, code: str | None) -> None:
    """Weekends, and the days after a deferred mailing."""
    reason = why_quiet(day)

    assert (reason and reason.code) == code
    assert is_announcement_day(day) == (code is None)


def test_feeds_turn_over_at_midnight_eastern_in_winter_and_summer() -> None:
    """05:00 UTC in winter, 04:00 in summer, each on the right side of the change of the clocks."""
    assert turns_over_at(date(2026, 1, 9)) == datetime(2026, 1, 9, 5, tzinfo=UTC)
    assert turns_over_at(date(2026, 8, 13)) == datetime(2026, 8, 13, 4, tzinfo=UTC)
    assert turns_over_at(date(2026, 3, 9)) - turns_over_at(date(2026, 3, 8)) == timedelta(hours=23)
    assert turns_over_at(date(2026, 11, 2)) - turns_over_at(date(2026, 11, 1)) == timedelta(hours=25)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 1, 9, 4, 59, tzinfo=UTC), date(2026, 1, 8)),  # noon in China: still yesterday at arXiv
        (datetime(2026, 1, 9, 5, 0, tzinfo=UTC), date(2026, 1, 9)),
        (datetime(2026, 1, 11, 12, 0, tzinfo=UTC), date(2026, 1, 9)),
        (datetime(2026, 1, 20, 12, 0, tzinfo=UTC), date(2026, 1, 19)),
        (datetime(2026, 8, 13, 4, 0, tzinfo=UTC), date(2026, 8, 13)),
    ],
)
def test_the_newest_expected_day_is_eastern(now: datetime, day: date) -> None:
    """A day is expected from midnight Eastern on; before it, over weekends and after deferred mailings the last one."""
    assert newest_expected_day(now) == day


@given(MOMENTS)
def test_a_paper_is_never_listed_on_a_quiet_day_nor_before_it_was_submitted(submitted: datetime) -> None:
    """The listing is at least six hours off, and at most the longest row of quiet days."""
    day = announcement_day(submitted)

    assert is_announcement_day(day)
    assert timedelta(hours=6) <= turns_over_at(day) - submitted <= timedelta(days=7)


@given(MOMENTS, MOMENTS)
def test_listings_keep_the_order_of_submissions(one: datetime, other: datetime) -> None:
    """Who submits earlier is not listed later."""
    first, second = sorted([one, other])

    assert announcement_day(first) <= announcement_day(second)


@given(MOMENTS, st.integers(0, 5))
def test_the_span_of_submissions_misses_nothing(submitted: datetime, more: int) -> None:
    """Every paper that the schedule lists on a day is within the span that is asked for that day."""
    day = announcement_day(submitted)
    first, last = submissions(day, day + timedelta(days=more))

    assert first <= submitted <= last


@given(DAYS)
def test_a_turned_over_day_is_the_eastern_day(day: date) -> None:
    """At its first moment it is that day at arXiv, and just before it is not."""
    assert eastern_day(turns_over_at(day)) == day
    assert eastern_day(turns_over_at(day) - timedelta(seconds=1)) == day - timedelta(days=1)
