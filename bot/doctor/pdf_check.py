"""Whether a PDF can be read within the configured limits: a small one is made and read as any other."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.console.findings import CheckResult, failed, passed
from bot.doctor.sample_paper import sample_pdf
from digest.i18n.translator import Translator
from digest.pdf.reader import read_pdf
from digest.pdf.result import ReadFailure
from digest.ports import Clock
from digest.settings import Settings

AREA = "reading"
BESIDE_MB = 512  # what the bot and its fork server use themselves


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
        ),
        await _check_confinement(),
        *_check_memory(settings.reading.total_memory_mb, memory_limit()),
    ]


async def _check_confinement() -> CheckResult:
    """What the kernel can keep a process from that reads a hostile PDF."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "digest.pdf.sandbox.confinement"), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    missing = [line for line in out.decode().splitlines() if line]
    if process.returncode or missing:
        return failed(AREA, "reading.unconfined", ", ".join(missing) or "it could not be tried")
    return passed(AREA, "PDFs are read without network, other programs, or files but our own modules")


def _check_memory(total_mb: int, limit: int | None) -> Iterator[CheckResult]:
    """Whether what PDFs may use together, and the bot itself, fit into what the service may use."""
    if limit is not None and limit < (total_mb + BESIDE_MB) * 1024 * 1024:
        yield failed(AREA, "reading.memory", f"{limit // 1024 // 1024} MB, and reading.total_memory_mb is {total_mb}")


def memory_limit() -> int | None:
    """The bytes that this process's control group may use (systemd's MemoryMax, a container's limit), if it says so."""
    try:
        group = Path("/proc/self/cgroup").read_text(encoding="ascii").strip().rpartition("::")[2]
        return int(Path(f"/sys/fs/cgroup{group}/memory.max").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
