"""People: what they save, change and did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, and in which chat. On the command line `who` is "cli"."""

    who: str
    name: str = ""
    chat: str = ""


@dataclass(frozen=True, slots=True)
class KeywordChange:
    """The last change of a keyword of an edition; `added` False: it was removed."""

    keyword: str
    added: bool
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class SavedPaper:
    """A paper that somebody put aside."""

    paper_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """An entry of the event log: "keyword added", "edition reloaded", ..."""

    what: str
    by: Actor
    edition: str = ""
    detail: str = ""
    at: datetime | None = None  # None: now
    id: int = 0


@dataclass(frozen=True, slots=True)
class EditionRun:
    """The making of an edition's digest of a day. `ended` None: under way, or cut off by a crash."""

    edition: str
    day: date
    began: datetime
    ended: datetime | None = None
    outcome: str = ""
