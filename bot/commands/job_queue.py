"""Papers analysed, and questions answered, on demand: one job a paper or question, however many ask; so many at a time,
so many a person and a day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Protocol, TypeVar

from bot.chat.request import CommandError
from digest.arxiv.ids import ArxivId
from digest.models.digest import Card
from digest.ports import Clock, PeopleStore
from digest.settings import CommandSettings

T = TypeVar("T")


class CardBuilder(Protocol):
    """Makes the card of any arXiv paper."""

    async def __call__(self, arxiv_id: ArxivId, language: str, /) -> Card: ...


class JobQueue:
    """The queue of papers asked for. `make` fetches, reads and analyses one; `settings` gives the limits in force."""

    def __init__(
        self, make: CardBuilder, people: PeopleStore, settings: Callable[[], CommandSettings], clock: Clock
    ) -> None:
        self._make = make
        self._people = people
        self._settings = settings
        self._clock = clock
        self._running: dict[Hashable, asyncio.Task[Any]] = {}
        self._one_at_a_time = asyncio.Semaphore(2)  # the day's digest must not wait for the curious

    def __len__(self) -> int:
        """How many papers are being made or wait."""
        return len(self._running)

    def submit_paper(self, paper: ArxivId, language: str, person: str) -> Awaitable[Card]:
        """The card, when it is ready. Raises `CommandError` at once when the queue or the person's day is full."""
        return self.submit((paper, language), lambda: self._make(paper, language), person)

    def submit(self, key: Hashable, make: Callable[[], Awaitable[T]], person: str) -> Awaitable[T]:
        """What `make` gives, made once for all who ask for the same `key` meanwhile. Raises as `ask`."""
        limits = self._settings()
        if key not in self._running:
            if len(self._running) >= limits.paper_queue:
                raise CommandError("paper.queue_full", n=len(self._running))
            if self._people.count_request(person, self._clock.now().date()) > limits.papers_a_day:
                raise CommandError("paper.enough_today", n=limits.papers_a_day)
            task = asyncio.create_task(self._run(make))
            task.add_done_callback(lambda _: self._running.pop(key, None))
            self._running[key] = task
        return asyncio.shield(self._running[key])

    async def _run(self, make: Callable[[], Awaitable[T]]) -> T:
        async with self._one_at_a_time:
            return await make()

    async def aclose(self) -> None:
        """Give up what is under way; whoever asked may ask again."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
