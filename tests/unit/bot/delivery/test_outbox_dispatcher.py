"""The sender over a real ledger and a platform in memory: order, isolation, holds, pauses, open questions."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.message_sender import ChatMigrated, InDoubt, NotSent, Rejected, SendError
from bot.chat.notice_json import dump_notice, load_notice
from bot.chat.platform_connection import PlatformConnection
from bot.chat.rate_limiter import RateLimiter, RateLimits, SlidingWindow, TokenBucket
from bot.delivery.blocked import blocked_deliveries
from bot.delivery.channel_names import follow_names
from bot.delivery.events import DeliveryEvent
from bot.delivery.outbox_dispatcher import OutboxDispatcher
from bot.delivery.planner import plan_messages, reachable_targets
from bot.platforms.registry import PLATFORMS
from digest.errors import StorageBusyError, StorageError
from digest.models.delivery import Cooldown, DeliveryState, Message, all_chats_of, digest_key
from digest.models.edition import Edition, Platform, Target
from digest.models.notice import Notice
from storage.database.connection import Database
from storage.stores.chats import SqliteChatStore
from storage.stores.deliveries import SqliteDeliveryStore
from tests.builders.digests import empty_day, rich_day
from tests.fakes.clocks.task_clock import Timeline
from tests.fakes.message_sender import DOUBT, CountingSender, ScriptedSender, least_time

A = Target(Platform("telegram"), "-1001")
B = Target(Platform("telegram"), "-1002")
S = Target(Platform("slack"), "C1")
LIMITED = Notice.of("publish.limited", platform="Test", seconds=30)
KICKED = Notice.of("publish.refused", platform="Test", reason="bot was kicked")


@dataclass
class World:
    """A sender with everything around it. `start` is what a new process would do."""

    db: Database
    clock: Timeline
    telegram: ScriptedSender = field(default_factory=ScriptedSender)
    slack: ScriptedSender = field(default_factory=ScriptedSender)
    happened: list[DeliveryEvent] = field(default_factory=list)
    resend: bool = False

    def __post_init__(self) -> None:
        self.ledger, self.chats = SqliteDeliveryStore(self.db), SqliteChatStore(self.db)
        self.start()

    def start(self) -> OutboxDispatcher:
        limits = RateLimits(TokenBucket(1 / 25, 5), TokenBucket(1.0, 3), SlidingWindow(18), ("-", "@"))
        lines = {
            Platform("telegram"): PlatformConnection(
                self.telegram, RateLimiter(limits, self.clock), resend=self.resend
            ),
            Platform("slack"): PlatformConnection(self.slack, RateLimiter(replace(limits, group=None), self.clock)),
        }
        self.sender = OutboxDispatcher(self.ledger, self.chats, lines, self.clock, self.happened.append)
        return self.sender

    def add(self, target: Target, *texts: str, digest: str = "vla/2026-01-09/1") -> list[int]:
        messages = [
            Message(digest, target, "card", {"text": text}, None, 0 if i else None) for i, text in enumerate(texts)
        ]
        return [delivery.id for delivery in self.ledger.add(messages)]

    def states(self, target: Target) -> list[DeliveryState]:
        every = [self.ledger.delivery(i) for i in range(1, 100)]
        return [d.state for d in every if d is not None and d.target == target]

    def what(self) -> list[str]:
        return [happening.kind for happening in self.happened]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = Timeline()
    with Database.open(tmp_path / "b.db", now=clock.now) as db:
        yield World(db, clock)


# --- order and isolation ----------------------------------------------------------------------------------------


async def test_messages_go_in_order_under_their_parent(world: World) -> None:
    """A card waits for the receipt of the overview, since that gives its thread."""
    world.add(S, "overview", "one", "two", "three", "four")

    assert await world.sender.deliver() == []
    assert world.slack.texts("C1") == ["overview", "one", "two", "three", "four"]
    assert world.slack.threads("C1") == [None, "1", "1", "1", "1"]
    assert world.clock.monotonic() == pytest.approx(2.0, abs=0.2)


async def test_chats_take_turns(world: World) -> None:
    """No chat is served whole before the others get their first message."""
    for n in range(5):
        world.add(Target(Platform("telegram"), f"-100{n}"), "one", "two", "three")
    world.telegram.before_send = lambda address: world.clock.sleep(0.05)
    await world.sender.deliver()

    assert {address for address, _ in world.telegram.calls[:5]} == {f"-100{n}" for n in range(5)}


async def test_one_chats_failure_touches_no_other(world: World) -> None:
    """A chat that refuses is told of; the others got everything."""
    world.add(A, "a1", "a2")
    world.add(B, "b1", "b2")
    world.add(S, "s1")
    world.telegram.script["-1001"] = [Rejected(KICKED, chat=True)]

    problems = await world.sender.deliver()

    assert problems == ["telegram:-1001: 2 messages wait until 2026-01-09 12:01 UTC: Test refused: bot was kicked"]
    assert world.telegram.texts("-1002") == ["b1", "b2"]
    assert world.slack.texts("C1") == ["s1"]


async def test_an_unexpected_error_stays_in_its_chat_and_is_told(world: World) -> None:
    """A mistake of ours in one chat is loud, and stops no other. What became of the message is asked first."""
    world.add(A, "a1")
    world.add(B, "b1")

    async def fail(address: str) -> None:
        if address == "-1001":
            raise KeyError("mistake")

    world.telegram.before_send = fail
    problems = await world.sender.deliver()

    assert [type(h.error) for h in world.happened if h.kind == "fault"] == [KeyError]
    assert world.telegram.texts("-1002") == ["b1"]
    assert problems == [
        "telegram:-1001: 1 message may have arrived, it will be looked for again: an error in sending (KeyError)"
    ]
    world.telegram.before_send = None
    assert await world.start().deliver() == []
    assert world.telegram.texts("-1001") == ["a1"]


async def test_the_same_day_again_sends_nothing(world: World) -> None:
    """Whoever delivers twice sends once."""
    world.add(A, "one")
    await world.sender.deliver()
    world.add(A, "one")
    await world.sender.deliver()
    await world.start().deliver()

    assert world.telegram.texts("-1001") == ["one"]


async def test_a_sender_delivers_again_and_again(world: World) -> None:
    """What is new goes, also to a chat where nothing was left to do before."""
    world.add(A, "one", digest="first")
    await world.sender.deliver()
    world.add(A, "two", digest="second")

    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1001") == ["one", "two"]


# --- what certainly was not sent --------------------------------------------------------------------------------


async def test_without_a_connection_it_is_tried_again(world: World) -> None:
    """With growing pauses, in the same order."""
    world.add(A, "one", "two")
    world.telegram.script["-1001"] = [NotSent(DOUBT), NotSent(DOUBT), None]

    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1001") == ["one", "two"]
    assert world.clock.monotonic() == pytest.approx(7.0, abs=0.5)


async def test_a_limit_holds_that_chat_only(world: World) -> None:
    """However long: the other chats go on, the hold is in the ledger, and a restart keeps it."""
    world.add(A, "a1")
    world.add(B, "b1", "b2", "b3", "b4", "b5")
    world.telegram.script["-1001"] = [NotSent(LIMITED, 40_000, limited=True)]

    problems = await world.sender.deliver()

    assert problems == ["telegram:-1001: 1 message waits until 2026-01-09 23:06 UTC: Test asks to wait 30 s"]
    assert len(world.telegram.texts("-1002")) == 5
    assert [hold.target for hold in world.chats.cooldowns(world.clock.now())] == [A]
    await world.start().deliver()
    assert world.telegram.texts("-1001") == []
    await world.clock.sleep(40_000)
    assert await world.start().deliver() == []
    assert world.telegram.texts("-1001") == ["a1"]


async def test_two_limited_chats_hold_all(world: World) -> None:
    """Then it is the platform's limit that was reached; the other platform is not touched."""
    world.add(A, "a1")
    world.add(B, "b1")
    world.add(S, "s1")
    for address in ("-1001", "-1002"):
        world.telegram.script[address] = [NotSent(LIMITED, 30, limited=True)]

    assert await world.sender.deliver() == []
    held = [h.target for h in world.happened if h.kind == "held"]
    assert sorted(t.address for t in held) == sorted(["*", held[0].address])
    assert world.slack.texts("C1") == ["s1"]
    assert world.clock.monotonic() == pytest.approx(30, abs=1)


