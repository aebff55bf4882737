"""The parent's side: have a child of its own read one PDF, wait, and turn whatever it left into an outcome.

The child gets the PDF as its standard input and writes its frames to a file, so what it had read before a limit
stopped it is still there. It has neither our environment (which holds secrets) nor our open files. What it says is
decoded as JSON into frozen dataclasses, never unpickled here. Any number of children may run side by side.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

from digest.models.notice import Notice
from digest.models.paper_text import PaperText
from digest.pdf.result import FigureImage, ReadFailure, ReadOutcome
from digest.pdf.sandbox.fork_client import ForkServerClient
from digest.pdf.sandbox.precheck import rejection_reason, truncation_notice
from digest.pdf.sandbox.protocol import COUNT, PAGE, PICTURE, PROBLEM, RESULT, WorkerExit, WorkerJob, frame, frames
from digest.pdf.sandbox.serialisation import notice_from, notice_to, text_from

if TYPE_CHECKING:
    from digest.settings import ReadingLimits

_TRIES = 2  # a fork server that ended meanwhile is started again
_SCAN_CHARACTERS = 25  # a page; a scan's stamps and numbers come to less
_USABLE_CHARACTERS = 2000  # less than this of a paper that was stopped is no base for an analysis

# One a process: engines hand the function `read` around, and on a worker of a cluster nobody else could keep it.
_FORKS = ForkServerClient()


@dataclass(frozen=True, slots=True)
class WorkerOutput:
    """How a child ended, None where there was none, and the whole frames that it left."""

    ended: WorkerExit | None
    frames: tuple[tuple[bytes, bytes], ...]

    def of(self, tag: bytes) -> list[bytes]:
        return [payload for t, payload in self.frames if t == tag]


def read(data: bytes, limits: ReadingLimits, expected_bytes: int | None = None) -> ReadOutcome:
    """The text of a PDF, or why there is none. `expected_bytes`: how long the server said that the file is."""
    refusal = rejection_reason(data, limits.max_bytes)
    if refusal is not None:
        return ReadFailure(refusal)
    job = job_of("read", limits)
    output = run(job, data)
    cut = truncation_notice(data, expected_bytes)
    for payload in output.of(RESULT):
        return _judged(text_from(payload), cut)
    reason = _reason(output, job)
    if cut is not None and reason.code in ("pdf.damaged", "pdf.no_pages"):
        return ReadFailure(cut)
    partial = _assembled(output, job, reason)
    if partial is None:
        return ReadFailure(reason)
    return partial if _characters(partial) >= _USABLE_CHARACTERS else ReadFailure(reason, partial)


def draw(data: bytes, limits: ReadingLimits) -> FigureImage | None:
    """The picture of a PDF for its card, or None."""
    if rejection_reason(data, limits.max_bytes) is not None:
        return None
    for payload in run(job_of("draw", limits), data).of(PICTURE):
        header, _, png = payload.partition(b"\n")
        described: dict[str, Any] = json.loads(header)
        return FigureImage(png=png, **described)
    return None


def stop() -> None:
    """Kill the children that still read; there will be no more of them in this process."""
    _FORKS.stop()


def run(job: WorkerJob, data: bytes) -> WorkerOutput:
    """Do a job in a child of its own; back within the job's wall time and a moment."""
    for _ in range(_TRIES):
        with _file() as input_file, _file() as answer:
            input_file.write(job.as_line())
            input_file.write(data)
            input_file.seek(0)
            ended = _FORKS.run(input_file.fileno(), answer.fileno(), job.wall_seconds + 1)
            answer.seek(0)
            output = WorkerOutput(ended, tuple(frames(answer.read())))
        if output.ended is not None:
            break
    return output


def _file() -> IO[bytes]:
    """A file without a name: in memory where the system has such files, else on disk."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("reading"), "w+b")
    return tempfile.TemporaryFile()


def job_of(task: str, limits: ReadingLimits) -> WorkerJob:
    """A child's work within the configured limits."""
    return WorkerJob(
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
        return ReadFailure(reason, text if _characters(text) else None)
    return text if cut is None else replace(text, partial=cut)


def _characters(text: PaperText) -> int:
    return sum(len(p.text) for section in text.sections for p in section.paragraphs)


def _reason(output: WorkerOutput, job: WorkerJob) -> Notice:
    """Why a child left no result."""
    for payload in output.of(PROBLEM):
        return notice_from(payload)
    if output.ended is None:
        return Notice.of("pdf.no_reader")
    match -output.ended.code:
        case signal.SIGXCPU:
            return Notice.of("pdf.cpu", seconds=job.cpu_seconds)
        case signal.SIGALRM | signal.SIGKILL:
            return Notice.of("pdf.wall", seconds=job.wall_seconds)
        case signal.SIGXFSZ:
            return Notice.of("pdf.output")
        case number if number > 0:
            return Notice.of("pdf.crashed", signal=signal.Signals(number).name)
    return Notice.of("pdf.unreadable", error=f"exit code {output.ended.code}")


def _counted(output: WorkerOutput) -> int:
    """How many pages the PDF has, if the child came to say so."""
    return next((int(n) for n in output.of(COUNT) if n.isdigit() and len(n) < 10), 0)


def _assembled(output: WorkerOutput, job: WorkerJob, why: Notice) -> PaperText | None:
    """The text of the pages that a child had read before it was stopped, put together by another child."""
    pages = output.of(PAGE)
    if not pages:
        return None
    again = replace(
        job,
        task="assemble",
        cpu_seconds=max(1, job.cpu_seconds // 4),  # lines are put together in no time; both children count
        wall_seconds=max(2, job.wall_seconds // 4),
        why=notice_to(why),
        pages=_counted(output),
    )
    for payload in run(again, b"".join(frame(PAGE, page) for page in pages)).of(RESULT):
        return text_from(payload)
    return None
