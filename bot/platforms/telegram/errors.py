"""python-telegram-bot's errors -> the outcomes of `bot.chat.message_sender`.

What its errors mean was tried out against servers that break off: it raises `NetworkError` for a connection that was
never made as well as for one that was cut after the message was stored; only the cause tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.chat.message_sender import ChatMigrated as MovedChat
from bot.chat.message_sender import InDoubt, NotSent, Rejected, SendError
from digest.models.notice import Notice

PLATFORM = "Telegram"

# Errors from before the request went out. Every other error of the network leaves open what the server did.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

# Answers that are about the chat and not about the message (tdlib/telegram-bot-api, Client.cpp).
_CHAT_AT_FAULT = re.compile(
    r"chat not found|not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED"
    r"|CHAT_ADMIN_REQUIRED|user not found|PEER_ID_INVALID|chat (?:was|is) deactivated|TOPIC_CLOSED"
    r"|CHAT_SEND_\w+_FORBIDDEN",
    re.IGNORECASE,
)
_REST_WITHOUT_TOKEN = 300.0  # seconds until a refused token is tried again


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turns the library's errors into outcomes. Anything else is a mistake of ours and stays loud."""
    try:
        yield
    except TelegramError as error:
        raise send_error_of(error) from error


def send_error_of(error: TelegramError) -> SendError:
    """What became of the call."""
    if isinstance(error.__cause__, TelegramError):  # the answer was no JSON, so it is not from the Bot API
        if isinstance(error, InvalidToken):  # 404 or 401 from another server: nobody there took the message
            return NotSent(Notice.of("publish.no_api", platform=PLATFORM), _REST_WITHOUT_TOKEN, everywhere=True)
        return InDoubt(Notice.of("publish.broken_off", platform=PLATFORM, what=type(error).__name__))
    match error:
        case ChatMigrated():
            return MovedChat(str(error.new_chat_id))
        case RetryAfter():
            seconds = _seconds(error.retry_after)
            return NotSent(
                Notice.of("publish.limited", platform=PLATFORM, seconds=round(seconds)), seconds, limited=True
            )
        case InvalidToken():  # its text may hold the token
            notice = Notice.of("publish.token", platform=PLATFORM)
            return NotSent(notice, _REST_WITHOUT_TOKEN, everywhere=True)
        case Forbidden():
            return Rejected(_refusal(error), chat=True)
        case BadRequest():  # a NetworkError to the library, though it is an answer
            return Rejected(_refusal(error), chat=_CHAT_AT_FAULT.search(error.message) is not None)
        case Conflict():
            return NotSent(_refusal(error))
    if isinstance(error.__cause__, _BEFORE_SENDING):
        return NotSent(Notice.of("publish.unreachable", platform=PLATFORM, what=type(error.__cause__).__name__))
    return InDoubt(Notice.of("publish.broken_off", platform=PLATFORM, what=type(error.__cause__ or error).__name__))


def _refusal(error: TelegramError) -> Notice:
    return Notice.of("publish.refused", platform=PLATFORM, reason=error.message)


def _seconds(retry_after: int | timedelta) -> float:
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else float(retry_after)