async def test_a_wrong_token_holds_the_platform(world: World) -> None:
    """No chat is blamed for it."""
    world.add(A, "a1")
    world.telegram.script["-1001"] = [NotSent(Notice.of("publish.token", platform="Test"), 300, everywhere=True)]

    problems = await world.sender.deliver()

    assert "does not accept the bot's token" in problems[0]
    assert world.chats.chat(A).refusals == 0
    assert [h.target for h in world.happened if h.kind == "held"] == [all_chats_of(Platform("telegram"))]
    assert await world.start().deliver() == []  # with the right one: nothing is left of the wrong one
    assert world.telegram.texts("-1001") == ["a1"]


async def test_a_refused_message_is_left_out(world: World) -> None:
    """The message is at fault, not the chat: the next one goes."""
    ids = world.add(A, "bad", "good")
    world.telegram.script["-1001"] = [Rejected(Notice.of("publish.refused", platform="Test", reason="too long"))]

    problems = await world.sender.deliver()

    assert problems == ["telegram:-1001: 1 message was refused: Test refused: too long"]
    assert world.telegram.texts("-1001") == ["good"]
    failed = world.ledger.delivery(ids[0])
    assert failed is not None
    assert failed.state is DeliveryState.FAILED
    assert load_notice(failed.error or "").code == "publish.refused"
    assert world.telegram.threads("-1001") == [None]


