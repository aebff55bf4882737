"""`--live CHAT`: a test message in a chat that a person names for it, changed, found, and removed again.

Beside it what the platforms do not document is tried out, as far as one message tells it: the answers hold for this
installation on this day. It passes neither ledger nor pace, which is why nothing runs it by itself; it tries nothing
twice, and whatever it could not remove it names.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.chat.message_sender import MessageFound
from bot.doctor.findings import CheckResult, failed, passed, skipped
from bot.platforms.slack import diagnostics as slack_diagnostics
from bot.platforms.slack.diagnostics import SlackDiagnosticError
from bot.platforms.slack.sender import EVENT
from bot.platforms.telegram import diagnostics as telegram_diagnostics
from bot.platforms.telegram.diagnostics import TelegramDiagnosticError
from bot.platforms.telegram.sender import TelegramSender
from digest.errors import InputError
from digest.models.model import Platform
from digest.ports import Clock
from digest.settings import Settings, validators

AREA = "live"
TEXT = "Broadsheet: a test message of broadsheet doctor. It removes itself."
PACE = 1.1  # seconds between two writes
BURST = 5  # messages without a pause
BLOCKS = (11_000, 12_000, 13_000, 13_200, 13_400, 14_000)  # characters of a message's blocks
METADATA = (500, 1_000, 4_000, 8_000, 16_000)  # characters
_BLOCK = 2_900


def resolve_chat(chat: str) -> tuple[Platform, str]:
    """`telegram:-100…` or `slack:C…`. Raises `InputError`."""
    if not chat or (problem := validators.chat(chat)) is not None:
        raise InputError(f"--live: {problem}" if chat else "--live: name a chat")
    platform, _, address = chat.partition(":")
    return Platform(platform), address


async def run_live_test(settings: Settings, chat: str, clock: Clock) -> AsyncIterator[CheckResult]:
    """What came of it, finding by finding."""
    platform, address = resolve_chat(chat)
    secrets = settings.secrets
    token = secrets.telegram_bot_token if platform is Platform.TELEGRAM else secrets.slack_bot_token
    if not token:
        yield failed(AREA, f"env.{platform}")
        return
    trial = _Telegram(settings, token, clock) if platform is Platform.TELEGRAM else _Slack(settings, token, clock)
    try:
        async for finding in trial.run(address):
            yield finding
    except (TelegramDiagnosticError, SlackDiagnosticError) as trouble:
        yield failed(AREA, trouble.code, trouble.why)


@dataclass(slots=True)
class _Telegram:
    settings: Settings
    token: str
    clock: Clock
    left: list[int] = field(default_factory=list)  # messages that are still in the chat

    async def run(self, address: str) -> AsyncIterator[CheckResult]:
        base_url = self.settings.telegram.base_url
        async with telegram_diagnostics.connected(self.token, base_url) as bot:
            chat = await telegram_diagnostics.TelegramDiagnostics(bot, self.clock).place(address)
            trial = telegram_diagnostics.TelegramTestPost(bot, chat.address)
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

    async def _probe(self, chat: telegram_diagnostics.TelegramChatInfo, sent: int) -> CheckResult:
        """Whether the read-only probe finds the message, as it would after a crash."""
        log_chat = self.settings.telegram.log_chat
        if not log_chat:
            return skipped(AREA, "whether a lost message is found: there is no [telegram] log_chat")
        if chat.kind not in ("channel", "supergroup"):
            return skipped(AREA, "whether a lost message is found: only channels and supergroups can be looked through")
        adapter = TelegramSender(self.token, self.settings.telegram.base_url, log_chat=log_chat, turn=self._turn)
        try:
            finding = await adapter.look_up(chat.address, "doctor", {"text": f"{TEXT} Changed."}, after=str(sent - 1))
        finally:
            await adapter.aclose()
        if finding == MessageFound(str(sent)):
            return passed(AREA, "and found again by way of the log chat")
        return failed(AREA, "telegram.log_chat", f"the message was not found ({type(finding).__name__})")

    async def _turn(self, _address: str) -> None:
        await self.clock.sleep(PACE)

    async def _rich(self, trial: telegram_diagnostics.TelegramTestPost) -> CheckResult:
        await self.clock.sleep(PACE)
        try:
            self.left.append(await trial.send_rich(f"<h3>Broadsheet</h3><p>{TEXT}</p>"))
        except TelegramDiagnosticError as trouble:
            return skipped(AREA, f"rich messages: the server refuses them ({trouble.why or trouble.code})")
        return passed(
            AREA, "rich messages: the server takes them; whether your readers' apps show them, only they can tell"
        )

    async def _burst(self, trial: telegram_diagnostics.TelegramTestPost) -> CheckResult:
        await self.clock.sleep(BURST * PACE)
        for n in range(BURST):
            try:
                self.left.append(await trial.send(f"{TEXT} ({n + 1} of {BURST})"))
            except TelegramDiagnosticError as trouble:
                return passed(AREA, f"of {BURST} messages at once {n} were taken, then: {trouble.why or trouble.code}")
        return passed(
            AREA, f"{BURST} messages at once were taken; [telegram] chat_burst is {self.settings.telegram.chat_burst}"
        )

    async def _cleared(self, trial: telegram_diagnostics.TelegramTestPost) -> CheckResult:
        kept: list[str] = []
        for message in self.left:
            await self.clock.sleep(PACE)
            try:
                await trial.remove(message)
            except TelegramDiagnosticError:
                kept.append(str(message))
        if kept:
            return failed(AREA, "live.left", ", ".join(kept))
        return passed(AREA, f"removed again: {len(self.left)} messages")


@dataclass(slots=True)
class _Slack:
    settings: Settings
    token: str
    clock: Clock
    left: list[str] = field(default_factory=list)

    async def run(self, address: str) -> AsyncIterator[CheckResult]:
        async with slack_diagnostics.connected(self.token, self.settings.slack.base_url) as client:
            trial = slack_diagnostics.SlackTestPost(client, address)
            name = str(uuid.uuid4())
            sent = await trial.send(TEXT, client_msg_id=name, metadata=_metadata("doctor"))
            self.left.append(sent)
            yield passed(AREA, f"a message was posted in {address}")
            try:
                yield await self._found(trial, sent)
                yield await self._twice(trial, name)
                yield await self._blocks(trial, sent)
                yield await self._sizes(trial, sent)
            finally:
                yield await self._cleared(trial)

    async def _found(self, trial: slack_diagnostics.SlackTestPost, sent: str) -> CheckResult:
        message = await trial.find(sent)
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        if payload.get("delivery") == "doctor":
            return passed(AREA, "and found again by its metadata, as a lost message would be")
        return failed(
            AREA, "live.not_found", "the history shows it without metadata" if message else "not in the history"
        )

    async def _twice(self, trial: slack_diagnostics.SlackTestPost, name: str) -> CheckResult:
        """Whether Slack drops a second message with the same client_msg_id."""
        await self.clock.sleep(PACE)
        try:
            again = await trial.send(TEXT, client_msg_id=name)
        except SlackDiagnosticError as trouble:
            return passed(AREA, f"client_msg_id: a second message with the same one is refused ({trouble.why})")
        if again in self.left:
            return passed(AREA, "client_msg_id: a second message with the same one is the first one again")
        self.left.append(again)
        return passed(AREA, "client_msg_id: a second message with the same one is posted; it protects from nothing")

    async def _blocks(self, trial: slack_diagnostics.SlackTestPost, sent: str) -> CheckResult:
        """How many characters the blocks of a message may have: the same message, made longer and longer."""
        took = 0
        for size in BLOCKS:
            await self.clock.sleep(PACE)
            try:
                await trial.edit(sent, TEXT, blocks=_blocks(size))
            except SlackDiagnosticError as trouble:
                return passed(AREA, f"a message's blocks: {took:,} characters are taken, {size:,} not ({trouble.why})")
            took = size
        return passed(AREA, f"a message's blocks: {took:,} characters are taken")

    async def _sizes(self, trial: slack_diagnostics.SlackTestPost, sent: str) -> CheckResult:
        """How large the metadata of a message may be."""
        took = 0
        for size in METADATA:
            await self.clock.sleep(PACE)
            try:
                await trial.edit(sent, TEXT, metadata=_metadata("x" * size))
            except SlackDiagnosticError as trouble:
                return passed(
                    AREA, f"a message's metadata: {took:,} characters are taken, {size:,} not ({trouble.why})"
                )
            took = size
        return passed(AREA, f"a message's metadata: {took:,} characters are taken")

    async def _cleared(self, trial: slack_diagnostics.SlackTestPost) -> CheckResult:
        kept: list[str] = []
        for message in self.left:
            await self.clock.sleep(PACE)
            try:
                await trial.remove(message)
            except SlackDiagnosticError:
                kept.append(message)
        if kept:
            return failed(AREA, "live.left", ", ".join(kept))
        return passed(AREA, f"removed again: {len(self.left)} messages")


def _metadata(delivery: str) -> dict[str, object]:
    return {"event_type": EVENT, "event_payload": {"delivery": delivery}}


def _blocks(characters: int) -> list[dict[str, object]]:
    """Sections that have so many characters together."""
    sizes = [min(_BLOCK, characters - start) for start in range(0, characters, _BLOCK)]
    return [{"type": "section", "text": {"type": "plain_text", "text": "x" * size}} for size in sizes]
