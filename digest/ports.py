"""What the making of a digest needs from outside, as small protocols. `storage` and `bot` implement them.

Every store method may raise `digest.errors.StorageError`. Stores are called from the event loop's thread only.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from digest.models.analysis import Analysis
from digest.models.delivery import Chat, Cooldown, Delivery, DeliveryState, Message
from digest.models.digest import Digest
from digest.models.edition import Edition, Target
from digest.models.feed import CategoryDay
from digest.models.notice import Notice
from digest.models.paper import Announcement, Paper
from digest.models.paper_text import PaperText
from digest.models.people import Actor, AuditEvent, EditionRun, KeywordChange, SavedPaper
from digest.models.spending import ModelSpending, SpendingRow
from digest.pdf.result import FigureImage, ReadFailure


class Clock(Protocol):
    """The one door through which time comes in."""

    def now(self) -> datetime:
        """The present, as an aware datetime in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from a fixed point in the past, never going back."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class PaperStore(Protocol):
    """Papers, announcements, the states of feeds, and what was read of papers."""

    def save_day(self, state: CategoryDay, announcements: Sequence[Announcement]) -> None:
        """Store a category's day whole: its state, its papers and their announcements, in one transaction.
        A second call for the same category and day replaces the state and adds announcements."""
        ...

    def save_paper(self, paper: Paper) -> None:
        """Add a paper version, or complete what is stored of it; an empty field never replaces a full one."""
        ...

    def paper(self, paper_id: str, version: int | None = None) -> Paper | None:
        """A paper in that version, by default the newest stored."""
        ...

    def category_day(self, category: str, day: date) -> CategoryDay | None: ...

    def announcements(self, day: date, categories: Sequence[str] | None = None) -> list[Announcement]:
        """Every listing of that day in those categories (None: in all that were collected), in the feed's order: one
        per category and paper."""
        ...

    def revision(self) -> Hashable:
        """Something that is equal only as long as no announcement was stored, by this process or another."""
        ...

    def days(self, categories: Sequence[str] | None = None) -> list[date]:
        """The days with announcements, newest first."""
        ...

    def listed_before(self, category: str, day: date) -> frozenset[tuple[str, int]]:
        """(id, version) of everything that the category listed on its last day with entries before `day`."""
        ...

    def search(self, words: str, limit: int = 20) -> list[Paper]:
        """Full-text search over titles, abstracts and authors, best first."""
        ...

    def index_some(self, limit: int) -> int:
        """Make so many new papers ready for the search, which else does it; how many they were, 0 when all are."""
        ...

    def text(self, paper_id: str, version: int, reader_version: int) -> PaperText | None: ...

    def save_text(self, paper_id: str, version: int, text: PaperText) -> None: ...


class HtmlText(Protocol):
    """arXiv's HTML pages as a source of papers' texts."""

    async def text(self, paper: Paper, pdf: PaperText | None) -> PaperText | Notice:
        """The text of a paper's page, with the pages of `pdf`, its PDF's text, where there is one; or why the page is
        of no use."""
        ...


class AnalysisStore(Protocol):
    """Analyses: never made, and never paid for, twice."""

    def analysis(
        self, paper_id: str, version: int, language: str, analyst: str, prompt_version: int
    ) -> Analysis | None: ...

    def best_analysis(self, paper_id: str, language: str) -> Analysis | None:
        """What is best to show of a paper: newest version, full text before abstract, model before excerpt."""
        ...

    def save_analysis(self, analysis: Analysis) -> None: ...


class DigestStore(Protocol):
    """Digests, and what an edition has carded."""

    def digests(self, edition: str, day: date) -> list[Digest]:
        """The digest of that day and its supplements, by number."""
        ...

    def digest_days(self, edition: str) -> list[date]:
        """The days that have a digest, newest first."""
        ...

    def save_digest(self, digest: Digest) -> None:
        """Store a digest once, with its cards and updates. The same (edition, day, number) again is an error."""
        ...

    def carded(self, edition: str) -> Mapping[str, int]:
        """Every paper that the edition has carded: id -> the newest version that it has shown."""
        ...

    def updated(self, edition: str) -> Mapping[str, int]:
        """Every paper that the edition has shown as an update and never carded: id -> the newest such version."""
        ...


class FigureStore(Protocol):
    """The first figures of papers."""

    def is_known(self, paper_id: str, version: int) -> bool:
        """Whether the paper was looked through for a figure."""
        ...

    def figure(self, paper_id: str, version: int) -> FigureImage | None:
        """The figure, None where there is none, or none any more."""
        ...

    def save(self, paper_id: str, version: int, figure: FigureImage | None) -> None:
        """Keep a figure, or that there is none."""
        ...


class SpendingStore(Protocol):
    """What model servers were paid: a row a call. Days are UTC."""

    def record(
        self,
        day: date,
        model: str,
        paper_id: str,
        prompt_tokens: int,
        cached_tokens: int,
        completion_tokens: int,
        money: float,
    ) -> None:
        """Store one call. `paper_id` is empty for a call that belongs to no single paper."""
        ...

    def spent(self, first: date, last: date) -> ModelSpending:
        """The sum over all models from `first` to `last`, both included: a day, a month."""
        ...

    def rows(self, days: int) -> list[SpendingRow]:
        """The newest `days` days that have calls, newest first; in a day, the dearest model first."""
        ...


