"""Messages out to Telegram, through python-telegram-bot.

It tries nothing twice by itself, and no rate limiter is used: the sender keeps the pace. Payloads are the Bot API's own
fields; they pass the library as they are.
"""

from __future__ import annotations

import math
from typing import Any

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.chat.message_sender import LookupResult, LookupUnavailable, Payload, Picture, Rejected, wait_within_reason
from bot.platforms.telegram.errors import translate_errors
from bot.platforms.telegram.message_lookup import MessageLookup, SendTurn
from digest.models.notice import Notice

_NOT_MODIFIED = "message is not modified"
_UNREADABLE_WAIT = 60  # seconds, where a 429 asks for something that is no number


async def _at_once(address: str) -> None:
    """No waiting."""


class _Request(HTTPXRequest):
    """As the library's, with waits within reason: it would fail over a `retry_after` that no timedelta can hold."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        data = HTTPXRequest.parse_json_payload(payload)
        parameters = data.get("parameters") if isinstance(data, dict) else None
        if isinstance(parameters, dict) and "retry_after" in parameters:
            asked = parameters["retry_after"]
            is_number = isinstance(asked, int | float) and not isinstance(asked, bool)
            parameters["retry_after"] = max(math.ceil(wait_within_reason(asked)), 1) if is_number else _UNREADABLE_WAIT
        return data


class TelegramSender:
    """Implements `bot.chat.message_sender.Adapter`. `log_chat` is where copies go for a moment when a lost message is
    looked for; `turn` waits for the pace of a chat (copies to the log chat are messages too). `timeout` is in
    seconds."""

    def __init__(
        self,
        token: str,
        base_url: str = "https://api.telegram.org/bot",
        *,
        log_chat: str = "",
        turn: SendTurn = _at_once,
        timeout: float = 30.0,
    ) -> None:
        self._request = _Request(
            connection_pool_size=64,
            connect_timeout=10.0,
            read_timeout=timeout,
            write_timeout=timeout,
            pool_timeout=timeout,
            media_write_timeout=2 * timeout,
        )
        self._bot = Bot(token, base_url=base_url, request=self._request, get_updates_request=self._request)
        self._probe = MessageLookup(self._bot, log_chat, turn) if log_chat else None

    async def resolve(self, address: str) -> str:
        if not address.startswith("@"):
            return address
        with translate_errors():
            return str((await self._bot.get_chat(address)).id)

    async def send(self, address: str, payload: Payload, *, thread: str | None = None, delivery: str = "") -> str:
        if (picture := Picture.of(payload)) is not None:
            return await self._send_photo(address, picture, _fields(_silence(payload), thread))
        with translate_errors():
            message = await self._bot.send_message(_chat(address), payload["text"], api_kwargs=_fields(payload, thread))
        return str(message.message_id)

    async def send_picture(
        self, address: str, picture: Picture, *, thread: str | None = None, delivery: str = ""
    ) -> str:
        return await self._send_photo(address, picture, _fields({}, thread))

    async def _send_photo(self, address: str, picture: Picture, fields: dict[str, object]) -> str:
        with translate_errors():
            message = await self._bot.send_photo(
                _chat(address),
                picture.data,
                filename=picture.name,
                caption=picture.caption or None,
                api_kwargs=fields,
            )
        return str(message.message_id)

    async def edit(self, address: str, receipt: str, payload: Payload) -> None:
        fields = {key: value for key, value in _fields(payload, None).items() if key != "disable_notification"}
        try:
            with translate_errors():
                await self._bot.edit_message_text(payload["text"], _chat(address), int(receipt), api_kwargs=fields)
        except Rejected as refused:
            if _NOT_MODIFIED not in str(dict(refused.notice.params).get("reason", "")).lower():
                raise

    async def look_up(
        self,
        address: str,
        delivery: str,
        payload: Payload,
        *,
        after: str | None,
        thread: str | None = None,
        settled: bool = True,
    ) -> LookupResult:
        if self._probe is None:
            return LookupUnavailable(Notice.of("publish.no_log_chat"))
        return await self._probe.find(address, payload, after, settled=settled)

    async def newest(self, address: str) -> str | None:
        return None  # Telegram does not tell

    async def aclose(self) -> None:
        await self._request.shutdown()


def _chat(address: str) -> int | str:
    return address if address.startswith("@") else int(address)


def _silence(payload: Payload) -> Payload:
    """Of a payload, whether it rings."""
    return {key: value for key, value in payload.items() if key == "disable_notification"}


def _fields(payload: Payload, thread: str | None) -> dict[str, object]:
    """A payload without its text, and the message that it answers."""
    fields = {key: value for key, value in payload.items() if key != "text"}
    if thread is not None:
        fields["reply_parameters"] = {"message_id": int(thread), "allow_sending_without_reply": True}
    return fields
