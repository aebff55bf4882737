"""How fast may be written: the limits as pure functions, and many chats at once on a simulated clock."""

import asyncio
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.rate_limiter import (
    RateLimiter,
    RateLimits,
    ReplyTooOld,
    SendHistory,
    SlidingWindow,
    TokenBucket,
    earliest_send,
    record_send,
)
from bot.platforms.slack.settings import SlackSettings
from bot.platforms.telegram.settings import TelegramSettings
from tests.fakes.clocks.task_clock import Timeline

CHAT = TokenBucket(1.0, burst=3)
GROUP = SlidingWindow(18)


def times_of(count: int, steady: TokenBucket, window: SlidingWindow | None = None) -> list[float]:
    """When messages go that are all there from the start."""
    past, now, times = SendHistory(), 0.0, []
    for _ in range(count):
        now = earliest_send(past, now, steady, window)
        past = record_send(past, now, steady, window)
        times.append(now)
    return times


def most_in(times: list[float], seconds: float) -> int:
    """The most messages in any stretch of time."""
    return max(sum(start <= t < start + seconds for t in times) for start in times)


def test_a_burst_goes_at_once_then_one_a_second() -> None:
    """Three together, and the pace after that."""
    assert times_of(6, CHAT) == [0, 0, 0, 1, 2, 3]


def test_a_pause_earns_the_burst_back() -> None:
    """After two seconds of silence two may go at once again."""
    past = SendHistory()
    for moment in times_of(3, CHAT):
        past = record_send(past, moment, CHAT)

    assert earliest_send(past, 2.0, CHAT) == 2.0
    past = record_send(past, 2.0, CHAT)
    assert earliest_send(past, 2.0, CHAT) == 2.0
    past = record_send(past, 2.0, CHAT)
    assert earliest_send(past, 2.0, CHAT) == 3.0


def test_a_group_gets_no_more_than_its_minute_allows() -> None:
    """The nineteenth message waits until the first is a minute old."""
    times = times_of(40, CHAT, GROUP)

    assert times[18] == 60.0
    assert most_in(times, 60.0) == 18


@given(st.lists(st.floats(0, 30), max_size=60))
def test_no_order_of_arrival_breaks_a_limit(waits: list[float]) -> None:
    """Whenever messages come, no minute has more than the group's and no second more than burst and one."""
    past, now, times = SendHistory(), 0.0, [0.0]
    for wait in waits:
        now = earliest_send(past, now + wait, CHAT, GROUP)
        past = record_send(past, now, CHAT, GROUP)
        times.append(now)

    assert most_in(times[1:] or [0.0], 60.0) <= 18
    assert most_in(times[1:] or [0.0], 0.999) <= 4


def test_groups_and_channels_are_told_by_their_address() -> None:
    """A negative number or a name; a person's chat is positive."""
    limits = TelegramSettings().rate_limits()

    assert [limits.window(a) is not None for a in ("-1001", "@channel", "42")] == [True, True, False]


def test_the_defaults_stay_below_the_platforms_limits() -> None:
    """30 a second and 20 a minute at Telegram; a message a second to a channel at Slack."""
    telegram, slack = TelegramSettings().rate_limits(), SlackSettings().rate_limits()

    assert most_in(times_of(300, telegram.everywhere), 1.0) <= 30
    assert telegram.group is not None
    assert telegram.group.count < 20
    assert slack.chat.interval >= 1.0
    assert slack.group is None


async def test_many_chats_share_the_platform_fairly() -> None:
    """200 chats with 8 messages each take the least time that the limits allow, and every chat is served in turn."""
    clock = Timeline()
    pacer = RateLimiter(RateLimits(TokenBucket(1 / 25, 5), CHAT, GROUP, ("-", "@")), clock)
    times: defaultdict[str, list[float]] = defaultdict(list)

    async def write(address: str) -> None:
        for _ in range(8):
            await pacer.acquire(address)
            times[address].append(clock.monotonic())

    await asyncio.gather(*(write(f"-100{n}") for n in range(200)))
    everything = sorted(t for chat in times.values() for t in chat)

    assert everything[-1] <= 1600 / 25
    assert most_in(everything, 1.0) <= 30
    first = sorted(chat[0] for chat in times.values())
    assert first[-1] <= 200 / 25


