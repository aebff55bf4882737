"""All stores of one database together, as the ports that the rest of Broadsheet knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from digest.ports import (
    AnalysisStore,
    ChatStore,
    DeliveryStore,
    DigestStore,
    EditionStore,
    EventStore,
    PaperStore,
    PeopleStore,
    SeenUpdateStore,
    SpendingStore,
)
from storage.database.connection import Database
from storage.stores.analyses import SqliteAnalysisStore
from storage.stores.chats import SqliteChatStore
from storage.stores.deliveries import SqliteDeliveryStore
from storage.stores.digests import SqliteDigestStore
from storage.stores.editions import SqliteEditionStore
from storage.stores.events import SqliteEventStore
from storage.stores.papers import SqlitePaperStore
from storage.stores.people import SqlitePeopleStore
from storage.stores.seen_updates import SqliteSeenUpdateStore
from storage.stores.spending import SqliteSpendingStore


@dataclass(frozen=True, slots=True)
class SqliteStores:
    """What the application is wired from."""

    papers: PaperStore
    analyses: AnalysisStore
    digests: DigestStore
    deliveries: DeliveryStore
    chats: ChatStore
    editions: EditionStore
    people: PeopleStore
    events: EventStore
    seen: SeenUpdateStore
    spending: SpendingStore

    @classmethod
    def of(cls, db: Database) -> Self:
        return cls(
            papers=SqlitePaperStore(db),
            analyses=SqliteAnalysisStore(db),
            digests=SqliteDigestStore(db),
            deliveries=SqliteDeliveryStore(db),
            chats=SqliteChatStore(db),
            editions=SqliteEditionStore(db),
            people=SqlitePeopleStore(db),
            events=SqliteEventStore(db),
            seen=SqliteSeenUpdateStore(db),
            spending=SqliteSpendingStore(db),
        )
