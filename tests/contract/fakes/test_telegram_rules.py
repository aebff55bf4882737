"""The fake Telegram keeps every rule that is known of the real one: a test for each limit and each error."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fakes.clocks.task_clock import Timeline
from tests.fakes.faults import CARRIED_OUT, KINDS, Faults
from tests.fakes.telegram.chats import ME
from tests.fakes.telegram.server import FakeTelegram

NEWS = -1001
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(Timeline()) as server:
        server.channel(NEWS, "News", "news")
        yield server


async def call(telegram: FakeTelegram, method: str, **given: Any) -> Any:
    """What the API answers, as JSON."""
    async with httpx.AsyncClient(verify=False) as client:
        return (await client.post(f"{telegram.url}{telegram.token}/{method}", json=given)).json()


async def send(telegram: FakeTelegram, text: str = "hello", chat: object = NEWS, **given: Any) -> Any:
    plain = {"link_preview_options": {"is_disabled": True}}
    return await call(telegram, "sendMessage", chat_id=chat, text=text, **plain | given)


def refused(answer: Any, code: int, description: str) -> bool:
    return answer["ok"] is False and answer["error_code"] == code and description in answer["description"]


# --- sizes and formatting ---------------------------------------------------------------------------------------


async def test_a_text_has_at_most_4096_code_points(telegram: FakeTelegram) -> None:
    """Astral characters count once, though entities count them twice."""
    assert (await send(telegram, "x" * 4_096))["ok"]
    assert (await send(telegram, "😀" * 4_096))["ok"]
    assert refused(await send(telegram, "x" * 4_097), 400, "message is too long")


@pytest.mark.parametrize("text", ["", "   \n"])
async def test_a_text_is_not_empty(telegram: FakeTelegram, text: str) -> None:
    """White space alone is nothing."""
    assert refused(await send(telegram, text), 400, "message text is empty")


async def test_more_than_100_entities_are_dropped_silently(telegram: FakeTelegram) -> None:
    """As the real server does; the fake remarks it."""
    entities = [{"type": "bold", "offset": 2 * n, "length": 1} for n in range(101)]

    answer = await send(telegram, "a " * 101 + "b", entities=entities)

    assert len(answer["result"]["entities"]) == 100
    assert any("too many entities" in remark for remark in telegram.remarks)


async def test_white_space_at_the_ends_is_taken_away(telegram: FakeTelegram) -> None:
    """And remarked, since entities would be shifted."""
    assert (await send(telegram, "  hello "))["result"]["text"] == "hello"
    assert telegram.remarks


@pytest.mark.parametrize(
    ("button", "error"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "url": "not a url"}, "BUTTON_URL_INVALID"),
        ({"text": " ", "callback_data": "x"}, "button without text"),
        ({"text": "x"}, "not exactly one"),
    ],
)
async def test_buttons_are_checked(telegram: FakeTelegram, button: dict[str, str], error: str) -> None:
    """64 bytes of data, a real URL, a label."""
    assert refused(await send(telegram, reply_markup={"inline_keyboard": [[button]]}), 400, error)


async def test_at_most_100_buttons(telegram: FakeTelegram) -> None:
    """Eight in a row."""
    row = [{"text": "x", "callback_data": "x"}]
    assert refused(await send(telegram, reply_markup={"inline_keyboard": [row] * 101}), 400, "reply markup is too long")


async def test_a_picture_is_a_picture_with_a_short_caption(telegram: FakeTelegram) -> None:
    """PNG or JPEG, 1,024 characters."""

    async def post(photo: bytes, caption: str = "") -> Any:
        async with httpx.AsyncClient(verify=False) as client:
            url = f"{telegram.url}{telegram.token}/sendPhoto"
            data = {"chat_id": str(NEWS), "caption": caption}
            return (await client.post(url, data=data, files={"photo": ("a.png", photo)})).json()

    assert (await post(PNG, "c" * 1_024))["result"]["photo"]
    assert refused(await post(PNG, "c" * 1_025), 400, "caption is too long")
    assert refused(await post(b"GIF89a"), 400, "IMAGE_PROCESS_FAILED")
    assert refused(await call(telegram, "sendPhoto", chat_id=NEWS), 400, "no photo")


# --- chats ------------------------------------------------------------------------------------------------------


async def test_unknown_chats_and_strangers(telegram: FakeTelegram) -> None:
    """A chat must exist, and a person must have written first."""
    telegram.person(42, "Ada", started=False)

    assert refused(await send(telegram, chat=-555), 400, "chat not found")
    assert refused(await send(telegram, chat="@nobody"), 400, "chat not found")
    assert refused(await send(telegram, chat=42), 403, "can't initiate conversation")
    telegram.write(42, 42, "/start")
    assert (await send(telegram, chat=42))["ok"]


async def test_a_channel_has_a_name_and_a_number(telegram: FakeTelegram) -> None:
    """Both are the same chat."""
    assert (await send(telegram, chat="@News"))["result"]["chat"]["id"] == NEWS
    assert (await call(telegram, "getChat", chat_id="@news"))["result"]["id"] == NEWS


@pytest.mark.parametrize(
    ("kind", "state", "code", "description"),
    [
        ("channel", "kicked", 403, "bot was kicked from the channel chat"),
        ("channel", "left", 403, "bot is not a member of the channel chat"),
        ("channel", "member", 400, "need administrator rights in the channel chat"),
        ("supergroup", "kicked", 403, "bot was kicked from the supergroup chat"),
        ("group", "kicked", 403, "bot was kicked from the group chat"),
    ],
)
async def test_a_bot_that_was_thrown_out(
    telegram: FakeTelegram, kind: str, state: str, code: int, description: str
) -> None:
    """Each kind of chat says so in its own words."""
    getattr(telegram, kind)(-77, "Group", bot=state)

    assert refused(await send(telegram, chat=-77), code, description)


async def test_a_bot_that_was_blocked(telegram: FakeTelegram) -> None:
    """By a person."""
    telegram.person(42, "Ada")
    telegram.kick(42)

    assert refused(await send(telegram, chat=42), 403, "bot was blocked by the user")


async def test_without_the_right_to_post(telegram: FakeTelegram) -> None:
    """A group may forbid it."""
    telegram.supergroup(-77, "Group", can_post=False)

    assert refused(await send(telegram, chat=-77), 400, "not enough rights")


async def test_a_group_that_became_a_supergroup(telegram: FakeTelegram) -> None:
    """The answer has the new number; the new chat takes messages."""
    telegram.group(-77, "Group")
    telegram.migrate(-77, -1_000_077)

    answer = await send(telegram, chat=-77)

    assert refused(answer, 400, "group chat was upgraded to a supergroup chat")
    assert answer["parameters"] == {"migrate_to_chat_id": -1_000_077}
    assert (await send(telegram, chat=-1_000_077))["ok"]


async def test_topics_and_replies(telegram: FakeTelegram) -> None:
    """A topic must exist and be open; what is answered must exist, or it is allowed that it does not."""
    telegram.supergroup(-77, "Forum", topics={"5": "open", "6": "closed"})

    assert (await send(telegram, chat=-77, message_thread_id=5))["ok"]
    assert refused(await send(telegram, chat=-77, message_thread_id=6), 400, "TOPIC_CLOSED")
    assert refused(await send(telegram, chat=-77, message_thread_id=7), 400, "message thread not found")
    assert refused(await send(telegram, reply_parameters={"message_id": 99}), 400, "message to be replied not found")
    assert (await send(telegram, reply_parameters={"message_id": 99, "allow_sending_without_reply": True}))["ok"]


async def test_numbers_count_up_within_a_channel_and_across_private_chats(telegram: FakeTelegram) -> None:
    """So a channel can be looked through by numbers, private chats can't."""
    telegram.person(42, "Ada")
    telegram.person(43, "Bo")
    numbers = [(await send(telegram, chat=chat))["result"]["message_id"] for chat in (NEWS, NEWS, 42, 43, 42)]

    assert numbers == [2, 3, 1, 2, 3]


