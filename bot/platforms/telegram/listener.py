"""Updates in from Telegram, by long polling: commands and buttons become calls, answers go back.

python-telegram-bot polls and reconnects by itself; one token has one poller, and a second one is told of as such.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Message,
    Update,
)
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, TypeHandler
from telegram.request import HTTPXRequest

from bot.chat.platform_spec import ListenerObserver, ListenerServices
from bot.chat.platform_state import UP, ConnectionKind, PlatformState, down
from bot.chat.reply_sender import drain_tasks
from bot.chat.request import ChatRef, CommandRequest, Role
from bot.chat.text_breaks import WORD_JOINER
from bot.commands.about import link
from bot.commands.command_table import command_menu
from bot.platforms.telegram.settings import TELEGRAM
from digest.i18n.translator import LANGUAGES, Translator
from digest.models.edition import Target

WANTED = ("message", "channel_post", "callback_query", "my_chat_member")
POLL = 30  # seconds that Telegram may keep a poll open
KINDS = {Chat.PRIVATE: "private", Chat.GROUP: "group", Chat.SUPERGROUP: "group", Chat.CHANNEL: "channel"}
ADMINISTRATORS = ("creator", "administrator")
_CALLBACK_LIMIT = 200  # characters of a note that a button shows

Anyhow = Application[Any, Any, Any, Any, Any, Any]


class _MonitoredRequest(HTTPXRequest):
    """Polls, and tells how that went."""

    def __init__(self, observer: ListenerObserver) -> None:
        super().__init__(read_timeout=POLL + 10, connect_timeout=10.0, pool_timeout=10.0)
        self._observer = observer

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            status, body = await super().do_request(*args, **kwargs)
        except TelegramError as error:
            self._observer.on_state(TELEGRAM, down(type(error).__name__))
            raise
        self._observer.on_state(TELEGRAM, describe_poll_failure(status, body))
        return status, body


def describe_poll_failure(status: int, body: bytes) -> PlatformState:
    """How a poll went."""
    if status < 400:
        return UP if body.lstrip().startswith(b"{") else down("the answer is not the Bot API's")
    known = {401: "the token is refused", 404: "the token is refused", 409: "another process polls with this token"}
    return down(known.get(status, f"HTTP {status}"))


class TelegramListener:
    """Hears commands, pressed buttons, which chats the bot joins or leaves, and which group became a supergroup."""

    def __init__(
        self,
        token: str,
        base_url: str,
        services: ListenerServices,
    ) -> None:
        self._dispatcher = services.dispatcher
        self._replies = services.replies
        self._observer = services.observer
        self._clock = services.clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._app: Anyhow = (
            ApplicationBuilder()
            .token(token)
            .base_url(base_url)
            .request(HTTPXRequest(connection_pool_size=16, read_timeout=30.0, write_timeout=30.0, pool_timeout=30.0))
            .get_updates_request(_MonitoredRequest(services.observer))
            .build()
        )
        self._app.add_handler(TypeHandler(Update, self._heard))

    @property
    def bot(self) -> Bot:
        bot: Bot = self._app.bot
        return bot

    async def start(self) -> None:
        """Connect and listen. Raises `telegram.error.InvalidToken` for a token that nobody knows."""
        await self._app.initialize()
        await self._app.start()
        assert self._app.updater is not None
        await self._app.updater.start_polling(
            timeout=POLL, allowed_updates=list(WANTED), bootstrap_retries=-1, error_callback=_told
        )

    async def run(self) -> None:
        """Listen until cancelled; while Telegram can't be reached at first, try again and again."""
        pause = 2.0
        while True:
            try:
                await self.start()
                break
            except InvalidToken:
                self._observer.on_state(TELEGRAM, down("the token is refused"))
                return
            except TelegramError as error:
                self._observer.on_state(TELEGRAM, down(type(error).__name__))
                await self._clock.sleep(pause)
                pause = min(300.0, 2 * pause)
        self._observer.on_state(TELEGRAM, UP)  # the first poll says so only when it ends, half a minute later
        await self._set_menus()
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Hear nothing more. Answers get a moment to end; whoever got none asks again."""
        if self._app.updater is not None and self._app.updater.running:
            with suppress(TelegramError):  # its last word is what was heard; where that is lost, it comes again
                await self._app.updater.stop()
        if self._app.running:
            await self._app.stop()
        await drain_tasks(self._tasks)
        await self._app.shutdown()
        await self._app.bot.shutdown()  # where the start failed half-way, the line above leaves its connections open

    async def _set_menus(self) -> None:
        """What the app's menu offers, by language and kind of chat."""
        try:
            for language in LANGUAGES:
                for scope, commands in menus(language):
                    await self.bot.set_my_commands(
                        commands, scope=scope, language_code="" if language == "en" else language
                    )
        except TelegramError as error:
            self._observer.on_state(
                TELEGRAM, PlatformState(ConnectionKind.UP, f"the menu could not be set ({type(error).__name__})")
            )

    # --- updates ------------------------------------------------------------------------------------------------

    async def _heard(self, update: Update, _context: Any) -> None:
        """Answers run beside the polling, so that one that takes minutes keeps nobody waiting."""
        task = asyncio.create_task(self._handle(update))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, update: Update) -> None:
        if update.callback_query is not None:
            await self._pressed(update.callback_query, str(update.update_id))
        elif update.my_chat_member is not None:
            self._put(update.my_chat_member)
        elif (message := update.effective_message) is not None:
            if message.migrate_to_chat_id is not None:
                self._observer.on_migration(_target(message.chat.id), _target(message.migrate_to_chat_id))
            call = parse_message(message, self.bot.username, str(update.update_id))
            if call is not None:
                await self._answer(call)

    async def _pressed(self, query: CallbackQuery, update: str) -> None:
        call = parse_button_press(query, update)
        if call is None:
            await self._noted(query, "")
            return
        if call.command in ("save", "unsave", "up", "down"):  # a short note over the chat rather than a message in it
            documents = [d async for answer in self._dispatcher.dispatch(call) for d in answer.documents]
            await self._noted(query, documents[-1].summary if documents else "")
            return
        if call.chat.kind != "private":  # what one reader asks for is not posted to all: it opens where they are alone
            await self._noted(query, "", f"https://t.me/{self.bot.username}?start={link(call.command, call.argument)}")
            return
        await self._noted(query, "")
        await self._answer(call)

    async def _answer(self, call: CommandRequest) -> None:
        """A command in a chat for which too many answers wait is not carried out, which the chat is told once."""
        address = call.chat.target.address
        if not self._replies.is_overloaded(address):
            await self._replies.send_replies(call, self._dispatcher.dispatch(call))
        elif self._replies.tells_overload(address):
            await self._replies.send_replies(call, self._dispatcher.decline(call, "command.overloaded"))

    async def _noted(self, query: CallbackQuery, text: str, url: str | None = None) -> None:
        """Ends the button's waiting. A query that is too old can't be answered any more, which harms nobody."""
        try:
            await query.answer(text[:_CALLBACK_LIMIT] or None, url=url)
        except TelegramError:
            return

    def _put(self, change: ChatMemberUpdated) -> None:
        inside = change.new_chat_member.status not in ("left", "kicked")
        self._observer.on_membership(_target(change.chat.id), inside)

    async def is_editor(self, call: CommandRequest) -> bool:
        """A chat's administrators; who writes in a channel, or in a group in the group's own name, is one."""
        address = call.chat.target.address
        if call.chat.kind == "channel" or call.person == f"telegram:{address}":
            return True
        try:
            member = await self.bot.get_chat_member(int(address), int(call.person.partition(":")[2]))
        except TelegramError:
            return False
        return member.status in ADMINISTRATORS


