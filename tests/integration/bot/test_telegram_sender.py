"""The Telegram adapter through python-telegram-bot against the strict fake, over real sockets."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat.message_sender import (
    ChatMigrated,
    InDoubt,
    LookupUnavailable,
    MessageAbsent,
    MessageFound,
    NotSent,
    Picture,
    Rejected,
)
from bot.clock import SystemClock
from bot.platforms.telegram.message_lookup import MARKER
from bot.platforms.telegram.renderer import render_telegram
from bot.platforms.telegram.sender import TelegramSender
from digest.rendering.cards import digest_documents
from tests.builders.digests import rich_day
from tests.fakes.faults import CARRIED_OUT, KINDS
from tests.fakes.telegram.server import FakeTelegram
from tests.waiting import PATIENCE, until

NEWS, LOG = -1001, 42
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
QUIET = {"link_preview_options": {"is_disabled": True}}


def text(words: str = "hello", **fields: object) -> dict[str, object]:
    return {"text": words, **QUIET, **fields}


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(SystemClock()) as server:
        server.channel(NEWS, "News", "news")
        server.person(LOG, "Log")
        server.gate.is_open = True
        yield server


@pytest.fixture
async def adapter(telegram: FakeTelegram) -> AsyncIterator[TelegramSender]:
    adapter = TelegramSender(telegram.token, telegram.url, log_chat=str(LOG), timeout=PATIENCE)
    yield adapter
    await adapter.aclose()


def read(telegram: FakeTelegram, chat: int = NEWS) -> list[str]:
    return telegram.chats.by_id[chat].texts()


# --- sending ----------------------------------------------------------------------------------------------------


async def test_a_whole_digest_is_taken_as_it_is(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """Every message of a rich day, with its entities and buttons, and nothing to remark."""
    payloads = [payload for shown in digest_documents(rich_day()) for payload in render_telegram(shown.document)]
    receipts = [await adapter.send(str(NEWS), payload) for payload in payloads]

    stored = [m for _, m in telegram.chats.by_id[NEWS].in_order() if "text" in m]
    assert [m["text"] for m in stored] == [p["text"] for p in payloads]
    assert [m.get("entities", []) for m in stored] == [p["entities"] for p in payloads]
    assert [m.get("reply_markup") for m in stored] == [p.get("reply_markup") for p in payloads]
    assert receipts == [str(m["message_id"]) for m in stored]
    assert telegram.remarks == []


async def test_an_answer_stands_under_what_it_answers(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """And stands alone where that was deleted."""
    first = await adapter.send(str(NEWS), text("card"))
    second = await adapter.send(str(NEWS), text("part"), thread=first)
    telegram.delete(NEWS, int(first))
    third = await adapter.send(str(NEWS), text("late"), thread=first)

    messages = telegram.chats.by_id[NEWS].messages
    assert messages[second]["reply_to_message"]["message_id"] == int(first)
    assert "reply_to_message" not in messages[third]


async def test_pictures_and_edits(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """A picture is a payload too; an edit that changes nothing is none."""
    picture = Picture(PNG, caption="图 1", alt="overview of the method")
    receipt = await adapter.send(str(NEWS), picture.payload)
    assert telegram.chats.by_id[NEWS].messages[receipt]["caption"] == "图 1"

    receipt = await adapter.send(str(NEWS), text("working"))
    await adapter.edit(str(NEWS), receipt, text("done"))
    await adapter.edit(str(NEWS), receipt, text("done"))
    assert read(telegram)[-1] == "done"
    with pytest.raises(Rejected):
        await adapter.edit(str(NEWS), "99", text())


async def test_a_name_is_resolved_to_its_number(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """A number is one already."""
    assert await adapter.resolve("@news") == str(NEWS)
    assert await adapter.resolve("-100777") == "-100777"
    with pytest.raises(Rejected) as caught:
        await adapter.resolve("@nobody")
    assert caught.value.chat


# --- how calls end ----------------------------------------------------------------------------------------------


async def test_a_429_says_how_long(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """And that the chat gets too much."""
    telegram.faults.plan("limited", seconds=7)

    with pytest.raises(NotSent) as caught:
        await adapter.send(str(NEWS), text())
    assert (caught.value.retry_after, caught.value.limited, caught.value.everywhere) == (7, True, False)


@pytest.mark.parametrize(
    ("asked", "waits"), [("1e12", 86_400), (str(10**19), 86_400), ("-5", 1), ('"x"', 60), ("NaN", 86_400), ("[]", 60)]
)
async def test_a_429_asks_for_a_day_at_most(telegram: FakeTelegram, asked: str, waits: float) -> None:
    """Whatever number a server sends; the message certainly was not taken."""

    async def answer(request: web.Request) -> web.Response:
        body = f'{{"ok": false, "error_code": 429, "description": "x", "parameters": {{"retry_after": {asked}}}}}'
        return web.Response(status=429, text=body, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(app) as server:
        adapter = TelegramSender(telegram.token, str(server.make_url("/bot")), timeout=PATIENCE)
        with pytest.raises(NotSent) as outcome:
            await adapter.send(str(NEWS), text())
        await adapter.aclose()

    assert outcome.value.retry_after == waits


async def test_chats_that_take_nothing(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """Kicked, unknown, without rights: the chat is at fault. A message that is too long: the message."""
    telegram.channel(-1002, bot="kicked")
    telegram.supergroup(-1003, can_post=False)
    for address in ("-1002", "-1003", "-1009"):
        with pytest.raises(Rejected) as caught:
            await adapter.send(address, text())
        assert caught.value.chat
    with pytest.raises(Rejected) as caught:
        await adapter.send(str(NEWS), text("x" * 4_097))
    assert not caught.value.chat


async def test_a_chat_that_moved(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """The new address comes with the error."""
    telegram.group(-77, "Group")
    telegram.migrate(-77, -1_000_077)

    with pytest.raises(ChatMigrated) as caught:
        await adapter.send("-77", text())
    assert caught.value.address == "-1000077"


async def test_a_wrong_token_concerns_all_chats_and_is_not_shown(telegram: FakeTelegram) -> None:
    """The library's own error would hold it."""
    wrong = TelegramSender(f"1:{'S' * 35}", telegram.url)

    with pytest.raises(NotSent) as caught:
        await wrong.send(str(NEWS), text())
    assert caught.value.everywhere
    assert "SSS" not in repr(caught.value) + repr(caught.value.notice)
    await wrong.aclose()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("limited", "slow")])
