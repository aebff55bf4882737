"""A strict Telegram Bot API on loopback: real sockets, real limits, every error that is known of the real one.

    async with FakeTelegram(clock) as telegram:
        telegram.channel(-1001, "VLA")
        adapter = TelegramAdapter(telegram.token, telegram.url)

What the real server would take and show otherwise than meant (a hundred and first entity, white space that shifts
entities) is taken here as well, and noted in `remarks`; what breaks a rate is refused with 429 and noted in
`gate.breaches`. Sources: https://core.telegram.org/bots/api, tdlib/telegram-bot-api (Client.cpp) for the errors.

As a process: python -m tests.fakes.telegram.server --port 0 --state FILE --channel=-1001=VLA --person 42=Ada
It prints its base URL. POST /control/write {"chat": -1001, "user": 42, "text": "/help"} and the like play the people.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader, web

from digest.ports import Clock
from tests.fakes.loopback_server import FakeServer, Json, Reply
from tests.fakes.telegram.chats import BOT, ME, ApiError, Chat, bad
from tests.fakes.telegram.posts import Posts

TOKEN = "999000111:AAFakeTokenThatNobodyKnows_0123456789"
MAX_ANSWER = 200
MAX_COMMANDS = 100
DAY = 86_400


class FakeTelegram(Posts):
    """The server. `answered` has the answers to pressed buttons, `commands` the menus by scope and language."""

    def __init__(self, clock: Clock, token: str = TOKEN, state: Path | None = None) -> None:
        super().__init__(clock, state)
        self.token = token
        self.answered: list[Json] = []
        self.commands: dict[str, list[Json]] = {}
        self.webhook = ""
        self._allowed: list[str] | None = None
        self._poller: asyncio.Event | None = None
        if (stored := self.stored()) is not None:
            self._load(stored)

    @property
    def url(self) -> str:
        """The base URL that python-telegram-bot takes."""
        return f"http://127.0.0.1:{self.port}/bot"

    # --- requests -----------------------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token}/{method}", self._request),
            web.post("/control/{action}", self._control),
        ]

    def limited(self, seconds: float) -> Reply:
        wait = max(1, round(seconds))
        return _error(ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait))

    async def _request(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            parameters = await _parameters(request)
        except ConnectionError:  # whoever asked has ended in the middle of it
            return web.Response(status=400)
        self.calls.append((method, parameters))

        async def carry() -> Reply:
            try:
                self._check_token(request.match_info["token"])
                does: Callable[[Json], Any] | None = getattr(self, f"_do_{method.lower()}", None)
                if does is None:
                    raise ApiError(404, "Not Found: method not found")
                result = does(parameters)
                result = await result if asyncio.iscoroutine(result) else result
            except ApiError as error:
                return _error(error)
            return 200, {"ok": True, "result": result}, {}

        return await self.serve(request, method, parameters, carry)

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]{30,}", token):
            raise ApiError(404, "Not Found")
        if token != self.token:
            raise ApiError(401, "Unauthorized")

    # --- updates ------------------------------------------------------------------------------------------------

    async def _do_getupdates(self, given: Json) -> list[Json]:
        if self.webhook:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._poller is not None:
            self._poller.set()
        mine = self._poller = asyncio.Event()
        if "allowed_updates" in given:
            self._allowed = given["allowed_updates"] or None
        offset = int(given.get("offset", 0))
        until = self.clock.monotonic() + float(given.get("timeout", 0))
        try:
            while not (found := self._pending(offset, int(given.get("limit", 100)))):
                rest = until - self.clock.monotonic()
                if rest <= 0 or mine.is_set():
                    break
                await self._for_news(mine, rest)
        finally:
            if self._poller is mine:
                self._poller = None
        if mine.is_set():
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        return found

    def _pending(self, offset: int, limit: int) -> list[Json]:
        """What is not confirmed yet. Updates that are a day old are gone."""
        oldest = self.clock.now().timestamp() - DAY
        if offset > 0:
            kept = [u for u in self.updates if u["update_id"] >= offset or self._is_repeated(u)]
            self.updates[:] = kept
        fresh = [u for u in self.updates if _date(u) > oldest]
        found = [u for u in fresh if self._allowed is None or u.keys() & set(self._allowed)][:limit]
        for update in found:
            if self._is_repeated(update):
                self.updates.remove(update)
        return found

    def _is_repeated(self, update: Json) -> bool:
        return sum(u is update for u in self.updates) > 1

    async def _for_news(self, mine: asyncio.Event, seconds: float) -> None:
        self.news.clear()
        waits: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(self.news.wait()),
            asyncio.ensure_future(mine.wait()),
            asyncio.ensure_future(self.clock.sleep(seconds)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _do_setwebhook(self, given: Json) -> bool:
        self.webhook = str(given.get("url", ""))
        return True

    def _do_deletewebhook(self, given: Json) -> bool:
        self.webhook = ""
        if given.get("drop_pending_updates"):
            self.updates.clear()
        return True

    def _do_getwebhookinfo(self, given: Json) -> Json:
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self.updates)}

    def _do_answercallbackquery(self, given: Json) -> bool:
        if len(str(given.get("text", ""))) > MAX_ANSWER:
            raise bad("MESSAGE_TOO_LONG")
        asked = self.queries.pop(str(given.get("callback_query_id")), None)
        if asked is None or self.clock.monotonic() - asked > 900:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.answered.append(given)
        return True

    # --- who and what -------------------------------------------------------------------------------------------

    def _do_getme(self, given: Json) -> Json:
        return {
            **BOT,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def _do_getchat(self, given: Json) -> Json:
        return self.chats.find(given.get("chat_id")).full

    def _do_getchatmember(self, given: Json) -> Json:
        chat = self.chats.find(given.get("chat_id"))
        return self._member(chat, int(given["user_id"]))

    def _do_getchatadministrators(self, given: Json) -> list[Json]:
        chat = self.chats.find(given.get("chat_id"))
        if chat.type == "private":
            raise bad("there are no administrators in the private chat")
        admins = [int(user) for user, status in chat.members.items() if status in ("creator", "administrator")]
        return [self._member(chat, user) for user in admins]

    def _member(self, chat: Chat, user: int) -> Json:
        if user == ME:
            status, shown = chat.bot, BOT
        elif user in self.chats.users:
            status, shown = chat.members.get(str(user), "left"), self.chats.users[user].shown
        else:
            raise bad("user not found")
        document: Json = {"status": status, "user": shown}
        if status == "creator":
            document["is_anonymous"] = False
        if status == "administrator":
            document |= dict.fromkeys(_RIGHTS, True) | {"can_be_edited": False, "is_anonymous": False}
            document["can_post_messages"] = chat.can_post or user != ME
        if status == "kicked":
            document["until_date"] = 0
        return document

    def _do_setmycommands(self, given: Json) -> bool:
        commands = given.get("commands", [])
        if len(commands) > MAX_COMMANDS:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        if not re.fullmatch(r"([a-z]{2})?", str(given.get("language_code", ""))):
            raise bad("LANG_CODE_INVALID")
        self.commands[self._scope(given)] = commands
        return True

    def _do_getmycommands(self, given: Json) -> list[Json]:
        return self.commands.get(self._scope(given), [])

    def _do_deletemycommands(self, given: Json) -> bool:
        self.commands.pop(self._scope(given), None)
        return True

    def _scope(self, given: Json) -> str:
        scope = given.get("scope") or {"type": "default"}
        return json.dumps([scope, given.get("language_code", "")], sort_keys=True)

    def _do_sendchataction(self, given: Json) -> bool:
        self.chats.writable(given.get("chat_id"))
        return True

    # --- as a process -------------------------------------------------------------------------------------------

    def data(self) -> Json:
        return {"chats": self.chats.data(), "updates": self.updates, "next": self.next_update}

    def _load(self, data: Json) -> None:
        self.chats.load(data["chats"])
        self.updates, self.next_update = data["updates"], data["next"]

    async def _control(self, request: web.Request) -> web.Response:
        """What people do, and what goes wrong, from outside of the process."""
        actions: dict[str, Callable[..., Any]] = {
            **{name: getattr(self, name) for name in ("write", "press", "kick", "invite", "delete", "repeat")},
            "migrate": lambda **given: self.migrate(**given).id,
            "fault": self.faults.plan,
            "channel": lambda **given: self.channel(**given).id,
            "person": lambda **given: self.person(**given).id,
            "state": self.data,
            "breaches": lambda: [*self.gate.breaches, *self.remarks],
        }
        given = await request.json() if request.can_read_body else {}
        return web.json_response(actions[request.match_info["action"]](**given))


_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
    "can_pin_messages",
)


def _error(error: ApiError) -> Reply:
    document: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        document["parameters"] = error.parameters
    return error.code, document, {}


def _date(update: Json) -> float:
    content = next(value for key, value in update.items() if key != "update_id")
    return float(content["date"]) if "date" in content else float("inf")


async def _parameters(request: web.Request) -> Json:
    """From the query, a form, a multipart form with files, or JSON."""
    given: Json = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        given |= await request.json()
    elif request.content_type.startswith("multipart/"):
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):  # read here: what `post` makes stays open when the sender is killed
                data = bytes(await part.read())
                given[part.name or ""] = data if part.filename else data.decode()
    elif request.can_read_body:
        given |= {key: str(value) for key, value in (await request.post()).items()}
    for key, value in given.items():
        if isinstance(value, str) and value[:1] in ("{", "[") and key not in ("text", "caption"):
            with contextlib.suppress(ValueError):
                given[key] = json.loads(value)
    for key, value in given.items():
        if isinstance(value, str) and value.startswith("attach://"):
            given[key] = given[value.removeprefix("attach://")]
    return given


if __name__ == "__main__":
    import argparse

    from tests.fakes.processes import serve

    def make(clock: Clock, state: Path | None, arguments: argparse.Namespace) -> tuple[FakeServer, Callable[[], str]]:
        telegram = FakeTelegram(clock, state=state)
        for number, _, title in (entry.partition("=") for entry in arguments.channel):
            if int(number) not in telegram.chats.by_id:
                telegram.channel(int(number), title)
        for number, _, name in (entry.partition("=") for entry in arguments.person):
            if int(number) not in telegram.chats.by_id:
                telegram.person(int(number), name)
        return telegram, lambda: telegram.url

    serve(make)
