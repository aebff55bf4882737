"""Events in from Slack, over a real websocket: acknowledged at once, answered to who asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.chat.platform_connection import PlatformConnection
from bot.chat.platform_spec import ListenerServices
from bot.chat.rate_limiter import RateLimiter, RateLimits, TokenBucket
from bot.chat.reply_sender import ReplySender
from bot.clock import SystemClock
from bot.platforms.slack.listener import SlackListener, chat_ref, parse_button_press, parse_slash_command
from bot.platforms.slack.sender import SlackSender
from bot.platforms.slack.settings import SLACK
from bot.platforms.slack.spec import SlackSpec
from digest.ports import Clock
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.command_client import Team
from tests.fakes.listener_observer import RecordingObserver
from tests.fakes.slack.server import FakeSlack
from tests.waiting import until

CHANNEL, EVE = "C1", "U1"


class CountingLimiter(RateLimiter):
    """Writes down whose turn was asked for."""

    def __init__(self, limits: RateLimits, clock: Clock) -> None:
        super().__init__(limits, clock)
        self.addresses: list[str] = []

    async def acquire(self, address: str) -> None:
        self.addresses.append(address)
        await super().acquire(address)

    async def acquire_reply(self, address: str) -> None:
        self.addresses.append(address)
        await super().acquire_reply(address)


@dataclass
class Ears:
    """A listener at a desk, connected to a fake Slack."""

    server: FakeSlack
    team: Team = field(default_factory=Team)

    def __post_init__(self) -> None:
        self.team.office.clock = SystemClock()
        self.observer = RecordingObserver(self.team.errors)
        sender = SlackSender(self.server.token, self.server.url)
        self.pace = CountingLimiter(RateLimits(TokenBucket(0), TokenBucket(0)), SystemClock())
        connection = PlatformConnection(sender, self.pace)
        replies = ReplySender(SlackSpec(), connection, self.team.stores.chats, SystemClock(), self.observer)
        self.listener = SlackListener(
            self.server.token,
            self.server.app_token,
            self.server.url,
            ListenerServices(self.team.desk, replies, self.observer, SystemClock()),
        )
        self.team.editor_checks[SLACK] = self.listener

    def whispered(self) -> list[str]:
        """What was said to who asked alone."""
        return [str(answer) for answer in self.server.answers]


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    async with FakeSlack(SystemClock()) as server:
        server.gate.is_open = True
        server.channel(CHANNEL, "papers")
        server.person(EVE, "eve")
        one = Ears(server)
        task = asyncio.create_task(one.listener.run())
        try:
            await until(server.socket.connected.is_set, "Socket Mode")
            yield one
        finally:
            await one.listener.stop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(("command", "text"), [("/keywords", ""), ("/broadsheet", "keywords"), ("/broadsheet", "")])
async def test_a_command_is_acknowledged_and_whispered_to_who_asked(ears: Ears, command: str, text: str) -> None:
    """By its own name or under the umbrella; the umbrella alone is a call for help."""
    envelope = await ears.server.slash(CHANNEL, EVE, command, text)
    await until(ears.whispered)

    assert await envelope.is_acknowledged()
    assert ears.server.answers[0]["response_type"] == "ephemeral"
    assert ("Keywords of Robots daily" if command == "/keywords" or text else "Commands") in ears.whispered()[0]


async def test_unknown_commands_are_answered(ears: Ears) -> None:
    """An acknowledgement alone would leave people wondering."""
    envelope = await ears.server.slash(CHANNEL, EVE, "/broadsheet", "keywrods")
    await until(ears.whispered)

    assert await envelope.is_acknowledged()
    assert "Did you mean" in ears.whispered()[0]
    assert "/broadsheet keywords" in ears.whispered()[0]


async def test_slow_work_is_acknowledged_at_once_and_followed_in_direct_messages(ears: Ears) -> None:
    """One message there, edited until it is the answer; in the channel a whisper says where."""
    going = asyncio.Event()
    make = ears.team.make

    async def slowly(*wanted: object) -> object:
        await going.wait()
        return await make(*wanted)  # type: ignore[arg-type]

    ears.team.office.jobs._make = slowly  # type: ignore[assignment]
    envelope = await ears.server.slash(CHANNEL, EVE, "/paper", "2601.00004")
    await until(lambda: "D1" in ears.server.workspace.channels and ears.whispered())
    assert await envelope.is_acknowledged()
    assert "direct messages" in ears.whispered()[0]
    direct = ears.server.workspace.channels["D1"]
    assert "Fetching" in direct.texts()[0]

    going.set()
    await until(lambda: "Grasping" in str(direct.messages))
    assert len(direct.messages) == 1
    assert ears.server.workspace.channels[CHANNEL].messages == []
    assert ears.pace.addresses == [CHANNEL, "D1"]  # the first message and its edit, each at the rate of its chat


@pytest.mark.parametrize("fault", ["cut after", "error before", "limited"])
async def test_where_the_direct_messages_fail_the_answer_is_whispered(ears: Ears, fault: str) -> None:
    """Nobody is left without one."""
    ears.server.faults.plan(fault, "chat.postMessage")
    await ears.server.slash(CHANNEL, EVE, "/paper", "2601.00004")
    await until(lambda: len(ears.whispered()) == 2)

    assert "Fetching" in ears.whispered()[0]
    assert "Grasping" in ears.whispered()[1]
    assert ears.team.errors == []


@pytest.mark.parametrize("fault", ["cut before", "error after", "limited"])
async def test_an_edit_that_fails_is_done_again(ears: Ears, fault: str) -> None:
    """Or the message would say for ever that the paper is being read."""
    ears.team.office.clock = FakeClock()
    ears.server.faults.plan(fault, "chat.update")
    await ears.server.slash(CHANNEL, EVE, "/paper", "2601.00004")
    await until(lambda: "D1" in ears.server.workspace.channels)
    await until(lambda: "Grasping" in str(ears.server.workspace.channels["D1"].messages))


async def test_events_that_come_twice_are_handled_once(ears: Ears) -> None:
    """Slack repeats what it believes was not acknowledged."""
    envelope = await ears.server.slash(CHANNEL, EVE, "/addkeyword", "gloves")
    await until(ears.whispered)
    again = await ears.server.socket.repeat(envelope)
    assert await again.is_acknowledged()
    await asyncio.sleep(0.1)

    assert len(ears.whispered()) == 1


async def test_a_button_never_touches_the_card(ears: Ears) -> None:
    """Its answer is a whisper of its own: to replace the original would take the card away from all."""
    ears.team.publish()
    card = ears.server.write(CHANNEL, EVE, "a card")
    for count in (1, 2):
        envelope = await ears.server.press(CHANNEL, EVE, card["ts"], "do:0", "full:2601.00001")
        await until(lambda count=count: len(ears.whispered()) >= count)  # type: ignore[misc]
        assert await envelope.is_acknowledged()

    assert all(answer["replace_original"] is False for answer in ears.server.answers)
    assert "It is about A VLA" in ears.whispered()[0]
    assert ears.server.workspace.channels[CHANNEL].texts() == ["a card"]


async def test_a_button_that_opens_a_page_is_only_acknowledged(ears: Ears) -> None:
    """The browser does the rest."""
    card = ears.server.write(CHANNEL, EVE, "a card")
    envelope = await ears.server.press(CHANNEL, EVE, card["ts"], "open:0", "")
    assert await envelope.is_acknowledged()
    assert ears.whispered() == []


async def test_members_are_editors_unless_some_are_named(ears: Ears) -> None:
    """`commands.slack_editors`; it may change while the process runs."""
    await ears.server.slash(CHANNEL, EVE, "/addkeyword", "gloves")
    await until(lambda: len(ears.whispered()) == 1)
    ears.team.change(slack_editors=("slack:U9",))
    await ears.server.slash(CHANNEL, EVE, "/addkeyword", "rings")
    await until(lambda: len(ears.whispered()) == 2)

    assert [c.keyword for c in ears.team.stores.editions.keyword_changes("robots")] == ["gloves"]
    assert "administrators" in ears.whispered()[1]


async def test_when_the_response_url_is_used_up_answers_are_ephemeral_messages(ears: Ears) -> None:
    """It serves five times in half an hour."""
    ears.server.urls.clear()
    envelope = await ears.server.slash(CHANNEL, EVE, "/keywords")
    name = envelope.payload["response_url"].rsplit("/", 1)[1]
    ears.server.urls[name] = (0.0, 0, CHANNEL)
    await until(lambda: ears.whispered() or any(m == "chat.postEphemeral" for m, _ in ears.server.calls))


@pytest.mark.parametrize("how", ["disconnect", "break_off"])
async def test_the_connection_is_made_again(ears: Ears, how: str) -> None:
    """Slack ends every connection now and then, with a word or without."""
    await getattr(ears.server.socket, how)()
    envelope = await ears.server.slash(CHANNEL, EVE, "/keywords")
    assert await envelope.is_acknowledged()
    await until(ears.whispered)


async def test_a_refused_token_is_said_and_asked_again_later(ears: Ears) -> None:
    """The library would try for ever and tell nobody."""
    server = ears.server
    server.app_token = "xapp-another-token"
    assert await ears.listener._why_not() == "invalid_auth"
    server.app_token = ears.listener._app_token
    assert await ears.listener._why_not() is None


def test_what_a_slash_command_and_a_button_say() -> None:
    """In the words of the desk."""
    call = parse_slash_command(
        {"command": "/broadsheet", "text": " /Paper  2601.1 ", "user_id": "U1", "channel_id": "D5"}
    )
    assert (call.command, call.argument, call.person, call.chat.kind) == ("paper", "2601.1", "slack:U1", "private")
    assert chat_ref("C1").kind == "channel"
    assert (
        parse_button_press({"actions": [{"value": "full:2601.1"}], "channel": {"id": "C1"}, "user": {"id": "U1"}})
        is not None
    )
    assert parse_button_press({"actions": [{"value": "open"}], "channel": {"id": "C1"}}) is None
    assert parse_button_press({}) is None
