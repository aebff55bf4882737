"""The parent's side: start a fresh child for one PDF, wait, and turn whatever it left into an outcome.

The child gets the PDF as its standard input and writes its frames to a file, so what it had read before a limit
stopped it is still there. It inherits neither our environment (which holds secrets) nor our open files. What it says is
decoded as JSON into frozen dataclasses, never unpickled here. Any number of children may run side by side.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.model import Notice, PaperText
from digest.read.job import COUNT, PAGE, PICTURE, PROBLEM, RESULT, Job, frame, frames
from digest.read.outcome import Failure, Figure, ReadOutcome
from digest.read.refuse import cut_off, refused
from digest.read.wire import notice_from, notice_to, text_from

if TYPE_CHECKING:
    from digest.settings import ReadingLimits

_ROOT = str(Path(__file__).parents[2])
_SCAN_CHARACTERS = 25  # a page; a scan's stamps and numbers come to less
_USABLE_CHARACTERS = 2000  # less than this of a paper that was stopped is no base for an analysis


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its exit code (negative: the signal) and the whole frames that it left."""

    code: int
    frames: tuple[tuple[bytes, bytes], ...]

    def of(self, tag: bytes) -> list[bytes]:
        return [payload for t, payload in self.frames if t == tag]


def read(data: bytes, limits: ReadingLimits, expected_bytes: int | None = None) -> ReadOutcome:
    """The text of a PDF, or why there is none. `expected_bytes`: how long the server said that the file is."""
    refusal = refused(data, limits.max_bytes)
    if refusal is not None:
        return Failure(refusal)
    job = _job("read", limits)
    ended = run(job, data)
    cut = cut_off(data, expected_bytes)
    for payload in ended.of(RESULT):
        return _judged(text_from(payload), cut)
    reason = _reason(ended, job)
    if cut is not None and reason.code in ("pdf.damaged", "pdf.no_pages"):
        return Failure(cut)
    partial = _assembled(ended, job, reason)
    if partial is None:
        return Failure(reason)
    return partial if _characters(partial) >= _USABLE_CHARACTERS else Failure(reason, partial)


def draw(data: bytes, limits: ReadingLimits) -> Figure | None:
    """The picture of a PDF for its card, or None."""
    if refused(data, limits.max_bytes) is not None:
        return None
    for payload in run(_job("draw", limits), data).of(PICTURE):
        about, _, png = payload.partition(b"\n")
        described: dict[str, Any] = json.loads(about)
        return Figure(png=png, **described)
    return None


def run(job: Job, data: bytes) -> Ended:
    """Do a job in a child of its own; back within the job's wall time and a second."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(data)
        given.seek(0)
        child = subprocess.Popen(  # noqa: S603 our own interpreter and module; the job is JSON in one argument
            [sys.executable, "-E", "-s", "-m", "digest.read.child", job.as_argument()],
            stdin=given,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
            start_new_session=True,
        )
        try:
            child.wait(timeout=job.wall_seconds + 1)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _end(child)
        answer.seek(0)
        return Ended(child.returncode, tuple(frames(answer.read())))


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it may have started; returns when it is gone."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _job(task: str, limits: ReadingLimits) -> Job:
    return Job(
        task=task,
        memory_mb=limits.memory_mb,
        cpu_seconds=limits.cpu_seconds,
        wall_seconds=limits.wall_seconds,
        max_pages=limits.max_pages,
        hidden_text=limits.hidden_text,
    )


def _judged(text: PaperText, cut: Notice | None) -> ReadOutcome:
    """A PDF that was read, unless it says nothing: a scan has pages and hardly a letter on them."""
    if _characters(text) < _SCAN_CHARACTERS * text.pages_read:
        reason = cut or text.partial or Notice.of("pdf.no_text", pages=text.pages)
        return Failure(reason, text if _characters(text) else None)
    return text if cut is None else replace(text, partial=cut)


def _characters(text: PaperText) -> int:
    return sum(len(p.text) for section in text.sections for p in section.paragraphs)


def _reason(ended: Ended, job: Job) -> Notice:
    """Why a child left no result."""
    for payload in ended.of(PROBLEM):
        return notice_from(payload)
    match -ended.code:
        case signal.SIGXCPU:
            return Notice.of("pdf.cpu", seconds=job.cpu_seconds)
        case signal.SIGALRM | signal.SIGKILL:
            return Notice.of("pdf.wall", seconds=job.wall_seconds)
        case signal.SIGXFSZ:
            return Notice.of("pdf.output")
        case number if number > 0:
            return Notice.of("pdf.crashed", signal=signal.Signals(number).name)
    return Notice.of("pdf.unreadable", error=f"exit code {ended.code}")


def _counted(ended: Ended) -> int:
    """How many pages the PDF has, if the child came to say so."""
    return next((int(n) for n in ended.of(COUNT) if n.isdigit() and len(n) < 10), 0)


def _assembled(ended: Ended, job: Job, why: Notice) -> PaperText | None:
    """The text of the pages that a child had read before it was stopped, put together by another child."""
    pages = ended.of(PAGE)
    if not pages:
        return None
    again = replace(
        job,
        task="assemble",
        cpu_seconds=max(1, job.cpu_seconds // 4),  # lines are put together in no time; both children count
        wall_seconds=max(2, job.wall_seconds // 4),
        why=notice_to(why),
        pages=_counted(ended),
    )
    for payload in run(again, b"".join(frame(PAGE, page) for page in pages)).of(RESULT):
        return text_from(payload)
    return None
