"""The fake Slack keeps every rule that is known of the real one: a test for each limit and each error."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.clocks.task_clock import Timeline
from tests.fakes.faults import CARRIED_OUT, KINDS
from tests.fakes.slack.channels import BOT_ID
from tests.fakes.slack.server import FakeSlack

PAPERS = "C1"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(Timeline()) as server:
        server.channel(PAPERS, "papers", members=["U1"])
        server.person("U1", "Ada")
        yield server


async def call(slack: FakeSlack, method: str, token: str | None = None, **given: Any) -> Any:
    """What the API answers, as JSON; a 429 as its `Retry-After`."""
    headers = {"Authorization": f"Bearer {slack.token if token is None else token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.url}{method}", json=given, headers=headers) as answer,
    ):
        if answer.status == 429:
            return {"ok": False, "error": "ratelimited", "after": int(answer.headers["Retry-After"])}
        return await answer.json()


async def post(slack: FakeSlack, text: str = "hello", channel: str = PAPERS, **given: Any) -> Any:
    return await call(slack, "chat.postMessage", channel=channel, text=text, **QUIET | given)


def rich(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


# --- messages ---------------------------------------------------------------------------------------------------


async def test_a_message_needs_text_or_blocks(slack: FakeSlack) -> None:
    """And `text` beside blocks, for notifications: its absence is remarked."""
    assert (await post(slack, ""))["error"] == "no_text"
    assert (await call(slack, "chat.postMessage", channel=PAPERS, blocks=[rich("x")], **QUIET))["ok"]
    assert any("no_text" in remark for remark in slack.remarks)


async def test_a_long_text_is_cut_off(slack: FakeSlack) -> None:
    """At 40,000 characters, silently; above 4,000 it is remarked."""
    answer = await post(slack, "x" * 40_001)

    assert len(answer["message"]["text"]) == 40_000
    assert any("msg_too_long" in remark for remark in slack.remarks)


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([rich("x")] * 51, "invalid_blocks"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "invalid_blocks"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}], "invalid_blocks"),
        ([{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}], "invalid_blocks"),
        ([{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}], "invalid_blocks"),
        ([{"type": "actions", "elements": []}], "invalid_blocks"),
        ([{"type": "carousel of mine"}], "invalid_blocks"),
        ([{"type": "rich_text", "elements": []}], "invalid_blocks"),
        ([{**rich("x"), "block_id": "b" * 256}], "invalid_blocks"),
        ([{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"}], "invalid_blocks"),
        ([{"type": "image", "image_url": "https://example.org/a.png", "alt_text": ""}], "invalid_blocks"),
        ([rich("x" * 2_900)] * 5, "msg_blocks_too_long"),
    ],
)
async def test_blocks_are_checked(slack: FakeSlack, blocks: list[Any], error: str) -> None:
    """The documented limits of each block, and the undocumented one of all of them together."""
    assert (await post(slack, blocks=blocks))["error"] == error


async def test_where_a_bot_may_not_post(slack: FakeSlack) -> None:
    """Each reason has its code."""
    slack.channel("C2", joined=False)
    slack.channel("C3", archived=True)
    slack.channel("C4", read_only=True)

    codes = [(await post(slack, channel=c))["error"] for c in ("C9", "C2", "C3", "C4")]

    assert codes == ["channel_not_found", "not_in_channel", "is_archived", "restricted_action_read_only_channel"]


async def test_threads(slack: FakeSlack) -> None:
    """A reply stands in its thread and not in the channel, unless it is sent there as well."""
    parent = (await post(slack, "overview"))["ts"]
    await post(slack, "card", thread_ts=parent)
    await post(slack, "loud", thread_ts=parent, reply_broadcast=True)

    history = (await call(slack, "conversations.history", channel=PAPERS))["messages"]
    replies = (await call(slack, "conversations.replies", channel=PAPERS, ts=parent))["messages"]

    assert [m["text"] for m in history] == ["loud", "overview"]
    assert [m["text"] for m in replies] == ["overview", "card", "loud"]
    assert history[1]["reply_count"] == 2
    assert (await call(slack, "conversations.replies", channel=PAPERS, ts="1.0"))["error"] == "thread_not_found"


async def test_editing_and_deleting(slack: FakeSlack) -> None:
    """Only what is there and one's own."""
    ours = (await post(slack, "old"))["ts"]
    theirs = slack.write(PAPERS, "U1", "mine")["ts"]

    async def both(method: str, ts: str) -> Any:
        return await call(slack, method, channel=PAPERS, ts=ts, text="new", **QUIET)

    assert (await both("chat.update", "1.0"))["error"] == "message_not_found"
    assert (await both("chat.update", theirs))["error"] == "cant_update_message"
    assert (await call(slack, "chat.update", channel=PAPERS, ts=ours, text="new"))["text"] == "new"
    assert slack.remarks == []  # an edit has no say in what is unfurled
    assert (await both("chat.delete", theirs))["error"] == "cant_delete_message"
    assert (await both("chat.delete", ours))["ok"]
    assert (await both("chat.delete", ours))["error"] == "message_not_found"
    assert slack.workspace.channels[PAPERS].texts() == ["mine"]


