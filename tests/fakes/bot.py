"""`broadsheet run` as a process of its own, between a fake arXiv, a fake Telegram and a fake Slack."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import SystemClock
from digest.arxiv.calendar import is_announcement_day
from tests.fakes.arxiv import FakeArxiv, made_day
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram

NEWS, ADA, GROUP = -1001, 42, -1002
CHANNEL, EVE, DIRECT = "C1", "U1", "D1"
PATIENCE = 20.0  # real seconds
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


def newest_day() -> date:
    """The day that a feed would show now, if it is one with papers; else the one before."""
    day = datetime.now(ZoneInfo("America/New_York")).date()
    while not is_announcement_day(day):
        day -= timedelta(days=1)
    return day


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
    _reader: asyncio.Task[None] | None = None

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
            *("-m", "tests.fakes.bot", "--config", str(self.folder / "config.toml"), "run"),
            env={**os.environ, **self.environ},
            stderr=asyncio.subprocess.PIPE,
        )
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process is not None
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode())

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """The seconds that it took to end."""
        assert self.process is not None
        began = time.monotonic()
        if self.process.returncode is None:
            self.process.send_signal(number)
            await asyncio.wait_for(self.process.wait(), PATIENCE)
        if self._reader is not None:
            await self._reader
        return time.monotonic() - began

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something that the process does."""
        end = time.monotonic() + PATIENCE
        while not condition():
            ended = self.process is not None and self.process.returncode is not None
            if ended or time.monotonic() > end:
                raise AssertionError(f"never: {what}\n{''.join(self.log[-40:])}")
            await asyncio.sleep(0.02)

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
    clock = SystemClock()
    async with FakeArxiv(clock) as arxiv, FakeTelegram(clock) as telegram, FakeSlack(clock) as slack:
        day = newest_day()
        arxiv.day, arxiv.days[day] = datetime.now(ZoneInfo("America/New_York")).date(), made_day(day, 3)
        arxiv.days.setdefault(arxiv.day, arxiv.days[day])
        telegram.channel(NEWS, "News")
        telegram.person(ADA, "Ada", "en")
        slack.channel(CHANNEL, "papers")
        slack.channel(DIRECT, "eve")
        slack.person(EVE, "eve")
        telegram.gate.is_open = slack.gate.is_open = True
        tokens = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_APP_TOKEN": slack.app_token,
        }
        running = Running(folder, arxiv, telegram, slack, environ=tokens)
        running.configure()
        try:
            yield running
        finally:
            if running.process is not None:
                await running.stop(signal.SIGKILL)


if __name__ == "__main__":
    from bot.cli import main

    main()
