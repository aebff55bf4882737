"""The services of the application that digests need. `bot.app.App` implements them; scheduling does not
import it.
"""

from __future__ import annotations

from typing import Protocol

from bot.chat.platform_spec import Platforms
from bot.delivery.outbox_dispatcher import OutboxDispatcher
from digest.arxiv.client import ArxivClient
from digest.models.digest import Digest
from digest.models.edition import Edition
from digest.models.notice import Notice
from digest.pipeline.collect import CollectedDay
from digest.pipeline.digest_builder import DigestBuilder
from digest.ports import Clock
from digest.ranking.preference_model import PreferenceModel
from digest.settings import Settings
from storage.stores.all_stores import SqliteStores


class DigestServices(Protocol):
    """Stores, clients and settings, open and ready."""

    @property
    def settings(self) -> Settings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def stores(self) -> SqliteStores: ...

    @property
    def arxiv(self) -> ArxivClient: ...

    @property
    def builder(self) -> DigestBuilder: ...

    @property
    def dispatcher(self) -> OutboxDispatcher: ...

    @property
    def platforms(self) -> Platforms: ...

    async def build_digest(
        self, edition: Edition, collected: CollectedDay, *, publish: bool = True, notices: tuple[Notice, ...] = ()
    ) -> Digest:
        """The digest of a collected day, saved with its messages in one transaction."""
        ...

    async def preference_model(self, edition: Edition) -> PreferenceModel | None:
        """What the edition's readers like, by their votes."""
        ...
