"""A platform in memory behind the seam of adapters: its calls end as a script says."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable

from bot.chat.message_sender import (
    InDoubt,
    LookupResult,
    LookupUnavailable,
    MessageAbsent,
    MessageFound,
    NotSent,
    Payload,
    Picture,
    SendError,
)
from digest.models.notice import Notice
from digest.ports import Clock
from tests.fakes.rate_counter import Bucket, Gate, Sliding

DOUBT = Notice.of("publish.broken_off", platform="Test", what="cut")


class ScriptedSender:
    """Implements `bot.chat.message_sender.Adapter`. Each call takes the next entry of the chat's script: an outcome
    is raised, `None` is a success. `InDoubt` is raised after storing where `stores` is true. `sees` says whether
    `find` can look.
    """

    def __init__(self) -> None:
        self.chats: defaultdict[str, list[tuple[str, str, str | None]]] = defaultdict(list)
        self.script: defaultdict[str, list[SendError | None]] = defaultdict(list)
        self.names: dict[str, str] = {}
        self.unnamed: list[SendError] = []  # how the next attempts to resolve a name end
        self.stores = True
        self.sees = True
        self.looks_again: float | None = None  # seconds after which it may see, where it does not
        self.calls: list[tuple[str, str]] = []
        self.before_send: Callable[[str], Awaitable[None]] | None = None
        self.after_look: Callable[[str], Awaitable[None]] | None = None

    def texts(self, address: str) -> list[str]:
        """What stands in a chat."""
        return [text for text, _, _ in self.chats[address]]

    def threads(self, address: str) -> list[str | None]:
        return [thread for _, _, thread in self.chats[address]]

    async def resolve(self, address: str) -> str:
        if self.unnamed:
            raise self.unnamed.pop(0)
        return self.names.get(address, address)

    async def send(self, address: str, payload: Payload, *, thread: str | None = None, delivery: str = "") -> str:
        text = str(payload["text"] if "text" in payload else payload["caption"])
        self.calls.append((address, text))
        if self.before_send is not None:
            await self.before_send(address)
        outcome = self.script[address].pop(0) if self.script[address] else None
        if outcome is None or (isinstance(outcome, InDoubt) and self.stores):
            self.chats[address].append((text, delivery, thread))
        if outcome is not None:
            raise outcome
        return str(len(self.chats[address]))

    async def send_picture(
        self, address: str, picture: Picture, *, thread: str | None = None, delivery: str = ""
    ) -> str:
        return await self.send(address, {"text": picture.caption}, thread=thread, delivery=delivery)

    async def edit(self, address: str, receipt: str, payload: Payload) -> None:
        _, delivery, thread = self.chats[address][int(receipt) - 1]
        self.chats[address][int(receipt) - 1] = (str(payload["text"]), delivery, thread)

    async def look_up(
        self,
        address: str,
        delivery: str,
        payload: Payload,
        *,
        after: str | None,
        thread: str | None = None,
        settled: bool = True,
    ) -> LookupResult:
        if not self.sees:
            return LookupUnavailable(Notice.of("publish.no_log_chat"), self.looks_again)
        seen = enumerate(self.chats[address], start=1)
        found = [number for number, (_, stored, _) in seen if stored == delivery and number > int(after or 0)]
        if self.after_look is not None:
            await self.after_look(address)
        return MessageFound(str(found[0])) if found else MessageAbsent()

    async def newest(self, address: str) -> str | None:
        return None

    async def aclose(self) -> None: ...


class CountingSender(ScriptedSender):
    """Every call takes some time on its way there and back; on arrival it is counted as by the strict fake Telegram."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.gate = Gate(clock.monotonic)
        self._clock = clock
        self._chance = random.Random(7)

    async def send(self, address: str, payload: Payload, *, thread: str | None = None, delivery: str = "") -> str:
        await self._clock.sleep(self._chance.uniform(0.02, 0.25))
        wait = self.gate.pass_through(
            address,
            (address, lambda: Bucket(1.0, 5)),
            ("all", lambda: Sliding(30, 1.0)),
            ((address, "minute"), lambda: Sliding(20, 60.0)),
        )
        if wait:
            raise NotSent(Notice.of("publish.limited", platform="Test", seconds=wait), wait, limited=True)
        receipt = await super().send(address, payload, thread=thread, delivery=delivery)
        await self._clock.sleep(self._chance.uniform(0.02, 0.25))
        return receipt


def least_time(chats: int, each: int) -> float:
    """The seconds that so many messages to each of so many channels take at the least, at the default pace."""
    minutes, rest = divmod(each - 1, 18)
    return max(chats * each / 25, minutes * 60.0 + max(0, rest - 2))
