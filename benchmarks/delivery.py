"""How long a day's delivery to many chats takes, against the least time that the limits allow.

    python -m benchmarks.delivery [--chats 200] [--messages 8]

The real sender, ledger and pace on a simulated clock; the platform answers after 40 to 500 ms and counts as the strict
fake Telegram counts.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from bot.chat.platform_connection import PlatformConnection
from bot.chat.rate_limiter import RateLimiter
from bot.delivery.outbox_dispatcher import OutboxDispatcher
from bot.platforms.telegram.settings import TelegramSettings
from digest.models.delivery import Message
from digest.models.edition import Platform, Target
from storage.database.connection import Database
from storage.stores.chats import SqliteChatStore
from storage.stores.deliveries import SqliteDeliveryStore
from tests.fakes.clocks.task_clock import Timeline
from tests.fakes.message_sender import CountingSender, least_time


async def deliver(folder: Path, chats: int, messages: int) -> tuple[float, int]:
    """The seconds on the simulated clock, and how often a limit was broken."""
    clock = Timeline()
    adapter = CountingSender(clock)
    line = PlatformConnection(adapter, RateLimiter(TelegramSettings().rate_limits(), clock))
    with Database.open(folder / "b.db", now=clock.now) as db:
        ledger = SqliteDeliveryStore(db)
        for n in range(chats):
            target = Target(Platform("telegram"), f"-100{n}")
            ledger.add([Message("vla/2026-01-09/1", target, "card", {"text": f"m{i}"}) for i in range(messages)])
        problems = await OutboxDispatcher(ledger, SqliteChatStore(db), {Platform("telegram"): line}, clock).deliver()
        assert problems == []
    return clock.monotonic(), len(adapter.gate.breaches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--messages", type=int, default=8)
    arguments = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        seconds, breaches = asyncio.run(deliver(Path(folder), arguments.chats, arguments.messages))
    least = least_time(arguments.chats, arguments.messages)
    print(f"{arguments.chats} chats with {arguments.messages} messages each: {seconds:.1f} s simulated")
    print(f"least time at the configured pace: {least:.1f} s; ratio {seconds / least:.3f}; limits broken: {breaches}")
    print(f"computing: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
