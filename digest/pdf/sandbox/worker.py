"""The child process, forked for one file: a job and a PDF (or page frames) on standard input, frames on output.

It limits itself before it looks at a byte: address space, CPU, wall time, output and open files. MuPDF raises many
kinds of errors, and RuntimeError for lack of memory: whatever goes wrong with a file is answered with one Notice.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest.models.model import Notice
from digest.pdf.extract.page_elements import Page
from digest.pdf.sandbox.protocol import COUNT, PAGE, PICTURE, PROBLEM, RESULT, Job, frame, frames
from digest.pdf.sandbox.serialisation import notice_from, notice_to, text_to

if TYPE_CHECKING:
    from digest.pdf.extract.pdf_document import Pdf
    from digest.pdf.structure.assemble import About

_MAX_OUTPUT = 64_000_000  # bytes written by a child at most


def main() -> None:
    """Do the job; limits end the process."""
    with open(0, "rb", closefd=False) as given:
        job = Job.from_line(given.readline())
        limit(job)
        try:
            {"read": read, "assemble": assemble, "draw": draw}[job.task](job, given.read())
        except Exception as error:  # noqa: BLE001 a hostile file may raise anything, and each is an answer
            answer(PROBLEM, notice_to(problem(error, job.memory_mb)).encode())


def limit(job: Job) -> None:
    """Bound this process for good. A stopped child dies by SIGXCPU (CPU) or SIGALRM (wall), which the parent reads."""
    memory = job.memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_OUTPUT, _MAX_OUTPUT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CPU, (job.cpu_seconds, job.cpu_seconds + 1))
    if sys.platform == "linux":  # elsewhere the address space can't be limited; CPU and wall time still are
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.alarm(job.wall_seconds)


def answer(tag: bytes, payload: bytes) -> None:
    view = memoryview(frame(tag, payload))
    while view:
        view = view[os.write(1, view) :]


def read(job: Job, data: bytes) -> None:
    """Read a PDF page by page, and put the pages together."""
    from digest.pdf.extract.pdf_document import Pdf

    with Pdf(data, job) as pdf:
        answer(COUNT, str(pdf.page_count).encode())
        pages = list(_streamed(pdf))
        about = pdf.about()
    _answer_assembled(pages, about, job)


def _streamed(pdf: Pdf) -> Iterator[Page]:
    for page in pdf.pages():
        answer(PAGE, pickle.dumps(page, protocol=pickle.HIGHEST_PROTOCOL))
        yield page


def assemble(job: Job, data: bytes) -> None:
    """Put together what another child had read. Unpickling is safe only because it happens inside these limits."""
    from digest.pdf.structure.assemble import About

    pages = [pickle.loads(payload) for tag, payload in frames(data) if tag == PAGE]  # noqa: S301
    _answer_assembled(pages, About(pages=job.pages, partial=notice_from(job.why)), job)


def _answer_assembled(pages: list[Page], about: About, job: Job) -> None:
    from digest.pdf.structure.assemble import assembled

    try:
        answer(RESULT, text_to(assembled(pages, about)))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 a mistake of ours, which must not be blamed on the file
        reason = Notice.of("pdf.unreadable", error=f"{type(error).__name__}: {error}"[:200])
        answer(PROBLEM, notice_to(reason).encode())


def draw(job: Job, data: bytes) -> None:
    from digest.pdf.figure_image import drawn

    picture = drawn(data, job)
    if picture is not None:
        about, png = picture
        answer(PICTURE, json.dumps(about).encode() + b"\n" + png)


def problem(error: Exception, megabytes: int) -> Notice:
    """The one clear reason behind an exception."""
    from digest.pdf.extract.mupdf import UnreadableError, is_out_of_memory

    if isinstance(error, UnreadableError):
        return error.notice
    if is_out_of_memory(error):
        return Notice.of("pdf.memory", megabytes=megabytes)
    return Notice.of("pdf.damaged")
