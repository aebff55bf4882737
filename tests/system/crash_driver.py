"""A process that forks one bot for each line that it reads, so that a test can kill many without waiting for imports.

    python -m tests.system.crash_driver TELEGRAM_URL TELEGRAM_TOKEN SLACK_URL SLACK_TOKEN

A line is a job as JSON: `id`, `db`, `pid` (a file for its process id), `kill` (null, or [platform, number of the
delivery, moment]), `pace` (seconds between messages to a chat). Each bot opens the database, sends what is in the
ledger with the real adapters, and ends; the driver prints the job's id and the signal that ended it. The moments at
which a bot kills itself stand in `MOMENTS` and `LOOKING`; those on the server's side are the test's.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from bot.chat.message_sender import LookupResult, MessageSender, Payload
from bot.chat.platform_connection import PlatformConnection
from bot.chat.rate_limiter import RateLimiter, RateLimits, TokenBucket
from bot.delivery.outbox_dispatcher import OutboxDispatcher
from bot.platforms.slack.sender import SlackSender
from bot.platforms.telegram.sender import TelegramSender
from digest.models.edition import Platform
from storage.database.connection import Database
from storage.stores.chats import SqliteChatStore
from storage.stores.deliveries import SqliteDeliveryStore
from tests.fakes.clocks.fast_clock import HurriedClock

MOMENTS = ("planned", "intent written", "receipt in hand", "receipt written")
LOOKING = ("before looking", "after looking", "settled")
LOG_CHAT = "42"
HURRY = 25.0


class Killer:
    """Ends this process, as the kernel would, at the moment that the job names."""

    def __init__(self, kill: list[Any] | None) -> None:
        self._at = tuple(kill) if kill else None

    def __call__(self, platform: str, delivery: int, moment: str) -> None:
        if self._at == (platform, delivery, moment):
            os.kill(os.getpid(), signal.SIGKILL)


class WatchedLedger(SqliteDeliveryStore):
    """The real ledger, which tells the killer where it is."""

    def __init__(self, db: Database, killer: Killer) -> None:
        super().__init__(db)
        self._killer = killer

    def _at(self, delivery_id: int, moment: str) -> None:
        delivery = self.delivery(delivery_id)
        assert delivery is not None
        self._killer(delivery.target.platform, delivery_id, moment)

    def mark_sending(self, delivery_id: int, before: str | None) -> bool:
        self._at(delivery_id, "planned")
        done = super().mark_sending(delivery_id, before)
        self._at(delivery_id, "intent written")
        return done

    def mark_sent(self, delivery_id: int, receipt: str) -> None:
        self._at(delivery_id, "receipt in hand")
        super().mark_sent(delivery_id, receipt)
        self._at(delivery_id, "receipt written")

    def back_to_pending(self, delivery_id: int, *args: Any, **kwargs: Any) -> None:
        super().back_to_pending(delivery_id, *args, **kwargs)
        self._at(delivery_id, "settled")


class WatchedSender:
    """A real adapter, which tells the killer when it looks for a message."""

    def __init__(self, adapter: MessageSender, platform: Platform, killer: Killer) -> None:
        self._adapter, self._platform, self._killer = adapter, platform, killer

    async def look_up(
        self,
        address: str,
        delivery: str,
        payload: Payload,
        *,
        after: str | None,
        thread: str | None = None,
        settled: bool = True,
    ) -> LookupResult:
        number = int(delivery.rpartition("#")[2])
        self._killer(self._platform, number, "before looking")
        found = await self._adapter.look_up(address, delivery, payload, after=after, thread=thread, settled=settled)
        self._killer(self._platform, number, "after looking")
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)


async def deliver(job: dict[str, Any], adapters: dict[Platform, MessageSender]) -> None:
    """What a bot does after its start."""
    killer = Killer(job["kill"])
    clock = HurriedClock(HURRY)
    limits = RateLimits(TokenBucket(0.001, 100), TokenBucket(job["pace"]))
    with Database.open(Path(job["db"])) as db:
        lines = {}
        for platform, adapter in adapters.items():
            watched: Any = WatchedSender(adapter, platform, killer)
            lines[platform] = PlatformConnection(watched, RateLimiter(limits, clock))
        await OutboxDispatcher(WatchedLedger(db, killer), SqliteChatStore(db), lines, clock).deliver()
    for adapter in adapters.values():
        await adapter.aclose()


def main() -> None:
    telegram, telegram_token, slack, slack_token = sys.argv[1:5]
    adapters: dict[Platform, MessageSender] = {
        Platform("telegram"): TelegramSender(telegram_token, telegram, log_chat=LOG_CHAT),
        Platform("slack"): SlackSender(slack_token, slack),
    }
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    say("ready")
    for line in sys.stdin:
        job = json.loads(line)
        if os.fork() == 0:
            watch(job, adapters)


def watch(job: dict[str, Any], adapters: dict[Platform, MessageSender]) -> None:
    """Forks the bot, waits for its end, however it comes, and tells of it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        live(job, adapters)
    _, status = os.waitpid(pid, 0)
    say(json.dumps({"id": job["id"], "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}))
    os._exit(0)


def live(job: dict[str, Any], adapters: dict[Platform, MessageSender]) -> None:
    """The bot's whole life."""
    Path(job["pid"]).write_text(str(os.getpid()))
    try:
        asyncio.run(deliver(job, adapters))
    except BaseException:  # noqa: BLE001 - shown, and the ledger tells the test the rest
        traceback.print_exc()
    os._exit(0)


def say(line: str) -> None:
    """A line in one piece: several processes write to the same pipe."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main()
