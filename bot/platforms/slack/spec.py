"""Slack as Broadsheet knows it."""

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
from bot.chat.platform_state import ConnectionKind, PlatformState
from bot.chat.rate_limiter import RateLimiter
from bot.console.findings import CheckResult, failed
from bot.platforms.slack.renderer import render_slack
from bot.platforms.slack.settings import APP_TOKEN, TABLE, SlackSettings
from digest.ports import Clock
from digest.rendering.document import Document
from digest.settings import PlatformTable, Settings


@dataclass(frozen=True, slots=True)
class SlackSpec(PlatformSpec):
    """Messages are blocks; commands come over Socket Mode. In a workspace another app may own /help, so every command
    is also a word after /broadsheet."""

    table: PlatformTable = TABLE
    command_prefix: str = "/broadsheet "
    thread_rule: ThreadRule = ThreadRule.OVERVIEW
    setup_options: tuple[SetupOption, ...] = (SetupOption("slack", "CHANNEL", "A Slack channel: its name or id."),)

    def make_sender(self, token: str, settings: Settings, rate_limiter: RateLimiter) -> MessageSender:
        from bot.platforms.slack.sender import SlackSender

        return SlackSender(token, settings.platform_table(SlackSettings).base_url)

    def render(self, document: Document) -> list[dict[str, Any]]:
        return render_slack(document)

    def make_listener(self, settings: Settings, services: ListenerServices) -> ChatListener | None:
        token, app_token = self.token(settings), settings.secrets.get(APP_TOKEN)
        if token is None:
            return None
        if app_token is None:
            state = PlatformState(ConnectionKind.UP, f"no {APP_TOKEN}, so no commands")
            services.observer.on_state(self.platform, state)
            return None
        from bot.platforms.slack.listener import SlackListener

        return SlackListener(token, app_token, settings.platform_table(SlackSettings).base_url, services)

    def check_environment(self, settings: Settings) -> Iterator[CheckResult]:
        is_used = any(target.platform == self.platform for e in settings.editions for target in e.targets)
        if is_used and not self.token(settings):
            yield failed("environment", "env.slack")
        if self.token(settings) and not settings.secrets.get(APP_TOKEN):
            yield failed("environment", "env.slack_app")

    async def check(self, settings: Settings, clock: Clock, *, is_running: bool) -> list[CheckResult]:
        from bot.platforms.slack.doctor_checks import check_slack

        return await check_slack(settings, self.addresses(settings))

    def live_test(self, settings: Settings, address: str, clock: Clock) -> AsyncIterator[CheckResult]:
        from bot.platforms.slack.live_test import run_slack_test

        return run_slack_test(settings, address, clock)

    async def ask(self, context: SetupContext) -> SetupResult:
        from bot.platforms.slack.setup_questions import ask_about_slack

        return await ask_about_slack(context)
