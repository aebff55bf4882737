"""How soon commands are answered while a digest is being built, and what an idle process takes:
`python -m benchmarks.commands`.

The desk answers from a store of 60 days with 300 papers each, in the event loop in which days of 40 cards are matched,
analysed and saved at the same time, wired as the bot wires them. Goals: 95 of 100 answers within 50 ms; 130 MB for an
idle process that listens to both platforms.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bot.chat.request import ChatRef, CommandRequest
from bot.clock import SystemClock
from bot.commands.command_dispatcher import CommandDispatcher
from bot.commands.job_queue import JobQueue
from bot.commands.services import CommandServices
from bot.platforms.registry import PLATFORMS
from bot.service import SWITCH
from bot.status import collect_status
from digest.analysis.excerpt.excerpt_analyst import ExcerptAnalyst
from digest.models.edition import Edition, Platform, Target
from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind
from digest.models.paper_text import PaperParagraph, PaperText, Section
from digest.pipeline.collect import CollectedDay
from digest.pipeline.digest_builder import DigestBuilder
from digest.settings import CommandSettings, Settings
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from tests.builders.pipeline import digest_builder
from tests.fakes.arxiv import made_paper
from tests.fakes.running_bot import around

GOAL_MS, GOAL_MB = 50.0, 130.0
DAYS, PAPERS, CARDS = 60, 300, 40
NEWEST = date(2026, 1, 9)
CHAT = ChatRef(Target(Platform("telegram"), "-1001"), "group")
EDITION = Edition("robots", ("cs.AI", "cs.RO"), ("made-up",), "Robots", language="en", targets=(CHAT.target,))
ASKED = ("/keywords", "/paper 2601.09003", "/search made words", "/why 2601.09003", "/digest", "/status", "/saved",
         "/help", "/save 2601.09002", "/full 2601.09004")  # fmt: skip


def fill(stores: SqliteStores) -> None:
    """Sixty days in the store."""
    for n in range(DAYS):
        day = NEWEST - timedelta(days=n)
        papers = [made_paper(i, day, id=f"{day:%y%m}.{day.day:02}{i:03}") for i in range(1, PAPERS + 1)]
        for category in EDITION.categories:
            listed = [Announcement(p, day, AnnouncementKind.NEW, category) for p in papers if category in p.categories]
            stores.papers.save_day(CategoryDay(category, day, FeedState.FRESH, len(listed)), listed)


def text() -> PaperText:
    """A paper of the usual length."""
    sentence = "We show that the method improves the result by 12.5% over the baseline of Table 2. "
    paragraphs = tuple(PaperParagraph(sentence * 6, page) for page in range(1, 15) for _ in range(6))
    names = ("Introduction", "Method", "Experiments", "Conclusion")
    return PaperText(
        "A paper",
        tuple(Section(name, i + 1, str(i + 1), paragraphs=paragraphs[i::4]) for i, name in enumerate(names)),
        14,
        14,
    )


async def answers(folder: Path) -> dict[str, list[float]]:
    """Milliseconds of each answer by command, while digests are built one after the other."""
    clock = SystemClock()
    waited: dict[str, list[float]] = {}
    sys.setswitchinterval(SWITCH)
    with Database.open(folder / "b.db") as db:
        stores = SqliteStores.of(db)
        fill(stores)
        pipeline = made_pipeline(stores)
        await build(pipeline, stores, NEWEST)
        office = CommandServices(
            Settings(editions=(EDITION,), commands=CommandSettings(messages_a_minute=100_000)),
            stores,
            clock,
            JobQueue(never, stores.people, CommandSettings, clock),
            lambda: collect_status(stores, [EDITION], clock.now()),
        )
        desk = CommandDispatcher(office, PLATFORMS, {}, lambda call, error: print(error))
        building = asyncio.create_task(build_all(pipeline, stores))
        chance, number = random.Random(1), 0
        while not building.done():
            asked = chance.choice(ASKED)
            number += 1
            began = time.perf_counter()
            command, _, argument = asked[1:].partition(" ")
            call = CommandRequest(command, argument, "telegram:42", "Ada", CHAT, "en", str(number))
            assert [answer async for answer in desk.dispatch(call)]
            waited.setdefault(command, []).append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(0.005)
        await building
    return waited


def made_pipeline(stores: SqliteStores) -> DigestBuilder:
    async def read_pdf(data: bytes) -> PaperText:
        await asyncio.sleep(0.02)
        return text()

    return digest_builder(
        arxiv=_Pdfs(),
        stores=stores,
        read_pdf=read_pdf,
        analysts=[ExcerptAnalyst()],
        clock=SystemClock(),
        max_pdf_bytes=1_000,
        on_error=lambda paper, error: print(paper.id, error),
    )


class _Pdfs:
    """Has every PDF at once."""

    async def pdf(self, paper: object, max_bytes: int) -> bytes:
        return b"%PDF-"


async def never(*_: object) -> object:
    raise AssertionError("everything that is asked for is stored")


async def build(pipeline: DigestBuilder, stores: SqliteStores, day: date) -> None:
    """A day's digest of so many cards, saved."""
    words = tuple(f"number {n}" for n in range(1, CARDS + 1))
    edition = replace(EDITION, keywords=words)
    states = tuple(CategoryDay(c, day, FeedState.FRESH) for c in edition.categories)
    digest = await pipeline.build(edition, CollectedDay(day, states))
    if digest is not None:
        stores.digests.save_digest(digest)


async def build_all(pipeline: DigestBuilder, stores: SqliteStores) -> None:
    for n in range(1, 4):
        await build(pipeline, stores, NEWEST - timedelta(days=n))


async def idle(folder: Path) -> float:
    """Megabytes that the process holds once the digest is out and nobody asks anything."""
    async with around(folder) as bot:
        await bot.start()
        await bot.until(lambda: len(bot.posts()) == 3, "the digest")
        await bot.until(bot.slack.socket.connected.is_set, "Socket Mode")
        await asyncio.sleep(2)
        assert bot.process is not None
        held = resident(bot.process.pid)
        await bot.stop()
    return held


def resident(pid: int) -> float:
    """Megabytes of a process in memory."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        waited = asyncio.run(answers(Path(folder)))
    every = sorted(ms for times in waited.values() for ms in times)
    for command, times in sorted(waited.items()):
        median, worst = statistics.median(times), max(times)
        print(f"/{command:<10} {len(times):5} answers   median {median:6.1f} ms   worst {worst:6.1f} ms")
    p95 = every[int(0.95 * len(every))]
    print(f"all        {len(every):6} answers   p95 {p95:.1f} ms (goal {GOAL_MS:g})")
    with tempfile.TemporaryDirectory() as folder:
        held = asyncio.run(idle(Path(folder)))
    print(f"an idle process with both platforms holds {held:.0f} MB (goal {GOAL_MB:g})")
    raise SystemExit(p95 > GOAL_MS or held > GOAL_MB)


if __name__ == "__main__":
    main()
