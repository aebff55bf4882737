"""What a command gets and gives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from digest.i18n.translator import Texts
from digest.models.model import Target
from digest.models.people import By
from digest.rendering.document import Document

if TYPE_CHECKING:
    from bot.commands.services import Office


class Role(IntEnum):
    """Who may do what; each may do all that those below may."""

    ANYONE = 0  # reads
    EDITOR = 1  # changes the keywords of the chat: its administrators; on Slack members, or those configured
    ADMIN = 2  # runs the bot


@dataclass(frozen=True, slots=True)
class Place:
    """The chat in which a command was given. `kind`: "private", "group" or "channel"; `name` is its @name, if any."""

    target: Target
    kind: str
    name: str = ""

    @property
    def addresses(self) -> frozenset[str]:
        """Every address by which an edition may name the chat, in lower case."""
        return frozenset(a.lower() for a in (self.target.address, self.name) if a)


@dataclass(frozen=True, slots=True)
class Call:
    """A command as somebody gave it. `speaks` is the language of their app, if it says; `update` names the platform's
    own event, so that one that comes twice is handled once."""

    command: str
    argument: str
    person: str  # telegram:12345, slack:U0123
    person_name: str
    place: Place
    speaks: str = ""
    update: str = ""

    @property
    def by(self) -> By:
        return By(self.person, self.person_name, self.place.target.name)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a call. `is_progress`: it tells that something takes its time, and the next answer takes its
    place."""

    documents: tuple[Document, ...]
    is_progress: bool = False


class Declined(Exception):  # noqa: N818 - an answer, not a fault
    """The command can't be done as it was given; `key` is a text of the catalogue that says why and what to do."""

    def __init__(self, key: str, /, **params: Any) -> None:
        self.key, self.params = key, params
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class Context:
    """What the function of a command works with."""

    call: Call
    role: Role
    texts: Texts
    office: Office

    def given(self, argument: str) -> Context:
        """The same with another argument."""
        return replace(self, call=replace(self.call, argument=argument))


Handler = Callable[[Context], AsyncIterator[Answer]]
IsEditor = Callable[[Call], Awaitable[bool]]