async def test_message_ids_are_times_and_grow(slack: FakeSlack) -> None:
    """Also when two come at the same moment."""
    stamps = [float((await post(slack, str(n)))["ts"]) for n in range(3)]

    assert stamps == sorted(set(stamps))
    assert abs(stamps[0] - slack.clock.now().timestamp()) < 1


# --- metadata and history ---------------------------------------------------------------------------------------


async def test_metadata_comes_back_only_when_it_is_asked_for(slack: FakeSlack) -> None:
    """With `include_all_metadata`."""
    metadata = {"event_type": "broadsheet_delivery", "event_payload": {"delivery": "d#1"}}
    await post(slack, metadata=metadata)

    async def found(**given: Any) -> Any:
        return (await call(slack, "conversations.history", channel=PAPERS, **given))["messages"][0].get("metadata")

    assert await found() is None
    assert await found(include_all_metadata=True) == metadata


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"a": {"b": 1}}}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": {"a": "y" * 1_000}}, "metadata_too_large"),
    ],
)
async def test_metadata_is_flat_and_small(slack: FakeSlack, metadata: Any, error: str) -> None:
    """A type and a payload of plain values."""
    assert (await post(slack, metadata=metadata))["error"] == error


async def test_history_comes_in_pages_newest_first(slack: FakeSlack) -> None:
    """Between `oldest` and `latest`, without these two."""
    stamps = [slack.write(PAPERS, "U1", str(n))["ts"] for n in range(8)]

    first = await call(slack, "conversations.history", channel=PAPERS, limit=4, oldest=stamps[1])
    rest = await call(
        slack,
        "conversations.history",
        channel=PAPERS,
        limit=4,
        oldest=stamps[1],
        cursor=first["response_metadata"]["next_cursor"],
    )

    assert [m["text"] for m in first["messages"]] == ["7", "6", "5", "4"]
    assert [m["text"] for m in rest["messages"]] == ["3", "2"]
    assert not rest["has_more"]
    until = await call(slack, "conversations.history", channel=PAPERS, latest=stamps[2])
    assert [m["text"] for m in until["messages"]] == ["1", "0"]


async def test_apps_outside_of_the_shop_read_little(slack: FakeSlack) -> None:
    """15 messages, once a minute."""
    slack.strict_history = True
    for n in range(20):
        slack.write(PAPERS, "U1", str(n))

    assert len((await call(slack, "conversations.history", channel=PAPERS, limit=100))["messages"]) == 15
    assert (await call(slack, "conversations.history", channel=PAPERS))["after"] == 60


