"""Alerts about problems, for the chat named in the configuration: sent through the outbox, rate-limited,
without secrets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from bot.chat.platform_spec import Platforms
from digest.i18n.translator import Translator
from digest.models.delivery import Message
from digest.models.edition import Platform, Target
from digest.ports import Clock, DeliveryStore
from digest.rendering.document import Document, Paragraph, text_run
from digest.settings import AlertSettings

HOUR = timedelta(hours=1)


class Alerts:
    """`settings` gives what is in force; `redact` takes secrets out; `wake` says that there is something to send."""

    def __init__(
        self,
        settings: Callable[[], AlertSettings],
        deliveries: DeliveryStore,
        clock: Clock,
        redact: Callable[[str], str],
        wake: Callable[[], None],
        platforms: Platforms,
    ) -> None:
        self._settings = settings
        self._deliveries = deliveries
        self._clock = clock
        self._redact = redact
        self._wake = wake
        self._platforms = platforms
        self._told: deque[tuple[datetime, str]] = deque()  # within the last hour
        self._held_back = 0
        self._number = count(1)

    @property
    def target(self) -> Target | None:
        """Return the alert chat; None if none is configured."""
        platform, _, address = self._settings().chat.partition(":")
        return Target(Platform(platform), address) if address else None

    def send(self, text: str, texts: Translator, subject: Target | None = None) -> bool:
        """Whether the chat will hear of it: not twice the same within an hour, and only so much. Of trouble with the
        chat itself it hears nothing."""
        target = self.target
        if target is None or subject == target:
            return False
        now = self._clock.now()
        self._told = deque((at, before) for at, before in self._told if now - HOUR < at <= now)
        safe_text = self._redact(text)
        if any(safe_text == before for _, before in self._told):
            return False
        if len(self._told) >= self._settings().an_hour:
            self._held_back += 1
            return False
        self._told.append((now, safe_text))
        lines = [safe_text, texts("alert.more", n=self._held_back)] if self._held_back else [safe_text]
        self._held_back = 0
        self._add(target, Document(tuple(Paragraph((text_run(line),)) for line in lines), safe_text), now)
        return True

    def _add(self, target: Target, document: Document, now: datetime) -> None:
        cause = f"alert/{now:%Y-%m-%dT%H:%M:%S.%f}/{next(self._number)}"
        payloads = self._platforms[target.platform].render(document)
        self._deliveries.add([Message(cause, target, "alert", payload) for payload in payloads])
        self._wake()
