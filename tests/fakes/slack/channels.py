"""The channels of the fake Slack and what stands in them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]
BOT_USER, BOT_ID, APP, TEAM = "U0BROADSHT", "B0BROADSHT", "A0BROADSHT", "T0TEST"


class SlackError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code, self.more = code, more


@dataclass
class Channel:
    """`joined`: whether the bot is in it. Messages stand in the order of their `ts`."""

    id: str
    name: str = ""
    joined: bool = True
    archived: bool = False
    read_only: bool = False
    is_im: bool = False
    members: list[str] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)

    @property
    def shown(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": not self.is_im,
            "is_im": self.is_im,
            "is_archived": self.archived,
            "is_member": self.joined,
            "is_private": False,
            "num_members": len(self.members),
        }

    def texts(self) -> list[str]:
        """What a reader of the channel sees, without the threads."""
        return [str(m["text"]) for m in self.messages if is_top(m)]

    def thread(self, ts: str) -> list[Json]:
        """A message and its replies."""
        return [m for m in self.messages if m["ts"] == ts or m.get("thread_ts") == ts]

    def find(self, ts: object) -> Json | None:
        return next((m for m in self.messages if m["ts"] == ts), None)


def is_top(message: Json) -> bool:
    """Whether a message stands in the channel itself."""
    return message.get("thread_ts", message["ts"]) == message["ts"] or message.get("subtype") == "thread_broadcast"


@dataclass
class User:
    id: str
    name: str
    locale: str = "en-US"
    is_admin: bool = False

    @property
    def shown(self) -> Json:
        profile = {"real_name": self.name, "display_name": self.name}
        return {**asdict(self), "team_id": TEAM, "real_name": self.name, "is_bot": False, "profile": profile}


class Workspace:
    """All channels and people, and the clock of message ids."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.users: dict[str, User] = {}
        self.files: dict[str, Json] = {}
        self._last = 0

    def readable(self, address: object) -> Channel:
        channel = self.channels.get(str(address))
        if channel is None:
            raise SlackError("channel_not_found")
        if not channel.joined:
            raise SlackError("not_in_channel")
        return channel

    def writable(self, address: object) -> Channel:
        """The channel, if the bot may post there. A person's id stands for the direct messages with them."""
        if address in self.users:
            address = f"D{str(address)[1:]}"
            self.channels.setdefault(address, Channel(address, "direct"))
        channel = self.readable(address)
        if channel.archived:
            raise SlackError("is_archived")
        if channel.read_only:
            raise SlackError("restricted_action_read_only_channel")
        return channel

    def store(self, channel: Channel, message: Json, now: float) -> Json:
        """A message in the channel; its `ts` is the time in microseconds, and later than any before."""
        self._last = max(self._last + 1, round(now * 1_000_000))
        ts = f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
        stored = {"type": "message", "ts": ts, "team": TEAM, **message}
        parent = channel.find(stored.get("thread_ts"))
        if parent is not None:
            parent.setdefault("thread_ts", parent["ts"])
            parent["reply_count"] = parent.get("reply_count", 0) + 1
        channel.messages.append(stored)
        return stored

    def data(self) -> Json:
        return {
            "channels": [asdict(channel) for channel in self.channels.values()],
            "users": [asdict(user) for user in self.users.values()],
            "files": self.files,
            "last": self._last,
        }

    def load(self, data: Json) -> None:
        self.channels = {channel["id"]: Channel(**channel) for channel in data["channels"]}
        self.users = {user["id"]: User(**user) for user in data["users"]}
        self.files, self._last = data["files"], data["last"]
