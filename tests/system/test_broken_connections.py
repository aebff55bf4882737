"""Connections that break in every way a connection can, over real sockets: every message once, in order.

The sender, both adapters and both strict fakes are real here; only time is hurried.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.chat.message_sender import MessageSender
from bot.chat.platform_connection import PlatformConnection
from bot.chat.rate_limiter import RateLimiter, RateLimits, TokenBucket
from bot.delivery.outbox_dispatcher import OutboxDispatcher
from bot.delivery.planner import plan_messages
from bot.platforms.registry import PLATFORMS
from bot.platforms.slack.sender import SlackSender
from bot.platforms.telegram.sender import TelegramSender
from digest.models.delivery import DeliveryState, Message, digest_key
from digest.models.edition import Edition, Platform, Target
from storage.database.connection import Database
from storage.stores.chats import SqliteChatStore
from storage.stores.deliveries import SqliteDeliveryStore
from tests.builders.digests import rich_day
from tests.fakes.clocks.fast_clock import HurriedClock
from tests.fakes.crash_lab import DIGEST, LOG, ROLES, message
from tests.fakes.faults import KINDS
from tests.fakes.loopback_server import FakeServer
from tests.fakes.slack.server import FakeSlack
from tests.fakes.telegram.server import FakeTelegram

pytestmark = pytest.mark.slow
HURRY = 100.0
NEWS, PAPERS = Target(Platform("telegram"), "-1001000000001"), Target(Platform("slack"), "C1")


class Street:
    """Both fakes, a ledger, and a sender with the real adapters."""

    def __init__(self, telegram: FakeTelegram, slack: FakeSlack, db: Database, resend: bool = False) -> None:
        self.telegram, self.slack = telegram, slack
        self.ledger, self.chats = SqliteDeliveryStore(db), SqliteChatStore(db)
        self.clock = HurriedClock(HURRY)
        limits = RateLimits(TokenBucket(0.001, 100), TokenBucket(0.001, 100))
        self.adapters: dict[Platform, MessageSender] = {
            Platform("telegram"): TelegramSender(telegram.token, telegram.url, log_chat="" if resend else str(LOG)),
            Platform("slack"): SlackSender(slack.token, slack.url),
        }
        lines = {
            platform: PlatformConnection(adapter, RateLimiter(limits, self.clock), resend=resend)
            for platform, adapter in self.adapters.items()
        }
        self.sender = OutboxDispatcher(self.ledger, self.chats, lines, self.clock)

    async def aclose(self) -> None:
        for adapter in self.adapters.values():
            await adapter.aclose()

    def server(self, platform: Platform) -> FakeServer:
        return self.telegram if platform == "telegram" else self.slack

    def texts(self, target: Target) -> list[str]:
        if target.platform == "telegram":
            return self.telegram.chats.by_id[int(target.address)].texts()
        return [m["text"] for m in self.slack.workspace.channels[target.address].messages]

    def planned(self, target: Target, digest: str = DIGEST) -> list[str]:
        rows = [d for d in self.ledger.deliveries(digest) if d.target == target]
        return [str(d.payload.get("text", d.payload.get("caption"))) for d in rows]


@asynccontextmanager
async def street(folder: Path, *, resend: bool = False) -> AsyncIterator[Street]:
    async with FakeTelegram(HurriedClock(HURRY)) as telegram, FakeSlack(HurriedClock(HURRY)) as slack:
        telegram.gate.is_open = slack.gate.is_open = True
        telegram.channel(int(NEWS.address), "News", "news")
        telegram.person(LOG, "Log")
        slack.channel(PAPERS.address, "papers")
        with Database.open(folder / "b.db") as db:
            made = Street(telegram, slack, db, resend)
            try:
                yield made
            finally:
                await made.aclose()


METHODS = {
    Platform("telegram"): {role: "sendPhoto" if role == "picture" else "sendMessage" for role in ROLES},
    Platform("slack"): dict.fromkeys(ROLES, "chat.postMessage"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", [NEWS, PAPERS], ids=["telegram", "slack"])
async def test_a_connection_that_breaks_in_the_middle_of_a_digest(tmp_path: Path, kind: str, target: Target) -> None:
    """Each kind of message suffers it once, each kind of look for it as well."""
    async with street(tmp_path) as world:
        faults = world.server(target.platform).faults
        for role in ("overview", "picture"):
            faults.plan(kind, METHODS[target.platform][role], seconds=5)
        for look in ("forwardMessage", "conversations.history", "conversations.replies"):
            faults.plan("cut before", look, times=2)
        world.ledger.add([message(target, role) for role in ROLES])

        assert await world.sender.deliver() == []
        assert world.texts(target) == world.planned(target)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_tenth_of_all_requests_fail(tmp_path: Path, seed: int) -> None:
    """On both platforms, in all ways, while two digests go to several chats."""
    async with street(tmp_path) as world:
        targets = [NEWS, PAPERS]
        for n in range(2, 5):
            world.telegram.channel(-1_001_000_000_000 - n)
            world.slack.channel(f"C{n}")
            targets += [Target(Platform("telegram"), str(-1_001_000_000_000 - n)), Target(Platform("slack"), f"C{n}")]
        for server in (world.telegram, world.slack):
            server.faults.share, server.faults.seconds = 0.1, 5.0
            server.faults.chance.seed(seed)
        for digest in ("vla/2026-01-09/1", "vla/2026-01-10/1"):
            for target in targets:
                batch = [message(target, role) for role in ROLES]
                world.ledger.add([Message(digest, target, m.role, m.payload, None, m.parent) for m in batch])

        await world.sender.deliver(patience=3_600)
        for target in targets:
            assert world.texts(target) == 2 * world.planned(target)
        assert world.ledger.counts() == {}


async def test_a_whole_day_to_both_platforms(tmp_path: Path) -> None:
    """A rich digest as it is really planned and rendered; the same day again adds and sends nothing."""
    digest = rich_day()
    edition = Edition("robots", ("cs.RO",), ("vla",), targets=(Target(Platform("telegram"), "@news"), PAPERS))
    async with street(tmp_path) as world:
        for _ in range(2):
            targets = [world.chats.migrated_target(target) for target in edition.targets]
            world.ledger.add(plan_messages(digest, edition, PLATFORMS, targets))
            assert await world.sender.deliver() == []

        rows = world.ledger.deliveries(digest_key(digest))
        assert {row.state for row in rows} == {DeliveryState.SENT}
        for target in (NEWS, PAPERS):
            assert world.texts(target) == world.planned(target, digest_key(digest))
        assert world.telegram.remarks == world.slack.remarks == []
        assert world.slack.workspace.channels["C1"].texts() == world.planned(PAPERS, digest_key(digest))[:1]


async def test_two_platforms_that_share_an_edition(tmp_path: Path) -> None:
    """The old twin project re-sent the same papers for ever when a Slack and a Telegram channel shared a topic. Here
    one platform is down, then the other, day after day: each gets every digest once."""
    edition = Edition("robots", ("cs.RO",), ("vla",), targets=(NEWS, PAPERS))
    async with street(tmp_path) as world:
        for number in range(1, 4):
            digest = rich_day(number=number)
            for attempt in range(2):
                down = world.telegram if (number + attempt) % 2 else world.slack
                down.faults.plan("error after", times=2)
                down.faults.plan("cut after")
                world.ledger.add(plan_messages(digest, edition, PLATFORMS))
                await world.sender.deliver(patience=600)
        for target in (NEWS, PAPERS):
            expected = [text for n in range(1, 4) for text in world.planned(target, digest_key(rich_day(number=n)))]
            assert world.texts(target) == expected


async def test_where_nothing_can_be_looked_up(tmp_path: Path) -> None:
    """Without a log chat and with "resend" a cut message may come twice, and never not at all."""
    async with street(tmp_path, resend=True) as world:
        world.telegram.faults.plan("cut after")
        world.telegram.faults.plan("cut before")
        world.ledger.add([message(NEWS, role) for role in ROLES])

        assert await world.sender.deliver() == []
        texts = world.texts(NEWS)
        assert list(dict.fromkeys(texts)) == world.planned(NEWS)
        assert len(texts) == len(ROLES) + 1


async def test_stopping_while_a_call_hangs(tmp_path: Path) -> None:
    """What takes longer than the grace is broken off, and found by the next sender."""
    async with street(tmp_path) as world:
        world.telegram.faults.plan("slow", "sendMessage", seconds=1_000)
        world.ledger.add([message(NEWS, role) for role in ROLES])
        arrived = asyncio.Event()
        world.telegram.hook = lambda moment, method, given: arrived.set()
        running = asyncio.create_task(world.sender.run())
        await arrived.wait()
        await world.sender.stop(grace=0.05)
        await running
        world.telegram.hook = None
        assert world.ledger.open_questions(NEWS)

        again = Street(world.telegram, world.slack, world.ledger._db)
        assert await again.sender.deliver() == []
        assert world.texts(NEWS) == world.planned(NEWS)
        await again.aclose()
