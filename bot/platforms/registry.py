"""The platforms that a configuration can write to: adapter and pace of each whose token is there."""

from __future__ import annotations

from bot.chat.rate_limiter import Pacer, slack_limits, telegram_limits
from bot.delivery.delivery_worker import Line
from digest.models.model import Platform
from digest.ports import Clock
from digest.settings import Settings
from digest.settings.secrets import SLACK_BOT, TELEGRAM_BOT


def lines(settings: Settings, clock: Clock) -> dict[Platform, Line]:
    """Nothing connects yet, and a platform's library is imported only where its token is set."""
    made: dict[Platform, Line] = {}
    if token := settings.secrets.get(TELEGRAM_BOT):
        from bot.platforms.telegram.sender import TelegramAdapter

        telegram = settings.telegram
        pacer = Pacer(telegram_limits(telegram), clock)
        adapter = TelegramAdapter(token, telegram.base_url, log_chat=telegram.log_chat, turn=pacer.turn)
        resend = telegram.in_doubt == "resend"
        made[Platform.TELEGRAM] = Line(adapter, pacer, resend=resend, pause_after=telegram.pause_after)
    if token := settings.secrets.get(SLACK_BOT):
        from bot.platforms.slack.sender import SlackAdapter

        slack = settings.slack
        pacer = Pacer(slack_limits(slack), clock)
        made[Platform.SLACK] = Line(SlackAdapter(token, slack.base_url), pacer, pause_after=slack.pause_after)
    return made