# --- rates ------------------------------------------------------------------------------------------------------


async def test_a_chat_takes_a_short_burst_then_one_a_second(telegram: FakeTelegram) -> None:
    """More is refused with the seconds to wait, and while it waits as well."""
    answers = [await send(telegram, str(n)) for n in range(6)]

    assert [a["ok"] for a in answers] == [True] * 5 + [False]
    assert refused(answers[5], 429, "Too Many Requests: retry after 1")
    assert answers[5]["parameters"] == {"retry_after": 1}
    assert len(telegram.gate.breaches) == 1
    await telegram.clock.sleep(1)
    assert (await send(telegram))["ok"]


async def test_a_channel_takes_20_messages_a_minute(telegram: FakeTelegram) -> None:
    """A private chat takes more."""
    telegram.person(42, "Ada")
    for n in range(20):
        await telegram.clock.sleep(1)
        assert (await send(telegram, str(n)))["ok"]
        assert (await send(telegram, str(n), chat=42))["ok"]
    await telegram.clock.sleep(1)

    assert (await send(telegram, chat=NEWS))["error_code"] == 429
    assert (await send(telegram, chat=42))["ok"]


async def test_about_30_messages_a_second_to_all_chats(telegram: FakeTelegram) -> None:
    """Whatever each chat would take."""
    for n in range(31):
        telegram.channel(-100_100 - n)
    answers = [await send(telegram, chat=-100_100 - n) for n in range(31)]

    assert [a["ok"] for a in answers] == [True] * 30 + [False]


