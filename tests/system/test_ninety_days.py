"""Ninety days of a bot in one test: a tenth of all requests fails, clocks change, feeds are stale, outages come.

The real press, pipeline, sender and SQLite on a simulated clock; arXiv and the platforms are in memory.
"""

from __future__ import annotations

import asyncio
import gc
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.arxiv.calendar import is_announcement_day
from digest.i18n.translator import Translator
from digest.models.delivery import Delivery, DeliveryState, digest_key
from digest.models.edition import Edition, Platform, Target
from tests.builders.season import CATEGORIES, DAY, Life, life, listed

pytestmark = pytest.mark.slow

FIRST = date(2026, 9, 1)  # until 30 November: Labor Day, both changes of the clocks, Thanksgiving
DAYS = 90
START = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
T1, T2, T3 = (Target(Platform("telegram"), f"-100{n}") for n in (1, 2, 3))
S1 = Target(Platform("slack"), "C1")
VLA = Edition("vla", ("cs.AI", "cs.RO"), ("vla",), "VLA", language="zh", publish_at="13:30", timezone="Asia/Shanghai")
EDITIONS = (
    replace(VLA, targets=(T1, S1)),
    replace(VLA, name="berlin", language="en", publish_at="02:30", timezone="Europe/Berlin", targets=(T2,)),
    replace(VLA, name="touch", categories=CATEGORIES, keywords=("tactile", "traffic"), empty_day="silent",
            publish_at="18:00", timezone="America/New_York", targets=(T3, S1)),
)  # fmt: skip
BOT_DOWN = (datetime(2026, 9, 21, 12, tzinfo=UTC), datetime(2026, 9, 26, 9, tzinfo=UTC))
ARXIV_DOWN = (datetime(2026, 10, 20, 3, tzinfo=UTC), datetime(2026, 10, 22, 15, tzinfo=UTC))


def trouble(bot: Life, chance: random.Random) -> None:
    """What goes wrong in these days, beside what goes wrong by chance."""
    bot.arxiv.share = 0.1
    bot.arxiv.down.append(ARXIV_DOWN)
    bot.arxiv.empty.add(date(2026, 10, 14))  # a holiday that nobody announced
    for adapter in bot.adapters.values():
        adapter.share = 0.1
    bot.adapters[Platform("telegram")].down.append(
        (datetime(2026, 11, 3, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))
    )
    for n in range(DAYS):
        day = FIRST + n * DAY
        for category in CATEGORIES:
            if is_announcement_day(day) and chance.random() < 0.15:
                bot.arxiv.late[category, day] = chance.choice([2.0, 7.0, 10.0, 23.0])
                if chance.random() < 0.5:
                    bot.arxiv.stale.add((category, day))


async def live(bot: Life, chance: random.Random) -> list[Counter[str]]:
    """All days, with restarts and processes killed in the middle; how many of our objects there were on the way."""
    counted = []
    end = START + (DAYS + 4) * DAY
    while bot.clock.now() < end:
        if BOT_DOWN[0] <= bot.clock.now() < BOT_DOWN[1]:
            await bot.sleep_until(BOT_DOWN[1])
        elif chance.random() < 0.02:
            await killed(bot, chance)
        await bot.step(minutes=30)
        if bot.clock.now().hour == 1 and bot.clock.now().day in (1, 15) and bot.clock.now().minute < 30:
            bot.app.builder.papers.forget_cached()  # more are made here than it holds
            counted.append(objects())
    return counted


async def killed(bot: Life, chance: random.Random) -> None:
    """The process ends somewhere, and another one begins."""
    work = asyncio.gather(bot.press.tick(), bot.sender.deliver(patience=60.0))
    for _ in range(chance.randrange(200)):
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await bot.sender.stop(0.0)
    bot.start()


def objects() -> Counter[str]:
    """How many objects of ours are alive, by module; those of the fakes don't count."""
    gc.collect()
    found = (str(type(o).__module__) for o in gc.get_objects())
    return Counter(module for module in found if module.split(".")[0] in ("bot", "storage", "digest"))