def _told(_error: TelegramError) -> None:
    """Whoever watches the polls has told of it."""


def parse_message(message: Message, own_name: str, update: str) -> CommandRequest | None:
    """The call in a message; None where it is no command, or one for another bot."""
    text = (message.text or message.caption or "").replace(WORD_JOINER, "")  # copied from a message of ours
    if not text.startswith("/"):
        return None
    word, _, argument = text[1:].partition(" ") if "\n" not in text.split(" ")[0] else text[1:].partition("\n")
    command, _, name = word.partition("@")
    if name and name.lower() != own_name.lower():
        return None
    person, person_name, speaks = _author(message)
    return CommandRequest(
        command.lower(), " ".join(argument.split()), person, person_name, chat_ref(message.chat), speaks, update
    )


def parse_button_press(query: CallbackQuery, update: str) -> CommandRequest | None:
    """The call in a button: `full:2601.03309`."""
    command, _, argument = (query.data or "").partition(":")
    if query.message is None or not argument:
        return None
    user = query.from_user
    where = chat_ref(query.message.chat)
    return CommandRequest(
        command, argument, f"telegram:{user.id}", user.full_name, where, user.language_code or "", update
    )


def _author(message: Message) -> tuple[str, str, str]:
    """Who wrote it: a person, or a chat in its own name."""
    if message.from_user is not None and message.sender_chat is None:
        user = message.from_user
        return f"telegram:{user.id}", user.full_name, user.language_code or ""
    chat = message.sender_chat or message.chat
    return f"telegram:{chat.id}", chat.title or "", ""


def _target(number: int) -> Target:
    return Target(TELEGRAM, str(number))


def chat_ref(chat: Chat) -> ChatRef:
    name = f"@{chat.username}" if chat.username else ""
    return ChatRef(_target(chat.id), KINDS.get(chat.type, "group"), name)


def menus(language: str) -> list[tuple[BotCommandScope, Sequence[BotCommand]]]:
    """The commands of each scope, described in a language."""
    texts = Translator(language)

    def described(kind: str, role: Role) -> list[BotCommand]:
        return [BotCommand(c.name, texts(f"help.{c.name}")) for c in command_menu(kind, role)]

    return [
        (BotCommandScopeAllPrivateChats(), described("private", Role.EDITOR)),
        (BotCommandScopeAllGroupChats(), described("group", Role.ANYONE)),
        (BotCommandScopeAllChatAdministrators(), described("group", Role.EDITOR)),
    ]
