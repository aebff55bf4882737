"""Editions that the configuration calls by another name: their history goes along, so that nothing is published again.

An edition without a history, whose chat had the digests of one that the configuration does not have any more, is that
one under a new name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.models.edition import Edition
from digest.models.people import Actor, AuditEvent
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from storage.stores.edition_history import EditionHistory


@dataclass(frozen=True, slots=True)
class RenamedEdition:
    """`str` is a sentence for the operator."""

    old: str
    new: str

    def __str__(self) -> str:
        return (
            f"edition {self.new!r} publishes where {self.old!r} did, which the configuration does not have any more: it"
            " is taken for the same edition, and what was published is not published again"
        )


def renamed_editions(db: Database, editions: Sequence[Edition]) -> list[RenamedEdition]:
    """Return which editions have a new name. An old name goes to the first edition of its chat. Changes
    nothing.
    """
    history = EditionHistory(db)
    taken = {edition.name for edition in editions}
    renamed = []
    for edition in editions:
        if history.has(edition.name):
            continue
        old = history.former(edition.targets, taken)
        if old is not None:
            taken.add(old)
            renamed.append(RenamedEdition(old, edition.name))
    return renamed


def take_history_along(db: Database, stores: SqliteStores, editions: Sequence[Edition]) -> list[RenamedEdition]:
    """As `renamed_editions`, and gives each its history. Only whoever publishes may do so: a process that runs with the
    old configuration would publish anew."""
    renamed = renamed_editions(db, editions)
    for one in renamed:
        EditionHistory(db).rename(one.old, one.new)
        stores.events.record(AuditEvent("edition renamed", Actor("system", "broadsheet"), one.new, one.old))
    return renamed
