"""A platform that the code has never heard of: all that it needs is a `PlatformSpec` in the registry's mapping."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.chat.message_sender import MessageSender
from bot.chat.platform_spec import (
    ChatListener,
    ListenerServices,
    Platforms,
    PlatformSpec,
    SetupContext,
    SetupResult,
    ThreadRule,
)
from bot.chat.platform_state import UP
from bot.chat.rate_limiter import RateLimiter, RateLimits, TokenBucket
from bot.chat.request import ChatRef, CommandRequest
from bot.console.findings import CheckResult, passed
from bot.doctor.examination import run_checks
from bot.platforms.registry import PLATFORMS, load_settings
from bot.service import BotService
from bot.setup.setup_answers import SetupAnswers
from bot.setup.wizard import set_up
from digest.errors import ConfigError
from digest.models.edition import Platform, Target
from digest.ports import Clock
from digest.rendering.document import Document
from digest.settings import PlatformTable, Settings, describe_settings
from digest.settings.schema import key
from tests.fakes.arxiv import FakeArxiv, made_day
from tests.fakes.clocks.fast_clock import HurriedClock
from tests.fakes.clocks.still_clock import NOON, TUESDAY
from tests.fakes.message_sender import ScriptedSender
from tests.fakes.scripted_prompt import Answering
from tests.waiting import until

SEMAPHORE = Platform("semaphore")
CONFIG = """
[[editions]]
name = "robots"
title = "Robots daily"
categories = ["cs.RO", "cs.AI"]
keywords = ["made-up"]
language = "en"
publish_at = "00:00"
timezone = "America/New_York"
semaphore = ["hilltop"]
[arxiv]
rss_url = "{arxiv}/rss"
api_url = "{arxiv}/api/query"
pdf_url = "{arxiv}/pdf"
min_interval = 0.0
[http]
max_attempts = 1
[semaphore]
flags = 2
[storage]
path = "b.db"
[engine]
kind = "inline"
[alerts]
chat = "semaphore:tower"
"""


def check_chat(value: object) -> str | None:
    return None if str(value).isalpha() else f"{value!r} is no hill"


@dataclass(frozen=True, slots=True)
class SemaphoreSettings:
    base_url: str = "hill"
    flags: int = key(1)
    pause_after: int = 5

    def rate_limits(self) -> RateLimits:
        return RateLimits(TokenBucket(0.0), TokenBucket(0.0))


TABLE = PlatformTable(
    platform=SEMAPHORE,
    settings=SemaphoreSettings,
    secrets=("SEMAPHORE_TOKEN",),
    check_chat=check_chat,
    person_id=r"[a-z]+",
    example_chats=("semaphore:hilltop",),
    example_person="semaphore:ada",
)


@dataclass
class Hill:
    """The made-up platform's server: what was signalled, and whoever may signal back."""

    sender: ScriptedSender = field(default_factory=ScriptedSender)
    requests: asyncio.Queue[CommandRequest] = field(default_factory=asyncio.Queue)
    flags: int = 0

    def texts(self, address: str) -> list[str]:
        return self.sender.texts(address)


@dataclass
class SemaphoreListener:
    hill: Hill
    services: ListenerServices

    async def run(self) -> None:
        self.services.observer.on_state(SEMAPHORE, UP)
        while True:
            request = await self.hill.requests.get()
            await self.services.replies.send_replies(request, self.services.dispatcher.dispatch(request))

    async def stop(self) -> None:
        return

    async def is_editor(self, request: CommandRequest) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class SemaphoreSpec(PlatformSpec):
    table: PlatformTable = TABLE
    command_prefix: str = "~"
    thread_rule: ThreadRule = ThreadRule.OVERVIEW
    hill: Hill = field(default_factory=Hill)

    def make_sender(self, token: str, settings: Settings, rate_limiter: RateLimiter) -> MessageSender:
        self.hill.flags = settings.platform_table(SemaphoreSettings).flags
        return self.hill.sender

    def render(self, document: Document) -> list[dict[str, Any]]:
        return [{"text": str(document)}]

    def make_listener(self, settings: Settings, services: ListenerServices) -> ChatListener | None:
        return SemaphoreListener(self.hill, services)

    async def check(self, settings: Settings, clock: Clock, *, is_running: bool) -> list[CheckResult]:
        return [passed(self.title, f"flags are seen from {address}") for address in self.addresses(settings)]

    async def ask(self, context: SetupContext) -> SetupResult:
        return SetupResult(chats=("valley",), secrets={"SEMAPHORE_TOKEN": "flag"})


