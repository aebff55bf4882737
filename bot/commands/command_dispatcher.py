"""Takes a call and sees that it is answered: once, not too often, only to who may, and never with a traceback."""

from __future__ import annotations

import difflib
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Protocol

from bot.chat.platform_spec import Platforms
from bot.chat.request import CommandError, CommandReply, CommandRequest, Role
from bot.commands.command_table import COMMANDS, COMMANDS_BY_NAME, command_menu
from bot.commands.context import CommandContext
from bot.commands.reply_documents import text_document
from bot.commands.services import CommandServices
from digest.arxiv.errors import ArxivError
from digest.errors import BroadsheetError, StorageBusyError, StorageError, UnknownError
from digest.i18n.translator import Translator
from digest.models.edition import Platform
from digest.rendering.phrasing import shortened
from digest.settings import Settings

MINUTE = 60.0
SEEN_PATIENCE = 1.5  # seconds that an answer waits for a database that is locked
SEEN_PAUSE = 0.1  # seconds
SEEN_AT_MOST = 1_000  # updates that are remembered beside the database
ECHOED_PARAMETERS = ("text", "words", "keyword", "name")  # parameters of answers that hold what somebody typed
ECHO_WIDTH = 80  # columns of it that an answer repeats


class EditorCheck(Protocol):
    """Knows who may change the keywords of a chat; every listener does."""

    async def is_editor(self, request: CommandRequest) -> bool: ...


class CommandDispatcher:
    """`editor_checks` ask a platform whether somebody may change a chat's keywords; `on_error` logs the unexpected."""

    def __init__(
        self,
        services: CommandServices,
        platforms: Platforms,
        editor_checks: Mapping[Platform, EditorCheck],
        on_error: Callable[[CommandRequest, Exception], None],
    ) -> None:
        self.services = services
        self._platforms = platforms
        self._editor_checks = editor_checks
        self._on_error = on_error
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._unwritten: dict[tuple[str, str], None] = {}  # the newest updates, whether they could be stored or not

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self.services.settings

    async def dispatch(self, call: CommandRequest) -> AsyncIterator[CommandReply]:
        """The answers to a call, the last one final. An update that was handled before gets none."""
        if not await self._is_first(call):
            return
        texts = self.texts(call)
        calls = self._calls_of(call.person)
        if calls > self.services.settings.commands.messages_a_minute:
            if calls == self.services.settings.commands.messages_a_minute + 1:  # told once, then not before it is over
                yield _text_reply(texts("command.slow_down"))
            return
        try:
            async for answer in self._answers(call, texts):
                yield answer
        except CommandError as declined:
            shown_parameters = {
                k: shortened(v, ECHO_WIDTH) if k in ECHOED_PARAMETERS else v for k, v in declined.params.items()
            }
            yield _text_reply(texts(declined.key, **shown_parameters))
        except ArxivError as error:
            yield _text_reply(texts("command.arxiv", why=texts.notice(error.notice)))
        except UnknownError:
            yield _text_reply(texts("paper.unknown", id=call.argument))
        except StorageBusyError:
            yield _text_reply(texts("command.busy"))
        except BroadsheetError as error:
            self._on_error(call, error)
            yield _text_reply(texts("command.failed"))
        except Exception as error:  # noqa: BLE001 - the last line of defence: a person gets a sentence, the log the rest
            self._on_error(call, error)
            yield _text_reply(texts("command.failed"))

    async def decline(self, call: CommandRequest, key: str) -> AsyncIterator[CommandReply]:
        """An answer from the catalogue alone."""
        yield _text_reply(self.texts(call)(key))

    async def _is_first(self, call: CommandRequest) -> bool:
        """Whether an update was never handled. Where that can't be written down (another program writes to the
        database, the disk is full) it is waited for a little, then this process alone remembers it: somebody waits for
        an answer."""
        if not call.update_id:
            return True
        platform, clock = call.chat.target.platform, self.services.clock
        key = (platform, call.update_id)
        until = clock.monotonic() + SEEN_PATIENCE
        while True:
            try:
                is_first = self.services.stores.seen.first_time(platform, call.update_id)
            except StorageBusyError:
                if clock.monotonic() < until:
                    await clock.sleep(SEEN_PAUSE)
                    continue
                is_first = True
            except StorageError:
                is_first = True
            break
        if key in self._unwritten:
            return False
        self._unwritten[key] = None
        while len(self._unwritten) > SEEN_AT_MOST:
            del self._unwritten[next(iter(self._unwritten))]
        return is_first

    async def _answers(self, call: CommandRequest, texts: Translator) -> AsyncIterator[CommandReply]:
        command = COMMANDS_BY_NAME.get(call.command)
        if command is None:
            near = difflib.get_close_matches(
                call.command, [c.name for c in command_menu(call.chat.kind, Role.ADMIN)], 1, 0.7
            )
            raise CommandError("command.near" if near else "command.unknown", name=call.command, near="".join(near))
        if not command.is_for(call.chat.kind):
            raise CommandError("command.not_here", name=command.name)
        role = await self.role(call, Role.EDITOR if command.depends else command.role)
        if role < command.role:
            raise CommandError("command.not_allowed")
        async for answer in command.handler(CommandContext(call, role, texts, self.services, COMMANDS)):
            yield answer

    async def role(self, call: CommandRequest, needed: Role = Role.ADMIN) -> Role:
        """What somebody is. The platform is asked only where it matters."""
        if call.person in self.services.settings.commands.admins:
            return Role.ADMIN
        if needed is Role.ANYONE:
            return Role.ANYONE
        if call.chat.kind == "private":
            return Role.EDITOR  # of what is theirs alone
        check = self._editor_checks.get(call.chat.target.platform)
        return Role.EDITOR if check is not None and await check.is_editor(call) else Role.ANYONE

    def texts(self, call: CommandRequest) -> Translator:
        """The words in which a call is answered."""
        return Translator(self.services.language(call), self._platforms[call.chat.target.platform].command_prefix)

    def _calls_of(self, person: str) -> int:
        """How many calls somebody made within a minute, this one among them."""
        now, calls = self.services.clock.monotonic(), self._calls[person]
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        calls.append(now)
        if len(self._calls) > 10_000:  # people come and go; only the busy ones matter
            self._calls = defaultdict(deque, {p: c for p, c in self._calls.items() if c[-1] > now - MINUTE})
        return len(calls)


def _text_reply(text: str) -> CommandReply:
    return CommandReply((text_document(text),))
