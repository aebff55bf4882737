"""Looking for a message of ours in a channel or supergroup without touching anybody's.

A bot never sees its own messages again, and can't read a chat's history. But ids in a channel or supergroup count up,
and forwarding a message to a chat of our own shows it: so the ids after the last known one are forwarded to the log
chat, silently, compared, and the copies deleted. Private chats and basic groups share one row of ids: no way there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from telegram import Bot, Message
from telegram.error import TelegramError

from bot.chat.message_sender import (
    ChatMigrated,
    InDoubt,
    LookupResult,
    LookupUnavailable,
    MessageAbsent,
    MessageFound,
    NotSent,
    Payload,
    Rejected,
)
from bot.platforms.telegram.errors import translate_errors
from digest.models.model import Notice

_MISSES = 10  # ids in a row without a message, after which there are no newer ones: deleted messages leave gaps
_MOST = 200  # ids looked at for one question
_LAST = 30  # of the newest ids, where nothing is known of the chat
_HOLE = 3  # ids looked at to say whether a chat reaches so far
_ASK_AGAIN = 30.0  # seconds

Turn = Callable[[str], Awaitable[None]]


class MessageLookup:
    """Reads single messages by forwarding them to `log_chat`."""

    def __init__(self, bot: Bot, log_chat: str, turn: Turn) -> None:
        self._bot = bot
        self._log_chat = log_chat
        self._turn = turn

    async def find(self, address: str, payload: Payload, after: str | None) -> LookupResult:
        """Whether a message with that payload stands in the chat, newer than `after`."""
        if not address.startswith("-100"):
            return LookupUnavailable(Notice.of("publish.no_history"))
        try:
            if after is None:
                return await self._find_among_last(address, payload)
            return await self._find_after(address, payload, int(after))
        except _Unreadable:
            return LookupUnavailable(Notice.of("publish.protected"))
        except NotSent as error:
            return LookupUnavailable(error.notice, error.retry_after or _ASK_AGAIN)
        except InDoubt as error:
            return LookupUnavailable(error.notice, _ASK_AGAIN)
        except (Rejected, ChatMigrated) as error:
            return LookupUnavailable(error.notice)

    async def _find_after(self, address: str, payload: Payload, last: int) -> LookupResult:
        misses = 0
        for number in range(last + 1, last + 1 + _MOST):
            message = await self._look(address, number)
            if isinstance(message, Message) and _is(message, payload):
                return MessageFound(str(number))
            misses = 0 if message else misses + 1
            if misses == _MISSES:
                return MessageAbsent()
        return LookupUnavailable(Notice.of("publish.too_far", n=_MOST))

    async def _find_among_last(self, address: str, payload: Payload) -> LookupResult:
        newest = await self._newest(address)
        for number in range(newest, max(0, newest - _LAST), -1):
            message = await self._look(address, number)
            if isinstance(message, Message) and _is(message, payload):
                return MessageFound(str(number))
        return MessageAbsent()

    async def _newest(self, address: str) -> int:
        """About the newest id of the chat, rather too high than too low; 0 for an empty one."""
        low, high = 0, 1
        while await self._reaches(address, high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            if await self._reaches(address, middle):
                low = middle
            else:
                high = middle
        return low + _HOLE - 1 if low else 0

    async def _reaches(self, address: str, number: int) -> bool:
        for candidate in range(number, number + _HOLE):
            if await self._look(address, candidate):
                return True
        return False

    async def _look(self, address: str, number: int) -> Message | bool:
        """The message of that id; True for one that can't be shown (a service message), False when there is none."""
        await self._turn(self._log_chat)
        try:
            with translate_errors():
                message = await self._bot.forward_message(
                    _chat(self._log_chat), int(address), number, disable_notification=True
                )
        except Rejected as refused:
            return await self._refused(address, refused)
        with suppress(TelegramError):
            await self._bot.delete_message(_chat(self._log_chat), message.message_id)
        return message

    async def _refused(self, address: str, refused: Rejected) -> bool:
        reason = str(dict(refused.notice.params).get("reason", "")).lower()
        if "message to forward not found" in reason or "message_id_invalid" in reason:
            return False
        if "can't be forwarded" in reason or "chat_forwards_restricted" in reason:
            with translate_errors():
                protected = (await self._bot.get_chat(int(address))).has_protected_content
            if protected:
                raise _Unreadable
            return True
        raise refused


class _Unreadable(Exception):  # noqa: N818 - ends a search, no fault
    """The chat's messages can't be forwarded at all."""


def _chat(address: str) -> int | str:
    return address if address.startswith("@") else int(address)


def _is(message: Message, payload: Payload) -> bool:
    """Whether a message is the one that the payload would become."""
    if "picture" in payload:
        return bool(message.photo) and _essence(message.caption or "") == _essence(str(payload["caption"]))
    return message.text is not None and _essence(message.text) == _essence(str(payload["text"]))


def _essence(text: str) -> str:
    """What the server leaves of a text for certain: it takes away white space at the ends, and some characters that
    can't be seen."""
    return "".join(char for char in text if char.isalnum()) or text.strip()
