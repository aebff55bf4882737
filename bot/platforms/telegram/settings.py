"""The `[telegram]` table of `config.toml`, the secrets beside it, and how chats and people are named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.chat.rate_limiter import RateLimits, SlidingWindow, TokenBucket, simultaneous_sends
from digest.models.edition import Platform
from digest.settings import validators
from digest.settings.platform_table import PlatformTable
from digest.settings.schema import key

TELEGRAM = Platform("telegram")
BOT_TOKEN = "TELEGRAM_BOT_TOKEN"  # noqa: S105 - the variable's name


def check_chat(value: object) -> str | None:
    """An @name or a number."""
    if re.fullmatch(r"@[A-Za-z][A-Za-z0-9_]{3,31}|-?[1-9]\d{0,15}", str(value)):
        return None
    return f"{validators.quoted(value)} is no Telegram chat: use '@name' or the chat's number, such as -1001234567890"


def api_url(url: str) -> str:
    """The address in the form that python-telegram-bot takes. It appends the token: `http://host`, `http://host/` and
    `http://host/bot/` all become `http://host/bot`."""
    bare = url.rstrip("/")
    return bare if bare.endswith("/bot") or not bare else f"{bare}/bot"


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """The pace of messages, and what happens to a message whose sending ended in doubt."""

    base_url: str = key("https://api.telegram.org/bot", validators.url)
    log_chat: str = key("", validators.optional(check_chat))
    in_doubt: str = key("hold", validators.one_of("hold", "resend"))
    per_second: float = key(25.0, validators.between(0.01, 1000))
    chat_interval: float = key(1.0, validators.at_least(0))
    chat_burst: int = key(3, validators.between(1, 100))
    group_per_minute: int = key(18, validators.between(1, 1000))
    pause_after: int = key(5, validators.between(1, 100))

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", api_url(self.base_url))

    def rate_limits(self) -> RateLimits:
        """A message a second to a chat after a burst, 20 a minute to a group or channel, about 30 a second overall: the
        defaults stay below each (https://core.telegram.org/bots/faq). The address of a group or channel is a negative
        number or a name."""
        return RateLimits(
            everywhere=TokenBucket(1 / self.per_second, simultaneous_sends(self.per_second)),
            chat=TokenBucket(self.chat_interval, self.chat_burst),
            group=SlidingWindow(self.group_per_minute),
            group_prefixes=("-", "@"),
        )


TABLE = PlatformTable(
    platform=TELEGRAM,
    settings=TelegramSettings,
    secrets=(BOT_TOKEN,),
    check_chat=check_chat,
    person_id=r"[1-9]\d*",
    example_chats=("telegram:-100…", "telegram:@name"),
    example_person="telegram:12345",
    numeric_chats=True,
)
