"""The chats of the fake Telegram: who is in them, what stands in them, and what the Bot API says of them.

Messages of a channel or supergroup are numbered within it, beginning with the service message of its making; private
chats and basic groups share one row of numbers, as they do in the real one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]
BOT = {"id": 999_000_111, "is_bot": True, "first_name": "Broadsheet", "username": "broadsheet_bot"}
ME = int(str(BOT["id"]))
SHARED = "shared"


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str, **parameters: int) -> ApiError:
    return ApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> ApiError:
    return ApiError(403, f"Forbidden: {description}")


@dataclass
class Chat:
    """`bot` is what the bot is there: "administrator", "member", "left", "kicked"; in a private chat "member" when the
    person has written first, "kicked" when they have blocked it, "stranger" before. `title` of a person: their name."""

    id: int
    type: str
    title: str = ""
    username: str | None = None
    bot: str = "administrator"
    can_post: bool = True
    protected: bool = False
    moved_to: int | None = None
    linked: int | None = None  # the discussion group of a channel
    topics: dict[str, str] = field(default_factory=dict)  # of a forum: thread id -> "open" or "closed"
    members: dict[str, str] = field(default_factory=dict)  # user id -> status
    messages: dict[str, Json] = field(default_factory=dict)  # message id -> message
    last_id: int = 0

    @property
    def shown(self) -> Json:
        """The `Chat` object."""
        document: Json = {"id": self.id, "type": self.type}
        document |= {"first_name": self.title} if self.type == "private" else {"title": self.title}
        if self.username:
            document["username"] = self.username
        if self.topics:
            document["is_forum"] = True
        return document

    @property
    def full(self) -> Json:
        """The `ChatFullInfo` object."""
        gifts = ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"]
        document = {
            **self.shown,
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }
        if self.protected:
            document["has_protected_content"] = True
        if self.linked is not None:
            document["linked_chat_id"] = self.linked
        return document

    @property
    def is_counted_apart(self) -> bool:
        return self.type in ("channel", "supergroup")

    def texts(self) -> list[str]:
        """What a reader sees, in order."""
        return [str(m.get("text", m.get("caption", ""))) for _, m in self.in_order() if "text" in m or "photo" in m]

    def in_order(self) -> list[tuple[int, Json]]:
        return sorted((int(number), message) for number, message in self.messages.items())


@dataclass
class User:
    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None

    @property
    def shown(self) -> Json:
        return {"is_bot": False, **{key: value for key, value in asdict(self).items() if value is not None}}


class Chats:
    """All chats by id and name."""

    def __init__(self) -> None:
        self.by_id: dict[int, Chat] = {}
        self.users: dict[int, User] = {}
        self.shared_id = 0

    def add(self, chat: Chat) -> Chat:
        self.by_id[chat.id] = chat
        if chat.is_counted_apart and not chat.last_id:
            self.store(chat, {"service": "created"}, 0)
        return chat

    def find(self, address: object) -> Chat:
        """The chat of a number or an @name; 400 when there is none."""
        text = str(address)
        if text.startswith("@"):
            named = {f"@{chat.username}".lower(): chat for chat in self.by_id.values() if chat.username}
            found = named.get(text.lower())
        else:
            found = self.by_id.get(int(text)) if text.lstrip("-").isdigit() else None
        if found is None:
            raise bad("chat not found")
        return found

    def writable(self, address: object) -> Chat:
        """The chat, if the bot may post there; else what Telegram answers."""
        chat = self.find(address)
        if chat.moved_to is not None:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
        named = f"the {chat.type} chat" if chat.type != "group" else "the group chat"
        match chat.bot:
            case "stranger":
                raise forbidden("bot can't initiate conversation with a user")
            case "kicked" if chat.type == "private":
                raise forbidden("bot was blocked by the user")
            case "kicked":
                raise forbidden(f"bot was kicked from {named}")
            case "left":
                raise forbidden(f"bot is not a member of {named}")
            case "member" if chat.type == "channel":
                raise bad("need administrator rights in the channel chat")
        if not chat.can_post:
            raise bad("not enough rights to send text messages to the chat")
        return chat

    def message(self, chat: Chat, number: object, what: str) -> Json:
        """A message of the chat; 400 `message to ... not found`."""
        found: Json | None = chat.messages.get(str(number))
        if found is None:
            raise bad(f"message to {what} not found")
        return found

    def store(self, chat: Chat, message: Json, date: int) -> Json:
        """A message in the chat, under the next number."""
        if chat.is_counted_apart:
            chat.last_id += 1
            number = chat.last_id
        else:
            self.shared_id += 1
            number = self.shared_id
        stored = {"message_id": number, "date": date, "chat": chat.shown, **message}
        chat.messages[str(number)] = stored
        return stored

    def data(self) -> Json:
        return {
            "chats": [asdict(chat) for chat in self.by_id.values()],
            "users": [asdict(user) for user in self.users.values()],
            SHARED: self.shared_id,
        }

    def load(self, data: Json) -> None:
        self.by_id = {chat["id"]: Chat(**chat) for chat in data["chats"]}
        self.users = {user["id"]: User(**user) for user in data["users"]}
        self.shared_id = data[SHARED]