async def test_reading_needs_membership(slack: FakeSlack) -> None:
    """Posting may be possible without, reading is not."""
    slack.channel("C2", joined=False)

    assert (await call(slack, "conversations.history", channel="C2"))["error"] == "not_in_channel"


# --- rates ------------------------------------------------------------------------------------------------------


async def test_a_channel_takes_a_short_burst_then_one_a_second(slack: FakeSlack) -> None:
    """Other channels are not touched."""
    slack.channel("C2")
    answers = [await post(slack, str(n)) for n in range(5)]

    assert [a["ok"] for a in answers] == [True] * 4 + [False]
    assert answers[4]["after"] == 1
    assert len(slack.gate.breaches) == 1
    assert (await post(slack, channel="C2"))["ok"]
    await slack.clock.sleep(1)
    assert (await post(slack))["ok"]


async def test_reading_history_has_a_tier_of_its_own(slack: FakeSlack) -> None:
    """50 a minute."""
    answers = [await call(slack, "conversations.history", channel=PAPERS) for _ in range(51)]

    assert [a["ok"] for a in answers] == [True] * 50 + [False]


# --- tokens, people, files --------------------------------------------------------------------------------------


async def test_tokens(slack: FakeSlack) -> None:
    """None, a wrong one, one of the wrong kind."""
    assert (await call(slack, "auth.test", ""))["error"] == "not_authed"
    assert (await call(slack, "auth.test", "xoxb-wrong"))["error"] == "invalid_auth"
    assert (await call(slack, "apps.connections.open"))["error"] == "not_allowed_token_type"
    assert (await call(slack, "auth.test"))["bot_id"] == BOT_ID
    assert (await call(slack, "no.method"))["error"] == "unknown_method"


async def test_people_and_channels(slack: FakeSlack) -> None:
    """Known ones are told of."""
    assert (await call(slack, "users.info", user="U1"))["user"]["real_name"] == "Ada"
    assert (await call(slack, "users.info", user="U9"))["error"] == "user_not_found"
    assert (await call(slack, "conversations.info", channel=PAPERS))["channel"]["name"] == "papers"
    assert (await call(slack, "conversations.info", channel="C9"))["error"] == "channel_not_found"
    assert (await call(slack, "conversations.members", channel=PAPERS))["members"] == ["U1"]


async def test_a_file_is_uploaded_in_three_steps(slack: FakeSlack) -> None:
    """Before the third no message may show it."""
    begun = await call(slack, "files.getUploadURLExternal", filename="a.png", length=len(PNG))
    image = {"type": "image", "slack_file": {"id": begun["file_id"]}, "alt_text": "a figure"}
    files = [{"id": begun["file_id"], "title": "a"}]

    assert (await call(slack, "files.completeUploadExternal", files=files))["error"] == "file_not_found"
    async with aiohttp.ClientSession() as session, session.post(begun["upload_url"], data=PNG) as uploaded:
        assert uploaded.status == 200
    assert (await post(slack, blocks=[image]))["error"] == "invalid_blocks"
    assert (await call(slack, "files.completeUploadExternal", files=files))["files"][0]["id"] == begun["file_id"]
    assert (await post(slack, blocks=[image]))["ok"]
    assert (await call(slack, "files.getUploadURLExternal", filename="", length=0))["error"] == "invalid_arguments"


async def test_only_the_person_sees_an_ephemeral_message(slack: FakeSlack) -> None:
    """It stands nowhere in the channel."""
    assert (await call(slack, "chat.postEphemeral", channel=PAPERS, user="U1", text="psst", **QUIET))["ok"]
    assert slack.workspace.channels[PAPERS].texts() == []
    assert slack.answers[0]["text"] == "psst"


# --- Socket Mode ------------------------------------------------------------------------------------------------


