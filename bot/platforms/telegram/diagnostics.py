"""What the set-up and the doctor ask of Telegram: whose token it is, what the bot may do in a chat, who else polls.

Nothing here writes, but `Trial`, which is for the one chat that a person names for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from telegram import Bot, ChatFullInfo, ChatMember, Message, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from digest.ports import Clock

WAIT = 20  # seconds that Telegram may keep a poll open
LOOK = 4.0  # seconds after which another poller has surely come back

PATIENCE = 15.0  # seconds for one answer


class TelegramDiagnosticError(Exception):
    """Telegram can't be used this way. `code` is that of the doctor; `why` Telegram's own words, without the token."""

    def __init__(self, code: str, why: str = "") -> None:
        self.code, self.why = code, why
        super().__init__(f"{code}: {why}")


@dataclass(frozen=True, slots=True)
class TelegramChatInfo:
    """A chat as the bot finds it. `problem`: what keeps the bot from posting there, empty when nothing does."""

    address: str
    kind: str  # "private", "group", "supergroup", "channel"
    title: str
    problem: str = ""
    protected: bool = False

    @property
    def shown(self) -> str:
        return f"{self.kind} {self.title!r} ({self.address})"


class TelegramDiagnostics:
    """Looks at Telegram with a token. Raises `TelegramDiagnosticError` from every method."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock

    async def name(self) -> str:
        """The bot's @name."""
        with _told():
            return f"@{(await self._bot.get_me()).username}"

    async def webhook(self) -> str:
        """Where updates go instead of to a poller; empty where they wait to be polled."""
        with _told():
            return (await self._bot.get_webhook_info()).url

    async def place(self, address: str) -> TelegramChatInfo:
        """A chat by @name or number, and whether the bot may post there."""
        with _told():
            chat = await self._bot.get_chat(address if address.startswith("@") else int(address))
            me = await self._bot.get_me()
            member = await self._bot.get_chat_member(chat.id, me.id) if chat.type != "private" else None
        return TelegramChatInfo(
            str(chat.id), chat.type, chat.title or chat.full_name or "", _problem(chat, member),
            bool(chat.has_protected_content),
        )  # fmt: skip

    async def heard(self, seconds: float) -> AsyncIterator[TelegramChatInfo]:
        """The chats from which something comes in that time, each once. What is heard is gone for other pollers."""
        end, offset, seen_ids = self._clock.monotonic() + seconds, 0, set[int]()
        while (remaining := end - self._clock.monotonic()) > 0:
            with _told():
                updates = await self._bot.get_updates(
                    offset=offset, timeout=max(1, min(WAIT, int(remaining))), read_timeout=WAIT + 10
                )
            for update in updates:
                offset = update.update_id + 1
                chat = update.effective_chat
                if chat is not None and chat.id not in seen_ids and not _left(update):
                    seen_ids.add(chat.id)
                    yield await self.place(str(chat.id))

    async def is_polled_elsewhere(self) -> bool:
        """Whether another process polls with the token. It is put out for a moment, and comes back by itself.

        No update is confirmed: what waits goes on waiting."""
        end = self._clock.monotonic() + LOOK
        while (remaining := end - self._clock.monotonic()) > 0:
            try:
                updates = await self._bot.get_updates(timeout=max(1, round(remaining)), limit=1, read_timeout=WAIT + 10)
            except Conflict:
                return True
            except TelegramError as error:
                raise _trouble(error) from error
            if updates:  # waiting updates answer at once; with another poller they would not be there for long
                await self._clock.sleep(1.0)
        return False


class TelegramTestPost:
    """Writes to one chat, and takes away what it wrote. Nothing is tried twice."""

    def __init__(self, bot: Bot, chat: str) -> None:
        self._bot = bot
        self._chat = int(chat)

    async def send(self, text: str) -> int:
        with _told():
            return (await self._bot.send_message(self._chat, text, disable_notification=True)).message_id

    async def edit(self, message: int, text: str) -> None:
        with _told():
            await self._bot.edit_message_text(text, self._chat, message)

    async def remove(self, message: int) -> None:
        with _told():
            await self._bot.delete_message(self._chat, message)

    async def send_rich(self, html: str) -> int:
        """A rich message (Bot API 10.1), which this library does not know yet. Raises where the server does not."""
        with _told():
            sent: Any = await self._bot.do_api_request(
                "sendRichMessage",
                {"chat_id": self._chat, "rich_message": {"html": html}, "disable_notification": True},
                return_type=Message,
            )
        return int(sent.message_id)


@asynccontextmanager
async def connected(token: str, base_url: str) -> AsyncIterator[Bot]:
    """A bot with that token for as long as the block runs."""
    request = HTTPXRequest(
        connect_timeout=PATIENCE, read_timeout=PATIENCE, write_timeout=PATIENCE, pool_timeout=PATIENCE
    )
    try:
        bot = Bot(token, base_url=base_url, request=request, get_updates_request=request)
    except InvalidToken as error:
        raise TelegramDiagnosticError("telegram.token") from error
    try:
        yield bot
    finally:
        await request.shutdown()


@asynccontextmanager
async def inspecting(token: str, base_url: str, clock: Clock) -> AsyncIterator[TelegramDiagnostics]:
    async with connected(token, base_url) as bot:
        yield TelegramDiagnostics(bot, clock)


@contextmanager
def _told() -> Iterator[None]:
    """Turns the library's errors into `TelegramDiagnosticError`."""
    try:
        yield
    except TelegramError as error:
        raise _trouble(error) from error


def _trouble(error: TelegramError) -> TelegramDiagnosticError:
    match error:
        case InvalidToken():  # its text may hold the token
            return TelegramDiagnosticError("telegram.token")
        case Conflict():
            webhook = "webhook" in error.message
            return TelegramDiagnosticError("telegram.webhook" if webhook else "telegram.other_poller", error.message)
        case Forbidden():
            return TelegramDiagnosticError("telegram.rights", error.message)
        case BadRequest():
            return TelegramDiagnosticError("telegram.chat", error.message)
        case NetworkError():
            return TelegramDiagnosticError("telegram.unreachable", type(error.__cause__ or error).__name__)
    return TelegramDiagnosticError("telegram.refused", error.message)


def _problem(chat: ChatFullInfo, member: ChatMember | None) -> str:
    """What keeps the bot from posting."""
    if member is None:
        return ""
    if member.status in (ChatMember.LEFT, ChatMember.BANNED):
        return "the bot is not in it"
    if chat.type == "channel":
        if member.status != ChatMember.ADMINISTRATOR:
            return "the bot is no administrator"
        if not getattr(member, "can_post_messages", False):
            return "the bot may not post messages"
    if member.status == ChatMember.RESTRICTED and not getattr(member, "can_send_messages", False):
        return "the bot may not send messages"
    return ""


def _left(update: Update) -> bool:
    """Whether the update says that the bot was put out."""
    change = update.my_chat_member
    return change is not None and change.new_chat_member.status in (ChatMember.LEFT, ChatMember.BANNED)
