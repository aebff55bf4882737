"""All stores of one database together, as the ports that the rest of Broadsheet knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from digest.models.delivery import ChatStore, DeliveryStore
from digest.models.people import EditionStore, EventStore, PeopleStore, SeenStore
from digest.ports import AnalysisStore, DigestStore, PaperStore, SpendingStore
from storage.database.connection import Database
from storage.stores.analyses import Analyses
from storage.stores.chats import Chats
from storage.stores.deliveries import Deliveries
from storage.stores.digests import Digests
from storage.stores.editions import Editions
from storage.stores.events import Audit
from storage.stores.papers import Papers
from storage.stores.people import People
from storage.stores.seen_updates import Seen
from storage.stores.spending import Spending


@dataclass(frozen=True, slots=True)
class Stores:
    """What the application is wired from."""

    papers: PaperStore
    analyses: AnalysisStore
    digests: DigestStore
    deliveries: DeliveryStore
    chats: ChatStore
    editions: EditionStore
    people: PeopleStore
    events: EventStore
    seen: SeenStore
    spending: SpendingStore

    @classmethod
    def of(cls, db: Database) -> Self:
        return cls(
            papers=Papers(db),
            analyses=Analyses(db),
            digests=Digests(db),
            deliveries=Deliveries(db),
            chats=Chats(db),
            editions=Editions(db),
            people=People(db),
            events=Audit(db),
            seen=Seen(db),
            spending=Spending(db),
        )
