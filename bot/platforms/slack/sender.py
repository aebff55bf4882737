"""Messages out to Slack, through slack_sdk's asynchronous client.

Its default retry handler posts a second time when a connection broke after the request: it is switched off. Each
message carries the name of its delivery as metadata, by which it is found again in the channel or the thread.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.message_sender import (
    ChatMigrated,
    InDoubt,
    LookupResult,
    LookupUnavailable,
    MessageAbsent,
    MessageFound,
    NotSent,
    Payload,
    Picture,
    Rejected,
    SendError,
)
from bot.platforms.slack.errors import translate_errors
from digest.models.notice import Notice

EVENT = "broadsheet_delivery"
_NAMES = uuid.UUID("8f0e9f0a-5a4c-5d0b-9d0c-3f1c8b1f7a52")  # ours, for names made from deliveries
_PAGE = 15  # messages; what apps that are not from Slack's own shop may read at once
_MOST_PAGES = 40
_ASK_AGAIN = 30.0  # seconds
_MAX_ALT = 2_000
_NOT_READY = ("invalid_blocks", "file_not_found")  # what is said of a file that can't be shown yet
_UNREADY_AT_MOST = 4
_UNTIL_READY = 5.0  # seconds


class SlackSender:
    """Implements `bot.chat.message_sender.Adapter`. `timeout` is in seconds."""

    def __init__(self, token: str, base_url: str = "https://slack.com/api/", *, timeout: float = 30.0) -> None:
        self._token = token
        self._base_url = base_url
        self._timeout = timeout
        self._client: AsyncWebClient | None = None
        self._unready: Counter[str] = Counter()

    async def resolve(self, address: str) -> str:
        return address  # a channel's id is for good

    async def send(self, address: str, payload: Payload, *, thread: str | None = None, delivery: str = "") -> str:
        if (picture := Picture.of(payload)) is not None:
            return await self.send_picture(address, picture, thread=thread, delivery=delivery)
        message: dict[str, Any] = {"channel": address, **payload}
        if thread is not None:
            message["thread_ts"] = thread
        if delivery:
            message["metadata"] = {"event_type": EVENT, "event_payload": {"delivery": delivery}}
            message["client_msg_id"] = str(uuid.uuid5(_NAMES, f"{address} {delivery}"))
        with translate_errors():
            answer = await self._connected().api_call("chat.postMessage", json=message)
        return str(answer["ts"])

    async def send_picture(
        self, address: str, picture: Picture, *, thread: str | None = None, delivery: str = ""
    ) -> str:
        """Uploads the file to nobody, which may be done twice without harm, then posts a message that shows it.

        A file that was just uploaded is not always ready to be shown: Slack then refuses the message, at first."""
        try:
            file_id = await self._uploaded(picture)
            return await self.send(address, _showing(picture, file_id), thread=thread, delivery=delivery)
        except Rejected as refused:
            self._unready[delivery] += 1
            if dict(refused.notice.params).get("reason") in _NOT_READY and self._unready[delivery] < _UNREADY_AT_MOST:
                raise NotSent(refused.notice, _UNTIL_READY) from refused
            raise

    async def _uploaded(self, picture: Picture) -> str:
        """The id of the picture as a file. Whatever fails here, no message was posted."""
        try:
            with translate_errors():
                answer = await self._connected().files_upload_v2(
                    filename=picture.name,
                    content=picture.data,
                    title=picture.caption or picture.name,
                    alt_txt=picture.alt or None,
                )
        except InDoubt as error:
            raise NotSent(error.notice) from error
        except NotSent as error:
            if error.everywhere:  # a token that may not upload can still post
                raise Rejected(error.notice) from error
            raise
        return str(answer["files"][0]["id"])

    async def edit(self, address: str, receipt: str, payload: Payload) -> None:
        fields = {key: payload[key] for key in ("text", "blocks") if key in payload}
        with translate_errors():
            await self._connected().api_call("chat.update", json={"channel": address, "ts": receipt, **fields})

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
        """Reads the channel, or the thread, from `after` on."""
        query: dict[str, Any] = {"channel": address, "limit": _PAGE, "include_all_metadata": True}
        if after is not None:
            query["oldest"] = after
        method = "conversations.history"
        if thread is not None:
            method, query["ts"] = "conversations.replies", thread
        try:
            return await self._look(method, query, delivery)
        except NotSent as error:
            return LookupUnavailable(error.notice, error.retry_after or _ASK_AGAIN)
        except InDoubt as error:
            return LookupUnavailable(error.notice, _ASK_AGAIN)
        except (Rejected, ChatMigrated) as error:
            return LookupUnavailable(error.notice)

    async def _look(self, method: str, query: dict[str, Any], delivery: str) -> LookupResult:
        for _ in range(_MOST_PAGES):
            with translate_errors():
                answer = await self._connected().api_call(method, http_verb="GET", params=query)
            for message in answer["messages"]:
                if _name(message) == delivery:
                    return MessageFound(str(message["ts"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return MessageAbsent()
            query = {**query, "cursor": cursor}
        return LookupUnavailable(Notice.of("publish.too_far", n=_MOST_PAGES * _PAGE))

    async def newest(self, address: str) -> str | None:
        """By Slack's own times: this machine's clock says nothing of them."""
        try:
            with translate_errors():
                answer = await self._connected().api_call(
                    "conversations.history", http_verb="GET", params={"channel": address, "limit": 1}
                )
        except SendError:
            return None
        messages = answer["messages"]
        return str(messages[0]["ts"]) if messages else "0"

    async def aclose(self) -> None:
        if self._client is not None and self._client.session is not None:
            await self._client.session.close()

    def _connected(self) -> AsyncWebClient:
        """The client, made when it is first used: its session belongs to the running event loop."""
        if self._client is None:
            # A connection for each request: one that was left open may be closed just when it is used again, and
            # then nobody knows what became of the message.
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True),
                timeout=aiohttp.ClientTimeout(total=self._timeout, sock_connect=10.0),
            )
            self._client = AsyncWebClient(
                self._token, self._base_url, timeout=round(self._timeout), session=session, retry_handlers=[]
            )
        return self._client


def _name(message: Mapping[str, Any]) -> str | None:
    """The delivery that a message says it is."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT:
        return None
    name: str | None = (metadata.get("event_payload") or {}).get("delivery")
    return name


def _showing(picture: Picture, file_id: str) -> dict[str, Any]:
    """A message that shows an uploaded picture."""
    label = picture.alt or picture.caption or picture.name
    block: dict[str, Any] = {"type": "image", "slack_file": {"id": file_id}, "alt_text": label[:_MAX_ALT]}
    if picture.caption:
        block["title"] = {"type": "plain_text", "text": picture.caption[:_MAX_ALT], "emoji": False}
    return {"text": _escaped(label), "blocks": [block], "unfurl_links": False, "unfurl_media": False}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