async def connect(slack: FakeSlack, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    opened = await call(slack, "apps.connections.open", slack.app_token)
    connection = await session.ws_connect(opened["url"])
    assert (await connection.receive_json())["type"] == "hello"
    return connection


async def test_an_envelope_is_acknowledged(slack: FakeSlack) -> None:
    """With an answer, and how long it took."""
    async with aiohttp.ClientSession() as session:
        connection = await connect(slack, session)
        sent = await slack.slash(PAPERS, "U1", "/broadsheet", "help")
        got = await connection.receive_json()
        assert (got["type"], got["payload"]["text"]) == ("slash_commands", "help")
        await connection.send_json({"envelope_id": got["envelope_id"], "payload": {"text": "here"}})

        assert await sent.in_time()
    assert sent.answer == {"text": "here"}


async def test_late_acknowledgements_are_seen(slack: FakeSlack) -> None:
    """Three seconds are allowed."""
    async with aiohttp.ClientSession() as session:
        connection = await connect(slack, session)
        sent = await slack.event("app_mention", channel=PAPERS, user="U1", text="hi")
        got = await connection.receive_json()
        await slack.clock.sleep(3.5)
        await connection.send_json({"envelope_id": got["envelope_id"]})

        assert not await sent.in_time()


async def test_events_may_come_twice(slack: FakeSlack) -> None:
    """The envelope is another, the event's id the same."""
    async with aiohttp.ClientSession() as session:
        connection = await connect(slack, session)
        await slack.socket.repeat(await slack.event("app_mention", channel=PAPERS))
        first, second = await connection.receive_json(), await connection.receive_json()

    assert first["envelope_id"] != second["envelope_id"]
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert second["retry_attempt"] == 1


async def test_slack_ends_connections_and_keeps_what_comes_meanwhile(slack: FakeSlack) -> None:
    """After a word, or without one; a ticket is good for one connection."""
    async with aiohttp.ClientSession() as session:
        connection = await connect(slack, session)
        await slack.socket.disconnect(warn=True)
        assert await connection.receive_json() == {"type": "disconnect", "reason": "warning"}
        await slack.socket.disconnect()
        assert (await connection.receive_json())["reason"] == "refresh_requested"
        assert (await connection.receive()).type is aiohttp.WSMsgType.CLOSE
        await connection.close()
        await slack.slash(PAPERS, "U1", "/broadsheet", "status")
        again = await connect(slack, session)
        assert (await again.receive_json())["payload"]["text"] == "status"
        await slack.socket.break_off()
        assert (await again.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"ws://127.0.0.1:{slack.port}/link?ticket=used")


async def test_buttons_and_answers(slack: FakeSlack) -> None:
    """A response URL takes five answers in half an hour."""
    ts = (await post(slack))["ts"]
    async with aiohttp.ClientSession() as session:
        connection = await connect(slack, session)
        await slack.press(PAPERS, "U1", ts, "do:0", "save")
        payload = (await connection.receive_json())["payload"]
        assert payload["actions"][0]["value"] == "save"
        assert payload["message"]["ts"] == ts
        statuses = []
        for n in range(6):
            async with session.post(payload["response_url"], json={"text": str(n), **QUIET}) as answer:
                statuses.append(answer.status)

    assert statuses == [200] * 5 + [404]
    assert [a["text"] for a in slack.answers] == ["0", "1", "2", "3", "4"]


# --- what goes wrong on the way ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
async def test_every_fault_does_what_it_says(slack: FakeSlack, kind: str) -> None:
    """The request is carried out or not, whatever the client sees."""
    slack.faults.plan(kind, "chat.postMessage", seconds=2)
    try:
        seen = "ok" if (await post(slack))["ok"] else "no"
    except (aiohttp.ClientError, ValueError) as error:
        seen = type(error).__name__
    await slack.settled()

    assert (slack.workspace.channels[PAPERS].texts() == ["hello"]) == (kind in CARRIED_OUT)
    assert (seen == "ok") == (kind == "slow")
    assert (await post(slack, "next"))["ok"]