class PdfReader(Protocol):
    """Reads a PDF within limits, wherever the engine puts the work."""

    async def __call__(self, data: bytes) -> PaperText | ReadFailure:
        """The paper's text, or why there is none. Never raises for a bad file."""
        ...


class FigureDrawer(Protocol):
    """Draws the first figure of a PDF within limits."""

    async def __call__(self, data: bytes) -> FigureImage | None:
        """The figure, or None where there is none. Never raises for a bad file."""
        ...


class PaperErrorObserver(Protocol):
    """Hears of a programming error that cost a paper its text or an analysis; the digest goes on without it."""

    def __call__(self, paper: Paper, error: Exception) -> None: ...


class ProgressObserver(Protocol):
    """Hears how far a long task is; a terminal draws it as a bar."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def ignore_progress(stage: str, done: int, total: int) -> None:
    """Show no progress."""


class DeliveryStore(Protocol):
    """The outbox. Every change is committed when the method returns, unless a transaction is open around it."""

    def add(self, messages: Sequence[Message]) -> list[Delivery]:
        """Store a batch whole, as pending, in its order. Messages of a digest to a target that has deliveries of
        that digest already are left out, so that planning a digest again adds nothing. The new ones are returned."""
        ...

    def delivery(self, delivery_id: int) -> Delivery | None: ...

    def deliveries(self, digest: str) -> list[Delivery]:
        """Everything that the digest, or another cause, led to, in order."""
        ...

    def open_targets(self) -> list[Target]:
        """The targets with deliveries that are pending, sending or unknown; the one that waits longest first. A chat
        that moved counts under its present address."""
        ...

    def next_pending(self, target: Target) -> Delivery | None:
        """The next one to send. None when there is none, or when an earlier one is an open question.

        It may have a `not_before` in the future: later ones wait behind it, since a chat's order is strict."""
        ...

    def open_questions(self, target: Target | None = None) -> list[Delivery]:
        """Deliveries that are sending or unknown, of one target or of all, in order. Those of a chat that moved keep
        the address that they were sent to, and hold up its present one."""
        ...

    def mark_sending(self, delivery_id: int, before: str | None) -> bool:
        """pending -> sending, one attempt more. False when it is not pending any more: somebody else has it."""
        ...

    def mark_sent(self, delivery_id: int, receipt: str) -> None:
        """sending or unknown -> sent. The chat's last message and its count of refusals are brought up to date."""
        ...

    def mark_unknown(self, delivery_id: int, error: str) -> None:
        """sending -> unknown: the call ended in doubt."""
        ...

    def mark_failed(self, delivery_id: int, error: str) -> None:
        """Refused for good, or given up; nothing behind it waits."""
        ...

    def back_to_pending(self, delivery_id: int, not_before: datetime | None = None, error: str | None = None) -> None:
        """Certainly not sent, or released by a person: to be tried again, at the earliest at `not_before`, where the
        chat is now."""
        ...

    def sent_since(self, moment: datetime) -> Sequence[tuple[Target, datetime]]:
        """Which chats got messages since then, or may have got them, and when: the pace outlives a process."""
        ...

    def counts(self) -> Mapping[Target, Mapping[DeliveryState, int]]:
        """How many deliveries are open, by target and state."""
        ...


class ChatStore(Protocol):
    """What must be known of chats after a restart."""

    def chat(self, target: Target) -> Chat: ...

    def saw_message(self, target: Target, message_id: str) -> None:
        """A message of that id is in the chat; ids grow, and the largest is kept."""
        ...

    def start_cooldown(self, hold: Cooldown) -> None:
        """The chat or platform is not written to until then; a later end is never shortened."""
        ...

    def cooldown_until(self, target: Target, now: datetime) -> datetime | None:
        """Until when the chat is held, itself or with its whole platform; None when it is not."""
        ...

    def cooldowns(self, now: datetime) -> list[Cooldown]: ...

    def refused(self, target: Target) -> int:
        """One refusal more in a row; how many there are now."""
        ...

    def pause(self, target: Target, reason: str) -> None: ...

    def resume(self, target: Target) -> None:
        """The chat is written to again, with no refusals counted."""
        ...

    def paused(self) -> list[Chat]: ...

    def mute(self, target: Target, until: datetime | None) -> None:
        """No digest goes there until then (None: at once again)."""
        ...

    def migrate(self, old: Target, new: Target) -> None:
        """The chat has a new address: what is pending moves there, and `current` follows from now on."""
        ...

    def rename(self, name: Target, target: Target) -> None:
        """An @name stands for that chat from now on, and what is pending for the one that it stood for goes there.
        Nothing else changes for that other chat, which may well exist still."""
        ...

    def migrated_target(self, target: Target) -> Target:
        """Where the chat is now, through all its migrations."""
        ...


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
