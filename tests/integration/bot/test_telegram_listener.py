"""Updates in from Telegram, over a real socket: commands, buttons, who may what, where the bot is put."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.chat.platform_connection import PlatformConnection
from bot.chat.platform_spec import ListenerServices
from bot.chat.rate_limiter import RateLimiter, RateLimits, TokenBucket
from bot.chat.reply_sender import ReplySender
from bot.clock import SystemClock
from bot.commands.about import link
from bot.platforms.telegram.listener import TelegramListener, describe_poll_failure, menus
from bot.platforms.telegram.sender import TelegramSender
from bot.platforms.telegram.settings import TELEGRAM
from bot.platforms.telegram.spec import TelegramSpec
from digest.models.edition import Platform, Target
from tests.fakes.command_client import ROBOTS, Team
from tests.fakes.listener_observer import RecordingObserver
from tests.fakes.telegram.server import FakeTelegram
from tests.waiting import until

GROUP, CHANNEL, ADA, BOB = -1001, -1003, 42, 43


@dataclass
class Ears:
    """A listener at a desk, connected to a fake Telegram."""

    server: FakeTelegram
    team: Team = field(default_factory=Team)
    token: str = ""

    def __post_init__(self) -> None:
        self.adapter = TelegramSender(self.server.token, self.server.url)
        pace = RateLimiter(RateLimits(TokenBucket(0), TokenBucket(0)), SystemClock())
        connection = PlatformConnection(self.adapter, pace)
        self.observer = RecordingObserver(self.team.errors)
        replies = ReplySender(TelegramSpec(), connection, self.team.stores.chats, SystemClock(), self.observer)
        self.listener = TelegramListener(
            self.token or self.server.token,
            self.server.url,
            ListenerServices(self.team.desk, replies, self.observer, SystemClock()),
        )
        self.team.editor_checks[TELEGRAM] = self.listener

    def said(self, chat: int) -> list[str]:
        messages = self.server.chats.by_id[chat].in_order()
        return [m["text"].replace("\u2060", "") for _, m in messages if "text" in m and _is_ours(m)]


def _is_ours(message: dict[str, object]) -> bool:
    author = message.get("from")
    return (isinstance(author, dict) and bool(author.get("is_bot"))) or "author_signature" in message


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    async with FakeTelegram(SystemClock()) as server:
        server.gate.is_open = True
        server.supergroup(GROUP, "Team", members={str(ADA): "administrator", str(BOB): "member"})
        server.channel(CHANNEL, "Robots", "robots")
        server.person(ADA, "Ada", "en")
        server.person(BOB, "Bob", "zh-hans")
        one = Ears(server)
        task = asyncio.create_task(one.listener.run())
        try:
            await until(lambda: "up" in one.observer.states)
            yield one
        finally:
            await one.listener.stop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await one.adapter.aclose()


async def test_commands_are_answered_where_they_were_given(ears: Ears) -> None:
    """In private chats, groups and channels; with the bot's name behind them, or not; anything else is ignored."""
    ears.server.write(ADA, ADA, "/about")
    ears.server.write(GROUP, BOB, "/keywords@broadsheet_bot")
    ears.server.write(GROUP, BOB, "/keywords@another_bot")
    ears.server.write(GROUP, BOB, "hello /keywords")
    await until(lambda: ears.said(ADA) and ears.said(GROUP))
    await asyncio.sleep(0.1)

    assert "Licence AGPL" in ears.said(ADA)[0]
    assert len(ears.said(GROUP)) == 1
    assert "Keywords of Robots daily" in ears.said(GROUP)[0]


async def test_administrators_are_editors(ears: Ears) -> None:
    """Telegram says who is one; in a channel everybody who can write is."""
    ears.server.write(GROUP, BOB, "/addkeyword bobs")
    ears.server.write(GROUP, ADA, "/addkeyword adas")
    await until(lambda: len(ears.said(GROUP)) == 2)
    ears.server.write(CHANNEL, ADA, "/addkeyword channels")
    await until(lambda: len(ears.team.stores.editions.keyword_changes("robots")) == 2)

    assert [c.keyword for c in ears.team.stores.editions.keyword_changes("robots")] == ["adas", "channels"]
    assert any("administrators" in text for text in ears.said(GROUP))


async def test_updates_that_come_twice_are_handled_once(ears: Ears) -> None:
    """Whether the server repeats them at once or later."""
    ears.server.twice = True
    ears.server.write(ADA, ADA, "/about")
    await until(lambda: ears.said(ADA))
    await asyncio.sleep(0.2)

    assert len(ears.said(ADA)) == 1


async def test_progress_is_one_message_that_becomes_the_answer(ears: Ears) -> None:
    """It is edited, not followed."""
    ears.server.write(ADA, ADA, "/paper 2601.00004")
    await until(lambda: any("Grasping" in text for text in ears.said(ADA)))

    assert len(ears.said(ADA)) == 1
    assert [method for method, _ in ears.server.calls].count("editMessageText") == 1


async def test_a_button_in_a_private_chat_is_answered_there(ears: Ears) -> None:
    """Pressed twice it works twice."""
    ears.team.publish()
    ears.server.write(ADA, ADA, "/paper 2601.00001")
    await until(lambda: len(ears.said(ADA)) == 1)
    number = max(n for n, _ in ears.server.chats.by_id[ADA].in_order())
    for count in (2, 3):
        ears.server.press(ADA, ADA, number, "full:2601.00001")
        await until(lambda count=count: len(ears.said(ADA)) == count)  # type: ignore[misc]

    assert "It is about A VLA" in ears.said(ADA)[-1]
    assert len(ears.server.answered) == 2


