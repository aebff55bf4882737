"""Hostile and broken files: each ends within its limits, with one clear reason, and harms no neighbour."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.i18n.translator import Translator
from digest.models.notice import Notice
from digest.models.paper_text import PaperText
from digest.pdf.extract.page_elements import PdfPage
from digest.pdf.extract.pdf_document import PdfDocument
from digest.pdf.reader import read_bytes, read_pdf
from digest.pdf.result import ReadFailure, ReadOutcome
from digest.pdf.sandbox.precheck import truncation_notice
from digest.pdf.sandbox.protocol import COUNT, PAGE, WorkerJob, frame, frames
from digest.pdf.sandbox.supervisor import WorkerOutput, run
from digest.settings import ReadingLimits
from tests.builders.hostile_pdfs import (
    HEAVY,
    ODD,
    glyph_bomb,
    locked,
    many_links,
    mutations,
    nested_forms,
    one_page,
    scanned,
    stream,
)
from tests.builders.pdfs import Press, pymupdf, small_paper

SMALL = ReadingLimits(memory_mb=400, cpu_seconds=1, wall_seconds=8, max_pages=10)
LONG = ReadingLimits(memory_mb=400, cpu_seconds=60, wall_seconds=180)  # what can be read is, on the slowest machine
PAPER = small_paper()

pytestmark = pytest.mark.slow


def reason(outcome: ReadOutcome) -> str:
    assert isinstance(outcome, ReadFailure)
    return Translator("en").notice(outcome.notice)


@pytest.mark.parametrize("make", HEAVY.values(), ids=list(HEAVY))
def test_a_heavy_file_is_stopped(make: Callable[[], bytes]) -> None:
    """What would run for minutes is stopped by its CPU or memory limit, and the reason says so."""
    assert reason(read_bytes(make(), SMALL)) in (
        "stopped after 1 s of CPU",
        "stopped after 8 s",
        "stopped: the PDF needs more than 400 MB of memory",
        "stopped: the PDF has more text than any paper",
    )


@pytest.mark.parametrize("make", ODD.values(), ids=list(ODD))
def test_an_odd_file_is_an_answer(make: Callable[[], bytes]) -> None:
    """A file that is broken in a clever way is read or refused with a reason; nothing hangs, nothing raises."""
    outcome = read_bytes(make(), SMALL)

    assert isinstance(outcome, PaperText) or reason(outcome)


def test_links_are_taken_up_to_a_number() -> None:
    """A page of 300,000 links gives a few hundred, or is stopped."""
    outcome = read_bytes(many_links(), ReadingLimits(memory_mb=400, cpu_seconds=3, wall_seconds=12))
    text = outcome.partial if isinstance(outcome, ReadFailure) else outcome

    assert text is None or (isinstance(text, PaperText) and len(text.links) <= 500)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the PDF is an empty file"),
        (b"<!DOCTYPE html><html><body>Rate exceeded</body></html>", "not a PDF: the server sent an HTML page"),
        (b"Rate exceeded.", "not a PDF"),
        (b"%PDF-1.7 " + bytes(3_000_000), "the PDF is larger than the limit of 2 MB"),
        (locked(), "encrypted: the PDF asks for a password"),
        (scanned(), "no text layer (scanned)"),
        (PAPER[:1500], "cut off: the end of the file is missing"),
    ],
    ids=["empty", "HTML", "no PDF", "too large", "password", "scan", "cut off"],
)
def test_each_failure_has_its_reason(data: bytes, words: str) -> None:
    """The reason is one that a person can act on."""
    assert reason(read_bytes(data, replace(LONG, max_bytes=2_000_000))) == words


def test_a_known_length_tells_how_much_is_there() -> None:
    """`cut off at 30 %`, where the server said how long the file is or the file says so itself."""
    third = PAPER[: len(PAPER) * 3 // 10]

    assert truncation_notice(third, len(PAPER)) == Notice.of("pdf.cut_off", percent=29)
    assert truncation_notice(b"%PDF-1.5\n1 0 obj <</Linearized 1 /L 1000>> endobj") == Notice.of(
        "pdf.cut_off", percent=4
    )
    assert truncation_notice(PAPER) is None
    assert Translator("en").notice(Notice.of("pdf.cut_off", percent=30)) == "cut off at 30 %"


def test_an_owner_password_alone_locks_nothing() -> None:
    """A PDF that only restricts printing opens like any other."""
    press = Press()
    press.prose(8)
    restricted = press.pdf(encryption=pymupdf.PDF_ENCRYPT_AES_128, owner_pw="own", permissions=4)

    assert isinstance(read_bytes(restricted, LONG), PaperText)


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_truncated_paper_is_an_answer(tenth: int) -> None:
    """Cut off at any tenth, a file is either refused or read in part, and says which."""
    outcome = read_bytes(PAPER[: len(PAPER) * tenth // 10], LONG)
    notice = outcome.notice if isinstance(outcome, ReadFailure) else outcome.partial

    assert notice is not None
    assert notice.code in ("pdf.end_missing", "pdf.cut_off", "pdf.no_text", "pdf.page_damaged")


def heavy_last_page() -> bytes:
    """Nine good pages, and a tenth that never ends."""
    press = Press()
    press.heading("1 Introduction")
    while press.document.page_count < 10:
        press.prose(6)
    press.document.delete_page(9)
    press.document.insert_pdf(pymupdf.open(stream=nested_forms(), filetype="pdf"))
    return press.pdf()


def test_what_was_read_before_the_limit_is_kept() -> None:
    """A paper stopped on its last page comes back as far as it was read, and says that it is partial."""
    outcome = read_bytes(heavy_last_page(), replace(LONG, cpu_seconds=2))

    assert isinstance(outcome, PaperText)
    assert outcome.partial is not None
    assert outcome.partial.code in ("pdf.cpu", "pdf.memory")
    assert (outcome.pages_read, outcome.pages) == (9, 10)
    assert [s.label for s in outcome.sections if s.title] == ["1 Introduction"]


def test_pages_beyond_the_limit_are_counted_but_not_read() -> None:
    """Pages read of pages in all, and why not all."""
    press = Press()
    for _ in range(14):
        press.prose(8)
        press.new_page()
    outcome = read_bytes(press.pdf(), replace(LONG, max_pages=4))

    assert isinstance(outcome, PaperText)
    assert (outcome.pages_read, outcome.pages) == (4, 15)
    assert outcome.partial == Notice.of("pdf.pages_left_out", left_out="4–14", pages=15)


class Torn(PdfDocument):
    """A PDF whose second page can't be read."""

    def _page(self, index: int) -> PdfPage:
        if index == 1:
            raise RuntimeError("syntax error in content stream")
        return super()._page(index)


