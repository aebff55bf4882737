"""`doctor --live` in Slack: a test message, changed, found, and removed again.

It also tries what Slack does not document, as far as one message can tell. The answers hold for this installation on
this day.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.console.findings import CheckResult, failed, passed
from bot.platforms.slack.diagnostics import SlackDiagnosticError, SlackTestPost, connected
from bot.platforms.slack.sender import EVENT
from bot.platforms.slack.settings import BOT_TOKEN, SlackSettings
from digest.ports import Clock
from digest.settings import Settings

AREA = "live"
TEXT = "Broadsheet: a test message of broadsheet doctor. It removes itself."
PACE = 1.1  # seconds between two writes
BLOCKS = (11_000, 12_000, 13_000, 13_200, 13_400, 14_000)  # characters of a message's blocks
METADATA = (500, 1_000, 4_000, 8_000, 16_000)  # characters
_BLOCK = 2_900


async def run_slack_test(settings: Settings, address: str, clock: Clock) -> AsyncIterator[CheckResult]:
    """The findings, one by one. The bot's token must be set."""
    test = _SlackTest(settings.platform_table(SlackSettings), settings.secrets.get(BOT_TOKEN) or "", clock)
    try:
        async for finding in test.run(address):
            yield finding
    except SlackDiagnosticError as trouble:
        yield failed(AREA, trouble.code, trouble.why)


@dataclass(slots=True)
class _SlackTest:
    table: SlackSettings
    token: str
    clock: Clock
    left: list[str] = field(default_factory=list)

    async def run(self, address: str) -> AsyncIterator[CheckResult]:
        async with connected(self.token, self.table.base_url) as client:
            trial = SlackTestPost(client, address)
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

    async def _found(self, trial: SlackTestPost, sent: str) -> CheckResult:
        message = await trial.find(sent)
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        if payload.get("delivery") == "doctor":
            return passed(AREA, "and found again by its metadata, as a lost message would be")
        return failed(
            AREA, "live.not_found", "the history shows it without metadata" if message else "not in the history"
        )

    async def _twice(self, trial: SlackTestPost, name: str) -> CheckResult:
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

    async def _blocks(self, trial: SlackTestPost, sent: str) -> CheckResult:
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

    async def _sizes(self, trial: SlackTestPost, sent: str) -> CheckResult:
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

    async def _cleared(self, trial: SlackTestPost) -> CheckResult:
        undeleted: list[str] = []
        for message in self.left:
            await self.clock.sleep(PACE)
            try:
                await trial.remove(message)
            except SlackDiagnosticError:
                undeleted.append(message)
        if undeleted:
            return failed(AREA, "live.left", ", ".join(undeleted))
        return passed(AREA, f"removed again: {len(self.left)} messages")


def _metadata(delivery: str) -> dict[str, object]:
    return {"event_type": EVENT, "event_payload": {"delivery": delivery}}


def _blocks(characters: int) -> list[dict[str, object]]:
    """Sections that have so many characters together."""
    sizes = [min(_BLOCK, characters - start) for start in range(0, characters, _BLOCK)]
    return [{"type": "section", "text": {"type": "plain_text", "text": "x" * size}} for size in sizes]
