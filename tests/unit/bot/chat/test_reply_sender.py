"""How answers go back: tried again where they certainly did not arrive, and told of where they are lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.chat.message_sender import InDoubt, NotSent, Rejected, SendError
from bot.chat.platform_connection import PlatformConnection
from bot.chat.rate_limiter import RateLimiter, RateLimits, TokenBucket
from bot.chat.reply_sender import LONGEST_WAIT, RETRY_PAUSES, ReplySender, retry_write
from bot.chat.request import CommandReply
from bot.commands.reply_documents import text_document
from bot.platforms.telegram.spec import TelegramSpec
from digest.models.notice import Notice
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.command_client import TEAM, Team
from tests.fakes.listener_observer import RecordingObserver
from tests.fakes.message_sender import DOUBT, ScriptedSender

UNREACHED = NotSent(Notice.of("publish.unreachable", platform="Test", what="ConnectError"))
CHAT = TEAM.target.address


def limited(seconds: float) -> NotSent:
    return NotSent(Notice.of("publish.limited", platform="Test", seconds=seconds), seconds, limited=True)


@dataclass
class Back:
    """Answers on their way back to a chat. `lost` are those that did not get through."""

    team: Team = field(default_factory=Team)
    adapter: ScriptedSender = field(default_factory=ScriptedSender)
    clock: FakeClock = field(default_factory=FakeClock)
    lost: list[Exception] = field(default_factory=list)

    async def answer(self, *texts: str) -> list[str]:
        """What stands in the chat afterwards; all but the last of the texts are progress."""

        async def said() -> AsyncIterator[CommandReply]:
            for text in texts:
                yield CommandReply((text_document(text),), is_interim=text is not texts[-1])

        pace = RateLimiter(RateLimits(TokenBucket(0), TokenBucket(0)), self.clock)
        connection = PlatformConnection(self.adapter, pace)
        observer = RecordingObserver(self.lost)
        replies = ReplySender(TelegramSpec(), connection, self.team.stores.chats, self.clock, observer)
        await replies.send_replies(self.team.call("/about"), said())
        return self.adapter.texts(CHAT)


async def test_an_answer_that_certainly_did_not_arrive_is_tried_again() -> None:
    """A little later each time, for as long as somebody waits for it."""
    back = Back()
    back.adapter.script[CHAT] = [UNREACHED] * len(RETRY_PAUSES)

    assert await back.answer("Here it is.") == ["Here it is."]
    assert back.clock.slept == list(RETRY_PAUSES)
    assert back.lost == []


async def test_a_chat_that_gets_too_much_is_waited_for() -> None:
    """As long as the platform says; meanwhile the sender leaves the chat alone too."""
    back = Back()
    back.adapter.script[CHAT] = [limited(20.0)]

    assert await back.answer("Working …", "Here it is.") == ["Here it is."]
    assert back.clock.slept == [20.0]
    assert [hold.target for hold in back.team.stores.chats.cooldowns(FakeClock().now())] == [TEAM.target]


@pytest.mark.parametrize(
    "outcome",
    [
        InDoubt(DOUBT),
        Rejected(DOUBT),
        limited(LONGEST_WAIT + 1),
        NotSent(Notice.of("publish.token", platform="Test"), 1.0, everywhere=True),
    ],
)
async def test_what_may_be_there_or_never_will_is_not_tried_again(outcome: SendError) -> None:
    """It is told to the log; nobody waits minutes for an answer, and nobody gets it twice."""
    back = Back()
    back.adapter.script[CHAT] = [outcome]
    await back.answer("Here it is.")

    assert back.lost == [outcome]
    assert len(back.adapter.calls) == 1


async def test_an_edit_may_be_done_twice() -> None:
    """So that a message does not go on saying that something is under way."""
    script, clock = [InDoubt(DOUBT), UNREACHED], FakeClock()

    async def edit() -> str:
        if script:
            raise script.pop(0)
        return "done"

    assert await retry_write(edit, clock, is_edit=True) == "done"
    script.append(InDoubt(DOUBT))
    with pytest.raises(InDoubt):
        await retry_write(edit, clock)