async def test_edits_count_too(telegram: FakeTelegram) -> None:
    """20 a minute in a group."""
    sent = (await send(telegram))["result"]
    for n in range(21):
        await telegram.clock.sleep(1)
        answer = await call(telegram, "editMessageText", chat_id=NEWS, message_id=sent["message_id"], text=f"v{n}")

    assert answer["error_code"] == 429


# --- editing, deleting, forwarding ------------------------------------------------------------------------------


async def test_what_an_edit_may_not(telegram: FakeTelegram) -> None:
    """A message that is not there, not ours, or not changed."""
    theirs = telegram.write(NEWS, 0, "by a person")
    ours = (await send(telegram, "by the bot"))["result"]

    async def edit(number: int, text: str) -> Any:
        return await call(telegram, "editMessageText", chat_id=NEWS, message_id=number, text=text)

    assert refused(await edit(99, "x"), 400, "message to edit not found")
    assert refused(await edit(theirs["message_id"], "x"), 400, "message can't be edited")
    assert refused(await edit(ours["message_id"], "by the bot"), 400, "message is not modified")
    assert (await edit(ours["message_id"], "changed"))["result"]["text"] == "changed"


async def test_deleting(telegram: FakeTelegram) -> None:
    """An administrator deletes any message, once."""
    number = telegram.write(NEWS, 0, "x")["message_id"]

    assert (await call(telegram, "deleteMessage", chat_id=NEWS, message_id=number))["result"] is True
    assert refused(await call(telegram, "deleteMessage", chat_id=NEWS, message_id=number), 400, "delete not found")
    telegram.supergroup(-77, "Group", bot="member", members={"1": "member"})
    telegram.person(1, "Ada")
    theirs = telegram.write(-77, 1, "x")["message_id"]
    assert refused(await call(telegram, "deleteMessage", chat_id=-77, message_id=theirs), 400, "can't be deleted")


async def test_forwarding_shows_a_message_and_who_wrote_it(telegram: FakeTelegram) -> None:
    """Without its buttons; a number without a message, a service message and a protected chat say so."""
    telegram.person(42, "Log")
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
    number = (await send(telegram, "look", reply_markup=markup))["result"]["message_id"]

    async def forward(message: int) -> Any:
        return await call(telegram, "forwardMessage", chat_id=42, from_chat_id=NEWS, message_id=message)

    copy = (await forward(number))["result"]
    assert (copy["text"], copy["forward_origin"]["message_id"]) == ("look", number)
    assert "reply_markup" not in copy
    assert refused(await forward(99), 400, "message to forward not found")
    assert refused(await forward(1), 400, "message can't be forwarded")
    telegram.chats.by_id[NEWS].protected = True
    assert refused(await forward(number), 400, "message can't be forwarded")
    assert (await call(telegram, "getChat", chat_id=NEWS))["result"]["has_protected_content"]