async def test_a_dead_chat_is_paused_and_loses_nothing(world: World) -> None:
    """After five refusals in a row, with a note; resumed, it gets everything in order."""
    world.add(A, "one", "two")
    world.telegram.script["-1001"] = [Rejected(KICKED, chat=True)] * 5
    running = asyncio.create_task(world.sender.run())
    await world.clock.sleep(2 * 86_400)

    assert world.what().count("refused") == 5
    assert world.what()[-1] == "paused"
    paused = world.chats.chat(A).paused
    assert paused is not None
    assert load_notice(paused) == Notice.of("publish.paused", n=5, reason="bot was kicked")
    world.sender.resume(A)
    await world.clock.sleep(5)
    assert world.telegram.texts("-1001") == ["one", "two"]
    await world.sender.stop()
    await running


async def test_who_asks_for_a_delivery_does_not_wait_for_a_back_off(world: World) -> None:
    """A person has invited the bot again and starts the command once more."""
    world.add(A, "one")
    world.telegram.script["-1001"] = [Rejected(KICKED, chat=True)]
    assert len(await world.sender.deliver()) == 1

    assert await world.start().deliver() == []
    assert world.clock.monotonic() < 1
    assert world.chats.chat(A).refusals == 0


async def test_a_chat_that_moved_is_followed(world: World) -> None:
    """Its open messages go to the new address, and so do later plans."""
    world.add(A, "one", "two")
    world.telegram.script["-1001"] = [ChatMigrated("-1009")]

    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1009") == ["one", "two"]
    assert reachable_targets([A, Target(Platform("telegram"), "-1009")], world.chats, world.clock.now()) == [
        Target(Platform("telegram"), "-1009")
    ]


async def test_a_doubt_about_a_group_that_became_a_supergroup_stays_a_doubt(world: World) -> None:
    """The new chat can't say what the old one had. Nothing goes before a person has decided; then it goes there, and
    answers no message of the old chat."""
    group, supergroup = Target(Platform("telegram"), "-4242"), Target(Platform("telegram"), "-1009")
    world.telegram.script["-4242"] = [None, InDoubt(DOUBT)]
    _, second, _ = world.add(group, "one", "two", "three")
    world.telegram.sees = False
    await world.sender.deliver()
    world.chats.migrate(group, supergroup)

    problems = await world.start().deliver()

    assert world.telegram.calls == [("-4242", "one"), ("-4242", "two")]
    assert problems == [
        "telegram:-1009: 1 message is in doubt: the connection to Test broke off, the message may have arrived (cut);"
        " if it is not there, broadsheet resend telegram:-1009 sends it again"
    ]
    assert world.happened[-1].target == supergroup
    assert blocked_deliveries(world.ledger, world.chats).chats == [supergroup]

    world.sender.release(second)
    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1009") == ["two", "three"]
    assert world.telegram.threads("-1009") == [None, None]


async def test_a_clock_that_was_a_day_ahead_holds_nothing_up(world: World) -> None:
    """What went out "tomorrow" counts for the pace as if it went just now, and no longer."""
    world.clock.set_by += timedelta(days=1)
    for target in (A, S):
        world.add(target, *map(str, range(30)))
    await world.sender.deliver()
    world.clock.set_by -= timedelta(days=1)
    began = world.clock.monotonic()
    for target in (A, S):
        world.add(target, "one", "two", "three", digest="vla/2026-01-12/1")

    assert await world.start().deliver() == []
    assert world.clock.monotonic() - began < 70
    assert world.telegram.texts("-1001")[-3:] == ["one", "two", "three"]


