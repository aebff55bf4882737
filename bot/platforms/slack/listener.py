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
from collections.abc import Mapping
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.chat.message_sender import SendError
from bot.chat.platform_spec import ListenerServices
from bot.chat.platform_state import UP, down
from bot.chat.reply_sender import drain_tasks
from bot.chat.request import ChatRef, CommandRequest
from bot.commands.reply_documents import text_document
from bot.platforms.slack.errors import translate_errors
from bot.platforms.slack.renderer import render_slack
from bot.platforms.slack.settings import SLACK
from digest.models.edition import Target

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
        services: ListenerServices,
    ) -> None:
        self._dispatcher = services.dispatcher
        self._replies = services.replies
        self._observer = services.observer
        self._clock = services.clock
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
        pause = 2.0
        while (why := await self._why_not()) is not None:  # asked here: the library tries for ever, and tells nobody
            self._observer.on_state(SLACK, down(why))
            await self._clock.sleep(pause)
            pause = min(300.0, 2 * pause)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        while True:
            connected = await self._handler.client.is_connected()
            self._observer.on_state(SLACK, UP if connected else down("reconnecting"))
            await self._clock.sleep(LOOK)

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
        editors = self._dispatcher.settings.commands.slack_editors
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

    async def _answer(self, request: CommandRequest, response_url: str) -> None:
        try:
            notice = self._dispatcher.texts(request)("slack.direct")
            channel = _EphemeralChannel(self._client, request, response_url, render_slack(text_document(notice))[0])
            await self._replies.send_replies(request, self._dispatcher.dispatch(request), channel)
        except Exception as error:  # noqa: BLE001 - the log hears of it, the socket goes on
            self._observer.on_error(request, error)


class _EphemeralChannel:
    """To one person in a channel: by the response_url as long as it serves, then as ephemeral messages.

    An interim reply goes to the person's direct messages, if the app may write there, and so does what follows it;
    `direct_notice` then says so in the channel."""

    def __init__(
        self, client: AsyncWebClient, request: CommandRequest, response_url: str, direct_notice: Mapping[str, Any]
    ) -> None:
        self._client = client
        self._request = request
        self._person = request.person.partition(":")[2]
        self._url = response_url
        self._responses = RESPONSES if response_url else 0
        self._direct_notice = direct_notice
        self._direct_channel: str | None = None

    @property
    def address(self) -> str:
        return self._direct_channel or self._request.chat.target.address

    async def send(self, payload: Mapping[str, Any], *, is_interim: bool) -> str | None:
        if self._direct_channel is not None:
            return str((await self._call("chat.postMessage", {"channel": self._direct_channel, **payload}))["ts"])
        if is_interim:
            return await self._begin_direct(payload)
        await self._whisper(payload)
        return None

    async def edit(self, receipt: str, payload: Mapping[str, Any]) -> None:
        fields = {key: payload[key] for key in ("text", "blocks") if key in payload}
        await self._call("chat.update", {"channel": self._direct_channel, "ts": receipt, **fields})

    async def _begin_direct(self, payload: Mapping[str, Any]) -> str | None:
        """The receipt of the message in the direct messages; None where the app may not write there."""
        try:
            message = await self._call("chat.postMessage", {"channel": self._person, **payload})
        except SendError:
            await self._whisper(payload)
            return None
        if self._request.chat.kind != "private":
            await self._whisper(self._direct_notice)
        self._direct_channel = str(message["channel"])
        return str(message["ts"])

    async def _whisper(self, payload: Mapping[str, Any]) -> None:
        if self._responses > 0:
            self._responses -= 1
            body = {"response_type": "ephemeral", "replace_original": False, **payload}
            with translate_errors():
                response = await AsyncWebhookClient(self._url, retry_handlers=[]).send_dict(body)
            if response.status_code == 200:
                return
            self._responses = 0
        await self._call(
            "chat.postEphemeral", {"channel": self._request.chat.target.address, "user": self._person, **payload}
        )

    async def _call(self, method: str, body: Mapping[str, Any]) -> Any:
        """Slack's answer to a method that writes. Raises `SendError`."""
        with translate_errors():
            return await self._client.api_call(method, json=dict(body))


async def _heard_only(ack: Any) -> None:
    """Events that nobody here needs are acknowledged all the same, so that Slack does not send them again."""
    await ack()


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
    return ChatRef(Target(SLACK, channel), "private" if channel.startswith("D") else "channel")
