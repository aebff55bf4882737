"""All that Broadsheet must know of a chat platform.

Each platform's folder has one in its `spec.py`; `registry.py` lists them, and everything else goes through that list.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from bot.chat.message_sender import MessageSender
from bot.chat.platform_connection import PlatformConnection
from bot.chat.platform_state import PlatformState
from bot.chat.rate_limiter import RateLimiter, RateLimits
from bot.chat.reply_sender import ReplySender
from bot.chat.request import CommandReply, CommandRequest
from bot.console.findings import CheckResult
from bot.console.prompt import Prompter
from digest.errors import InputError
from digest.i18n.translator import Translator
from digest.models.edition import Edition, Platform, Target
from digest.ports import Clock
from digest.rendering.document import Document
from digest.settings import PlatformTable, Settings


class ThreadRule(StrEnum):
    """What the messages of a digest reply to."""

    OVERVIEW = "overview"  # everything to the overview: one thread a digest
    BEGINNING = "beginning"  # the rest of a long message to its beginning


class PlatformSettings(Protocol):
    """What the settings table of every platform has. `pause_after`: how many refusals in a row pause a chat."""

    @property
    def base_url(self) -> str: ...

    @property
    def pause_after(self) -> int: ...

    def rate_limits(self) -> RateLimits: ...


class RequestDispatcher(Protocol):
    """Answers commands. `settings` are those in force."""

    @property
    def settings(self) -> Settings: ...

    def dispatch(self, request: CommandRequest) -> AsyncIterator[CommandReply]:
        """The replies to a command, the last one final."""
        ...

    def decline(self, request: CommandRequest, key: str) -> AsyncIterator[CommandReply]:
        """A reply from the catalogue alone; the command is not carried out."""
        ...

    def texts(self, request: CommandRequest) -> Translator:
        """The catalogue in the language of the replies."""
        ...


class ListenerObserver(Protocol):
    """Receives what a listener hears besides commands."""

    def on_state(self, platform: Platform, state: PlatformState) -> None:
        """Receive the state of the connection; called repeatedly."""

    def on_membership(self, target: Target, is_inside: bool) -> None:
        """Receive that the bot was added to a chat or removed from it."""

    def on_migration(self, old: Target, new: Target) -> None:
        """The chat has another address now."""

    def on_error(self, request: CommandRequest, error: Exception) -> None:
        """A command failed, or its reply did not get through."""


class ChatListener(Protocol):
    """Hears what people write on a platform, until it is stopped."""

    async def run(self) -> None: ...

    async def stop(self) -> None: ...

    async def is_editor(self, request: CommandRequest) -> bool:
        """Whether the person may change the keywords of the chat."""
        ...


@dataclass(frozen=True, slots=True)
class ListenerServices:
    """What a listener works with."""

    dispatcher: RequestDispatcher
    replies: ReplySender
    observer: ListenerObserver
    clock: Clock


@dataclass(frozen=True, slots=True)
class SetupOption:
    """An option of `broadsheet init`: `name` without dashes, as `log-chat`."""

    name: str
    metavar: str
    help: str


@dataclass(frozen=True, slots=True)
class SetupContext:
    """The set-up at the questions of a platform. `current` is the edition as it is; `options` has what was given on the
    command line, by the option's name. `prompter` is for all that was not given."""

    prompter: Prompter
    settings: Settings
    current: Edition
    clock: Clock
    options: Mapping[str, str] = field(default_factory=dict)

    def addresses(self, platform: Platform) -> list[str]:
        """The chats of the platform that the edition has already."""
        return [target.address for target in self.current.targets if target.platform == platform]


@dataclass(frozen=True, slots=True)
class SetupResult:
    """What was answered: the edition's chats as they stand in the file, changes of the platform's table, secrets by
    name, and the title of the chat, which may serve as the edition's."""

    chats: tuple[str | int, ...] = ()
    table: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True, slots=True)
class PlatformSpec(ABC):
    """A platform. `command_prefix` is what people type before a command's name."""

    table: PlatformTable
    command_prefix: str
    thread_rule: ThreadRule
    setup_options: tuple[SetupOption, ...] = ()

    @property
    def platform(self) -> Platform:
        return self.table.platform

    def silent(self, payload: dict[str, object]) -> dict[str, object]:
        """A message as one that nobody's phone rings for; as it is, where the platform has no such messages."""
        return payload

    @property
    def title(self) -> str:
        """The name as people write it."""
        return self.platform.title()

    def settings_of(self, settings: Settings) -> PlatformSettings:
        """The platform's own table."""
        table: PlatformSettings = settings.platform_table(self.table.settings)
        return table

    def token(self, settings: Settings) -> str | None:
        """The secret without which nothing can be sent: the first of the table's."""
        return settings.secrets.get(self.table.secrets[0])

    def addresses(self, settings: Settings) -> list[str]:
        """Every chat of the platform that anything is sent to, without repetition."""
        targets = [t.address for e in settings.editions for t in e.targets if t.platform == self.platform]
        platform, _, address = settings.alerts.chat.partition(":")
        return list(dict.fromkeys([*targets, *([address] if platform == self.platform else [])]))

    def connect(self, settings: Settings, clock: Clock) -> PlatformConnection | None:
        """The platform's sender with its pace; None where its token is not set. Nothing connects yet."""
        token = self.token(settings)
        if not token:
            return None
        table = self.settings_of(settings)
        rate_limiter = RateLimiter(table.rate_limits(), clock)
        return PlatformConnection(
            self.make_sender(token, settings, rate_limiter),
            rate_limiter,
            resend=self.resends_in_doubt(settings),
            pause_after=table.pause_after,
        )

    @abstractmethod
    def make_sender(self, token: str, settings: Settings, rate_limiter: RateLimiter) -> MessageSender:
        """Messages out. The platform's library is imported here and not before."""

    @abstractmethod
    def render(self, document: Document) -> list[dict[str, Any]]:
        """A document as messages in the platform's own form, each within its limits."""

    @abstractmethod
    def make_listener(self, settings: Settings, services: ListenerServices) -> ChatListener | None:
        """Commands in; None where none can be heard, because a token is missing."""

    def resends_in_doubt(self, settings: Settings) -> bool:
        """Return whether a message in doubt is sent again."""
        return False

    # --- for `doctor` and `init`; a platform without them is only less well looked after --------------------------

    def check_environment(self, settings: Settings) -> Iterator[CheckResult]:
        """Return the required secrets that are missing."""
        yield from ()

    async def check(self, settings: Settings, clock: Clock, *, is_running: bool) -> list[CheckResult]:
        """How the token, the chats and the rights are. Posts nothing. `is_running`: `broadsheet run` is at work."""
        return []

    def live_test(self, settings: Settings, address: str, clock: Clock) -> AsyncIterator[CheckResult]:
        """Post a test message, look at it, and remove it."""
        raise InputError(f"--live: {self.title} has no test message")

    async def ask(self, context: SetupContext) -> SetupResult:
        """The set-up's questions about the platform."""
        return SetupResult()


Platforms = Mapping[Platform, PlatformSpec]
"""The platforms by their names, in the order in which they are listed to people."""
