"""Looking for a message of ours in a channel or supergroup without touching anybody's.

A bot never sees its own messages again, and can't read a chat's history. But ids in a channel or supergroup count up,
and forwarding a message to a chat of our own shows it: so the ids after the last known one are forwarded to the log
chat, silently, compared, and the copies deleted. Private chats and basic groups share one row of ids: no way there.

An id without a message proves nothing: deleted messages leave gaps of any length. Absence is proved only by the newest
id, and Telegram tells that of nothing but a new message. So a marker is posted silently, its id noted, and the marker
deleted; then every id below it is looked at. One that a crash left behind is deleted by the next search.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

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
from digest.models.notice import Notice

MARKER = "\u23f3 broadsheet"  # nobody else's words, so that one that was left behind is known again
_MISSES = 10  # ids in a row without a message, after which the marker is posted
_MOST = 200  # ids looked at for one question
_FIRST = 30  # of the lowest ids, where nothing is known of the chat: many chats are young
_ASK_AGAIN = 30.0  # seconds


class SendTurn(Protocol):
    """Waits until the chat's rate limit allows another write."""

    async def __call__(self, address: str, /) -> None: ...


class MessageLookup:
    """Reads single messages by forwarding them to `log_chat`."""

    def __init__(self, bot: Bot, log_chat: str, turn: SendTurn) -> None:
        self._bot = bot
        self._log_chat = log_chat
        self._turn = turn

    async def find(self, address: str, payload: Payload, after: str | None, *, settled: bool = True) -> LookupResult:
        """Whether a message with that payload stands in the chat, newer than `after`. `MessageAbsent` is proved
        where the message can't appear any more (`settled`); before that it means no more than "not yet seen"."""
        if not address.startswith("-100"):
            return LookupUnavailable(Notice.of("publish.no_history"))
        try:
            return await self._find(address, payload, after, settled)
        except _Unreadable:
            return LookupUnavailable(Notice.of("publish.protected"))
        except NotSent as error:
            return LookupUnavailable(error.notice, error.retry_after or _ASK_AGAIN)
        except InDoubt as error:
            return LookupUnavailable(error.notice, _ASK_AGAIN)
        except (Rejected, ChatMigrated) as error:
            return LookupUnavailable(error.notice)

    async def _find(self, address: str, payload: Payload, after: str | None, settled: bool) -> LookupResult:
        known = int(after) if after is not None else 0
        number, seen = await self._upwards(address, payload, known + 1, _FIRST if after is None else _MOST)
        if number is not None:
            return MessageFound(str(number))
        if not settled:
            return MessageAbsent()
        newest = await self._mark(address)
        lowest = max(seen + 1, newest - _MOST) if after is None else seen + 1
        highest = newest - 1 if after is None else min(newest - 1, known + _MOST)
        for number in range(highest, lowest - 1, -1):
            if await self._is_at(address, number, payload):
                return MessageFound(str(number))
        is_all = lowest == seen + 1 and highest == newest - 1
        return MessageAbsent() if is_all or newest <= seen else LookupUnavailable(Notice.of("publish.too_far", n=_MOST))

    async def _upwards(self, address: str, payload: Payload, first: int, most: int) -> tuple[int | None, int]:
        """The id of the message, looked for until ten ids in a row are empty, and the last id that was looked at."""
        misses, number = 0, first - 1
        for number in range(first, first + most):
            message = await self._look(address, number)
            if isinstance(message, Message) and _is(message, payload):
                return number, number
            misses = 0 if message else misses + 1
            if misses == _MISSES:
                break
        return None, number

    async def _is_at(self, address: str, number: int, payload: Payload) -> bool:
        message = await self._look(address, number)
        return isinstance(message, Message) and _is(message, payload)

    async def _mark(self, address: str) -> int:
        """The id that the chat gives out next, of a message that is gone again at once."""
        await self._turn(address)
        with translate_errors():
            marker = await self._bot.send_message(int(address), MARKER, disable_notification=True)
        await self._delete(address, marker.message_id)
        return marker.message_id

    async def _delete(self, address: str, number: int) -> None:
        with suppress(TelegramError):
            await self._bot.delete_message(_chat(address), number)

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
        await self._delete(self._log_chat, message.message_id)
        if message.text == MARKER:
            await self._delete(address, number)
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
