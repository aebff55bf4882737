"""Telegram: the token, each chat, who else polls, and whether a lost message could be looked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.console.findings import CheckResult, failed, passed, skipped
from bot.platforms.telegram.diagnostics import (
    TelegramChatInfo,
    TelegramDiagnosticError,
    TelegramDiagnostics,
    inspecting,
)
from bot.platforms.telegram.settings import BOT_TOKEN, TelegramSettings
from digest.ports import Clock
from digest.settings import Settings

AREA = "Telegram"


async def check_telegram(
    settings: Settings, addresses: Sequence[str], clock: Clock, *, is_running: bool
) -> list[CheckResult]:
    """The token and the chats at `addresses`. `is_running`: `broadsheet run` polls itself, so another poller can't be
    looked for without interrupting it."""
    token = settings.secrets.get(BOT_TOKEN)
    if not token:
        return [skipped(AREA, "no token is set")] if addresses else []
    try:
        async with inspecting(token, settings.platform_table(TelegramSettings).base_url, clock) as look:
            results = [passed(AREA, f"the token is that of {await look.name()}")]
            chats = [await _place(look, address) for address in addresses]
            results += [chat for chat, _ in chats]
            results += await _probe(look, settings, [chat_info for _, chat_info in chats if chat_info])
            results.append(await _poller(look, is_running=is_running))
            return results
    except TelegramDiagnosticError as trouble:
        return [failed(AREA, trouble.code, trouble.why)]


async def _place(look: TelegramDiagnostics, address: str) -> tuple[CheckResult, TelegramChatInfo | None]:
    try:
        chat_info = await look.place(address)
    except TelegramDiagnosticError as trouble:
        if trouble.code not in ("telegram.chat", "telegram.rights"):
            raise
        return failed(AREA, trouble.code, f"{address} ({trouble.why})"), None
    if chat_info.problem:
        return failed(AREA, "telegram.rights", f"{chat_info.shown}: {chat_info.problem}"), chat_info
    return passed(AREA, f"may post in {chat_info.shown}"), chat_info


async def _probe(look: TelegramDiagnostics, settings: Settings, chats: Iterable[TelegramChatInfo]) -> list[CheckResult]:
    """Whether a message whose sending ended in doubt can be looked for."""
    chats, log_chat = list(chats), settings.platform_table(TelegramSettings).log_chat
    results = [failed(AREA, "telegram.protected", chat_info.shown) for chat_info in chats if chat_info.protected]
    if not log_chat:
        return results + ([failed(AREA, "telegram.no_log_chat")] if chats else [])
    try:
        chat_info = await look.place(log_chat)
    except TelegramDiagnosticError as trouble:
        if trouble.code not in ("telegram.chat", "telegram.rights"):
            raise
        return [*results, failed(AREA, "telegram.log_chat", trouble.why)]
    if chat_info.problem:
        return [*results, failed(AREA, "telegram.log_chat", chat_info.problem)]
    return [*results, passed(AREA, f"lost messages are looked for by way of {chat_info.shown}; --live tries it")]


async def _poller(look: TelegramDiagnostics, *, is_running: bool) -> CheckResult:
    if is_running:
        return skipped(AREA, "who polls: broadsheet run does, and is left to it")
    if url := await look.webhook():
        return failed(AREA, "telegram.webhook", url.partition("?")[0])
    if await look.is_polled_elsewhere():
        return failed(AREA, "telegram.other_poller", "it polled while this was looked at")
    return passed(AREA, "nobody else polls with this token")
