"""What the making of a digest needs from outside, as small protocols. `storage` and `bot` implement them.

Every store method may raise `digest.errors.StorageError`. Stores are called from the event loop's thread only.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from digest.models.model import (
    Analysis,
    Announcement,
    CategoryDay,
    Digest,
    ModelSpending,
    Notice,
    Paper,
    PaperText,
    SpendingRow,
)
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