async def test_a_channels_posts_appear_in_its_discussion_group(telegram: FakeTelegram) -> None:
    """And there the bot gets them, also its own; in the channel it does not."""
    telegram.supergroup(-77, "Talk")
    telegram.chats.by_id[NEWS].linked = -77
    await send(telegram, "post")

    (update,) = (await call(telegram, "getUpdates"))["result"]

    assert update["message"]["is_automatic_forward"]
    assert update["message"]["forward_origin"]["message_id"] == 2


# --- updates ----------------------------------------------------------------------------------------------------


async def test_updates_stay_until_they_are_confirmed(telegram: FakeTelegram) -> None:
    """By an offset above them."""
    telegram.person(42, "Ada")
    telegram.write(42, 42, "/help")
    telegram.write(42, 42, "/status")

    first = (await call(telegram, "getUpdates"))["result"]
    assert [u["message"]["text"] for u in first] == ["/help", "/status"]
    assert first[0]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 5}]
    second = (await call(telegram, "getUpdates", offset=first[0]["update_id"] + 1))["result"]
    assert [u["message"]["text"] for u in second] == ["/status"]


async def test_updates_may_come_twice(telegram: FakeTelegram) -> None:
    """With the same number, even after they were confirmed."""
    telegram.person(42, "Ada")
    telegram.twice = True
    telegram.write(42, 42, "/help")

    first = (await call(telegram, "getUpdates"))["result"]
    again = (await call(telegram, "getUpdates", offset=first[-1]["update_id"] + 1))["result"]

    assert {u["update_id"] for u in first + again} == {first[0]["update_id"]}
    assert len(first + again) == 2


async def test_only_the_kinds_that_were_asked_for(telegram: FakeTelegram) -> None:
    """`allowed_updates` stays in force."""
    telegram.person(42, "Ada")
    telegram.write(42, 42, "/help")
    telegram.write(NEWS, 0, "post")

    found = (await call(telegram, "getUpdates", allowed_updates=["channel_post"]))["result"]

    assert [list(u)[1] for u in found] == ["channel_post"]


async def test_updates_older_than_a_day_are_gone(telegram: FakeTelegram) -> None:
    """Nobody gets them any more."""
    telegram.person(42, "Ada")
    telegram.write(42, 42, "/old")
    await telegram.clock.sleep(86_401)
    telegram.write(42, 42, "/new")

    found = (await call(telegram, "getUpdates"))["result"]

    assert [u["message"]["text"] for u in found] == ["/new"]


async def test_a_second_poller_ends_the_first(telegram: FakeTelegram) -> None:
    """Two instances flap."""

    class Still(Timeline):
        """Nothing wakes whoever sleeps here."""

        async def sleep(self, seconds: float) -> None:
            await asyncio.Event().wait()

    telegram.clock = Still()
    polling = asyncio.Event()
    telegram.hook = lambda moment, method, given: polling.set()
    first = asyncio.create_task(call(telegram, "getUpdates", timeout=50))
    await polling.wait()
    telegram.person(42, "Ada")
    second = asyncio.create_task(call(telegram, "getUpdates", timeout=50))

    assert refused(await first, 409, "terminated by other getUpdates request")
    telegram.write(42, 42, "/help")
    assert len((await second)["result"]) == 1


async def test_no_polling_beside_a_webhook(telegram: FakeTelegram) -> None:
    """Until it is deleted."""
    await call(telegram, "setWebhook", url="https://example.org/hook")
    assert refused(await call(telegram, "getUpdates"), 409, "webhook is active")
    await call(telegram, "deleteWebhook")
    assert (await call(telegram, "getUpdates"))["ok"]


async def test_a_pressed_button_is_answered_once(telegram: FakeTelegram) -> None:
    """In 200 characters, within a quarter of an hour."""
    telegram.person(42, "Ada")
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "save"}]]}
    number = (await send(telegram, chat=42, reply_markup=markup))["result"]["message_id"]
    query = telegram.press(42, 42, number, "save")
    (update,) = (await call(telegram, "getUpdates"))["result"]
    assert update["callback_query"]["data"] == "save"

    async def answer(text: str) -> Any:
        return await call(telegram, "answerCallbackQuery", callback_query_id=query, text=text)

    assert refused(await answer("x" * 201), 400, "MESSAGE_TOO_LONG")
    assert (await answer("x" * 200))["result"] is True
    assert refused(await answer("again"), 400, "query is too old")


