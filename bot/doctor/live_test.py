"""`--live CHAT`: a test message in a chat that a person names for it, changed, looked for, and removed again."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.platform_spec import Platforms
from bot.console.findings import CheckResult, failed
from digest.errors import InputError
from digest.models.edition import Platform
from digest.ports import Clock
from digest.settings import Settings
from digest.settings.platform_table import chat_problem

AREA = "live"


def resolve_chat(chat: str, platforms: Platforms) -> tuple[Platform, str]:
    """`telegram:-100…` or `slack:C…`. Raises `InputError`."""
    if not chat or (problem := chat_problem(chat, [spec.table for spec in platforms.values()])) is not None:
        raise InputError(f"--live: {problem}" if chat else "--live: name a chat")
    platform, _, address = chat.partition(":")
    return Platform(platform), address


async def run_live_test(
    settings: Settings, chat: str, clock: Clock, platforms: Platforms
) -> AsyncIterator[CheckResult]:
    """The platform's own test, finding by finding. It passes neither outbox nor rate limiter, so nothing runs it by
    itself. It tries nothing twice, and names whatever it could not remove."""
    platform, address = resolve_chat(chat, platforms)
    spec = platforms[platform]
    if not spec.token(settings):
        yield failed(AREA, f"env.{platform}")
        return
    async for finding in spec.live_test(settings, address, clock):
        yield finding
