"""slack_sdk's and aiohttp's errors -> the outcomes of `bot.chat.message_sender`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.chat.message_sender import InDoubt, NotSent, Rejected, SendError
from digest.arxiv.retry import retry_after_of
from digest.models.notice import Notice

PLATFORM = "Slack"

# Errors of https://docs.slack.dev/reference/methods/chat.postMessage and of every method.
_CHAT_AT_FAULT = {
    *("channel_not_found", "not_in_channel", "is_archived", "not_allowed_in_channel", "no_permission"),
    *("restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
    *("restricted_action_non_threadable_channel", "messages_tab_disabled", "cannot_dm_bot"),
    *("user_not_found", "user_disabled", "team_access_not_granted", "ekm_access_denied"),
}
_TOKEN_AT_FAULT = {
    *("not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope"),
    *("org_login_required", "access_denied", "enterprise_is_restricted", "not_allowed_token_type", "team_not_found"),
}
# "It's possible some aspect of the operation succeeded before the error was raised", and what never says enough.
_OPEN = {
    *("fatal_error", "internal_error", "service_unavailable"),
    *("duplicate_message_not_found", "duplicate_channel_not_found"),
}
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_REST_LIMITED = 30.0  # seconds, where a 429 says nothing
_REST_WITHOUT_TOKEN = 300.0  # seconds until a refused token is tried again

# Errors from before the request went out; ConnectionTimeoutError is one of connecting.
_BEFORE_SENDING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turns the libraries' errors into outcomes. Anything else is a mistake of ours and stays loud."""
    try:
        yield
    except SlackApiError as error:
        raise error_of_answer(error) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise error_of_broken_connection(error) from error


def error_of_answer(error: SlackApiError) -> SendError:
    """What became of a call that Slack answered with an error."""
    status, headers, code = _answer(error.response)
    if status == 429 or code in _LIMITED:
        asked_for = retry_after_of(headers)
        seconds = _REST_LIMITED if asked_for is None else max(1.0, asked_for)
        return NotSent(Notice.of("publish.limited", platform=PLATFORM, seconds=round(seconds)), seconds, limited=True)
    if not code and status == 404:  # Slack never says so: nobody took the message
        return NotSent(Notice.of("publish.no_api", platform=PLATFORM), _REST_WITHOUT_TOKEN, everywhere=True)
    if not code or code in _OPEN or status >= 500:
        return InDoubt(Notice.of("publish.broken_off", platform=PLATFORM, what=code or f"HTTP {status}"))
    if code in _TOKEN_AT_FAULT:
        notice = Notice.of("publish.token", platform=PLATFORM)
        return NotSent(notice, _REST_WITHOUT_TOKEN, everywhere=True)
    return Rejected(Notice.of("publish.refused", platform=PLATFORM, reason=code), chat=code in _CHAT_AT_FAULT)


def error_of_broken_connection(error: Exception) -> SendError:
    """What became of a call without an answer."""
    error_name = type(error).__name__
    if isinstance(error, _BEFORE_SENDING):
        return NotSent(Notice.of("publish.unreachable", platform=PLATFORM, what=error_name))
    return InDoubt(Notice.of("publish.broken_off", platform=PLATFORM, what=error_name))


def _answer(response: Any) -> tuple[int, Mapping[str, str], str]:
    """Status, headers and error code; the response is slack_sdk's, or aiohttp's own when the body was no JSON."""
    if isinstance(response, aiohttp.ClientResponse):
        return response.status, response.headers, ""
    data = response.data if isinstance(response.data, dict) else {}
    return int(response.status_code), response.headers, str(data.get("error", ""))