async def test_what_breaks_off_is_in_doubt(telegram: FakeTelegram, adapter: TelegramSender, kind: str) -> None:
    """Whatever the server did: nobody can tell from the error. And nothing is tried twice."""
    telegram.faults.plan(kind, "sendMessage", seconds=0.02)

    with pytest.raises(InDoubt):
        await adapter.send(str(NEWS), text())
    await telegram.settled()
    assert read(telegram) == (["hello"] if kind in CARRIED_OUT else [])
    assert [method for method, _ in telegram.calls] == ["sendMessage"]


async def test_an_answer_that_takes_too_long_is_in_doubt(telegram: FakeTelegram) -> None:
    """The message may well be there."""
    hasty = TelegramSender(telegram.token, telegram.url, timeout=0.5)
    telegram.faults.plan("slow", seconds=3_600)

    with pytest.raises(InDoubt):
        await hasty.send(str(NEWS), text())
    await until(lambda: read(telegram) == ["hello"], "the message")
    await hasty.aclose()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/bot", "nonsense://here/bot"])
async def test_without_a_connection_nothing_was_sent(url: str) -> None:
    """That much is certain."""
    nowhere = TelegramSender(f"1:{'S' * 35}", url)

    with pytest.raises(NotSent) as caught:
        await nowhere.send(str(NEWS), text())
    assert caught.value.retry_after is None
    await nowhere.aclose()


# --- looking for a message --------------------------------------------------------------------------------------