# --- who and what -----------------------------------------------------------------------------------------------


async def test_tokens(telegram: FakeTelegram) -> None:
    """A token that is none is 404, a wrong one 401; an unknown method 404."""
    right = telegram.token
    telegram.token = "nonsense"
    assert refused(await call(telegram, "getMe"), 404, "Not Found")
    telegram.token = right
    async with httpx.AsyncClient(verify=False) as client:
        wrong = (await client.get(f"{telegram.url}1:{'A' * 35}/getMe")).json()
    assert refused(wrong, 401, "Unauthorized")
    assert refused(await call(telegram, "sendNothing"), 404, "Not Found")
    assert (await call(telegram, "getMe"))["result"]["is_bot"] is True


async def test_members_and_administrators(telegram: FakeTelegram) -> None:
    """Who may change a chat's keywords is asked here."""
    telegram.person(1, "Ada")
    telegram.person(2, "Bo")
    telegram.supergroup(-77, "Group", members={"1": "administrator", "2": "member"})

    async def member(user: int, chat: int = -77) -> Any:
        return await call(telegram, "getChatMember", chat_id=chat, user_id=user)

    assert [(await member(user))["result"]["status"] for user in (1, 2, ME)] == [
        "administrator",
        "member",
        "administrator",
    ]
    assert refused(await member(3), 400, "user not found")
    admins = (await call(telegram, "getChatAdministrators", chat_id=-77))["result"]
    assert [admin["user"]["id"] for admin in admins] == [1]
    assert refused(await call(telegram, "getChatAdministrators", chat_id=1), 400, "no administrators")


@pytest.mark.parametrize(
    ("commands", "error"),
    [
        ([{"command": "Help", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "x" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "help", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "help", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "help", "description": "x"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_the_command_menu_is_checked(telegram: FakeTelegram, commands: list[dict[str, str]], error: str) -> None:
    """Names, descriptions, number."""
    assert refused(await call(telegram, "setMyCommands", commands=commands), 400, error)


async def test_a_menu_for_each_scope_and_language(telegram: FakeTelegram) -> None:
    """They do not touch one another."""
    zh = [{"command": "help", "description": "帮助"}]
    assert (await call(telegram, "setMyCommands", commands=zh, language_code="zh"))["result"] is True
    assert refused(await call(telegram, "setMyCommands", commands=zh, language_code="chinese"), 400, "LANG_CODE")
    assert (await call(telegram, "getMyCommands", language_code="zh"))["result"] == zh
    assert (await call(telegram, "getMyCommands"))["result"] == []
    await call(telegram, "deleteMyCommands", language_code="zh")
    assert (await call(telegram, "getMyCommands", language_code="zh"))["result"] == []


# --- what goes wrong on the way ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
async def test_every_fault_does_what_it_says(telegram: FakeTelegram, kind: str) -> None:
    """The request is carried out or not, whatever the client sees."""
    telegram.faults.plan(kind, "sendMessage", seconds=2)
    try:
        answer = await send(telegram, "hello")
        seen = "429" if answer.get("error_code") == 429 else "ok"
    except (httpx.HTTPError, ValueError) as error:
        seen = type(error).__name__
    await telegram.settled()

    assert (telegram.chats.by_id[NEWS].texts() == ["hello"]) == (kind in CARRIED_OUT)
    assert (seen == "ok") == (kind == "slow")
    assert (await send(telegram, "next"))["ok"]


def test_faults_by_chance_come_in_the_share_that_was_asked_for() -> None:
    """And in all kinds, but not for the methods that are spared."""
    faults = Faults(share=0.1, spared=frozenset({"getUpdates"}))
    taken = [faults.take("sendMessage") for _ in range(5_000)]

    assert 400 <= sum(fault is not None for fault in taken) <= 600
    assert {fault.kind for fault in taken if fault} == set(KINDS)
    assert not any(faults.take("getUpdates") for _ in range(1_000))


async def test_a_fault_that_does_not_exist_is_a_mistake(telegram: FakeTelegram) -> None:
    """A test with a misspelt fault would prove nothing."""
    with pytest.raises(ValueError, match="no fault 'cut'"):
        telegram.faults.plan("cut")
