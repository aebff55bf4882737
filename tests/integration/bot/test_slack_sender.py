"""The Slack adapter through slack_sdk against the strict fake, over real sockets."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.message_sender import InDoubt, LookupUnavailable, MessageAbsent, MessageFound, NotSent, Picture, Rejected
from bot.clock import SystemClock
from bot.platforms.slack.errors import error_of_answer
from bot.platforms.slack.renderer import render_slack
from bot.platforms.slack.sender import SlackSender
from digest.models.notice import Notice
from digest.rendering.cards import digest_documents
from tests.builders.digests import rich_day
from tests.fakes.faults import CARRIED_OUT, KINDS
from tests.fakes.slack.server import FakeSlack
from tests.waiting import PATIENCE, until

PAPERS = "C1"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def text(words: str = "hello") -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    blocks = [{"type": "rich_text", "elements": [section]}]
    return {"text": words, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(SystemClock()) as server:
        server.channel(PAPERS, "papers")
        server.person("U1", "Ada")
        server.gate.is_open = True
        yield server


@pytest.fixture
async def adapter(slack: FakeSlack) -> AsyncIterator[SlackSender]:
    adapter = SlackSender(slack.token, slack.url, timeout=PATIENCE)
    yield adapter
    await adapter.aclose()


def read(slack: FakeSlack) -> list[str]:
    return [m["text"] for m in slack.workspace.channels[PAPERS].messages]


# --- sending ----------------------------------------------------------------------------------------------------


async def test_a_whole_digest_is_taken_as_it_is(slack: FakeSlack, adapter: SlackSender) -> None:
    """The overview in the channel, all else in its thread, and nothing to remark."""
    payloads = [payload for shown in digest_documents(rich_day()) for payload in render_slack(shown.document)]
    parent = await adapter.send(PAPERS, payloads[0], delivery="d#0")
    for number, payload in enumerate(payloads[1:], start=1):
        await adapter.send(PAPERS, payload, thread=parent, delivery=f"d#{number}")

    channel = slack.workspace.channels[PAPERS]
    assert channel.texts() == [payloads[0]["text"]]
    assert [m["blocks"] for m in channel.thread(parent)] == [p["blocks"] for p in payloads]
    assert slack.remarks == []
    names = [m["client_msg_id"] for m in channel.messages]
    assert len(set(names)) == len(payloads)


async def test_pictures_and_edits(slack: FakeSlack, adapter: SlackSender) -> None:
    """A picture is uploaded to nobody first, then shown by a message that can be found like any other."""
    receipt = await adapter.send(PAPERS, Picture(PNG, caption="图 1", alt="the method").payload, delivery="d#1")
    (message,) = slack.workspace.channels[PAPERS].messages
    assert message["blocks"][0]["alt_text"] == "the method"
    assert message["metadata"]["event_payload"] == {"delivery": "d#1"}

    await adapter.edit(PAPERS, receipt, text("changed"))
    assert read(slack) == ["changed"]
    with pytest.raises(Rejected):
        await adapter.edit(PAPERS, "1.0", text())


async def test_an_upload_that_fails_has_posted_nothing(slack: FakeSlack, adapter: SlackSender) -> None:
    """Whatever became of the file."""
    picture = Picture(PNG, caption="figure").payload
    for method in ("files.getUploadURLExternal", "upload", "files.completeUploadExternal"):
        slack.faults.plan("cut after", method)
        with pytest.raises(NotSent):
            await adapter.send(PAPERS, picture)
    assert read(slack) == []
    await adapter.send(PAPERS, picture)
    assert len(read(slack)) == 1


async def test_a_file_that_is_not_ready_is_tried_again(slack: FakeSlack, adapter: SlackSender) -> None:
    """Slack refuses a message with a file that it has not looked at yet; one that is no picture it refuses always."""
    picture = Picture(PNG, caption="figure").payload
    slack.faults.plan("garbage", "upload")  # the file never arrives, though the answer is 200

    with pytest.raises(NotSent) as caught:
        await adapter.send(PAPERS, picture, delivery="d#1")
    assert caught.value.retry_after == 5
    await adapter.send(PAPERS, picture, delivery="d#1")
    for outcome in (NotSent, NotSent, NotSent, Rejected):
        with pytest.raises(outcome):
            await adapter.send(PAPERS, Picture(b"no picture").payload, delivery="d#2")
    assert len(read(slack)) == 1


# --- how calls end ----------------------------------------------------------------------------------------------


async def test_a_429_says_how_long(slack: FakeSlack, adapter: SlackSender) -> None:
    """And that the channel gets too much."""
    slack.faults.plan("limited", seconds=7)

    with pytest.raises(NotSent) as caught:
        await adapter.send(PAPERS, text())
    assert (caught.value.retry_after, caught.value.limited) == (7, True)


@pytest.mark.parametrize("asked", ["1e300", "inf", "nan", "-7"])
def test_a_429_asks_for_a_day_at_most(asked: str) -> None:
    """Whatever number a server sends."""
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": "ratelimited"},
        headers={"Retry-After": asked},
        status_code=429,
    )
    outcome = error_of_answer(SlackApiError("", response))

    assert isinstance(outcome, NotSent)
    assert outcome.retry_after is not None
    assert 1 <= outcome.retry_after <= 86_400


async def test_channels_that_take_nothing(slack: FakeSlack, adapter: SlackSender) -> None:
    """Unknown, not joined, archived: the channel is at fault. Blocks that are too long: the message."""
    slack.channel("C2", joined=False)
    slack.channel("C3", archived=True)
    for address in ("C2", "C3", "C9"):
        with pytest.raises(Rejected) as caught:
            await adapter.send(address, text())
        assert caught.value.chat
    with pytest.raises(Rejected) as caught:
        await adapter.send(PAPERS, text("x" * 13_300))
    assert not caught.value.chat
    assert dict(caught.value.notice.params)["reason"] == "msg_blocks_too_long"


async def test_a_wrong_token_concerns_all_channels(slack: FakeSlack) -> None:
    """No channel is blamed."""
    wrong = SlackSender("xoxb-wrong-token", slack.url)

    with pytest.raises(NotSent) as caught:
        await wrong.send(PAPERS, text())
    assert caught.value.everywhere
    assert "xoxb" not in repr(caught.value) + repr(caught.value.notice)
    await wrong.aclose()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("limited", "slow")])
async def test_what_breaks_off_is_in_doubt(slack: FakeSlack, adapter: SlackSender, kind: str) -> None:
    """And nothing is posted twice, as slack_sdk would by default."""
    slack.faults.plan(kind, "chat.postMessage", seconds=0.02)

    with pytest.raises(InDoubt):
        await adapter.send(PAPERS, text())
    await slack.settled()
    assert read(slack) == (["hello"] if kind in CARRIED_OUT else [])
    assert [method for method, _ in slack.calls] == ["chat.postMessage"]


async def test_an_answer_that_takes_too_long_is_in_doubt(slack: FakeSlack) -> None:
    """The message may well be there."""
    hasty = SlackSender(slack.token, slack.url, timeout=0.5)
    slack.faults.plan("slow", seconds=3_600)

    with pytest.raises(InDoubt):
        await hasty.send(PAPERS, text())
    await until(lambda: read(slack) == ["hello"], "the message")
    await hasty.aclose()


async def test_without_a_connection_nothing_was_sent() -> None:
    """That much is certain."""
    nowhere = SlackSender("xoxb-token", "http://127.0.0.1:9/api/")

    with pytest.raises(NotSent):
        await nowhere.send(PAPERS, text())
    await nowhere.aclose()


# --- looking for a message --------------------------------------------------------------------------------------


async def test_a_message_is_found_by_its_metadata(slack: FakeSlack, adapter: SlackSender) -> None:
    """In the channel and in threads, however many others were written since, page by page."""
    parent = await adapter.send(PAPERS, text("overview"), delivery="d#1")
    top = await adapter.send(PAPERS, text("the same words"), delivery="d#2")
    reply = await adapter.send(PAPERS, text("the same words"), thread=parent, delivery="d#3")
    for n in range(40):
        slack.write(PAPERS, "U1", f"talk {n}")
        slack.write(PAPERS, "U1", f"answer {n}", thread_ts=parent)

    async def find(name: str, after: str | None, thread: str | None = None) -> Any:
        return await adapter.look_up(PAPERS, name, text(), after=after, thread=thread)

    assert await find("d#2", parent) == MessageFound(top)
    assert await find("d#3", parent, parent) == MessageFound(reply)
    assert await find("d#3", parent) == MessageAbsent()
    assert await find("d#1", parent) == MessageAbsent()
    assert await find("d#1", None) == MessageFound(parent)
    assert await find("d#9", None, parent) == MessageAbsent()


async def test_the_newest_message_is_told_by_slack_alone(adapter: SlackSender, slack: FakeSlack) -> None:
    """The clock of this machine has no part in it; where Slack does not tell, nothing is known."""
    assert await adapter.newest(PAPERS) == "0"
    newest = slack.write(PAPERS, "U1", "talk")["ts"]
    assert await adapter.newest(PAPERS) == newest
    receipt = await adapter.send(PAPERS, text(), delivery="d#1")

    assert await adapter.look_up(PAPERS, "d#1", text(), after=newest) == MessageFound(receipt)
    slack.faults.plan("limited", "conversations.history", seconds=60)
    assert await adapter.newest(PAPERS) is None


async def test_where_it_cannot_be_told(slack: FakeSlack, adapter: SlackSender) -> None:
    """Not in the channel: for good. A broken connection or a limit: for now."""
    slack.channel("C2", joined=False)
    never = await adapter.look_up("C2", "d#1", text(), after=None)
    assert never == LookupUnavailable(Notice.of("publish.refused", platform="Slack", reason="not_in_channel"))
    slack.faults.plan("cut before", "conversations.history", times=2)  # aiohttp itself repeats a GET once
    slack.faults.plan("limited", "conversations.history", seconds=60)

    broken = await adapter.look_up(PAPERS, "d#1", text(), after=None)
    limited = await adapter.look_up(PAPERS, "d#1", text(), after=None)

    assert isinstance(broken, LookupUnavailable)
    assert broken.retry_after == 30
    assert isinstance(limited, LookupUnavailable)
    assert limited.retry_after == 60


async def test_a_server_that_is_not_slack_has_not_taken_the_message(slack: FakeSlack) -> None:
    """A 404 from whoever stands at a wrong address leaves nothing in doubt."""
    adapter = SlackSender(slack.token, slack.url + "wrong/", timeout=PATIENCE)
    try:
        with pytest.raises(NotSent) as told:
            await adapter.send("C1", text("hello"))
    finally:
        await adapter.aclose()

    assert told.value.everywhere
    assert told.value.notice.code == "publish.no_api"
