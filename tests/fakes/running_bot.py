"""`broadsheet run` as a process of its own, between a fake arXiv, a fake Telegram and a fake Slack."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.fakes.arxiv import FakeArxiv, made_day
from tests.fakes.clocks.still_clock import TUESDAY, SetClock
from tests.fakes.slack.server import FakeSlack
from tests.fakes.telegram.server import FakeTelegram
from tests.waiting import PATIENCE, until

FORWARD = "TESTS_CLOCK_FORWARD"  # the variable that sets the clock of the process
NEWS, ADA, GROUP = -1001, 42, -1002
CHANNEL, EVE, DIRECT = "C1", "U1", "D1"
CONFIG = """
[[editions]]
name = "robots"
title = "Robots daily"
categories = ["cs.RO", "cs.AI"]
keywords = ["made-up"]
language = "en"
detail = "brief"
publish_at = "{publish_at}"
timezone = "America/New_York"
telegram = [{telegram}]
slack = ["C1"]
{more}
[arxiv]
rss_url = "{arxiv}/rss"
api_url = "{arxiv}/api/query"
pdf_url = "{arxiv}/pdf"
min_interval = 0.0
[http]
max_attempts = 1
read_timeout = 3600.0
total_timeout = 3600.0
[telegram]
base_url = "{telegram_url}"
chat_interval = 0.0
group_per_minute = 1000
[slack]
base_url = "{slack_url}"
chat_interval = 0.0
[storage]
path = "b.db"
[engine]
kind = "inline"
[commands]
admins = ["telegram:42"]
personal_editions = true
[alerts]
chat = "telegram:42"
[logging]
format = "json"
level = "info"
"""


@dataclass
class Running:
    """The process and what is around it. `log` has the lines that it has written to standard error."""

    folder: Path
    arxiv: FakeArxiv
    telegram: FakeTelegram
    slack: FakeSlack
    log: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    environ: dict[str, str] = field(default_factory=dict)
    _readers: dict[asyncio.subprocess.Process, asyncio.Task[None]] = field(default_factory=dict)

    def configure(self, *, more: str = "", publish_at: str = "00:00", telegram: str = str(NEWS)) -> None:
        text = CONFIG.format(
            arxiv=self.arxiv.url,
            telegram_url=self.telegram.url,
            slack_url=self.slack.url,
            more=more,
            publish_at=publish_at,
            telegram=telegram,
        )
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.fakes.running_bot", "--config", str(self.folder / "config.toml"), "run"),
            env={**os.environ, **self.environ},
            stderr=asyncio.subprocess.PIPE,
        )
        self._readers[self.process] = asyncio.create_task(self._read(self.process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.log.append(line.decode())

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit code. Everything that it wrote is in `log` then."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self.process is not None
        try:
            async with asyncio.timeout(PATIENCE):
                await self._readers[self.process]
                return await self.process.wait()
        except TimeoutError:
            raise AssertionError(f"it goes on\n{''.join(self.log[-40:])}") from None

    async def kill_all(self) -> None:
        for process in self._readers:
            self.process = process
            await self.stop(signal.SIGKILL)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something that the process does."""
        try:
            await until(lambda: condition() or self._has_ended(), what)
            assert condition(), f"it ended before: {what}"
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said()}\n{chr(10).join(self.log[-40:])}") from None

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.returncode is not None

    def posts(self) -> list[str]:
        return self.telegram.chats.by_id[NEWS].texts()

    def said(self, chat: int = ADA) -> list[str]:
        """What the bot said in a chat of Telegram."""
        messages = self.telegram.chats.by_id[chat].in_order()
        return [str(m["text"]) for _, m in messages if "text" in m and m.get("from", {}).get("is_bot")]

    def logged(self, event: str) -> list[str]:
        return [line for line in self.log if re.search(rf'"event": "{re.escape(event)}', line)]


@asynccontextmanager
async def around(folder: Path) -> AsyncIterator[Running]:
    """The fakes with a day, a channel and people in them; the process is ended afterwards, if it still runs."""
    clock = SetClock()
    async with FakeArxiv(clock) as arxiv, FakeTelegram(clock) as telegram, FakeSlack(clock) as slack:
        arxiv.day, arxiv.days[TUESDAY] = TUESDAY, made_day(TUESDAY, 3)
        telegram.channel(NEWS, "News")
        telegram.person(ADA, "Ada", "en")
        slack.channel(CHANNEL, "papers")
        slack.channel(DIRECT, "eve")
        slack.person(EVE, "eve")
        telegram.gate.is_open = slack.gate.is_open = True
        environ = {
            FORWARD: str(clock.forward),
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_APP_TOKEN": slack.app_token,
        }
        running = Running(folder, arxiv, telegram, slack, environ=environ)
        running.configure()
        try:
            yield running
        finally:
            await running.kill_all()


if __name__ == "__main__":
    from bot import service
    from bot.cli.main import main

    service.run_service = partial(service.run_service, clock=SetClock(float(os.environ[FORWARD])))
    main()
