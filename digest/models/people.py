"""The words and stores of what people do: keywords, saved papers, votes, their own editions, the event log.

`storage` implements the stores. A person and a chat are named `telegram:12345`, `slack:C0123ABC`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from digest.models.model import Edition


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


class EditionStore(Protocol):
    """The configuration says where an edition starts; people's changes are kept here."""

    def keywords(self, edition: Edition) -> list[str]:
        """The configured keywords without those removed, then those added, in the order of adding."""
        ...

    def effective(self, edition: Edition) -> Edition:
        """The edition with the keywords in force."""
        ...

    def effective_editions(self, configured: Sequence[Edition], *, personal: bool) -> Sequence[Edition]:
        """The configured editions with the keywords in force; with `personal`, people's own after them as far as they
        watch for something. The same object as before for as long as nothing has changed: it may be asked often."""
        ...

    def add_keyword(self, edition: Edition, keyword: str, by: Actor) -> bool:
        """False when it is there already (case and spaces don't count)."""
        ...

    def remove_keyword(self, edition: Edition, keyword: str, by: Actor) -> bool:
        """False when it is not there."""
        ...

    def keyword_changes(self, edition: str) -> list[KeywordChange]:
        """Each changed keyword with its last change, oldest first."""
        ...

    def personal(self, owner: str) -> Edition | None: ...

    def personal_editions(self) -> Sequence[tuple[str, Edition]]:
        """All personal editions with their owners."""
        ...

    def save_personal(self, owner: str, edition: Edition) -> None: ...

    def drop_personal(self, owner: str) -> bool: ...

    def run_began(self, edition: str, day: date) -> None: ...

    def run_ended(self, edition: str, day: date, outcome: str) -> None: ...

    def last_run(self, edition: str) -> EditionRun | None:
        """The run of the newest day."""
        ...

    def runs(self, edition: str, since: date) -> list[EditionRun]:
        """The runs of the days from `since` on, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class EditionRun:
    """The making of an edition's digest of a day. `ended` None: under way, or cut off by a crash."""

    edition: str
    day: date
    began: datetime
    ended: datetime | None = None
    outcome: str = ""


class PeopleStore(Protocol):
    """What belongs to single people."""

    def save(self, person: str, paper_id: str) -> bool:
        """False when it is saved already."""
        ...

    def unsave(self, person: str, paper_id: str) -> bool: ...

    def saved(self, person: str) -> list[SavedPaper]:
        """Newest first."""
        ...

    def saves(self, since: datetime) -> Mapping[str, int]:
        """How many people saved each paper since then, of those that anybody did."""
        ...

    def language(self, person: str) -> str | None: ...

    def set_language(self, person: str, language: str | None) -> None: ...

    def count_request(self, person: str, day: date) -> int:
        """One paper asked for more on that day; how many there are now."""
        ...

    def vote(self, edition: str, person: str, paper_id: str, value: int) -> None:
        """1, -1, or 0 to take it back. One vote a person, paper and edition."""
        ...

    def votes(self, edition: str) -> Mapping[str, int]:
        """The sum of votes of each paper that has any."""
        ...

    def forget_votes(self, edition: str) -> int: ...


class EventStore(Protocol):
    """The event log."""

    def record(self, event: AuditEvent) -> None: ...

    def events(self, edition: str | None = None, limit: int = 50) -> list[AuditEvent]:
        """Newest first."""
        ...

    def newest(self, what: str, edition: str) -> AuditEvent | None:
        """The newest event of a kind that concerns an edition."""
        ...


class SeenUpdateStore(Protocol):
    """Which updates were handled. Platforms send updates twice."""

    def first_time(self, platform: str, update_id: str) -> bool:
        """Whether this update was never handled; from now on it was."""
        ...