async def test_a_chat_that_waits_keeps_nobody_waiting() -> None:
    """A group whose minute is used up does not take the turns of others."""
    clock = Timeline()
    pacer = RateLimiter(RateLimits(TokenBucket(1 / 25, 5), CHAT, GROUP, ("-", "@")), clock)
    pacer.record_sends("-1001", [1.0] * 18)

    async def turn(address: str) -> float:
        await pacer.acquire(address)
        return clock.monotonic()

    full, other = await asyncio.gather(turn("-1001"), turn("-1002"))

    assert full == pytest.approx(59.0)
    assert other == 0.0


async def test_what_was_sent_before_a_restart_counts() -> None:
    """A new process knows how much of the minute is used up."""
    clock = Timeline()
    pacer = RateLimiter(RateLimits(TokenBucket(1 / 25, 5), CHAT, GROUP, ("-", "@")), clock)
    pacer.record_sends("-1001", [float(age) for age in range(3, 20)])

    await pacer.acquire("-1001")
    assert clock.monotonic() == 0.0
    await pacer.acquire("-1001")
    assert clock.monotonic() == pytest.approx(60.0 - 19.0)


# --- digests and answers ----------------------------------------------------------------------------------------


async def flood(pacer: RateLimiter, clock: Timeline, count: int, sent: list[tuple[str, float]]) -> None:
    """So many answers at once; those that are too old for anybody are dropped."""

    async def answer() -> None:
        try:
            await pacer.acquire_reply("-1001")
            sent.append(("answer", clock.monotonic()))
        except ReplyTooOld:
            sent.append(("dropped", clock.monotonic()))

    await asyncio.gather(*(answer() for _ in range(count)))


@pytest.mark.parametrize("begins", [0.0, 7.0, 40.0])
async def test_a_flood_of_answers_holds_up_no_digest(begins: float) -> None:
    """Six people with twenty commands a minute each: a digest of 4 messages takes less than twice its time, and all
    messages together keep the limits."""
    clock = Timeline()
    pacer = RateLimiter(TelegramSettings().rate_limits(), clock)
    sent: list[tuple[str, float]] = []

    async def digest() -> float:
        await clock.sleep(begins)
        for _ in range(4):
            await pacer.acquire("-1001")
            sent.append(("digest", clock.monotonic()))
            await clock.sleep(0.2)
        return clock.monotonic() - begins

    seconds, _ = await asyncio.gather(digest(), flood(pacer, clock, 120, sent))

    undisturbed = times_of(4, CHAT, GROUP)[-1] + 4 * 0.2
    assert seconds < 2 * undisturbed + 2
    assert next(at for what, at in sent if what == "digest") - begins < 5
    times = sorted(at for what, at in sent if what != "dropped")
    assert most_in(times, 60.0) <= 18
    assert most_in([at for what, at in sent if what == "answer"], 60.0) <= 6
    assert all(at <= 61 for _, at in sent)


async def test_answers_go_on_while_a_long_digest_goes_out() -> None:
    """Not one of a hundred messages long."""
    clock = Timeline()
    pacer = RateLimiter(TelegramSettings().rate_limits(), clock)
    sent: list[tuple[str, float]] = []

    async def digest() -> None:
        for _ in range(60):
            await pacer.acquire("-1001")
            await clock.sleep(0.2)

    await asyncio.gather(digest(), flood(pacer, clock, 1, sent))

    assert [what for what, _ in sent] == ["answer"]


def test_messages_of_a_clock_that_was_ahead_count_as_just_sent() -> None:
    """However many: the chat is even again after a burst."""
    clock = Timeline()
    pacer = RateLimiter(RateLimits(TokenBucket(0), CHAT, GROUP, ("-", "@")), clock)
    pacer.record_sends("42", [-86_400.0 + n for n in range(100)])

    assert pacer._earliest("42", clock.monotonic()) <= 1.0


class MovingClock(Timeline):
    """Time passes between any two looks, as it does outside of tests."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0

    def monotonic(self) -> float:
        self._looks += 1
        return super().monotonic() + self._looks * 1e-6


async def test_an_answer_goes_at_once_although_time_passes_while_its_turn_is_computed() -> None:
    clock = MovingClock()
    limiter = RateLimiter(TelegramSettings().rate_limits(), clock)

    await limiter.acquire_reply("42")

    assert clock.monotonic() < 0.1
