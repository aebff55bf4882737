"""Events in from Slack, over Socket Mode: slash commands and buttons become calls, answers go back.

Everything is acknowledged at once (Slack waits 3 seconds) and answered beside it. An answer goes to who asked, unseen
by the others of a channel, as long as Slack takes it that way. Such a message can't be edited
(https://github.com/slackapi/bolt-python/issues/1268), so work that takes its time is followed in the person's direct
messages: one message there, edited until it is the answer.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.chat.message_sender import SendError
from bot.chat.reply_sender import DocumentRenderer, ErrorObserver, PlatformStateObserver, drain_tasks, retry_write
from bot.chat.request import ChatRef, CommandReply, CommandRequest
from bot.commands.command_dispatcher import CommandDispatcher
from bot.commands.reply_documents import text_document
from bot.platforms.slack.errors import translate_errors
from digest.models.model import Platform, Target
from digest.ports import Clock
from digest.rendering.document import Document

UMBRELLA = "broadsheet"  # /broadsheet SUBCOMMAND: a workspace may have another app's /search
RESPONSES = 5  # how often a response_url serves, in 30 minutes
LOOK = 10.0  # seconds between two looks at the connection
_ANYTHING = re.compile(".*")


class SlackListener:
    """Hears slash commands and pressed buttons."""

    def __init__(
        self,
        token: str,
        app_token: str,
        base_url: str,
        desk: CommandDispatcher,
        render: DocumentRenderer,
        tell: PlatformStateObserver,
        on_error: ErrorObserver,
    ) -> None:
        self._desk = desk
        self._render = render
        self._tell = tell
        self._on_error = on_error
        self._app_token = app_token
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = AsyncWebClient(token, base_url, retry_handlers=[])  # no write is tried twice
        logger = logging.getLogger("slack_bolt.app")
        logger.setLevel(logging.CRITICAL)  # it repeats all that it hears, and its failures at every attempt
        self._app = AsyncApp(client=self._client, process_before_response=False, logger=logger)
        self._handler = AsyncSocketModeHandler(self._app, app_token)
        self._app.command(_ANYTHING)(self._commanded)
        self._app.action(_ANYTHING)(self._pressed)
        self._app.event(_ANYTHING)(_heard_only)

    async def run(self) -> None:
        """Listen until cancelled; the library reconnects by itself once it was connected."""
        clock, pause = self._desk.office.clock, 2.0
        while (why := await self._why_not()) is not None:  # asked here: the library tries for ever, and tells nobody
            self._tell(Platform.SLACK, f"down: {why}")
            await clock.sleep(pause)
            pause = min(300.0, 2 * pause)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        while True:
            connected = await self._handler.client.is_connected()
            self._tell(Platform.SLACK, "up" if connected else "down: reconnecting")
            await clock.sleep(LOOK)

    async def _why_not(self) -> str | None:
        """Why no connection would be given, in a word: Slack's own, such as invalid_auth. None: it would."""
        try:
            await self._client.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            return str(error.response["error"])
        except Exception as error:  # noqa: BLE001 - the library raises its transport's errors as they come
            return type(error).__name__
        return None

    async def stop(self) -> None:
        """Hear nothing more. Answers get a moment to end; whoever got none asks again."""
        await self._handler.close_async()  # type: ignore[no-untyped-call]
        await drain_tasks(self._tasks)

    async def is_editor(self, call: CommandRequest) -> bool:
        """The configured people, or where none is configured every member."""
        editors = self._desk.office.settings.commands.slack_editors
        return not editors or call.person in editors

    # --- events -------------------------------------------------------------------------------------------------

    async def _commanded(self, ack: Any, command: dict[str, Any]) -> None:
        await ack()
        self._beside(parse_slash_command(command), command.get("response_url", ""))

    async def _pressed(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        call = parse_button_press(body)
        if call is not None:
            self._beside(call, body.get("response_url", ""))

    def _beside(self, call: CommandRequest, response_url: str) -> None:
        task = asyncio.create_task(self._answer(call, response_url))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, call: CommandRequest, response_url: str) -> None:
        try:
            whisper = _EphemeralReply(self._client, self._desk.office.clock, call, response_url)
            await self._respond(whisper, call, self._desk.dispatch(call))
        except Exception as error:  # noqa: BLE001 - the log hears of it, the socket goes on
            self._on_error(call, error)

    async def _respond(
        self, whisper: _EphemeralReply, call: CommandRequest, answers: AsyncIterator[CommandReply]
    ) -> None:
        """The only answer is whispered. One that is to be replaced goes to the direct messages, and what follows it."""
        shown: tuple[str, str] | None = None
        async for answer in answers:
            payloads = self._payloads(answer.documents)
            if answer.is_interim and shown is None:
                shown = await self._progress(whisper, call, payloads[0])
            elif shown is not None:
                channel, ts = shown
                await self._write("chat.update", {"channel": channel, "ts": ts, **_text(payloads[0])}, is_edit=True)
                for payload in payloads[1:]:
                    await self._write("chat.postMessage", {"channel": channel, **payload})
            else:
                for payload in payloads:
                    await whisper(payload)

    async def _progress(
        self, whisper: _EphemeralReply, call: CommandRequest, payload: Mapping[str, Any]
    ) -> tuple[str, str] | None:
        """Channel and id of the message that tells how far it is; None where direct messages are not allowed."""
        person = call.person.partition(":")[2]
        try:
            with translate_errors():
                message = await self._client.api_call("chat.postMessage", json={"channel": person, **payload})
        except SendError:
            await whisper(payload)
            return None
        if call.chat.kind != "private":
            texts = self._desk.texts(call)
            await whisper(self._render(text_document(texts("slack.direct")))[0])
        return str(message["channel"]), str(message["ts"])

    async def _write(self, method: str, body: Mapping[str, Any], *, is_edit: bool = False) -> Any:
        return await post_to_response_url(self._client, self._desk.office.clock, method, body, is_edit=is_edit)

    def _payloads(self, documents: tuple[Document, ...]) -> list[dict[str, Any]]:
        return [payload for document in documents for payload in self._render(document)]


