"""/trends, and the trends that come with Friday's digest."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.message_sender import Picture
from bot.platforms.registry import PLATFORMS
from bot.scheduling.digest_runner import RunOutcome
from bot.scheduling.weekly_trends import plan_trends_messages, trends_key
from digest.models.edition import Edition, Platform, Target
from digest.trends.aggregation import WeeklyTrends, WeekTotals, weeks_to
from tests.builders.season import DAY, life
from tests.fakes.command_client import ADA, ALONE, BOB, OTHERS, ROBOTS, TEAM, Team

FRIDAY = date(2026, 2, 13)
MORNING = datetime(2026, 2, 13, 5, 10, tzinfo=UTC)
DUE = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
A, S = Target(Platform("telegram"), "-1001"), Target(Platform("slack"), "C1")
EDITION = Edition("vla", ("cs.AI", "cs.RO"), ("vla",), "VLA", language="en", timezone="Europe/Berlin", targets=(A,))


async def test_the_newest_week_is_told() -> None:
    """In the chat of the edition, with what people saved of it."""
    team = Team()
    team.publish()
    await team.ask("/save 2601.00001", BOB)
    said = await team.ask("/trends")

    assert "2 new papers and 0 updates" in said
    assert "A VLA for the kitchen" in said
    assert "saved by 1 person" in said


async def test_without_a_digest_or_an_edition_it_says_so() -> None:
    team = Team()
    assert "No edition" in await team.ask("/trends", ADA, ALONE)
    assert "尚" in await team.ask("/trends", BOB, OTHERS) or "还没有" in await team.ask("/trends", BOB, OTHERS)


def test_the_picture_stands_above_its_words() -> None:
    """In Slack the words are in its thread; without a picture the words come alone."""
    found = WeeklyTrends("vla", "VLA", "en", weeks_to(FRIDAY), (), WeekTotals(3, 1, 200), WeekTotals())
    messages = plan_trends_messages(found, b"\x89PNG", FRIDAY, [A, S], PLATFORMS)
    alone = plan_trends_messages(found, None, FRIDAY, [A], PLATFORMS)

    assert [(m.target, m.role, m.parent) for m in messages] == [
        (A, "picture", None),
        (A, "overview", 0),
        (S, "picture", None),
        (S, "overview", 2),
    ]
    picture = Picture.of(messages[0].payload)
    assert picture is not None
    assert "last 12 weeks" in picture.caption
    assert picture.alt.startswith("VLA")
    assert [(m.role, m.parent) for m in alone] == [("overview", None)]


@pytest.mark.parametrize(("wish", "roles"), [("weekly", ["picture", "overview"]), ("none", [])])
async def test_trends_come_once_after_fridays_digest(tmp_path: Path, wish: str, roles: list[str]) -> None:
    """Through the ledger, to an edition that wants them, however often the bell rings."""
    drawn: list[WeeklyTrends] = []

    async def draw(found: WeeklyTrends) -> bytes:
        drawn.append(found)
        return b"\x89PNG"

    with life(tmp_path, MORNING, replace(EDITION, trends=wish)) as bot:
        bot.press._draw = draw
        bot.stores.editions.run_began("vla", FRIDAY - DAY)
        bot.stores.editions.run_ended("vla", FRIDAY - DAY, RunOutcome.PUBLISHED)
        await bot.until(DUE + timedelta(hours=3))

        assert [d.role for d in bot.stores.deliveries.deliveries(trends_key("vla", FRIDAY))] == roles
        assert len(drawn) == bool(roles)
        assert all(found.week.cards for found in drawn)


def test_a_week_has_a_cause_of_its_own() -> None:
    """So that the digest's own messages are never taken for it."""
    assert trends_key(ROBOTS.name, FRIDAY) == "robots/2026-02-13/trends"
    assert TEAM.target in ROBOTS.targets
