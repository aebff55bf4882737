"""What the function of a command works with, and how a command is described."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.chat.request import CommandReply, CommandRequest, Role
from bot.commands.services import CommandServices
from digest.i18n.translator import Translator

ALL_CHAT_KINDS = ("private", "group", "channel")
PRIVATE = ("private",)


class CommandHandler(Protocol):
    """The function of a command: its replies, the last one final."""

    def __call__(self, context: CommandContext, /) -> AsyncIterator[CommandReply]: ...


@dataclass(frozen=True, slots=True)
class Command:
    """`usage.NAME` and `help.NAME` of the catalogue say what follows the name and what it does.

    `is_listed` False: a button's action rather than something that people type. `depends` True: what it answers
    depends on the person's role, though anyone may use it.
    """

    name: str
    handler: CommandHandler
    role: Role = Role.ANYONE
    chat_kinds: Sequence[str] = ALL_CHAT_KINDS
    is_listed: bool = True
    depends: bool = False

    def is_for(self, kind: str) -> bool:
        return kind in self.chat_kinds


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What the function of a command works with. `commands` is the whole table."""

    request: CommandRequest
    role: Role
    texts: Translator
    services: CommandServices
    commands: tuple[Command, ...] = ()

    def with_argument(self, argument: str) -> CommandContext:
        """The same with another argument."""
        return replace(self, request=replace(self.request, argument=argument))