def test_a_damaged_page_costs_only_itself() -> None:
    """A page that can't be read is left out and counted; the others are kept."""
    with Torn(PAPER, max_pages=10) as pdf:
        numbers = [page.number for page in pdf.pages()]

        assert numbers == [1, 3]
        assert pdf.about().partial == Notice.of("pdf.page_damaged", n=1)


async def test_a_neighbour_is_not_disturbed() -> None:
    """Papers that are read at the same time as hostile files come out whole."""
    outcomes = await asyncio.gather(
        read_pdf(nested_forms(), SMALL),
        read_pdf(PAPER, LONG),
        read_pdf(one_page(stream(b"\xff" * 500)), SMALL),
        read_pdf(PAPER, LONG),
    )

    assert isinstance(outcomes[0], ReadFailure)
    assert isinstance(outcomes[1], PaperText)
    assert outcomes[1] == outcomes[3]


def test_a_fuzzed_paper_is_an_answer() -> None:
    """Whatever was done to a paper's bytes, the outcome is a text or a reason, within the limits."""
    for data in mutations(12, seed=20):
        outcome = read_bytes(data, SMALL)
        assert isinstance(outcome, PaperText) or reason(outcome)
        if isinstance(outcome, ReadFailure):
            assert outcome.notice.code not in ("pdf.unreadable", "pdf.crashed")


@pytest.mark.parametrize("make", [nested_forms, glyph_bomb])
def test_no_child_uses_more_memory_than_allowed(make: Callable[[], bytes]) -> None:
    """The address space of a child is bounded, so its resident memory is."""
    left = run(WorkerJob("read", memory_mb=300, cpu_seconds=2, wall_seconds=180, max_pages=10), make())

    assert left.ended is not None
    assert 20e6 < left.ended.peak <= 300e6


def test_frames_cut_off_by_death_are_ignored() -> None:
    """A child that died while it wrote has said what is whole."""
    data = frame(COUNT, b"3") + frame(PAGE, b"lines") + frame(PAGE, b"more")[:-2]

    assert list(frames(data)) == [(COUNT, b"3"), (PAGE, b"lines")]
    assert list(frames(b"P\x00")) == []


def test_a_child_that_lies_is_not_believed() -> None:
    """An answer that is no PaperText is an error of the reader, not an object."""
    left = run(WorkerJob("assemble", 400, 60, 180, 10, why='{"code": "x", "params": {}}'), frame(PAGE, b"not a pickle"))

    assert isinstance(left, WorkerOutput)
    assert left.ended is not None
    assert left.ended.code == 0
    assert not left.of(b"R")
