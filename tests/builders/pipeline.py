"""A digest builder put together in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from digest.analysis.analyst import Analyst
from digest.pipeline.digest_builder import DigestBuilder, PersonalLimits
from digest.pipeline.paper_service import PaperService
from digest.pipeline.paper_texts import PDFS_AT_ONCE, PaperTexts, Readers
from digest.ports import Clock, PaperErrorObserver


def digest_builder(
    *,
    arxiv: Any,
    stores: Any,
    read_pdf: Any,
    analysts: Sequence[Analyst],
    clock: Clock,
    max_pdf_bytes: int,
    on_error: PaperErrorObserver,
    summarise: Any = None,
    ask: Any = None,
    taste: Any = None,
    pdfs_at_once: int = PDFS_AT_ONCE,
    figures: Any = None,
    draw: Any = None,
    html: Any = None,
    personal: PersonalLimits | None = None,
) -> DigestBuilder:
    """A `DigestBuilder` with its `PaperService` and `PaperTexts`."""
    readers = Readers(read_pdf, max_pdf_bytes, html, draw, pdfs_at_once)
    texts = PaperTexts(arxiv, stores.papers, readers, on_error, figures)
    papers = PaperService(texts, stores.analyses, analysts, on_error, ask)
    return DigestBuilder(
        arxiv, stores, papers, clock, on_error, preferences=taste, summarise_changes=summarise, personal=personal
    )
