"""What the set-up and the doctor ask of Slack: whose token it is, what it may do, which channels there are.

Nothing here writes, but `Trial`, which is for the one channel that a person names for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.manifest import SCOPES

_TOKEN = ("not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type")
_PAGES, _PAGE = 10, 200
PATIENCE = 15.0  # seconds for one answer


class SlackDiagnosticError(Exception):
    """Slack can't be used this way. `code` is that of the doctor; `why` Slack's own word."""

    def __init__(self, code: str, why: str = "") -> None:
        self.code, self.why = code, why
        super().__init__(f"{code}: {why}")


@dataclass(frozen=True, slots=True)
class SlackIdentity:
    """Whose token it is. `missing`: scopes of the manifest that it does not have."""

    team: str
    user: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlackChannelInfo:
    id: str
    name: str
    is_member: bool
    is_archived: bool = False

    @property
    def shown(self) -> str:
        return f"#{self.name} ({self.id})"


class SlackDiagnostics:
    """Looks at Slack with a bot's token. Raises `SlackDiagnosticError` from every method."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def who(self) -> SlackIdentity:
        answer = await _asked(self._client, "auth.test")
        granted = {scope.strip() for scope in _header(answer, "x-oauth-scopes").split(",") if scope.strip()}
        missing = tuple(scope for scope in SCOPES if granted and scope not in granted)
        return SlackIdentity(str(answer["team"]), str(answer["user"]), missing)

    async def channels(self) -> list[SlackChannelInfo]:
        """The channels that the token may see, those first in which the bot is."""
        channels: list[SlackChannelInfo] = []
        query: dict[str, Any] = {"limit": _PAGE, "exclude_archived": True, "types": "public_channel,private_channel"}
        for _ in range(_PAGES):
            answer = await _asked(self._client, "conversations.list", query)
            channels += [_channel(channel) for channel in answer["channels"]]
            query["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not query["cursor"]:
                break
        return sorted(channels, key=lambda channel: (not channel.is_member, channel.name))

    async def channel(self, address: str) -> SlackChannelInfo:
        answer = await _asked(self._client, "conversations.info", {"channel": address})
        return _channel(answer["channel"])

    async def socket(self, app_token: str) -> None:
        """Whether Socket Mode takes the app's token. No connection is opened."""
        try:
            await self._client.apps_connections_open(app_token=app_token)
        except SlackApiError as error:
            raise SlackDiagnosticError("slack.app_token", _code(error)) from error
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            raise SlackDiagnosticError("slack.unreachable", type(error).__name__) from error


class SlackTestPost:
    """Writes to one channel, and takes away what it wrote. Nothing is tried twice."""

    def __init__(self, client: AsyncWebClient, channel: str) -> None:
        self._client = client
        self._channel = channel

    async def send(self, text: str, **fields: Any) -> str:
        answer = await self._call("chat.postMessage", {"text": text, **fields})
        return str(answer["ts"])

    async def edit(self, ts: str, text: str, **fields: Any) -> None:
        await self._call("chat.update", {"ts": ts, "text": text, **fields})

    async def remove(self, ts: str) -> None:
        await self._call("chat.delete", {"ts": ts})

    async def find(self, ts: str) -> dict[str, Any]:
        """The message as the channel's history shows it; empty where it is not there."""
        query = {"channel": self._channel, "latest": ts, "inclusive": True, "limit": 1, "include_all_metadata": True}
        answer = await _asked(self._client, "conversations.history", query)
        messages: list[dict[str, Any]] = [message for message in answer["messages"] if message["ts"] == ts]
        return messages[0] if messages else {}

    async def _call(self, method: str, fields: dict[str, Any]) -> Any:
        return await _asked(self._client, method, {"channel": self._channel, **fields}, verb="POST")


@asynccontextmanager
async def connected(token: str, base_url: str) -> AsyncIterator[AsyncWebClient]:
    """A client with that token for as long as the block runs."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        yield AsyncWebClient(token, base_url, timeout=round(PATIENCE), session=session, retry_handlers=[])


@asynccontextmanager
async def inspecting(token: str, base_url: str) -> AsyncIterator[SlackDiagnostics]:
    async with connected(token, base_url) as client:
        yield SlackDiagnostics(client)


async def _asked(
    client: AsyncWebClient, method: str, parameters: dict[str, Any] | None = None, verb: str = "GET"
) -> Any:
    """Slack's answer. Raises `SlackDiagnosticError`."""
    fields = {key: value for key, value in (parameters or {}).items() if value is not None}
    try:
        if verb == "POST":
            return await client.api_call(method, json=fields)
        return await client.api_call(method, http_verb="GET", params=fields)
    except SlackApiError as error:
        raise SlackDiagnosticError(_trouble(_code(error)), _code(error)) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise SlackDiagnosticError("slack.unreachable", type(error).__name__) from error


def _trouble(code: str) -> str:
    if code in _TOKEN:
        return "slack.token"
    if code == "missing_scope":
        return "slack.scopes"
    if code in ("channel_not_found", "not_in_channel", "is_archived"):
        return {"channel_not_found": "slack.channel", "is_archived": "slack.archived"}.get(code, "slack.not_in_channel")
    return "slack.refused"


def _code(error: SlackApiError) -> str:
    """Slack's word for what went wrong; the status where the answer was no JSON."""
    if isinstance(error.response, aiohttp.ClientResponse):
        return f"HTTP {error.response.status}"
    data = error.response.data
    return str(data.get("error", "")) if isinstance(data, dict) else f"HTTP {error.response.status_code}"


def _header(answer: Any, name: str) -> str:
    return str(next((value for key, value in answer.headers.items() if key.lower() == name), ""))


def _channel(channel: dict[str, Any]) -> SlackChannelInfo:
    return SlackChannelInfo(
        channel["id"], channel.get("name", ""), bool(channel.get("is_member")), bool(channel.get("is_archived"))
    )
