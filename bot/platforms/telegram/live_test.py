"""`doctor --live` in Telegram: a test message, changed, found, and removed again.

It also tries what Telegram does not document, as far as one message can tell. The answers hold for this installation on
this day.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.chat.message_sender import MessageFound
from bot.console.findings import CheckResult, failed, passed, skipped
from bot.platforms.telegram.diagnostics import (
    TelegramChatInfo,
    TelegramDiagnosticError,
    TelegramDiagnostics,
    TelegramTestPost,
    connected,
)
from bot.platforms.telegram.sender import TelegramSender
from bot.platforms.telegram.settings import BOT_TOKEN, TelegramSettings
from digest.ports import Clock
from digest.settings import Settings

AREA = "live"
TEXT = "Broadsheet: a test message of broadsheet doctor. It removes itself."
PACE = 1.1  # seconds between two writes
BURST = 5  # messages without a pause


async def run_telegram_test(settings: Settings, address: str, clock: Clock) -> AsyncIterator[CheckResult]:
    """The findings, one by one. The bot's token must be set."""
    test = _TelegramTest(settings.platform_table(TelegramSettings), settings.secrets.get(BOT_TOKEN) or "", clock)
    try:
        async for finding in test.run(address):
            yield finding
    except TelegramDiagnosticError as trouble:
        yield failed(AREA, trouble.code, trouble.why)


@dataclass(slots=True)
class _TelegramTest:
    table: TelegramSettings
    token: str
    clock: Clock
    left: list[int] = field(default_factory=list)  # messages that are still in the chat

    async def run(self, address: str) -> AsyncIterator[CheckResult]:
        async with connected(self.token, self.table.base_url) as bot:
            chat = await TelegramDiagnostics(bot, self.clock).place(address)
            trial = TelegramTestPost(bot, chat.address)
            sent = await trial.send(TEXT)
            self.left.append(sent)
            yield passed(AREA, f"a message was posted in {chat.shown}")
            try:
                await trial.edit(sent, f"{TEXT} Changed.")
                yield passed(AREA, "and changed")
                yield await self._probe(chat, sent)
                yield await self._rich(trial)
                yield await self._burst(trial)
            finally:
                yield await self._cleared(trial)

    async def _probe(self, chat: TelegramChatInfo, sent: int) -> CheckResult:
        """Whether the read-only probe finds the message, as it would after a crash."""
        log_chat = self.table.log_chat
        if not log_chat:
            return skipped(AREA, "whether a lost message is found: there is no [telegram] log_chat")
        if chat.kind not in ("channel", "supergroup"):
            return skipped(AREA, "whether a lost message is found: only channels and supergroups can be looked through")
        adapter = TelegramSender(self.token, self.table.base_url, log_chat=log_chat, turn=self._turn)
        try:
            finding = await adapter.look_up(chat.address, "doctor", {"text": f"{TEXT} Changed."}, after=str(sent - 1))
        finally:
            await adapter.aclose()
        if finding == MessageFound(str(sent)):
            return passed(AREA, "and found again by way of the log chat")
        return failed(AREA, "telegram.log_chat", f"the message was not found ({type(finding).__name__})")

    async def _turn(self, _address: str) -> None:
        await self.clock.sleep(PACE)

    async def _rich(self, trial: TelegramTestPost) -> CheckResult:
        await self.clock.sleep(PACE)
        try:
            self.left.append(await trial.send_rich(f"<h3>Broadsheet</h3><p>{TEXT}</p>"))
        except TelegramDiagnosticError as trouble:
            return skipped(AREA, f"rich messages: the server refuses them ({trouble.why or trouble.code})")
        return passed(
            AREA, "rich messages: the server takes them; whether your readers' apps show them, only they can tell"
        )

    async def _burst(self, trial: TelegramTestPost) -> CheckResult:
        await self.clock.sleep(BURST * PACE)
        for n in range(BURST):
            try:
                self.left.append(await trial.send(f"{TEXT} ({n + 1} of {BURST})"))
            except TelegramDiagnosticError as trouble:
                return passed(AREA, f"of {BURST} messages at once {n} were taken, then: {trouble.why or trouble.code}")
        return passed(AREA, f"{BURST} messages at once were taken; [telegram] chat_burst is {self.table.chat_burst}")

    async def _cleared(self, trial: TelegramTestPost) -> CheckResult:
        undeleted: list[str] = []
        for message in self.left:
            await self.clock.sleep(PACE)
            try:
                await trial.remove(message)
            except TelegramDiagnosticError:
                undeleted.append(str(message))
        if undeleted:
            return failed(AREA, "live.left", ", ".join(undeleted))
        return passed(AREA, f"removed again: {len(self.left)} messages")