@dataclass
class World:
    folder: Path
    spec: SemaphoreSpec = field(default_factory=SemaphoreSpec)

    @property
    def platforms(self) -> Platforms:
        return {**PLATFORMS, SEMAPHORE: self.spec}

    @property
    def path(self) -> Path:
        return self.folder / "config.toml"

    def settings(self) -> Settings:
        return load_settings(self.path, {"SEMAPHORE_TOKEN": "flag"}, self.platforms)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with FakeArxiv() as arxiv:
        arxiv.day, arxiv.days[TUESDAY] = TUESDAY, made_day(TUESDAY, 3)
        (tmp_path / "config.toml").write_text(CONFIG.format(arxiv=arxiv.url), encoding="utf-8")
        yield World(tmp_path)


def request(command: str) -> CommandRequest:
    chat = ChatRef(Target(SEMAPHORE, "hilltop"), "channel")
    return CommandRequest(command, "", "semaphore:ada", "Ada", chat, "en", command)


async def test_a_made_up_platform_gets_the_digest_and_answers_help(world: World) -> None:
    """As `broadsheet run` does it: the digest is posted in one thread, commands are answered, states are shown."""
    clock, hill = HurriedClock(100.0, NOON), world.spec.hill
    async with open_app(world.settings(), clock, platforms=world.platforms) as app:
        service = BotService(app, world.path, {})
        life = asyncio.create_task(service.live())
        await until(lambda: len(hill.texts("hilltop")) >= 3, "the digest")
        threads = hill.sender.threads("hilltop")
        hill.requests.put_nowait(request("help"))
        await until(lambda: "~keywords" in hill.texts("hilltop")[-1], "the answer to help")
        state = service.status().platforms[SEMAPHORE]
        service.alerts.send("Something is wrong.", service.reports.texts)
        await until(lambda: len(hill.texts("tower")) == 1, "the alert")
        service.stop()
        await life

    assert "Robots daily" in hill.texts("hilltop")[0]
    assert threads[0] is None
    assert set(threads[1:]) == {"1"}
    assert state is UP
    assert hill.flags == 2


async def test_its_table_is_checked_and_shown_as_every_other(world: World) -> None:
    shown = dict(describe_settings(world.settings()))
    world.path.write_text('[semaphore]\nflag = 3\n[alerts]\nchat = "semaphore:1"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        world.settings()

    assert (shown["semaphore.flags"], shown["SEMAPHORE_TOKEN"]) == ("2", "set")
    assert shown["editions[0].targets"] == "semaphore:hilltop"
    assert caught.value.mistakes == [
        "semaphore.flag: unknown key; did you mean 'flags'?",
        "alerts.chat: '1' is no hill",
    ]


async def test_the_doctor_and_the_set_up_ask_it(world: World) -> None:
    clock = HurriedClock(100.0, NOON)
    checks = run_checks(world.path, {"SEMAPHORE_TOKEN": "flag"}, clock, world.platforms, ask_models=False)
    subjects = [result.subject async for result in checks if result.area == "Semaphore"]
    await set_up(world.path, SetupAnswers(), Answering({}), {}, clock, world.platforms)

    assert subjects == ["flags are seen from hilltop", "flags are seen from tower"]
    assert 'semaphore = ["valley"]' in world.path.read_text(encoding="utf-8")
    assert "SEMAPHORE_TOKEN=flag" in (world.folder / ".env").read_text(encoding="utf-8")