async def test_a_name_becomes_a_number_before_anything_is_sent(world: World) -> None:
    """So that the same channel under its name and its number has one pace and one order."""
    world.telegram.names["@vla"] = "-1001"
    world.add(Target(Platform("telegram"), "@vla"), "one")

    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1001") == ["one"]
    assert world.chats.migrated_target(Target(Platform("telegram"), "@vla")) == A


@pytest.mark.parametrize("outcome", [NotSent(DOUBT), InDoubt(DOUBT)])
async def test_a_name_that_cannot_be_asked_for_is_asked_for_again(world: World, outcome: SendError) -> None:
    """Nothing was sent, whatever became of the question; the pauses grow."""
    name = Target(Platform("telegram"), "@vla")
    world.telegram.names["@vla"] = "-1001"
    world.telegram.unnamed = [outcome, outcome]
    world.add(name, "one")

    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1001") == ["one"]
    assert world.clock.monotonic() == pytest.approx(7.0, abs=0.5)


async def test_a_platform_without_a_token_is_told_of(world: World) -> None:
    """Its messages wait; the other platform's go."""
    world.add(A, "one")
    world.add(S, "s1")
    lines = {
        Platform("slack"): PlatformConnection(
            world.slack, RateLimiter(RateLimits(TokenBucket(0.1), TokenBucket(1.0)), world.clock)
        )
    }
    sender = OutboxDispatcher(world.ledger, world.chats, lines, world.clock)

    assert await sender.deliver() == ["telegram:-1001: 1 message waits: there is no token for Telegram"]
    assert world.slack.texts("C1") == ["s1"]


