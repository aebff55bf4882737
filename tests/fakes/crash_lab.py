"""A place to kill bots in: both strict fakes, a driver that forks bots, and a ledger of its own for each case."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.chat.message_sender import Picture
from bot.clock import SystemClock
from digest.models.delivery import Delivery, DeliveryState, Message
from digest.models.edition import Platform, Target
from storage.database.connection import Database
from storage.stores.deliveries import SqliteDeliveryStore
from tests.fakes.loopback_server import FakeServer
from tests.fakes.slack.server import FakeSlack
from tests.fakes.telegram.server import FakeTelegram
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
ROLES = ("overview", "card", "part", "picture", "update")
SERVER_MOMENTS = ("arrived", "stored", "answering")
WRITES = {"sendMessage", "sendPhoto", "chat.postMessage"}
LOOKS = {"forwardMessage", "conversations.history", "conversations.replies"}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 200
DIGEST = "vla/2026-01-09/1"
LOG = 42


@dataclass
class Case:
    """One chat with one ledger. `kills` are moments of the server: (methods, the n-th of them, moment)."""

    target: Target
    folder: Path
    kills: list[tuple[set[str], int, str]] = field(default_factory=list)
    late: bool = False  # a request whose bot was killed on its arrival is carried out when the next one looks for it
    looked: asyncio.Event = field(default_factory=asyncio.Event)
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def db(self) -> Path:
        return self.folder / "broadsheet.db"

    @property
    def pid(self) -> Path:
        return self.folder / "pid"

    def rows(self) -> list[Delivery]:
        with Database.open(self.db) as db:
            return SqliteDeliveryStore(db).deliveries(DIGEST)

    def passed(self, moment: str, method: str) -> bool:
        """A request of this chat's bot is at a moment: kill the bot if it is the one. Whether it was."""
        self.seen[f"{moment} {method}"] += 1
        for kill in list(self.kills):
            methods, number, at = kill
            if at == moment and method in methods and sum(self.seen[f"{moment} {m}"] for m in methods) == number:
                self.kills.remove(kill)
                self.end()
                return True
        return False

    def end(self) -> None:
        """SIGKILL, whatever the bot is doing."""
        with contextlib.suppress(ProcessLookupError, FileNotFoundError, ValueError):
            os.kill(int(self.pid.read_text()), signal.SIGKILL)