def expected(edition: Edition) -> set[str]:
    """Every paper that was announced as new or cross-listed in the edition's categories, and that it watches for."""
    days = [FIRST + n * DAY for n in range(DAYS)]
    announced = (a for day in days if day != date(2026, 10, 14) for c in edition.categories for a in listed(day, c))
    kept = (a.paper for a in announced if not a.kind.is_replacement)
    return {p.id for p in kept if any(word in p.title for word in edition.keywords)}


def delivered(bot: Life, edition: Edition, target: Target) -> list[Delivery]:
    days = reversed(bot.stores.digests.digest_days(edition.name))
    digests = (digest for day in days for digest in bot.stores.digests.digests(edition.name, day))
    rows = (d for digest in digests for d in bot.stores.deliveries.deliveries(digest_key(digest)))
    return [row for row in rows if row.target == target]


def explained(bot: Life, edition: Edition) -> dict[date, str]:
    """Each day of a digest without cards, with the reason that its line gives."""
    found = {}
    for day in bot.stores.digests.digest_days(edition.name):
        first = bot.stores.digests.digests(edition.name, day)[0]
        if first.empty is not None:
            found[day] = Translator("en").notice(first.empty)
    return found


async def test_ninety_days(tmp_path: Path) -> None:
    """Every expected card exactly once on each target, every empty day explained, nothing left over, memory flat."""
    chance = random.Random(2026)
    news: Counter[str] = Counter()
    with life(tmp_path, START, *EDITIONS) as bot:
        trouble(bot, chance)
        bot.told = lambda one: news.update([one.kind])
        counted = await live(bot, chance)

        assert bot.stores.deliveries.counts() == {}
        for edition in EDITIONS:
            for target in edition.targets:
                rows = delivered(bot, edition, target)
                assert {row.state for row in rows} == {DeliveryState.SENT}
                carded = Counter(row.paper_id for row in rows if row.role == "card")
                assert {p for p in carded if FIRST <= paper_day(p) < FIRST + DAYS * DAY} == expected(edition)
                assert set(carded.values()) == {1}
                check_chat(bot, target, rows)
            check_days(bot, edition)
        assert news.keys() >= {"published", "empty", "caught up", "given up"}
        early, late = ([sum(found.values()) for found in half] for half in (counted[1:4], counted[4:]))
        assert max(late) <= max(early) + 100, [*early, *late]


def paper_day(paper_id: str | None) -> date:
    """The day on which the made-up paper was announced."""
    assert paper_id is not None
    return date(2000 + int(paper_id[:2]), int(paper_id[2:4]), int(paper_id[5:7]))


def check_chat(bot: Life, target: Target, rows: list[Delivery]) -> None:
    """In the chat itself each message stands once, in the order of the ledger."""
    stored = [name for _, name, _ in bot.adapters[target.platform].chats[target.address]]
    mine = [name for name in stored if name.rsplit("#", 1)[1] in {str(row.id) for row in rows}]
    assert len(stored) == len(set(stored))
    numbers = [int(name.rsplit("#", 1)[1]) for name in mine]
    assert numbers == sorted(row.id for row in rows)


def check_days(bot: Life, edition: Edition) -> None:
    """Each day on which papers are announced has a digest; one without cards says why in words."""
    made = set(bot.stores.digests.digest_days(edition.name))
    due = {FIRST + n * DAY for n in range(1, DAYS)}
    missing = {day for day in due - made if is_announcement_day(day)}
    assert missing == set()
    assert all(explained(bot, edition).values())
    lines = [row for row in delivered(bot, edition, edition.targets[0]) if row.role == "overview"]
    silent = edition.empty_day == "silent"
    digests = [d for day in made for d in bot.stores.digests.digests(edition.name, day)]
    assert len(lines) == sum(not silent or d.empty is None for d in digests)
