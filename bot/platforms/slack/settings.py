"""The `[slack]` table of `config.toml`, the secrets beside it, and how channels and people are named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.chat.rate_limiter import RateLimits, TokenBucket, simultaneous_sends
from digest.models.edition import Platform
from digest.settings import validators
from digest.settings.platform_table import PlatformTable
from digest.settings.schema import key

SLACK = Platform("slack")
BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105 - the variable's name
APP_TOKEN = "SLACK_APP_TOKEN"  # noqa: S105


def check_chat(value: object) -> str | None:
    """A channel's id."""
    if re.fullmatch(r"[CGD][A-Z0-9]+", str(value)):
        return None
    return (
        f"{validators.quoted(value)} is no Slack channel id: use C… or G…, at the end of the channel's 'About' window"
    )


def api_url(url: str) -> str:
    """The address in the form that slack_sdk takes. It appends the method: `http://host` and `http://host/api` become
    `http://host/api/`. Any other path is kept."""
    bare = url.rstrip("/")
    if not bare:
        return ""
    return f"{bare}/" if urlsplit(bare).path else f"{bare}/api/"


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """The pace of messages."""

    base_url: str = key("https://slack.com/api/", validators.url)
    per_second: float = key(10.0, validators.between(0.01, 1000))
    chat_interval: float = key(1.0, validators.at_least(0))
    chat_burst: int = key(3, validators.between(1, 100))
    pause_after: int = key(5, validators.between(1, 100))

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", api_url(self.base_url))

    def rate_limits(self) -> RateLimits:
        """A message a second to a channel after a burst, several hundred a minute to a workspace."""
        return RateLimits(
            everywhere=TokenBucket(1 / self.per_second, simultaneous_sends(self.per_second)),
            chat=TokenBucket(self.chat_interval, self.chat_burst),
        )


TABLE = PlatformTable(
    platform=SLACK,
    settings=SlackSettings,
    secrets=(BOT_TOKEN, APP_TOKEN),
    check_chat=check_chat,
    person_id=r"[UW][A-Z0-9]+",
    example_chats=("slack:C…",),
    example_person="slack:U0123ABC",
)
