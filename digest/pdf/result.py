"""What reading comes to, beside `PaperText` itself."""

from __future__ import annotations

from dataclasses import dataclass

from digest.models.notice import Notice
from digest.models.paper_text import PaperText

READER_VERSION = 3  # raise it when the same PDF would give another PaperText: stored texts are then read anew


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Why a PDF gave no text, and what there was of it: `partial` is too little to analyse, or None."""

    notice: Notice
    partial: PaperText | None = None


@dataclass(frozen=True, slots=True)
class FigureImage:
    """A PNG of at most 1200 px and 400 KB. `page` counts from 1; a thumbnail of page 1 has no caption."""

    png: bytes
    caption: str
    page: int
    width: int
    height: int
    is_thumbnail: bool


ReadOutcome = PaperText | ReadFailure
