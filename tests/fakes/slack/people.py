"""What people do in the fake Slack: they write, type commands, press buttons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from digest.ports import Clock
from tests.fakes.loopback_server import FakeServer, Json
from tests.fakes.slack.channels import APP, TEAM, Channel, User, Workspace
from tests.fakes.slack.socket_mode import Envelope, Socket

MAX_ANSWERS = 5  # to one response_url
ANSWER_WITHIN = 1_800.0


class People(FakeServer):
    """The workspace with everybody in it; `socket` carries to the bot what they do."""

    def __init__(self, clock: Clock, state: Path | None = None) -> None:
        super().__init__(clock, state)
        self.workspace = Workspace()
        self.socket = Socket(clock)
        self.urls: dict[str, tuple[float, int, str]] = {}
        self._events = 0

    async def stop(self) -> None:
        await self.socket.close()
        await super().stop()

    # --- who is there -------------------------------------------------------------------------------------------

    def channel(self, address: str, name: str = "", **fields: Any) -> Channel:
        return self.workspace.channels.setdefault(address, Channel(address, name, **fields))

    def person(self, address: str, name: str, **fields: Any) -> User:
        return self.workspace.users.setdefault(address, User(address, name, **fields))

    def write(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> Json:
        """Somebody writes a message, of which the bot hears nothing."""
        message: Json = {"user": user, "text": text}
        if thread_ts:
            message["thread_ts"] = thread_ts
        return self.store(self.workspace.channels[channel], message)

    # --- what people do -----------------------------------------------------------------------------------------

    async def slash(self, channel: str, user: str, command: str, text: str = "") -> Envelope:
        """Somebody types a slash command."""
        return await self.socket.send(
            "slash_commands",
            {
                "command": command,
                "text": text,
                "user_id": user,
                "user_name": self.workspace.users[user].name,
                "channel_id": channel,
                "channel_name": self.workspace.channels[channel].name,
                "team_id": TEAM,
                "team_domain": "test",
                "api_app_id": APP,
                "trigger_id": f"{self.clock.monotonic():.6f}.trigger",
                "response_url": self._response_url(channel),
                "is_enterprise_install": "false",
            },
        )

    async def press(self, channel: str, user: str, ts: str, action_id: str, value: str) -> Envelope:
        """Somebody presses a button."""
        message = self.workspace.channels[channel].find(ts)
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": ts}
        return await self.socket.send(
            "interactive",
            {
                "type": "block_actions",
                "team": {"id": TEAM, "domain": "test"},
                "user": {"id": user, "username": self.workspace.users[user].name, "team_id": TEAM},
                "api_app_id": APP,
                "channel": {"id": channel, "name": self.workspace.channels[channel].name},
                "message": message,
                "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
                "actions": [action],
                "trigger_id": f"{self.clock.monotonic():.6f}.trigger",
                "response_url": self._response_url(channel),
            },
        )

    async def event(self, kind: str, **fields: Any) -> Envelope:
        """Something happens of which the app wants to know: `app_mention`, `message`, `member_left_channel`."""
        self._events += 1
        payload = {
            "token": "verification",
            "team_id": TEAM,
            "api_app_id": APP,
            "type": "event_callback",
            "event_id": f"Ev{self._events:08d}",
            "event_time": round(self.clock.now().timestamp()),
            "event": {"type": kind, "event_ts": f"{self.clock.now().timestamp():.6f}", **fields},
        }
        return await self.socket.send("events_api", payload)

    def _response_url(self, channel: str) -> str:
        name = f"r{len(self.urls)}"
        self.urls[name] = (self.clock.monotonic() + ANSWER_WITHIN, MAX_ANSWERS, channel)
        return f"http://127.0.0.1:{self.port}/response/{name}"

    def store(self, channel: Channel, message: Json) -> Json:
        stored = self.workspace.store(channel, message, self.clock.now().timestamp())
        self.save()
        return stored
