"""/digest, /mute, /resend."""

from datetime import date, timedelta

import pytest

from digest.models.delivery import DeliveryState, Message
from tests.fakes.command_client import ADA, ALONE, FRIDAY, NEWS, OTHERS, ROBOTS, ROOT, TEAM, Team, private


async def test_a_day_is_shown_again_without_posting_it() -> None:
    """With a button for each card; no delivery is planned."""
    team = Team()
    team.publish()
    team.publish(ROBOTS, date(2026, 1, 8))
    (answer,) = await team.answers("/digest")
    (document,) = answer.documents

    assert "January 9" in document.summary
    assert [b.action for row in document.buttons for b in row] == ["paper:2601.00001", "paper:2601.00002"]
    assert "January 8" in await team.ask("/digest 2026-01-08")
    assert team.stores.deliveries.counts() == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [("/digest 2026-01-01", "There is no digest of"), ("/digest yesterday", "is no date"), ("/mute", "Name a number")],
)
async def test_what_can_not_be_shown_is_said(text: str, said: str) -> None:
    """With what there is instead."""
    team = Team()
    team.publish()
    assert said in await team.ask(text)


async def test_where_nothing_is_published_nothing_is_muted() -> None:
    """It would say that no digest comes, as if one came otherwise."""
    assert "No edition" in await Team().ask("/mute 3", ADA, ALONE)


async def test_a_muted_chat_says_until_when() -> None:
    """0 ends it; more than a year is refused."""
    team = Team()
    assert "for 3 days, until Monday, January 12, 2026" in await team.ask("/mute 3")
    assert team.stores.chats.chat(TEAM.target).muted_until == team.clock.now() + timedelta(days=3)
    assert "again" in await team.ask("/mute 0")
    assert team.stores.chats.chat(TEAM.target).muted_until is None
    assert "365" in await team.ask("/mute 366")


def in_doubt(team: Team, place: object = TEAM) -> int:
    target = place.target  # type: ignore[attr-defined]
    (delivery,) = team.stores.deliveries.add([Message(f"robots/{FRIDAY}/{target}", target, "card", {"text": "x"})])
    team.stores.deliveries.mark_sending(delivery.id, None)
    team.stores.deliveries.mark_unknown(delivery.id, "cut")
    return delivery.id


async def test_what_may_have_arrived_is_released_by_hand() -> None:
    """Only this chat's; a second time there is nothing left."""
    team = Team()
    mine, other = in_doubt(team), in_doubt(team, OTHERS)

    assert await team.ask("/resend") == "1 message is sent again."
    assert team.released == [mine]
    assert await team.ask("/resend") == "Nothing is held back here."
    held = team.stores.deliveries.delivery(other)
    assert held is not None
    assert held.state is DeliveryState.UNKNOWN


async def test_a_paused_chat_is_resumed() -> None:
    """Whoever let the bot in again says so."""
    team = Team()
    team.stores.chats.pause(TEAM.target, "kicked")

    assert await team.ask("/resend") == "1 chat is written to again."
    assert team.stores.chats.paused() == []


async def test_admins_release_any_chat() -> None:
    """By its name, as /status shows it, or all; nobody else may."""
    team = Team()
    one, two = in_doubt(team), in_doubt(team, NEWS)

    assert await team.ask("/resend all", place=OTHERS) == "这里没有待处理的消息。"
    assert await team.ask("/resend telegram:-1003", ROOT, private(ROOT)) == "1 message is sent again."
    assert await team.ask("/resend all", ROOT, private(ROOT)) == "1 message is sent again."
    assert team.released == [two, one]
