"""Real papers and broken files of the recorded corpus: the figures that the reader is held to."""

import json

import pytest

from benchmarks.reading_quality import Score, boundaries, hyphens, peak_of_child, read_here, score, truth
from digest.i18n.translator import Translator
from digest.models.paper_text import PaperText
from digest.pdf.reader import read_file
from digest.pdf.result import ReadFailure
from digest.settings import ReadingLimits
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

PAPERS = SHARED / "corpus" / "pdf"


@pytest.fixture(scope="module")
def true() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((PAPERS / "headings.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def texts(true: dict[str, dict[str, object]]) -> dict[str, PaperText]:
    return {name: read_here((PAPERS / f"{name}.pdf").read_bytes()) for name in true}


def test_headings_are_found_with_their_pages(true: dict[str, dict[str, object]], texts: dict[str, PaperText]) -> None:
    """Title and exact page of the top level: F1 of at least 0.97, levels right in at least 98 %."""
    total = sum((score(text, truth(true[name])) for name, text in texts.items()), Score())

    assert total.f1 >= 0.97, str(total)
    assert total.levels >= 0.98 * total.placed


def test_references_and_appendices_begin_where_they_do(
    true: dict[str, dict[str, object]], texts: dict[str, PaperText]
) -> None:
    """On every paper that has them."""
    assert [name for name, text in texts.items() if not boundaries(text, true[name])] == []


def test_no_page_and_no_sentence_is_lost(texts: dict[str, PaperText]) -> None:
    """All pages are read, and each leaves paragraphs, captions or tables, or is a list of contents."""
    for name, text in texts.items():
        seen = {p.page for s in text.sections for p in s.paragraphs} | {c.page for c in text.captions}
        seen |= {page for s in text.sections for p in s.paragraphs for _, page in p.breaks}
        seen |= {r.page or 0 for r in text.removed if r.what == "contents"}
        assert text.pages_read == text.pages, name
        assert seen == set(range(1, text.pages + 1)), name


def test_nobody_is_accused_of_hiding_text(texts: dict[str, PaperText]) -> None:
    """Honest papers hide labels of figures, and no sentence."""
    assert [name for name, text in texts.items() if any(r.suspicious for r in text.removed)] == []


def test_hyphens_are_undone_right() -> None:
    """In at least 98 % of the breaks whose truth is known."""
    right, known = hyphens([path.read_bytes() for path in sorted(PAPERS.glob("*.pdf"))])

    assert right >= 0.98 * known


def test_a_child_stays_small() -> None:
    """At most 150 MB on the largest paper."""
    largest = max(PAPERS.glob("*.pdf"), key=lambda path: path.stat().st_size)

    assert peak_of_child(largest.read_bytes()) <= 150


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("html_instead_of_pdf.pdf", "not a PDF: the server sent an HTML page"),
        ("rate_exceeded.pdf", "not a PDF"),
        ("zero_bytes.pdf", "the PDF is an empty file"),
        ("scanned_1page_no_text.pdf", "no text layer (scanned)"),
        ("password_2206.01062_pg3.pdf", "encrypted: the PDF asks for a password"),
        ("truncated_1706.03762v7_30pct.pdf", "cut off: the end of the file is missing"),
    ],
)
def test_files_that_are_not_what_they_say(name: str, words: str) -> None:
    """Each gives its own reason."""
    outcome = read_file(SHARED / "corpus" / "pdf-special" / name, ReadingLimits())

    assert isinstance(outcome, ReadFailure)
    assert Translator("en").notice(outcome.notice) == words