class Lab:
    """Both servers and the driver; see `laboratory`."""

    def __init__(self, telegram: FakeTelegram, slack: FakeSlack, driver: asyncio.subprocess.Process) -> None:
        self.telegram, self.slack = telegram, slack
        self._driver = driver
        self._jobs: dict[int, asyncio.Future[int]] = {}
        self._numbers = itertools.count(1)
        self._cases: dict[str, Case] = {}
        telegram.hook = partial(self._hook, telegram)
        slack.hook = partial(self._hook, slack)

    def case(self, platform: Platform, folder: Path) -> Case:
        """A new chat, with a ledger that has a message of each role for it."""
        number = len(self._cases) + 1
        if platform == "telegram":
            target = Target(platform, str(self.telegram.channel(-1_000_000_000_000 - number).id))
        else:
            target = Target(platform, self.slack.channel(f"C{number:04d}").id)
        return self.started(target, folder, [message(target, role) for role in ROLES])

    def started(self, target: Target, folder: Path, messages: list[Message]) -> Case:
        case = Case(target, folder)
        folder.mkdir(parents=True)
        self._cases[target.address] = case
        with Database.open(case.db) as db:
            SqliteDeliveryStore(db).add(messages)
        return case

    async def live(self, case: Case, kill: tuple[int, str] | None = None, pace: float = 0.001) -> int:
        """One life of a bot; the signal that ended it. `kill`: number of the delivery, and the driver's moment. `pace`:
        seconds between messages to a chat."""
        case.seen.clear()
        case.pid.unlink(missing_ok=True)
        number = next(self._numbers)
        at = [case.target.platform, *kill] if kill else None
        job = {"id": number, "db": str(case.db), "pid": str(case.pid), "kill": at, "pace": pace}
        self._jobs[number] = asyncio.get_running_loop().create_future()
        assert self._driver.stdin is not None
        self._driver.stdin.write(json.dumps(job).encode() + b"\n")
        return await asyncio.wait_for(self._jobs[number], PATIENCE)

    def texts(self, target: Target) -> list[str]:
        """What stands in a chat, threads and all."""
        if target.platform == "telegram":
            return self.telegram.chats.by_id[int(target.address)].texts()
        return [str(m["text"]) for m in self.slack.workspace.channels[target.address].messages]

    def check(self, case: Case) -> None:
        """Everything is there once, in order, under its parent; and the ledger knows it."""
        rows = case.rows()
        assert [row.state for row in rows] == [DeliveryState.SENT] * len(rows)
        if case.target.platform == "telegram":
            chat = self.telegram.chats.by_id[int(case.target.address)]
            found = [(str(n), m.get("reply_to_message", {}).get("message_id")) for n, m in chat.in_order() if n > 1]
        else:
            messages = self.slack.workspace.channels[case.target.address].messages
            found = [(m["ts"], m.get("thread_ts") if m.get("thread_ts") != m["ts"] else None) for m in messages]
        receipts = {row.id: row.receipt for row in rows}
        assert self.texts(case.target) == [str(row.payload.get("text", row.payload.get("caption"))) for row in rows]
        assert [receipt for receipt, _ in found] == list(receipts.values())
        parents = [receipts[row.parent] if row.parent is not None else None for row in rows]
        assert [str(parent) if parent else None for _, parent in found] == parents

    async def listen(self) -> None:
        assert self._driver.stdout is not None
        async for line in self._driver.stdout:
            answer = json.loads(line)
            self._jobs.pop(answer["id"]).set_result(answer["signal"])

    def _hook(self, server: FakeServer, moment: str, method: str, given: dict[str, Any]) -> None:
        address = given.get("from_chat_id") or given.get("chat_id") or given.get("channel")
        case = self._cases.get(str(address))
        if case is None:
            return
        if case.passed(moment, method) and case.late:
            server.faults.plan("late", method, until=case.looked)
        if moment == "stored" and method in LOOKS:
            case.looked.set()


def message(target: Target, role: str) -> Message:
    """A message that any chat takes. In Slack all answer the overview; in Telegram a part answers its card."""
    number = ROLES.index(role)
    words = f"{number + 1}. {role}"
    if role == "picture":
        payload = Picture(PNG, caption=words, alt=words).payload
    elif target.platform == "telegram":
        payload = {"text": words, "entities": [], "link_preview_options": {"is_disabled": True}}
    else:
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
        blocks = [{"type": "rich_text", "elements": [section]}]
        payload = {"text": words, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
    parent = None
    if target.platform == "slack" and number:
        parent = 0
    elif role == "part":
        parent = 1
    return Message(DIGEST, target, role, payload, None, parent)


@asynccontextmanager
async def laboratory() -> AsyncIterator[Lab]:
    """Servers and driver for as long as the block runs."""
    async with FakeTelegram(SystemClock()) as telegram, FakeSlack(SystemClock()) as slack:
        telegram.gate.is_open = slack.gate.is_open = True
        telegram.person(LOG, "Log")
        driver = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.system.crash_driver",
            *(telegram.url, telegram.token, slack.url, slack.token),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert driver.stdout is not None
        assert await driver.stdout.readline() == b"ready\n"
        lab = Lab(telegram, slack, driver)
        listening = asyncio.create_task(lab.listen())
        try:
            yield lab
        finally:
            listening.cancel()
            driver.kill()
            await driver.wait()
            driver._transport.close()  # type: ignore[attr-defined]  # or its pipes are closed too late, and warned of
