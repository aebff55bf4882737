"""Telegram as Broadsheet knows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from bot.chat.message_sender import MessageSender
from bot.chat.platform_spec import (
    ChatListener,
    ListenerServices,
    PlatformSpec,
    SetupContext,
    SetupOption,
    SetupResult,
    ThreadRule,
)
from bot.chat.rate_limiter import RateLimiter
from bot.console.findings import CheckResult, failed
from bot.platforms.telegram.renderer import render_telegram
from bot.platforms.telegram.settings import TABLE, TelegramSettings
from digest.ports import Clock
from digest.rendering.document import Document
from digest.settings import PlatformTable, Settings


@dataclass(frozen=True, slots=True)
class TelegramSpec(PlatformSpec):
    """Messages are text with entities; commands come by long polling."""

    table: PlatformTable = TABLE
    command_prefix: str = "/"
    thread_rule: ThreadRule = ThreadRule.BEGINNING
    setup_options: tuple[SetupOption, ...] = (
        SetupOption("telegram", "CHAT", "A Telegram chat: @channel or a number."),
        SetupOption("log-chat", "NUMBER|find", "The private chat for looking after lost messages."),
    )

    def make_sender(self, token: str, settings: Settings, rate_limiter: RateLimiter) -> MessageSender:
        from bot.platforms.telegram.sender import TelegramSender

        table = settings.platform_table(TelegramSettings)
        return TelegramSender(token, table.base_url, log_chat=table.log_chat, turn=rate_limiter.acquire)

    def silent(self, payload: dict[str, object]) -> dict[str, object]:
        return {**payload, "disable_notification": True}

    def render(self, document: Document) -> list[dict[str, Any]]:
        return render_telegram(document)

    def make_listener(self, settings: Settings, services: ListenerServices) -> ChatListener | None:
        token = self.token(settings)
        if token is None:
            return None
        from bot.platforms.telegram.listener import TelegramListener

        return TelegramListener(token, settings.platform_table(TelegramSettings).base_url, services)

    def resends_in_doubt(self, settings: Settings) -> bool:
        return settings.platform_table(TelegramSettings).in_doubt == "resend"

    def check_environment(self, settings: Settings) -> Iterator[CheckResult]:
        is_used = any(target.platform == self.platform for e in settings.editions for target in e.targets)
        if is_used and not self.token(settings):
            yield failed("environment", "env.telegram")

    async def check(self, settings: Settings, clock: Clock, *, is_running: bool) -> list[CheckResult]:
        from bot.platforms.telegram.doctor_checks import check_telegram

        return await check_telegram(settings, self.addresses(settings), clock, is_running=is_running)

    def live_test(self, settings: Settings, address: str, clock: Clock) -> AsyncIterator[CheckResult]:
        from bot.platforms.telegram.live_test import run_telegram_test

        return run_telegram_test(settings, address, clock)

    async def ask(self, context: SetupContext) -> SetupResult:
        from bot.platforms.telegram.setup_questions import ask_about_telegram

        return await ask_about_telegram(context)
