"""Is an HTML page the whole of the paper that was asked for? Pure.

arXiv publishes failed conversions with status 200, and pages that are cut off, of another version, or of no paper. How
many unknown commands a page has says nothing: sound pages have up to 95.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from digest.html.html_paper import HtmlPage, prose_words
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import PaperText
from digest.text.latex.latex_to_text import latex_to_text

MIN_WORDS = 1000  # of running text, where no PDF says how many there should be
MIN_SHARE = 0.75  # of the PDF's words; whole pages had 0.82 to 1.03
_TITLE_LIKE = 80.0  # of 100
_ABSTRACT_LIKE = 70.0
_LOST_SHARE = 0.05  # references that lead nowhere, of all; a few are the authors' own
_LOST_FEW = 3


def html_problem(page: HtmlPage, paper: Paper, pdf: PaperText | None) -> Notice | None:
    """Why the page cannot be used for the paper; None if it can. `pdf` is the text of its PDF, if that was read."""
    checks = (
        _whole(page),
        _title(page, paper),
        _stamp(page, paper),
        _abstract(page, paper),
        _bibliography(page),
        _references(page),
        _words(page, pdf),
    )
    return next((notice for notice in checks if notice is not None), None)


def _whole(page: HtmlPage) -> Notice | None:
    if page.facts.includes_pdf:
        return Notice.of("html.includes_pdf")
    return None if page.facts.is_complete else Notice.of("html.cut_off")


def _title(page: HtmlPage, paper: Paper) -> Notice | None:
    title = page.text.title
    if not title or title == "Untitled Document":
        return Notice.of("html.no_title")
    return None if _likeness(title, paper.title) >= _TITLE_LIKE else Notice.of("html.other_title")


def _stamp(page: HtmlPage, paper: Paper) -> Notice | None:
    facts = page.facts
    if facts.paper_id and facts.paper_id.casefold() != paper.id.casefold():
        return Notice.of("html.other_paper", id=facts.paper_id)
    if facts.version and facts.version != paper.version:
        return Notice.of("html.other_version", version=facts.version)
    return None


def _abstract(page: HtmlPage, paper: Paper) -> Notice | None:
    """Whether the page's abstract is the announced one; authors may print a longer one than they submit."""
    if not paper.abstract:
        return None
    if not page.facts.abstract:
        return Notice.of("html.no_abstract")
    likeness = _likeness(page.facts.abstract, paper.abstract)
    return None if likeness >= _ABSTRACT_LIKE else Notice.of("html.other_abstract")


def _bibliography(page: HtmlPage) -> Notice | None:
    return Notice.of("html.no_bibliography") if page.facts.citations and not page.facts.entries else None


def _references(page: HtmlPage) -> Notice | None:
    lost, all_of_them = page.facts.lost_references, page.facts.references + page.facts.lost_references
    return Notice.of("html.lost_references", n=lost) if lost > max(_LOST_FEW, _LOST_SHARE * all_of_them) else None


def _words(page: HtmlPage, pdf: PaperText | None) -> Notice | None:
    expected = prose_words(pdf) if pdf is not None else 0
    if not expected:
        return None if page.facts.words >= MIN_WORDS else Notice.of("html.short", words=page.facts.words)
    if page.facts.words < MIN_SHARE * expected:
        return Notice.of("html.incomplete", percent=100 * page.facts.words // expected)
    return None


def _likeness(title: str, announced: str) -> float:
    """How alike two texts are, 0 to 100, by their words without formulas and case; a part of the other is like it."""
    printed, expected = _plain(title), _plain(announced)
    return max(fuzz.token_set_ratio(printed, expected), fuzz.ratio(printed.replace(" ", ""), expected.replace(" ", "")))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", latex_to_text(text).casefold()))
