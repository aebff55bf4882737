"""Reading a PDF from outside: what comes back, whoever runs it."""

from concurrent.futures import ThreadPoolExecutor

from digest.model import PaperText, SectionKind
from digest.read import Failure, read_pdf
from digest.settings import ReadingLimits
from tests.fakes.pdfs import plain_paper

PAPER = plain_paper(
    {"Abstract": "We read papers.", "1 Introduction": "Papers are long.", "References": "[1] A. Author."}
)


async def test_a_paper_is_read_into_sections() -> None:
    """Headings become sections with their pages, and all pages count as read."""
    text = await read_pdf(PAPER, ReadingLimits())

    assert isinstance(text, PaperText)
    labels = [(s.label, s.page) for s in text.sections if s.title]
    assert labels[-3:] == [("Abstract", 1), ("1 Introduction", 1), ("References", 1)]
    assert (text.pages, text.pages_read, text.partial) == (1, 1, None)
    assert text.sections[-1].kind is SectionKind.REFERENCES


async def test_an_executor_may_run_the_reading() -> None:
    """The work is one function of plain data, so any executor gives the same answer."""
    with ThreadPoolExecutor(1) as executor:
        assert await read_pdf(PAPER, ReadingLimits(), executor=executor) == await read_pdf(PAPER, ReadingLimits())


async def test_an_html_page_is_refused() -> None:
    """What an overloaded server sends in a PDF's place is named as that."""
    outcome = await read_pdf(b"<!DOCTYPE html><html>busy</html>", ReadingLimits())

    assert isinstance(outcome, Failure)
    assert outcome.notice.code == "pdf.html"
