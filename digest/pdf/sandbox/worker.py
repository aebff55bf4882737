"""The child process, forked for one file: a job and a PDF (or page frames) on standard input, frames on output.

It limits itself before it looks at a byte: address space, CPU, wall time, output and open files; and it is confined,
as far as the kernel can do that. MuPDF raises many
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

from digest.models.notice import Notice
from digest.pdf.extract.page_elements import PdfPage
from digest.pdf.sandbox.confinement import confine, give_up_first
from digest.pdf.sandbox.protocol import COUNT, PAGE, PICTURE, PROBLEM, RESULT, WorkerJob, frame, frames
from digest.pdf.sandbox.serialisation import json_of, notice_from, notice_to, text_to

if TYPE_CHECKING:
    from digest.pdf.extract.page_elements import PdfInfo
    from digest.pdf.extract.pdf_document import PdfDocument

_MAX_OUTPUT = 64_000_000  # bytes written by a child at most


def main() -> None:
    """Do the job; limits end the process."""
    with open(0, "rb", closefd=False) as given:
        job = WorkerJob.from_line(given.readline())
        limit(job)
        give_up_first()
        confine()
        try:
            {"read": read, "assemble": assemble, "draw": draw, "html": read_html}[job.task](job, given.read())
        except Exception as error:  # noqa: BLE001 a hostile file may raise anything, and each is an answer
            write_frame(PROBLEM, notice_to(notice_of_error(error, job.memory_mb)).encode())


def limit(job: WorkerJob) -> None:
    """Bound this process for good. A stopped child dies by SIGXCPU (CPU) or SIGALRM (wall), which the parent reads."""
    memory = job.memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_OUTPUT, _MAX_OUTPUT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CPU, (job.cpu_seconds, job.cpu_seconds + 1))
    if sys.platform == "linux":  # elsewhere the address space can't be limited; CPU and wall time still are
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.alarm(job.wall_seconds)


def write_frame(tag: bytes, payload: bytes) -> None:
    view = memoryview(frame(tag, payload))
    while view:
        view = view[os.write(1, view) :]


def read(job: WorkerJob, data: bytes) -> None:
    """Read a PDF page by page, and put the pages together."""
    from digest.pdf.extract.pdf_document import PdfDocument

    with PdfDocument(data, max_pages=job.max_pages, hidden_text=job.hidden_text) as pdf:
        write_frame(COUNT, str(pdf.page_count).encode())
        pages = list(_streamed(pdf))
        about = pdf.about()
    _answer_assembled(pages, about, job)


def _streamed(pdf: PdfDocument) -> Iterator[PdfPage]:
    for page in pdf.pages():
        write_frame(PAGE, pickle.dumps(page, protocol=pickle.HIGHEST_PROTOCOL))
        yield page


def assemble(job: WorkerJob, data: bytes) -> None:
    """Put together what another child had read. Unpickling is safe only because it happens inside these limits."""
    from digest.pdf.extract.page_elements import PdfInfo

    pages = [pickle.loads(payload) for tag, payload in frames(data) if tag == PAGE]  # noqa: S301
    _answer_assembled(pages, PdfInfo(pages=job.pages, partial=notice_from(job.why)), job)


def _answer_assembled(pages: list[PdfPage], about: PdfInfo, job: WorkerJob) -> None:
    from digest.pdf.structure.assemble import assemble_paper

    try:
        write_frame(RESULT, text_to(assemble_paper(pages, about)))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 a mistake of ours, which must not be blamed on the file
        reason = Notice.of("pdf.unreadable", error=f"{type(error).__name__}: {error}"[:200])
        write_frame(PROBLEM, notice_to(reason).encode())


def read_html(_: WorkerJob, data: bytes) -> None:
    """Read a paper's HTML page."""
    from digest.html.html_paper import read_page

    write_frame(RESULT, json_of(read_page(data)))


def draw(job: WorkerJob, data: bytes) -> None:
    from digest.pdf.figure_image import draw_first_figure

    picture = draw_first_figure(data)
    if picture is not None:
        about, png = picture
        write_frame(PICTURE, json.dumps(about).encode() + b"\n" + png)


def notice_of_error(error: Exception, megabytes: int) -> Notice:
    """The one clear reason behind an exception."""
    from digest.html.html_tree import HtmlError
    from digest.pdf.extract.mupdf import UnreadableError, is_out_of_memory

    if isinstance(error, UnreadableError | HtmlError):
        return error.notice
    if is_out_of_memory(error):
        return Notice.of("pdf.memory", megabytes=megabytes)
    return Notice.of("pdf.damaged")
