"""The platforms that a configuration can write to: adapter and pace of each whose token is there."""

from __future__ import annotations

from bot.chat.rate_limiter import RateLimiter, slack_limits, telegram_limits
from bot.delivery.delivery_worker import PlatformConnection
from digest.models.model import Platform
from digest.ports import Clock
from digest.settings import Settings
from digest.settings.secrets import SLACK_BOT, TELEGRAM_BOT


def build_connections(settings: Settings, clock: Clock) -> dict[Platform, PlatformConnection]:
    """Nothing connects yet, and a platform's library is imported only where its token is set."""
    made: dict[Platform, PlatformConnection] = {}
    if token := settings.secrets.get(TELEGRAM_BOT):
        from bot.platforms.telegram.sender import TelegramSender

        telegram = settings.telegram
        pacer = RateLimiter(telegram_limits(telegram), clock)
        adapter = TelegramSender(token, telegram.base_url, log_chat=telegram.log_chat, turn=pacer.acquire)
        resend = telegram.in_doubt == "resend"
        made[Platform.TELEGRAM] = PlatformConnection(adapter, pacer, resend=resend, pause_after=telegram.pause_after)
    if token := settings.secrets.get(SLACK_BOT):
        from bot.platforms.slack.sender import SlackSender

        slack = settings.slack
        pacer = RateLimiter(slack_limits(slack), clock)
        made[Platform.SLACK] = PlatformConnection(
            SlackSender(token, slack.base_url), pacer, pause_after=slack.pause_after
        )
    return made