async def test_a_message_is_found_by_the_numbers_after_the_last(
    telegram: FakeTelegram, adapter: TelegramSender
) -> None:
    """Whoever else wrote or deleted meanwhile; nothing is left in the log chat, and nobody's message is touched."""
    before = await adapter.send(str(NEWS), text("before"))
    telegram.write(NEWS, 0, "by a person")
    gone = telegram.write(NEWS, 0, "deleted")["message_id"]
    telegram.delete(NEWS, gone)
    receipt = await adapter.send(str(NEWS), text("the one"))
    telegram.write(NEWS, 0, "after")
    kept = dict(telegram.chats.by_id[NEWS].messages)

    assert await adapter.look_up(str(NEWS), "", text("the one"), after=before) == MessageFound(receipt)
    assert await adapter.look_up(str(NEWS), "", text("another"), after=before) == MessageAbsent()
    assert await adapter.look_up(str(NEWS), "", text("before"), after=before) == MessageAbsent()
    assert telegram.chats.by_id[NEWS].messages == kept
    assert read(telegram, LOG) == []


async def test_a_message_is_found_though_the_server_cleaned_its_text(
    telegram: FakeTelegram, adapter: TelegramSender
) -> None:
    """It takes invisible characters away, and spaces at the ends."""
    odd = text("1. VLA\u202e 模型\r\n\x07 结论  ")
    receipt = await adapter.send(str(NEWS), odd)

    assert telegram.chats.by_id[NEWS].messages[receipt]["text"] != odd["text"]
    assert await adapter.look_up(str(NEWS), "", odd, after="1") == MessageFound(receipt)
    assert await adapter.look_up(str(NEWS), "", text("2. VLA 模型 结论"), after="1") == MessageAbsent()