class _EphemeralReply:
    """To one person in a channel: by the response_url as long as it serves, then as ephemeral messages."""

    def __init__(self, client: AsyncWebClient, clock: Clock, call: CommandRequest, response_url: str) -> None:
        self._client = client
        self._clock = clock
        self._call = call
        self._url = response_url
        self._left = RESPONSES if response_url else 0

    async def __call__(self, payload: Mapping[str, Any]) -> None:
        if self._left > 0:
            self._left -= 1
            body = {"response_type": "ephemeral", "replace_original": False, **payload}
            with translate_errors():
                response = await AsyncWebhookClient(self._url, retry_handlers=[]).send_dict(body)
            if response.status_code == 200:
                return
            self._left = 0
        channel, person = self._call.chat.target.address, self._call.person.partition(":")[2]
        body = {"channel": channel, "user": person, **payload}
        await post_to_response_url(self._client, self._clock, "chat.postEphemeral", body)


async def post_to_response_url(
    client: AsyncWebClient, clock: Clock, method: str, body: Mapping[str, Any], *, is_edit: bool = False
) -> Any:
    """Slack's answer to a method that writes. Raises an `Outcome`."""

    async def write() -> Any:
        with translate_errors():
            return await client.api_call(method, json=dict(body))

    return await retry_write(write, clock, is_edit=is_edit)


async def _heard_only(ack: Any) -> None:
    """Events that nobody here needs are acknowledged all the same, so that Slack does not send them again."""
    await ack()


def _text(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a message that an edit may have."""
    return {key: payload[key] for key in ("text", "blocks") if key in payload}


def parse_slash_command(command: Mapping[str, Any]) -> CommandRequest:
    """The call in a slash command: `/paper 2601.03309` or `/broadsheet paper 2601.03309`."""
    name = str(command.get("command", "")).removeprefix("/")
    argument = " ".join(str(command.get("text", "")).split())
    if name == UMBRELLA:
        name, _, argument = (argument or "help").partition(" ")
    return CommandRequest(
        name.lower().removeprefix("/"),
        argument,
        f"slack:{command.get('user_id', '')}",
        str(command.get("user_name", "")),
        chat_ref(str(command.get("channel_id", ""))),
        update_id=str(command.get("trigger_id", "")),
    )


def parse_button_press(body: Mapping[str, Any]) -> CommandRequest | None:
    """The call in a button, whose value is `full:2601.03309`; None for one that only opens a page."""
    action = (body.get("actions") or [{}])[0]
    command, _, argument = str(action.get("value", "")).partition(":")
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    if not argument or not channel:
        return None
    user = body.get("user") or {}
    update = str(body.get("trigger_id", ""))
    name = str(user.get("username") or user.get("name") or "")
    return CommandRequest(command, argument, f"slack:{user.get('id', '')}", name, chat_ref(channel), update_id=update)


def chat_ref(channel: str) -> ChatRef:
    """A channel's id says what it is: D… is a direct message."""
    return ChatRef(Target(Platform.SLACK, channel), "private" if channel.startswith("D") else "channel")
