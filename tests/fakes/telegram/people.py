"""What people do in the fake Telegram: they write, press buttons, throw the bot out; and the updates of it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from digest.ports import Clock
from tests.fakes.loopback_server import FakeServer, Json
from tests.fakes.telegram.chats import Chat, Chats, User


class People(FakeServer):
    """The chats with everybody in them. `twice`: every update is delivered a second time, as the real server does when
    a confirmation was lost."""

    def __init__(self, clock: Clock, state: Path | None = None) -> None:
        super().__init__(clock, state)
        self.chats = Chats()
        self.updates: list[Json] = []
        self.twice = False
        self.next_update = 1
        self.queries: dict[str, float] = {}
        self.news = asyncio.Event()

    # --- who is there -------------------------------------------------------------------------------------------

    def channel(self, number: int, title: str = "", username: str | None = None, **fields: Any) -> Chat:
        return self.chats.add(Chat(number, "channel", title, username, **fields))

    def supergroup(self, number: int, title: str = "", **fields: Any) -> Chat:
        return self.chats.add(Chat(number, "supergroup", title, **fields))

    def group(self, number: int, title: str = "", **fields: Any) -> Chat:
        return self.chats.add(Chat(number, "group", title, **fields))

    def person(self, number: int, name: str, language: str | None = None, *, started: bool = True) -> Chat:
        """A person, and their private chat with the bot."""
        self.chats.users[number] = User(number, name, name.lower(), language)
        return self.chats.add(Chat(number, "private", name, name.lower(), bot="member" if started else "stranger"))

    # --- what people do -----------------------------------------------------------------------------------------

    def write(self, chat: int, user: int, text: str, **fields: Any) -> Json:
        """Somebody writes; in a channel the post is the channel's own."""
        place = self.chats.by_id[chat]
        if place.type == "private" and place.bot == "stranger":
            place.bot = "member"
        message: Json = {"text": text, **fields}
        if match := re.match(r"/\w+(@\w+)?", text):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": match.end()}]
        if place.type == "channel":
            stored = self.store(place, {"sender_chat": place.shown, **message})
            self._update("channel_post", stored)
        else:
            stored = self.store(place, {"from": self.chats.users[user].shown, **message})
            self._update("message", stored)
        return stored

    def press(self, chat: int, user: int, message: int, data: str) -> str:
        """Somebody presses a button; the id of the query."""
        query = f"q{self.next_update}"
        self.queries[query] = self.clock.monotonic()
        pressed = self.chats.by_id[chat].messages[str(message)]
        self._update(
            "callback_query",
            {
                "id": query,
                "from": self.chats.users[user].shown,
                "message": pressed,
                "chat_instance": str(chat),
                "data": data,
            },
        )
        return query

    def kick(self, chat: int) -> None:
        """The bot is thrown out, or blocked by a person."""
        self.chats.by_id[chat].bot = "kicked"
        self.save()

    def invite(self, chat: int) -> None:
        self.chats.by_id[chat].bot = "administrator"
        self.save()

    def migrate(self, chat: int, to: int) -> Chat:
        """A basic group becomes a supergroup."""
        old = self.chats.by_id[chat]
        old.moved_to = to
        new = self.supergroup(to, old.title, bot=old.bot, members=dict(old.members))
        self._update("message", self.store(old, {"migrate_to_chat_id": to}))
        return new

    def delete(self, chat: int, message: int) -> None:
        """An administrator deletes a message."""
        del self.chats.by_id[chat].messages[str(message)]
        self.save()

    def _update(self, kind: str, content: Json) -> None:
        update = {"update_id": self.next_update, kind: content}
        self.next_update += 1
        self.updates += [update, update] if self.twice else [update]
        self.news.set()
        self.save()

    def repeat(self, update_id: int) -> None:
        """The last update once more: its confirmation was lost."""
        again = next(u for u in reversed(self.updates) if u["update_id"] == update_id)
        self.updates.append(again)
        self.news.set()

    def store(self, chat: Chat, message: Json) -> Json:
        stored = self.chats.store(chat, message, round(self.clock.now().timestamp()))
        if chat.type == "channel" and chat.linked is not None and "service" not in message:
            self._forward_to_discussion(chat, stored)
        self.save()
        return stored

    def _forward_to_discussion(self, channel: Chat, post: Json) -> None:
        """Every post of a channel appears in its discussion group, and there the bot gets it."""
        group = self.chats.by_id[int(channel.linked or 0)]
        copy = copied(post)
        origin = {"type": "channel", "chat": channel.shown, "message_id": post["message_id"], "date": post["date"]}
        copy |= {"sender_chat": channel.shown, "forward_origin": origin, "is_automatic_forward": True}
        self._update("message", self.store(group, copy))


def copied(message: Json) -> Json:
    """What a forwarded message keeps; its buttons are not among it."""
    return {key: value for key, value in message.items() if key in ("text", "entities", "photo", "caption")}
