"""Events in from Slack, over Socket Mode: slash commands and buttons become calls, answers go back.

Everything is acknowledged at once (Slack waits 3 seconds) and answered beside it. An answer goes to who asked, unseen
by the others of a channel, as long as Slack takes it that way; after that it is a message.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.commands.call import Answer, Call, Place
from bot.commands.desk import Desk
from bot.listener import Render, State, Trouble
from digest.model import Platform, Target
from digest.settings import SlackSettings

UMBRELLA = "broadsheet"  # /broadsheet SUBCOMMAND: a workspace may have another app's /search
RESPONSES = 5  # how often a response_url serves, in 30 minutes
_ANYTHING = re.compile(".*")


class SlackListener:
    """Hears slash commands and pressed buttons."""

    def __init__(
        self,
        token: str,
        app_token: str,
        settings: SlackSettings,
        editors: frozenset[str],
        desk: Desk,
        render: Render,
        tell: State,
        on_error: Trouble,
    ) -> None:
        self._editors = editors
        self._desk = desk
        self._render = render
        self._tell = tell
        self._on_error = on_error
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = AsyncWebClient(token, settings.base_url)
        self._app = AsyncApp(client=self._client, process_before_response=False)
        self._handler = AsyncSocketModeHandler(self._app, app_token)
        self._app.command(_ANYTHING)(self._commanded)
        self._app.action(_ANYTHING)(self._pressed)
        self._app.event(_ANYTHING)(_heard_only)

    async def run(self) -> None:
        """Listen until cancelled; the library reconnects by itself once it was connected."""
        clock, pause = self._desk.office.clock, 2.0
        while True:
            try:
                await self._handler.connect_async()
                break
            except Exception as error:  # noqa: BLE001 - the library raises its transport's errors as they come
                self._tell(Platform.SLACK, f"down: {type(error).__name__}")
                await clock.sleep(pause)
                pause = min(300.0, 2 * pause)
        while True:
            connected = await self._handler.client.is_connected()
            self._tell(Platform.SLACK, "up" if connected else "down: reconnecting")
            await clock.sleep(10.0)

    async def stop(self) -> None:
        """Hear nothing more; what is being answered is given up after a moment."""
        await self._handler.close_async()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def is_editor(self, call: Call) -> bool:
        """The configured people, or where none is configured every member."""
        return not self._editors or call.person in self._editors

    # --- events -------------------------------------------------------------------------------------------------

    async def _commanded(self, ack: Any, command: dict[str, Any]) -> None:
        await ack()
        self._beside(self._answer(commanded(command), command.get("response_url", "")))

    async def _pressed(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        call = pressed(body)
        if call is not None:
            self._beside(self._answer(call, body.get("response_url", "")))

    def _beside(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, call: Call, response_url: str) -> None:
        try:
            await self._respond(call, self._desk.take(call), response_url)
        except Exception as error:  # noqa: BLE001 - the log hears of it, the socket goes on
            self._on_error(call, error)

    async def _respond(self, call: Call, answers: AsyncIterator[Answer], response_url: str) -> None:
        """To who asked alone: by the response_url, which may replace what it said before, then message by message."""
        left = RESPONSES if response_url else 0
        async for answer in answers:
            for index, document in enumerate(answer.documents):
                for number, payload in enumerate(self._render(document)):
                    replaces = answer.replaces and index == number == 0 and 0 < left < RESPONSES
                    if left > 0:
                        left -= 1
                        await self._by_url(response_url, payload, replaces=replaces)
                    else:
                        await self._client.chat_postEphemeral(
                            channel=call.place.target.address, user=call.person.partition(":")[2], **payload
                        )

    async def _by_url(self, url: str, payload: Mapping[str, Any], *, replaces: bool) -> None:
        from slack_sdk.webhook.async_client import AsyncWebhookClient

        body = {"response_type": "ephemeral", "replace_original": replaces, **payload}
        await AsyncWebhookClient(url).send_dict(body)


async def _heard_only(ack: Any) -> None:
    """Events are subscribed to for reconciling alone; each is acknowledged, so that Slack does not send it again."""
    await ack()


def commanded(command: Mapping[str, Any]) -> Call:
    """The call in a slash command: `/paper 2601.03309` or `/broadsheet paper 2601.03309`."""
    name = str(command.get("command", "")).removeprefix("/")
    argument = " ".join(str(command.get("text", "")).split())
    if name == UMBRELLA:
        name, _, argument = (argument or "help").partition(" ")
    return Call(
        name.lower(),
        argument,
        f"slack:{command.get('user_id', '')}",
        str(command.get("user_name", "")),
        place(str(command.get("channel_id", ""))),
        update=str(command.get("trigger_id", "")),
    )


def pressed(body: Mapping[str, Any]) -> Call | None:
    """The call in a button, whose value is `full:2601.03309`; None for one that only opens a page."""
    action = (body.get("actions") or [{}])[0]
    command, _, argument = str(action.get("value", "")).partition(":")
    channel = (body.get("channel") or body.get("container") or {}).get("id") or ""
    if not argument or not channel:
        return None
    user = body.get("user") or {}
    update = str(body.get("trigger_id", ""))
    name = str(user.get("name", ""))
    return Call(command, argument, f"slack:{user.get('id', '')}", name, place(channel), update=update)


def place(channel: str) -> Place:
    """A channel's id says what it is: D… is a direct message."""
    return Place(Target(Platform.SLACK, channel), "private" if channel.startswith("D") else "channel")