async def test_a_picture_is_found_by_its_caption(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """A text with the same words is another message."""
    picture = Picture(PNG, caption="figure").payload
    await adapter.send(str(NEWS), text("figure"))
    receipt = await adapter.send(str(NEWS), picture)

    assert await adapter.look_up(str(NEWS), "", picture, after="1") == MessageFound(receipt)


@pytest.mark.parametrize("others", [0, 1, 2, 7, 33])
async def test_a_chat_of_which_nothing_is_known(telegram: FakeTelegram, adapter: TelegramSender, others: int) -> None:
    """Its newest messages are looked for first, then looked through."""
    for n in range(others):
        telegram.write(NEWS, 0, f"by a person {n}")
    assert await adapter.look_up(str(NEWS), "", text("the one"), after=None) == MessageAbsent()
    receipt = await adapter.send(str(NEWS), text("the one"))

    assert await adapter.look_up(str(NEWS), "", text("the one"), after=None) == MessageFound(receipt)


@pytest.mark.parametrize("gap", [3, 10, 14, 60])
@pytest.mark.parametrize("known", [True, False])
async def test_a_message_behind_deleted_ones_is_found(
    telegram: FakeTelegram, adapter: TelegramSender, gap: int, known: bool
) -> None:
    """Gaps in the numbers, however long, prove nothing; the marker that tells the newest number is gone again."""
    before = await adapter.send(str(NEWS), text("before"))
    for _ in range(gap):
        telegram.delete(NEWS, telegram.write(NEWS, 0, "spam")["message_id"])
    receipt = await adapter.send(str(NEWS), text("the one"))
    after = before if known else None

    assert await adapter.look_up(str(NEWS), "", text("the one"), after=after) == MessageFound(receipt)
    assert await adapter.look_up(str(NEWS), "", text("another"), after=after) == MessageAbsent()
    assert read(telegram) == ["before", "the one"]


async def test_more_deleted_ones_than_are_looked_at_prove_nothing(
    telegram: FakeTelegram, adapter: TelegramSender
) -> None:
    """A person decides."""
    before = await adapter.send(str(NEWS), text("before"))
    telegram.chats.by_id[NEWS].last_id += 250

    finding = await adapter.look_up(str(NEWS), "", text("another"), after=before)
    unknown = await adapter.look_up(str(NEWS), "", text("another"), after=None)

    assert isinstance(finding, LookupUnavailable)
    assert isinstance(unknown, LookupUnavailable)
    assert finding.notice.code == unknown.notice.code == "publish.too_far"


async def test_a_message_that_may_still_come_costs_no_marker(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """It is only looked for; and a marker that a crash left behind is deleted by the next search."""
    before = await adapter.send(str(NEWS), text("before"))
    await adapter.send(str(NEWS), text(MARKER))
    newest = telegram.chats.by_id[NEWS].last_id

    assert await adapter.look_up(str(NEWS), "", text("x"), after=before, settled=False) == MessageAbsent()
    assert telegram.chats.by_id[NEWS].last_id == newest
    assert read(telegram) == ["before"]


@pytest.mark.parametrize("kind", ["cut after", "cut before", "limited"])
async def test_a_marker_that_fails_decides_nothing(telegram: FakeTelegram, adapter: TelegramSender, kind: str) -> None:
    before = await adapter.send(str(NEWS), text("before"))
    telegram.faults.plan(kind, "sendMessage", **({"seconds": 9} if kind == "limited" else {}))

    finding = await adapter.look_up(str(NEWS), "", text("x"), after=before)

    assert isinstance(finding, LookupUnavailable)
    assert finding.retry_after
    assert await adapter.look_up(str(NEWS), "", text("x"), after=before) == MessageAbsent()
    assert read(telegram) == ["before"]


async def test_where_it_cannot_be_told(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """Private chats and basic groups; a channel that forbids forwarding; a log chat that is lost; none at all."""
    telegram.channel(-1002, protected=True)
    telegram.chats.store(telegram.chats.by_id[-1002], {"text": "x"}, 0)
    lost = TelegramSender(telegram.token, telegram.url, log_chat="7")
    none = TelegramSender(telegram.token, telegram.url)

    found = [
        await adapter.look_up("42", "", text(), after="1"),
        await adapter.look_up("-77", "", text(), after="1"),
        await adapter.look_up("-1002", "", text(), after="1"),
        await lost.look_up(str(NEWS), "", text(), after="0"),
        await none.look_up(str(NEWS), "", text(), after="1"),
    ]

    assert all(isinstance(finding, LookupUnavailable) and finding.retry_after is None for finding in found)
    codes = [finding.notice.code for finding in found if isinstance(finding, LookupUnavailable)]
    assert codes == [
        "publish.no_history",
        "publish.no_history",
        "publish.protected",
        "publish.refused",
        "publish.no_log_chat",
    ]
    await lost.aclose()
    await none.aclose()


async def test_a_look_that_fails_is_repeated_later(telegram: FakeTelegram, adapter: TelegramSender) -> None:
    """A broken connection or a limit says nothing about the message."""
    telegram.faults.plan("cut before", "forwardMessage")
    telegram.faults.plan("limited", "forwardMessage", seconds=9)

    broken = await adapter.look_up(str(NEWS), "", text(), after="0")
    limited = await adapter.look_up(str(NEWS), "", text(), after="0")

    assert isinstance(broken, LookupUnavailable)
    assert broken.retry_after == 30
    assert isinstance(limited, LookupUnavailable)
    assert limited.retry_after == 9


async def test_looking_keeps_the_pace_of_the_log_chat(telegram: FakeTelegram) -> None:
    """Each copy is a message like any other."""
    turns: list[str] = []

    async def turn(address: str) -> None:
        turns.append(address)

    adapter = TelegramSender(telegram.token, telegram.url, log_chat=str(LOG), turn=turn)
    await adapter.look_up(str(NEWS), "", text(), after="1")

    assert turns == [str(LOG)] * 10 + [str(NEWS)]
    await adapter.aclose()


async def test_a_server_that_is_not_telegram_has_not_taken_the_message(telegram: FakeTelegram) -> None:
    """A 404 from whoever stands at a wrong address leaves nothing in doubt."""
    adapter = TelegramSender(telegram.token, telegram.url.removesuffix("bot") + "wrong/bot", timeout=PATIENCE)
    try:
        with pytest.raises(NotSent) as told:
            await adapter.send(str(NEWS), text("hello"))
    finally:
        await adapter.aclose()

    assert told.value.everywhere
    assert told.value.notice.code == "publish.no_api"
