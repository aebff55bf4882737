"""All stores of one database together, as the ports that the rest of Broadsheet knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from digest.ledger import ChatStore, DeliveryStore
from digest.people import EditionStore, EventStore, PeopleStore, SeenStore
from digest.ports import AnalysisStore, DigestStore, PaperStore, SpendingStore
from storage.analyses import Analyses
from storage.audit import Audit
from storage.chats import Chats
from storage.database import Database
from storage.deliveries import Deliveries
from storage.digests import Digests
from storage.editions import Editions
from storage.papers import Papers
from storage.people import People
from storage.seen import Seen
from storage.spending import Spending


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
