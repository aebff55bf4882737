"""A command's request and its replies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from digest.models.edition import Target
from digest.models.people import Actor
from digest.rendering.document import Document


class Role(IntEnum):
    """Who may do what; each may do all that those below may."""

    ANYONE = 0  # reads
    EDITOR = 1  # changes the keywords of the chat: its administrators; on Slack members, or those configured
    ADMIN = 2  # runs the bot


@dataclass(frozen=True, slots=True)
class ChatRef:
    """The chat in which a command was given. `kind`: "private", "group" or "channel"; `name` is its @name, if any."""

    target: Target
    kind: str
    name: str = ""

    @property
    def addresses(self) -> frozenset[str]:
        """Every address by which an edition may name the chat, in lower case."""
        return frozenset(a.lower() for a in (self.target.address, self.name) if a)


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """A command as somebody gave it. `speaks` is the language of their app, if it says; `update` names the platform's
    own event, so that one that comes twice is handled once."""

    command: str
    argument: str
    person: str  # telegram:12345, slack:U0123
    person_name: str
    chat: ChatRef
    app_language: str = ""
    update_id: str = ""

    @property
    def by(self) -> Actor:
        return Actor(self.person, self.person_name, self.chat.target.name)


@dataclass(frozen=True, slots=True)
class CommandReply:
    """What is said to a call. `is_progress`: it tells that something takes its time, and the next answer takes its
    place."""

    documents: tuple[Document, ...]
    is_interim: bool = False


class CommandError(Exception):
    """The command can't be done as it was given; `key` is a text of the catalogue that says why and what to do."""

    def __init__(self, key: str, /, **params: Any) -> None:
        self.key, self.params = key, params
        super().__init__(key)