def test_nothing_heavy_is_imported_before_a_platform_is_used() -> None:
    """A command that only plans or looks pays for neither library."""
    code = (
        "import bot.delivery.planner, bot.platforms.registry, sys; "
        "print({'telegram', 'slack_sdk', 'aiohttp', 'httpx'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "set()"


# --- what nobody knows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored_it", [True, False])
async def test_a_broken_connection_is_settled_before_anything_else_goes(world: World, stored_it: bool) -> None:
    """The message is looked for: found, or sent again when it surely did not arrive. Then the next."""
    world.add(A, "one", "two", "three")
    world.telegram.stores = stored_it
    world.telegram.script["-1001"] = [None, InDoubt(DOUBT), None]

    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1001") == ["one", "two", "three"]
    assert ("found" in world.what()) == stored_it
    why = [happening.notice for happening in world.happened if happening.kind == "not sent"]
    assert why == ([] if stored_it else [Notice.of("publish.not_there")])  # the log says why it is sent again


async def test_what_is_not_there_yet_may_still_come(world: World) -> None:
    """A request may outlive its connection: only after a while a missing message counts as missing."""
    world.add(A, "one", "two")
    world.telegram.stores = False
    world.telegram.script["-1001"] = [InDoubt(DOUBT)]
    delivering = asyncio.create_task(world.sender.deliver())
    await world.clock.sleep(5)
    world.telegram.chats["-1001"].append(("one", "vla/2026-01-09/1#1", None))

    assert await delivering == []
    assert world.telegram.texts("-1001") == ["one", "two"]


async def test_a_look_says_nothing_of_what_comes_while_it_takes_place(world: World) -> None:
    """One that takes a minute has not waited for the message: it is looked for once more."""
    world.add(A, "one", "two")
    world.telegram.stores = False
    world.telegram.script["-1001"] = [InDoubt(DOUBT)]
    looks: list[str] = []

    async def slowly(address: str) -> None:
        looks.append(address)
        if len(looks) == 1:
            world.telegram.chats[address].append(("one", "vla/2026-01-09/1#1", None))
            await world.clock.sleep(60)

    world.telegram.after_look = slowly

    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1001") == ["one", "two"]
    assert len(looks) == 2


async def test_a_process_that_ended_in_a_call_is_settled_by_the_next(world: World) -> None:
    """`sending` in the ledger at the start is an open question, whether the message is there or not."""
    world.add(A, "one", "two")
    world.ledger.mark_sending(1, None)
    world.telegram.chats["-1001"].append(("one", "vla/2026-01-09/1#1", None))

    await world.start().deliver()

    assert world.telegram.texts("-1001") == ["one", "two"]


async def test_what_cannot_be_settled_is_kept_and_shown(world: World) -> None:
    """With the policy "hold" the chat waits for a person; the others don't."""
    world.add(A, "one", "two")
    world.add(B, "b1")
    world.telegram.sees = False
    world.telegram.script["-1001"] = [InDoubt(DOUBT)]

    problems = await world.sender.deliver()

    assert problems == [
        "telegram:-1001: 1 message is in doubt: the connection to Test broke off, the message may have arrived (cut); "
        "if it is not there, broadsheet resend telegram:-1001 sends it again"
    ]
    assert world.states(A) == [DeliveryState.UNKNOWN, DeliveryState.PENDING]
    assert world.telegram.texts("-1002") == ["b1"]

    world.sender.release(1)
    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1001") == ["one", "one", "two"]


async def test_a_command_ends_where_a_question_is_never_answered(world: World) -> None:
    """A platform that is down can't say what became of a message: the command says so, and ends within minutes."""
    world.slack.script[S.address] = [InDoubt(DOUBT)]
    world.slack.sees, world.slack.looks_again = False, 30.0
    world.add(S, "one", "two")
    begun = world.clock.monotonic()

    (left,) = await world.sender.deliver()

    assert "may have arrived" in left
    assert world.clock.monotonic() - begun < 200
    assert world.states(S) == [DeliveryState.UNKNOWN, DeliveryState.PENDING]


async def test_what_cannot_be_settled_is_sent_again_where_that_is_the_policy(world: World) -> None:
    """With "resend" the chat may get it twice, and never not at all."""
    world.resend = True
    world.start()
    world.add(A, "one", "two")
    world.telegram.sees = False
    world.telegram.stores = False
    world.telegram.script["-1001"] = [InDoubt(DOUBT)]

    assert await world.sender.deliver() == []
    assert world.telegram.texts("-1001") == ["one", "two"]


# --- the bot that stays up --------------------------------------------------------------------------------------


async def test_new_messages_are_sent_when_somebody_wakes_the_sender(world: World) -> None:
    """And at the latest half a minute after another process has put them there."""
    running = asyncio.create_task(world.sender.run())
    await world.clock.sleep(3_600)
    world.add(A, "woken")
    world.sender.wake()
    await world.clock.sleep(1)
    assert world.telegram.texts("-1001") == ["woken"]

    world.add(B, "found")
    await world.clock.sleep(40)
    assert world.telegram.texts("-1002") == ["found"]
    await world.sender.stop()
    await running


async def test_stopping_waits_for_the_call_under_way(world: World) -> None:
    """Its receipt is written down; a chat that waits for its turn is not waited for."""
    world.add(A, "slow", "later")
    world.add(B, *(f"b{n}" for n in range(30)))

    async def slowly(address: str) -> None:
        if address == "-1001":
            await world.clock.sleep(3)

    world.telegram.before_send = slowly
    running = asyncio.create_task(world.sender.run())
    await world.clock.sleep(1)
    stopping = asyncio.create_task(world.sender.stop())
    await world.clock.sleep(4)
    await asyncio.gather(stopping, running)

    assert world.states(A) == [DeliveryState.SENT, DeliveryState.PENDING]
    assert DeliveryState.SENDING not in world.states(B)


async def test_a_restart_knows_what_was_just_sent(world: World) -> None:
    """The minute of a channel does not begin anew with the process."""
    world.add(A, *(f"m{n}" for n in range(30)))
    delivering = asyncio.create_task(world.sender.deliver())
    await world.clock.sleep(30)
    await world.sender.stop()
    await delivering
    sent = len(world.telegram.texts("-1001"))
    assert sent == 18

    world.start()
    delivering = asyncio.create_task(world.sender.deliver())
    await world.clock.sleep(20)
    assert len(world.telegram.texts("-1001")) == sent
    await delivering
    assert len(world.telegram.texts("-1001")) == 30


# --- planning ---------------------------------------------------------------------------------------------------

EDITION = Edition("robots", ("cs.RO",), ("vla",), targets=(S, A))


def test_a_plan_has_every_message_of_each_target_in_order() -> None:
    """Slack: all in the overview's thread. Telegram: the rest of a long message answers its beginning."""
    messages = plan_messages(rich_day(), EDITION, PLATFORMS)
    slack = [m for m in messages if m.target == S]
    telegram = [m for m in messages if m.target == A]

    assert messages == slack + telegram
    assert slack[0].role == telegram[0].role == "overview"
    assert [m.parent for m in slack] == [None, *[0] * (len(slack) - 1)]
    for index, message in enumerate(messages):
        if message.target == A and message.parent is not None:
            assert message.role == "part"
            assert messages[message.parent].paper_id == message.paper_id
            assert messages[message.parent].target == A
            assert message.parent < index
    papers = [c.paper.id for c in rich_day().cards] + [u.paper.id for u in rich_day().updates]
    for of_target in (slack, telegram):
        assert list(dict.fromkeys(m.paper_id for m in of_target if m.paper_id)) == papers


def test_only_the_overview_rings() -> None:
    """A morning of many matches is one notification on Telegram; on Slack a thread is quiet by itself."""
    messages = plan_messages(rich_day(), EDITION, PLATFORMS)

    ringing = [m for m in messages if m.target == A and not m.payload.get("disable_notification")]
    assert [m.role for m in ringing] == ["overview"]
    assert not any("disable_notification" in m.payload for m in messages if m.target == S)


def test_cards_beyond_the_limit_are_buttons_of_the_overview() -> None:
    """Each with its line and number there; nothing is lost."""
    digest = replace(rich_day(), max_cards=2)
    messages = [m for m in plan_messages(digest, EDITION, PLATFORMS) if m.target == A]

    cards = [m.paper_id for m in messages if m.role == "card"]
    assert cards == [card.paper.id for card in digest.cards[:2]]
    buttons = str(messages[0].payload["reply_markup"])
    assert all(f"paper:{card.paper.id}" in buttons for card in digest.cards[2:])
    assert not any(f"paper:{card.paper.id}" in buttons for card in digest.cards[:2])
    assert all(card.paper.versioned_id in str(messages[0].payload["entities"]) for card in digest.cards)
    assert "前 2 篇另有卡片" in str(messages[0].payload["text"])


def test_an_empty_day_is_one_line_or_silence() -> None:
    """As the edition chooses."""
    digest = empty_day("en")

    assert [m.role for m in plan_messages(digest, EDITION, PLATFORMS)] == ["overview", "overview"]
    assert plan_messages(digest, replace(EDITION, empty_day="silent"), PLATFORMS) == []


def test_a_muted_chat_gets_no_digest(world: World) -> None:
    """Until the time is over; a chat that stands there twice gets one."""
    world.chats.mute(A, world.clock.now() + timedelta(days=2))

    assert reachable_targets([A, S, S], world.chats, world.clock.now()) == [S]
    assert reachable_targets([A, S], world.chats, world.clock.now() + timedelta(days=3)) == [A, S]


async def test_two_platforms_that_share_an_edition_never_make_each_other_send_again(world: World) -> None:
    """The old twin project re-sent the same papers for ever when a Slack and a Telegram channel shared a topic."""
    digest = rich_day()
    world.telegram.script["-1001"] = [None, Rejected(KICKED), NotSent(DOUBT), InDoubt(DOUBT)]
    world.slack.script["C1"] = [NotSent(LIMITED, 20, limited=True)]
    for _ in range(5):  # five runs of the same day, each of which plans all of it again
        world.ledger.add(plan_messages(digest, EDITION, PLATFORMS))
        await world.start().deliver()
        await world.clock.sleep(86_400)

    every = world.ledger.deliveries(digest_key(digest))
    for target, adapter in ((S, world.slack), (A, world.telegram)):
        planned = [str(d.payload["text"]) for d in every if d.target == target and d.state is DeliveryState.SENT]
        assert adapter.texts(target.address) == planned
    assert [d.state for d in every].count(DeliveryState.FAILED) == 1
    assert {d.state for d in every} == {DeliveryState.SENT, DeliveryState.FAILED}


def test_reasons_come_back_as_they_were_stored() -> None:
    """And a reason in words stays readable."""
    assert load_notice(dump_notice(LIMITED)) == LIMITED
    assert load_notice("disk full") == Notice.of("publish.failed", what="disk full")


async def test_a_hold_is_never_shortened(world: World) -> None:
    """A short limit after a long one leaves the long one."""
    world.chats.start_cooldown(Cooldown(A, world.clock.now() + timedelta(hours=2)))
    world.chats.start_cooldown(Cooldown(A, world.clock.now() + timedelta(seconds=5)))
    world.add(A, "one")
    running = asyncio.create_task(world.sender.run())
    await world.clock.sleep(3_600)
    assert world.telegram.texts("-1001") == []
    await world.clock.sleep(3_700)
    assert world.telegram.texts("-1001") == ["one"]
    await world.sender.stop()
    await running


# --- many chats on a platform that counts -----------------------------------------------------------------------


@pytest.mark.parametrize(("chats", "each"), [(40, 8), (3, 45)])
async def test_a_day_takes_hardly_longer_than_the_limits_allow(world: World, chats: int, each: int) -> None:
    """Many chats with a digest, or few with a very long one: no limit is broken on the way, whatever the network does,
    and the last message is there within 1.1 times the least time."""
    world.telegram = CountingSender(world.clock)
    world.start()
    for n in range(chats):
        world.add(Target(Platform("telegram"), f"-100{n}"), *(f"m{i}" for i in range(each)))

    assert await world.sender.deliver() == []
    assert world.telegram.gate.breaches == []
    assert world.clock.monotonic() <= 1.1 * least_time(chats, each) + 1


# --- a locked database, and names ------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [None, InDoubt(DOUBT), Rejected(KICKED)])
async def test_how_a_call_ended_is_written_down_however_long_that_takes(
    world: World, outcome: SendError | None
) -> None:
    """Another program locks the database while a call is under way: nothing is asked, nothing sent twice."""
    world.add(A, "one", "two")
    world.telegram.script["-1001"] = [outcome]
    failures = iter([StorageBusyError("locked")] * 4 + [StorageError("full")] * 4)

    def fail(self: SqliteDeliveryStore, *_: object, **__: object) -> None:
        error = next(failures, None)
        if error is not None:
            raise error

    class Locked(SqliteDeliveryStore):
        def mark_sent(self, delivery_id: int, receipt: str) -> None:
            fail(self)
            super().mark_sent(delivery_id, receipt)

        def mark_unknown(self, delivery_id: int, error: str) -> None:
            fail(self)
            super().mark_unknown(delivery_id, error)

        def mark_failed(self, delivery_id: int, error: str) -> None:
            fail(self)
            super().mark_failed(delivery_id, error)

    world.ledger = Locked(world.db)
    await world.start().deliver()

    assert world.telegram.texts("-1001").count("one") == (0 if isinstance(outcome, Rejected) else 1)
    assert world.telegram.texts("-1001")[-1] == "two"
    assert [text for _, text in world.telegram.calls] == ["one", "two"]


async def test_a_locked_database_is_waited_for(world: World) -> None:
    """It is no fault, and nobody is told."""
    world.add(A, "one")
    failures = iter([StorageBusyError("locked")] * 5)

    class Locked(SqliteDeliveryStore):
        def mark_sending(self, delivery_id: int, before: str | None) -> bool:
            for error in failures:
                raise error
            return super().mark_sending(delivery_id, before)

    world.ledger = Locked(world.db)

    assert await world.start().deliver() == []
    assert world.telegram.texts("-1001") == ["one"]
    assert world.what() == ["sent"]


async def test_a_name_that_was_given_to_another_chat_is_followed_and_told(world: World) -> None:
    """Before anything is sent; where the platform can't be asked, what is known stays."""
    name = Target(Platform("telegram"), "@papers")
    world.telegram.names["@papers"] = A.address
    world.add(name, "one")
    await world.sender.deliver()
    lines = {
        Platform("telegram"): PlatformConnection(
            world.telegram, RateLimiter(RateLimits(TokenBucket(0), TokenBucket(0)), world.clock)
        )
    }
    world.telegram.names["@papers"] = B.address
    world.telegram.unnamed = [NotSent(DOUBT)]
    assert await follow_names(lines, world.chats, [name]) == []
    world.add(A, "two", digest="vla/2026-01-12/1")

    (told,) = await follow_names(lines, world.chats, [name, S, A])

    assert (told.before, told.now) == (A, B)
    assert "telegram:@papers is another chat now: telegram:-1002, it was telegram:-1001" in str(told)
    assert reachable_targets([name], world.chats, world.clock.now()) == [B]
    await world.start().deliver()
    assert (world.telegram.texts(A.address), world.telegram.texts(B.address)) == (["one"], ["two"])
    assert await follow_names(lines, world.chats, [name]) == []
