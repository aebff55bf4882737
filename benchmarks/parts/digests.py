"""A digest of 50 papers of real size with a model that takes 2 s, against the ideal, while commands are answered."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.figure import Figure, p95
from benchmarks.parts.reading import papers as pdf_files
from bot.app import App, open_app
from bot.chat.request import ChatRef, CommandRequest
from bot.commands.command_dispatcher import CommandDispatcher
from bot.commands.job_queue import JobQueue
from bot.commands.services import CommandServices
from bot.platforms.registry import PLATFORMS
from bot.platforms.telegram.renderer import render_telegram
from bot.service import SWITCH
from bot.status import collect_status
from digest.models.edition import Edition, Platform, Target
from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.pipeline.collect import CollectedDay
from digest.settings import ArxivSettings, LlmSettings, Secrets, Settings, StorageSettings
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.model.server import KEY, LlmServer

PAPERS, PARALLEL, ANSWER = 50, 8, 2.0
DAY = date(2026, 1, 9)
PLACE = ChatRef(Target(Platform("telegram"), "-1001"), "group")
EDITION = Edition("bench", ("cs.AI",), ("bench",), language="en", targets=(PLACE.target,))
COMMANDS = ("keywords", "today", "search bench", "paper 2601.90001", "help", "status")
PAUSE = 0.1  # seconds between two commands


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds from collected to saved with its deliveries planned; questions asked; milliseconds of commands."""

    seconds: float
    questions: int
    commands: list[float]

    @property
    def ideal(self) -> float:
        """With no gap between two answers, and nothing else to do."""
        return -(-self.questions // PARALLEL) * ANSWER


def figures() -> Iterator[Figure]:
    """A question a part, then a question a paper. The model's server is a process of its own."""
    logging.disable(logging.WARNING)
    sys.setswitchinterval(SWITCH)  # as the bot does
    for ask in ("part", "paper"):
        run = asyncio.run(_measured(ask))
        ratio, late = run.seconds / run.ideal, p95(run.commands)
        yield Figure(
            f"digest of {PAPERS} papers, model at {ANSWER:g} s, {PARALLEL} at once, a question a {ask}",
            f"{ratio:.2f} x ideal", "<= 1.2 x", ratio <= 1.2,
            f"{run.seconds:.1f} s, ideal {run.ideal:.1f} s for {run.questions} questions; PDFs from a folder",
        )  # fmt: skip
        yield Figure(
            f"commands meanwhile, a question a {ask}", f"p95 {late:.0f} ms", "p95 <= 50 ms", late <= 50,
            f"{len(run.commands)} commands, most {max(run.commands):.0f} ms, median {p50(run.commands):.0f} ms",
        )  # fmt: skip


def p50(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


async def _measured(ask: str) -> Run:
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        url = await asyncio.to_thread(ours.recv)
        with tempfile.TemporaryDirectory() as folder:
            return await _with(url, ask, Path(folder), ours)
    finally:
        ours.send("end")
        server.join(10)


class Anybody:
    """Lets everybody change keywords."""

    async def is_editor(self, request: CommandRequest) -> bool:
        return True


async def _with(url: str, ask: str, folder: Path, server: Connection) -> Run:
    llm = LlmSettings(base_url=url, model="m", ask=ask, concurrency=PARALLEL, timeout=120.0, deadline=3600.0)
    settings = Settings(
        arxiv=ArxivSettings(
            rss_url="http://127.0.0.1:9",
            api_url="http://127.0.0.1:9",
            pdf_url="http://127.0.0.1:9",
            min_interval=0.0,
        ),
        storage=StorageSettings(path=folder / "b.db"),
        llm=llm,
        editions=(EDITION,),
        secrets=Secrets({"LLM_API_KEY": KEY}),
    )
    listed = _on_the_shelf(folder)
    async with open_app(settings, shelf=folder) as app:
        state = CategoryDay("cs.AI", DAY, FeedState.FRESH, len(listed))
        app.stores.papers.save_day(state, listed)
        timer = asyncio.create_task(_commands(app))
        begun = time.perf_counter()
        digest = await app.build_digest(EDITION, CollectedDay(DAY, (state,)))
        took = time.perf_counter() - begun
        timer.cancel()
        assert len(digest.cards) == PAPERS
        assert {card.analysis.analyst for card in digest.cards} == {"m"}, "a paper was not written by the model"
        server.send("count")
        return Run(took, await asyncio.to_thread(server.recv), _TIMES.pop(timer))


_TIMES: dict[asyncio.Task[None], list[float]] = {}


def _on_the_shelf(folder: Path) -> list[Announcement]:
    """As many papers as are wanted, their PDFs from a folder: the network is not what is measured."""
    files = list(pdf_files().values())
    listed = []
    for number in range(1, PAPERS + 1):
        paper = Paper(
            f"2601.9{number:04}", 1, f"Bench paper {number}", ("Ada Example",), "We bench a model. It is measured.",
            ("cs.AI",), submitted=datetime(2026, 1, 8, tzinfo=UTC),
        )  # fmt: skip
        (folder / f"{paper.versioned_id}.pdf").write_bytes(files[number % len(files)])
        listed.append(Announcement(paper, DAY, AnnouncementKind.NEW, "cs.AI"))
    return listed


async def _commands(app: App) -> None:
    """What people ask while the digest is being made: from the call to the rendered answer, in milliseconds."""
    clock = FakeClock()
    jobs = JobQueue(app.paper_card, app.stores.people, lambda: app.settings.commands, clock)
    settings = replace(app.settings, commands=replace(app.settings.commands, messages_a_minute=100_000))

    def status() -> object:
        return collect_status(app.stores, [EDITION], app.clock.now())

    office = CommandServices(settings, app.stores, app.clock, jobs, status)  # type: ignore[arg-type]
    desk = CommandDispatcher(office, PLATFORMS, dict.fromkeys(PLATFORMS, Anybody()), _loud)
    task = asyncio.current_task()
    assert task is not None
    times = _TIMES.setdefault(task, [])
    number = 0
    while True:
        command, _, argument = COMMANDS[number % len(COMMANDS)].partition(" ")
        due = time.perf_counter()
        call = CommandRequest(command, argument, "telegram:42", "Ada", PLACE, "en", f"u{number}")
        answered = False
        async for answer in desk.dispatch(call):  # the first one; /paper then goes on until the model has answered
            for document in answer.documents:
                render_telegram(document)
            if not answered:
                times.append((time.perf_counter() - due) * 1e3)
                answered = True
        number += 1
        wanted = time.perf_counter() + PAUSE
        await asyncio.sleep(PAUSE)
        times[-1] += max(0.0, (time.perf_counter() - wanted) * 1e3)  # what the next person waited for a turn


def _loud(call: CommandRequest, error: Exception) -> None:
    raise error


def _serve(pipe: Connection) -> None:
    """The model's server, in a process of its own."""
    asyncio.run(_served(pipe))


async def _served(pipe: Connection) -> None:
    async with LlmServer(delay=ANSWER) as llm:
        pipe.send(llm.url)
        while await asyncio.to_thread(pipe.recv) == "count":
            pipe.send(len(llm.requests))
