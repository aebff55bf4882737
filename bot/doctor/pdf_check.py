"""Whether a PDF can be read within the configured limits: a small one is made and read as any other."""

from __future__ import annotations

import asyncio

from bot.console.findings import CheckResult, failed, passed
from bot.doctor.sample_paper import sample_pdf
from digest.i18n.translator import Translator
from digest.pdf.reader import read_pdf
from digest.pdf.result import ReadFailure
from digest.ports import Clock
from digest.settings import Settings

AREA = "reading"


async def check_pdf_reading(settings: Settings, clock: Clock) -> list[CheckResult]:
    """In a process of its own, as `broadsheet run` does it on one machine."""
    data = await asyncio.to_thread(sample_pdf)
    began = clock.monotonic()
    outcome = await read_pdf(data, settings.reading)
    if isinstance(outcome, ReadFailure):
        return [failed(AREA, "reading.failed", Translator("en").notice(outcome.notice))]
    seconds = clock.monotonic() - began
    return [
        passed(
            AREA, f"a PDF of {outcome.pages} pages was read in {seconds:.1f} s, within {settings.reading.memory_mb} MB"
        )
    ]