async def test_a_button_in_a_channel_opens_the_private_chat(ears: Ears) -> None:
    """What one reader wants to know is not posted to all; the link carries what it was."""
    ears.team.publish()
    post = ears.server.write(CHANNEL, ADA, "a card")
    ears.server.press(CHANNEL, BOB, post["message_id"], "full:2601.00001")
    await until(lambda: ears.server.answered)

    assert ears.server.answered[0]["url"] == f"https://t.me/broadsheet_bot?start={link('full', '2601.00001')}"
    assert ears.said(CHANNEL) == []


async def test_saving_is_said_over_the_chat(ears: Ears) -> None:
    """A note that only who pressed sees, in the chat's language."""
    post = ears.server.write(CHANNEL, ADA, "a card")
    ears.server.press(CHANNEL, BOB, post["message_id"], "save:2601.00001")
    await until(lambda: ears.server.answered)

    assert "Saved: A VLA" in ears.server.answered[0]["text"]
    assert [one.paper_id for one in ears.team.stores.people.saved("telegram:43")] == ["2601.00001"]


async def test_where_the_bot_is_put_and_what_becomes_of_groups(ears: Ears) -> None:
    """A group that became a supergroup is told at once."""
    ears.server.group(-77, "Old")
    ears.server.migrate(-77, -100_77)
    await until(lambda: ears.observer.migrations)

    assert ears.observer.migrations == [(Target(Platform("telegram"), "-77"), Target(Platform("telegram"), "-10077"))]


async def test_a_second_poller_is_told_of(ears: Ears) -> None:
    """Two processes with one token take each other's updates away."""
    other = Ears(ears.server)
    task = asyncio.create_task(other.listener.run())
    try:
        await until(
            lambda: any("another process" in state for state in [*ears.observer.states, *other.observer.states])
        )
    finally:
        await other.listener.stop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await other.adapter.aclose()


async def test_polls_that_fail_are_survived(ears: Ears) -> None:
    """Cut, refused or garbled: the state goes down and up, and people are answered."""
    for kind in ("cut before", "error before", "garbage"):
        ears.server.faults.plan(kind, "getUpdates")
    ears.server.write(ADA, ADA, "/keywords")  # ends the poll that is open, before the faults
    await until(lambda: any("down" in state for state in ears.observer.states))
    ears.server.write(ADA, ADA, "/about")
    await until(lambda: len(ears.said(ADA)) >= 2)
    await until(lambda: ears.observer.states[-1] == "up")


async def test_polls_that_fail_alike_are_one_state(ears: Ears) -> None:
    """However many they are: each change of the state is a line of the log."""
    ears.server.faults.plan("error before", "getUpdates", times=2)
    ears.server.write(ADA, ADA, "/keywords")  # ends the poll that is open, before the faults
    await until(lambda: not ears.server.faults.planned)
    ears.server.write(ADA, ADA, "/about")
    await until(lambda: len(ears.said(ADA)) >= 2 and ears.observer.states[-1] == "up")

    assert {state for state in ears.observer.states if state != "up"} == {"down: HTTP 502"}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b'{"ok": true}', "up"),
        (200, b"<html>", "down: the answer is not the Bot API's"),
        (401, b"", "down: the token is refused"),
        (409, b"", "down: another process polls with this token"),
        (502, b"", "down: HTTP 502"),
    ],
)
def test_what_a_poll_says_of_the_platform(status: int, body: bytes, said: str) -> None:
    """A page in the place of an answer comes from somebody in between."""
    assert str(describe_poll_failure(status, body)) == said


async def test_the_end_is_reached_though_the_last_request_fails(ears: Ears) -> None:
    """The last one says what was heard; where that is lost, the updates come again and are known."""
    ears.server.faults.plan("error before", "getUpdates", times=50)
    await ears.listener.stop()

    assert not ears.listener._app.running


async def test_a_wrong_token_ends_nothing_but_the_listening(ears: Ears) -> None:
    """It is said why."""
    other = Ears(ears.server, token="123456789:" + "B" * 35)
    await other.listener.run()

    assert other.observer.states == ["down: the token is refused"]
    await other.listener.stop()
    await other.adapter.aclose()


async def test_the_menu_is_set_in_each_language_and_scope(ears: Ears) -> None:
    """People in groups see what they may use there."""
    await until(lambda: len(ears.server.commands) == 6)
    shown = {key: {c["command"] for c in commands} for key, commands in ears.server.commands.items()}
    groups = next(v for k, v in shown.items() if "all_group_chats" in k)
    admins = next(v for k, v in shown.items() if "all_chat_administrators" in k)

    assert "addkeyword" not in groups
    assert "addkeyword" in admins
    assert "categories" not in admins
    assert any("zh" in key for key in shown)
    for language in ("zh", "en"):
        for _, commands in menus(language):
            assert all(1 <= len(c.description) <= 256 for c in commands)


async def test_a_copied_command_works_though_it_has_a_joiner_in_it(ears: Ears) -> None:
    """Our own messages keep Telegram from making links of what looks like one."""
    ears.server.write(ADA, ADA, "/\u2060about")
    await until(lambda: ears.said(ADA))

    assert ROBOTS.title
    assert "Licence" in ears.said(ADA)[0]
