"""A strict Slack on loopback: the Web API and Socket Mode, with their limits and errors.

    async with FakeSlack(clock) as slack:
        slack.channel("C1", "papers")
        adapter = SlackAdapter(slack.token, slack.url)

What Slack would take and show otherwise than meant is taken, and noted in `remarks`; what comes too fast is refused
with 429 and noted in `gate.breaches`. Sources: https://docs.slack.dev, slack_sdk, and what others measured of limits
that are not documented.

As a process: python -m tests.fakes.slack.server --port 0 --state FILE --channel C1=papers --person U1=Ada
It prints its base URL. POST /control/slash {"channel": "C1", "user": "U1", "command": "/broadsheet", "text": "help"}
and the like play the people.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.platforms.slack.manifest import SCOPES
from digest.ports import Clock
from tests.fakes.loopback_server import FakeServer, Json, Reply
from tests.fakes.rate_counter import Bucket, Gate, Sliding
from tests.fakes.slack.channels import BOT_ID, BOT_USER, TEAM, Channel, SlackError, is_top
from tests.fakes.slack.messages import checked
from tests.fakes.slack.people import People
from tests.fakes.slack.socket_mode import Envelope

BOT_TOKEN = "xoxb-fake-token-of-the-bot"
APP_TOKEN = "xapp-fake-token-of-the-app"
MAX_FILE = 1_000_000_000
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")


class FakeSlack(People):
    """The server. `answers` has what was posted to response URLs; `strict_history` gives apps that are distributed
    but not in Slack's shop what they get: one look a minute, 15 messages."""

    def __init__(self, clock: Clock, state: Path | None = None) -> None:
        super().__init__(clock, state)
        self.token, self.app_token = BOT_TOKEN, APP_TOKEN
        self.gate = Gate(clock.monotonic)
        self.remarks: list[str] = []
        self.answers: list[Json] = []
        self.strict_history = False
        self.scopes = set(SCOPES)
        if (stored := self.stored()) is not None:
            self.workspace.load(stored)

    @property
    def url(self) -> str:
        """The base URL that slack_sdk takes."""
        return f"http://127.0.0.1:{self.port}/api/"

    # --- requests -----------------------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self._request),
            web.post("/upload/{file}", self._upload),
            web.post("/response/{name}", self._response),
            web.get("/link", self.socket.serve),
            web.post("/control/{action}", self._control),
        ]

    def limited(self, seconds: float) -> Reply:
        return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(max(1, round(seconds)))}

    async def _request(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            given = await _parameters(request)
        except ConnectionError:  # whoever asked has ended in the middle of it
            return web.Response(status=400)
        token = request.headers.get("Authorization", "").removeprefix("Bearer").strip() or given.pop("token", "")
        self.calls.append((method, given))

        async def carry() -> Reply:
            try:
                self._check_token(method, token)
                does: Callable[[Json], Json] | None = getattr(self, f"_do_{method.replace('.', '_').lower()}", None)
                if does is None:
                    raise SlackError("unknown_method", req_method=method)
                return 200, {"ok": True, **does(given)}, {"x-oauth-scopes": ",".join(sorted(self.scopes))}
            except SlackError as error:
                if error.code == "ratelimited":
                    return self.limited(error.more["seconds"])
                return 200, {"ok": False, "error": error.code, **error.more}, {}

        return await self.serve(request, method, given, carry)

    def _check_token(self, method: str, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        right = self.app_token if method == "apps.connections.open" else self.token
        if token != right:
            other = token in (self.token, self.app_token)
            raise SlackError("not_allowed_token_type" if other else "invalid_auth")

    def _pass(self, who: str, *rates: tuple[object, Callable[[], Bucket | Sliding]]) -> None:
        seconds = self.gate.pass_through(who, *rates)
        if seconds:
            raise SlackError("ratelimited", seconds=seconds)

    def _pass_post(self, channel: Channel) -> None:
        """A message a second to a channel in short bursts, several hundred a minute to a workspace."""
        rates = ((channel.id, lambda: Bucket(1.0, 4)), ("workspace", lambda: Sliding(300, 60.0)))
        self._pass(f"chat.postMessage {channel.id}", *rates)

    def _pass_tier(self, method: str, a_minute: int) -> None:
        self._pass(method, (method, lambda: Sliding(a_minute, 60.0)))

    # --- messages -----------------------------------------------------------------------------------------------

    def _do_chat_postmessage(self, given: Json) -> Json:
        channel = self.workspace.writable(given.get("channel"))
        content = checked(given, self.remarks, self.workspace.files)
        if "thread_ts" in given:
            if channel.find(given["thread_ts"]) is None:
                self.remarks.append(f"a reply to a message that is not there: {given['thread_ts']}")
            content["thread_ts"] = given["thread_ts"]
            if given.get("reply_broadcast"):
                content["subtype"] = "thread_broadcast"
        if "client_msg_id" in given:
            content["client_msg_id"] = given["client_msg_id"]
        self._pass_post(channel)
        stored = self.store(channel, {"user": BOT_USER, "bot_id": BOT_ID, **content})
        shown = {key: value for key, value in stored.items() if key != "metadata"}
        return {"channel": channel.id, "ts": stored["ts"], "message": shown}

    def _do_chat_update(self, given: Json) -> Json:
        channel = self.workspace.writable(given.get("channel"))
        message = channel.find(given.get("ts"))
        if message is None:
            raise SlackError("message_not_found")
        if message.get("bot_id") != BOT_ID:
            raise SlackError("cant_update_message")
        unfurls_nothing = {"unfurl_links": False, "unfurl_media": False}  # an edit has no say in that
        content = checked(given | unfurls_nothing, self.remarks, self.workspace.files)
        self._pass_tier("chat.update", 50)
        message |= {**content, "edited": {"user": BOT_USER, "ts": f"{self.clock.now().timestamp():.6f}"}}
        self.save()
        return {"channel": channel.id, "ts": message["ts"], "text": message["text"]}

    def _do_chat_delete(self, given: Json) -> Json:
        channel = self.workspace.writable(given.get("channel"))
        message = channel.find(given.get("ts"))
        if message is None:
            raise SlackError("message_not_found")
        if message.get("bot_id") != BOT_ID:
            raise SlackError("cant_delete_message")
        channel.messages.remove(message)
        self.save()
        return {"channel": channel.id, "ts": message["ts"]}

    def _do_chat_postephemeral(self, given: Json) -> Json:
        channel = self.workspace.writable(given.get("channel"))
        content = checked(given, self.remarks, self.workspace.files)
        self._pass_post(channel)
        self.answers.append({"channel": channel.id, "user": given.get("user"), **content})
        return {"message_ts": f"{self.clock.now().timestamp():.6f}"}

    # --- reading ------------------------------------------------------------------------------------------------

    def _do_conversations_history(self, given: Json) -> Json:
        channel = self.workspace.readable(given.get("channel"))
        self._pass_tier("conversations.history", 1 if self.strict_history else 50)
        return self._page([m for m in reversed(channel.messages) if is_top(m)], given)

    def _do_conversations_replies(self, given: Json) -> Json:
        channel = self.workspace.readable(given.get("channel"))
        thread = channel.thread(str(given.get("ts")))
        if not thread:
            raise SlackError("thread_not_found")
        self._pass_tier("conversations.replies", 1 if self.strict_history else 50)
        return self._page(thread, given, always=str(given.get("ts")))

    def _page(self, messages: list[Json], given: Json, always: str | None = None) -> Json:
        """The messages between `oldest` and `latest`, with them if `inclusive`; a thread's parent comes always."""
        oldest, latest = float(given.get("oldest", 0)), float(given.get("latest") or "inf")
        inclusive = str(given.get("inclusive", "")).lower() in ("true", "1")
        ends = {given.get("oldest"), given.get("latest")} if inclusive else set()
        inside = [m for m in messages if oldest < float(m["ts"]) < latest or m["ts"] == always or m["ts"] in ends]
        limit = min(int(given.get("limit", 100)), 15 if self.strict_history else 999)
        start = int(str(given.get("cursor") or "at:0").removeprefix("at:"))
        found = inside[start : start + limit]
        if str(given.get("include_all_metadata", "")).lower() not in ("true", "1"):
            found = [{key: value for key, value in m.items() if key != "metadata"} for m in found]
        more = start + limit < len(inside)
        cursor = f"at:{start + limit}" if more else ""
        return {"messages": found, "has_more": more, "response_metadata": {"next_cursor": cursor}}

    def _do_conversations_info(self, given: Json) -> Json:
        channel = self.workspace.channels.get(str(given.get("channel")))
        if channel is None:
            raise SlackError("channel_not_found")
        return {"channel": channel.shown}

    def _do_conversations_list(self, given: Json) -> Json:
        self._check_scopes("channels:read", "groups:read")
        wanted = str(given.get("exclude_archived", "")).lower() in ("true", "1")
        channels = [c for c in self.workspace.channels.values() if not c.is_im and not (wanted and c.archived)]
        start, limit = int(str(given.get("cursor") or "at:0").removeprefix("at:")), int(given.get("limit", 100))
        more = start + limit < len(channels)
        found = [channel.shown for channel in channels[start : start + limit]]
        return {"channels": found, "response_metadata": {"next_cursor": f"at:{start + limit}" if more else ""}}

    def _check_scopes(self, *needed: str) -> None:
        if missing := [scope for scope in needed if scope not in self.scopes]:
            raise SlackError("missing_scope", needed=",".join(missing), provided=",".join(sorted(self.scopes)))

    def _do_conversations_members(self, given: Json) -> Json:
        channel = self.workspace.readable(given.get("channel"))
        return {"members": channel.members, "response_metadata": {"next_cursor": ""}}

    def _do_users_info(self, given: Json) -> Json:
        user = self.workspace.users.get(str(given.get("user")))
        if user is None:
            raise SlackError("user_not_found")
        return {"user": user.shown}

    def _do_auth_test(self, given: Json) -> Json:
        return {
            "url": "https://test.slack.com/",
            "team": "Test",
            "user": "broadsheet",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
        }

    def _do_apps_connections_open(self, given: Json) -> Json:
        return {"url": f"ws://127.0.0.1:{self.port}/link?ticket={self.socket.ticket()}"}

    # --- files and answers --------------------------------------------------------------------------------------

    def _do_files_getuploadurlexternal(self, given: Json) -> Json:
        if not given.get("filename") or not 0 < int(given.get("length") or 0) <= MAX_FILE:
            raise SlackError("invalid_arguments")
        name = f"F{len(self.workspace.files):08d}"
        self.workspace.files[name] = {"name": given["filename"], "length": int(given["length"]), "state": "waiting"}
        return {"file_id": name, "upload_url": f"http://127.0.0.1:{self.port}/upload/{name}"}

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        name, body = request.match_info["file"], await request.read()

        async def carry() -> Reply:
            file = self.workspace.files.get(name)
            if file is None or len(body) != file["length"]:
                return 400, {"ok": False}, {}
            file["state"] = "uploaded" if body.startswith(PICTURES) else "no picture"
            return 200, {"ok": True}, {}

        return await self.serve(request, "upload", {"file": name}, carry)

    def _do_files_completeuploadexternal(self, given: Json) -> Json:
        files = given.get("files") or []
        for entry in files:
            file = self.workspace.files.get(entry["id"])
            if file is None or file["state"] == "waiting":
                raise SlackError("file_not_found")
            file["state"] = "complete" if file["state"] == "uploaded" else file["state"]
        self.save()
        return {"files": [{"id": entry["id"], "title": entry.get("title", "")} for entry in files]}

    async def _response(self, request: web.Request) -> web.StreamResponse:
        """A response URL takes five answers in half an hour."""
        name, given = request.match_info["name"], await request.json()

        async def carry() -> Reply:
            until, left, channel = self.urls.get(name, (0.0, 0, ""))
            if self.clock.monotonic() > until or left < 1:
                return 404, {"ok": False, "error": "used_url" if left < 1 else "expired_url"}, {}
            self.urls[name] = (until, left - 1, channel)
            try:
                content = checked(given, self.remarks, self.workspace.files)
            except SlackError as error:
                return 400, {"ok": False, "error": error.code}, {}
            self.answers.append({"channel": channel, **given, **content})
            if given.get("response_type") == "in_channel":
                self.store(self.workspace.channels[channel], {"user": BOT_USER, "bot_id": BOT_ID, **content})
            return 200, {"ok": True}, {}

        return await self.serve(request, "response_url", given, carry)

    # --- as a process -------------------------------------------------------------------------------------------

    def data(self) -> Json:
        return self.workspace.data()

    async def _control(self, request: web.Request) -> web.Response:
        """What people do, and what goes wrong, from outside of the process."""
        given = await request.json() if request.can_read_body else {}
        actions: dict[str, Callable[..., Any]] = {
            "write": self.write,
            "slash": self.slash,
            "press": self.press,
            "event": self.event,
            "fault": self.faults.plan,
            "disconnect": self.socket.disconnect,
            "channel": lambda **fields: self.channel(**fields).shown,
            "person": lambda **fields: self.person(**fields).shown,
            "state": self.data,
            "answers": lambda: self.answers,
            "breaches": lambda: [*self.gate.breaches, *self.remarks],
        }
        result = actions[request.match_info["action"]](**given)
        if asyncio.iscoroutine(result):
            result = await result
        if isinstance(result, Envelope):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(result.done.wait(), 5)
            result = {"acknowledged": result.acknowledged, "answer": result.answer}
        return web.json_response(result)


async def _parameters(request: web.Request) -> Json:
    """From the query, a form, or JSON."""
    given: Json = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        document: Json = await request.json()
        return given | document
    if request.can_read_body:
        given |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for key in ("blocks", "metadata", "files", "attachments"):
        if isinstance(given.get(key), str):
            given[key] = json.loads(given[key])
    return given


if __name__ == "__main__":
    import argparse

    from tests.fakes.processes import serve

    def make(clock: Clock, state: Path | None, arguments: argparse.Namespace) -> tuple[FakeServer, Callable[[], str]]:
        slack = FakeSlack(clock, state)
        for address, _, name in (entry.partition("=") for entry in arguments.channel):
            slack.channel(address, name)
        for address, _, name in (entry.partition("=") for entry in arguments.person):
            slack.person(address, name)
        return slack, lambda: slack.url

    serve(make)
