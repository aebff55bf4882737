"""Reading a PDF from outside: what comes back, whoever runs it."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from digest.codec import decode, encode
from digest.i18n.translator import LANGUAGES, Translator, catalogue
from digest.models.notice import Notice
from digest.models.paper_text import PaperText, SectionKind
from digest.pdf.reader import read_bytes, read_file, read_pdf
from digest.pdf.result import READER_VERSION, ReadFailure
from digest.pdf.sandbox.serialisation import notice_from, notice_to, text_from, text_to
from digest.settings import ReadingLimits
from tests.builders.pdfs import plain_paper, read_here, small_paper

PAPER = plain_paper(
    {"Abstract": "We read papers.", "1 Introduction": "Papers are long.", "References": "[1] A. Author."}
)


async def test_a_paper_is_read_into_sections() -> None:
    """Headings become sections with their pages, and all pages count as read."""
    text = await read_pdf(PAPER, ReadingLimits())

    assert isinstance(text, PaperText)
    assert text.title == "A Small Paper"
    assert [(s.label, s.page) for s in text.sections] == [("Abstract", 1), ("1 Introduction", 1), ("References", 1)]
    assert (text.pages, text.pages_read, text.partial) == (1, 1, None)
    assert text.sections[-1].kind is SectionKind.REFERENCES
    assert text.reader_version == READER_VERSION


async def test_an_executor_may_run_the_reading() -> None:
    """The work is one function of plain data, so any executor gives the same answer."""
    with ThreadPoolExecutor(1) as executor:
        assert await read_pdf(PAPER, ReadingLimits(), executor=executor) == await read_pdf(PAPER, ReadingLimits())


@pytest.mark.slow
async def test_another_process_may_run_the_reading() -> None:
    """What goes to a pool of processes, and what comes back, can be sent there."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        outcome = await read_pdf(small_paper(), ReadingLimits(), executor=executor)

    assert outcome == read_bytes(small_paper(), ReadingLimits())


async def test_an_html_page_is_refused() -> None:
    """What an overloaded server sends in a PDF's place is named as that."""
    outcome = await read_pdf(b"<!DOCTYPE html><html>busy</html>", ReadingLimits())

    assert isinstance(outcome, ReadFailure)
    assert outcome.notice.code == "pdf.html"


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    """From a path it is the same, and a file that is not there is the caller's mistake."""
    (tmp_path / "paper.pdf").write_bytes(PAPER)

    assert read_file(tmp_path / "paper.pdf", ReadingLimits()) == read_bytes(PAPER, ReadingLimits())
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none.pdf", ReadingLimits())


def test_a_text_survives_the_wire_and_the_codec() -> None:
    """What the child writes is what the parent reads, and what the store keeps."""
    text = read_here(small_paper())

    assert text_from(text_to(text)) == text
    assert decode(PaperText, encode(text)) == text


def test_a_notice_survives_the_wire() -> None:
    """Codes and parameters come through."""
    notice = Notice.of("pdf.max_pages", limit=80, pages=120)

    assert notice_from(notice_to(notice)) == notice


def test_every_reason_has_words() -> None:
    """Each notice of the reader can be said in both languages."""
    values = {"megabytes": 40, "pages": 3, "percent": 30, "n": 2, "seconds": 20, "limit": 80, "signal": "SIGSEGV",
              "error": "KeyError", "left_out": "81–95"}  # fmt: skip
    codes = [key.removeprefix("notice.") for key in catalogue() if key.startswith("notice.pdf.")]

    assert len(codes) >= 16
    for code in codes:
        for language in LANGUAGES:
            assert Translator(language).notice(Notice.of(code, **values))
