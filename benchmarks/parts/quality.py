"""What must be right, in the same run: the check of quotations, and the pace of deliveries."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.delivery import deliver
from benchmarks.figure import Figure, skipped
from benchmarks.grounding import PAPERS, make_cases
from benchmarks.quotation_changes import DOCTORED, HONEST
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import Verdict
from digest.models.paper_text import PaperText
from digest.pdf.reader import read_file
from digest.settings import ReadingLimits
from digest.text.paper_index import PaperIndex
from tests.fakes.message_sender import least_time

CASES, SEED, CHATS, MESSAGES = 400, 20260109, 200, 8


def figures() -> Iterator[Figure]:
    """Quotations where the papers are; deliveries always."""
    yield from _quotations()
    with tempfile.TemporaryDirectory() as folder:
        took, breaches = asyncio.run(deliver(Path(folder), CHATS, MESSAGES))
    least = least_time(CHATS, MESSAGES)
    yield Figure(
        f"{CHATS} chats, {MESSAGES} messages each: delivery", f"{took / least:.2f} x the least time", "no limit broken",
        breaches == 0, f"{took:.0f} s of a simulated clock; the limits allow {least:.0f} s",
    )  # fmt: skip


def _quotations() -> Iterator[Figure]:
    texts = {path.stem: read_file(path, ReadingLimits()) for path in sorted(PAPERS.glob("*.pdf"))}
    papers = {name: text for name, text in texts.items() if isinstance(text, PaperText)}
    if not papers:
        yield skipped("quotations told apart", "no papers lie beside this tree", ">= 97 % and <= 0.5 %")
        return
    cases = list(make_cases(papers, CASES, random.Random(SEED), HONEST, DOCTORED))
    passages = {name: PaperIndex(text) for name, text in papers.items()}
    begun = time.perf_counter()
    found = [verify_statement("", case.quote, passages[case.paper]).verdict is Verdict.FOUND for case in cases]
    each = (time.perf_counter() - begun) / len(cases)
    honest = [ok for ok, case in zip(found, cases, strict=True) if case.honest]
    doctored = [ok for ok, case in zip(found, cases, strict=True) if not case.honest]
    right, wrong = sum(honest) / len(honest), sum(doctored) / len(doctored)
    yield Figure(
        "changed quotations accepted: honest, doctored", f"{right:.1%}, {wrong:.1%}", ">= 97 %, <= 0.5 %",
        right >= 0.97 and wrong <= 0.005, f"{len(cases)} changes in {len(papers)} papers, {1e3 * each:.2f} ms each",
    )  # fmt: skip
