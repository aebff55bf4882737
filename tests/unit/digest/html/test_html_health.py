"""Whether a page is the paper that was asked for, and where its paragraphs stand in the PDF."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.html.health import html_problem
from digest.html.html_paper import HtmlPage, read_page
from digest.html.html_tree import HtmlError
from digest.html.page_overlay import with_pages
from digest.i18n.translator import Translator
from digest.models.paper_text import PaperParagraph, PaperText, ParagraphKind
from tests.builders import html_pages
from tests.builders.html_pages import article, page_of
from tests.builders.lantern_paper import PAPER, TEXT


def problem(page: HtmlPage, pdf: PaperText | None = TEXT) -> str | None:
    notice = html_problem(page, PAPER, pdf)
    if notice is not None:
        assert Translator("zh").notice(notice) != Translator("en").notice(notice)
    return notice.code if notice else None


def test_a_whole_page_is_healthy() -> None:
    assert problem(read_page(page_of(PAPER, TEXT))) is None


def test_a_short_page_is_judged_by_the_pdf_and_without_one_is_too_short() -> None:
    assert problem(read_page(page_of(PAPER, TEXT)), pdf=None) == "html.short"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (page_of(PAPER, TEXT, stamp="2601.99999v1"), "html.other_paper"),
        (page_of(PAPER, TEXT, stamp="2601.00001v2"), "html.other_version"),
        (page_of(PAPER, TEXT, title="Anchors in the Deep Sea of Silver"), "html.other_title"),
        (
            page_of(PAPER, TEXT, abstract="Trees grow in the north where snow falls for months on end."),
            "html.other_abstract",
        ),
        (page_of(PAPER, TEXT)[:-200], "html.cut_off"),
        (html_pages.stub(), "html.includes_pdf"),
        (page_of(PAPER, replace(TEXT, sections=(TEXT.sections[0], TEXT.sections[4]))), "html.incomplete"),
        (
            page_of(PAPER, TEXT).replace(b"Abstract</h6>", b"Note</h6>").replace(b"ltx_abstract", b"ltx_x"),
            "html.no_abstract",
        ),
        (
            page_of(PAPER, replace(TEXT, sections=TEXT.sections[:-1])).replace(
                b"energy", b'energy <cite class="ltx_cite">[3]</cite>', 1
            ),
            "html.no_bibliography",
        ),
        (
            page_of(PAPER, TEXT).replace(b"Lantern,", b'<span class="ltx_ref"></span><span class="ltx_ref"></span>', 9),
            "html.lost_references",
        ),
    ],
)
def test_what_is_wrong_with_a_page_is_told(page: bytes, code: str) -> None:
    assert problem(read_page(page)) == code


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (html_pages.failed(), "html.no_title"),
        (html_pages.withdrawn(PAPER), "html.no_paper"),
        (html_pages.no_html(PAPER), "html.no_paper"),
        (html_pages.nested(5000), "html.nested"),
    ],
)
def test_a_page_without_a_paper_is_refused(page: bytes, code: str) -> None:
    with pytest.raises(HtmlError) as error:
        read_page(page)

    assert error.value.notice.code == code


def test_a_title_page_is_that_of_the_feed_in_spite_of_its_formulas() -> None:
    paper = replace(PAPER, title="Lantern: Planning $O(n)$ Along the Light")
    page = article("", "Lantern: Planning O(n) Along the Light")

    problem = html_problem(read_page(page), paper, None)
    assert problem is None or problem.code != "html.other_title"


def test_pages_of_the_pdf_lie_over_the_paragraphs() -> None:
    text = with_pages(read_page(page_of(PAPER, TEXT)).text, TEXT)

    assert (text.pages, text.pages_read) == (7, 7)
    for section, expected in zip(text.sections, TEXT.sections, strict=True):
        assert section.page == (expected.page if expected.paragraphs else section.page)
        placed = [(p.page, p.breaks) for p in section.paragraphs if p.kind is ParagraphKind.PROSE]
        assert placed == [(p.page, p.breaks) for p in expected.paragraphs if p.kind is ParagraphKind.PROSE]
    assert [c.page for c in text.captions] == [c.page for c in TEXT.captions]
    assert [n.page for n in text.footnotes] == [n.page for n in TEXT.footnotes]


def test_what_the_pdf_does_not_have_has_no_page() -> None:
    page = read_page(article("<section><h2>Elsewhere</h2><p>Nobody has ever printed these words before.</p></section>"))

    (section,) = with_pages(page.text, TEXT).sections

    assert section.paragraphs[0].page == 0


@given(st.lists(st.tuples(st.text("abcd ", max_size=60), st.integers(1, 9)), max_size=12))
def test_pages_never_fall(paragraphs: list[tuple[str, int]]) -> None:
    """Whatever repeats itself in a paper: paragraphs in order have pages in order."""
    section = replace(TEXT.sections[1], paragraphs=tuple(PaperParagraph(text, page) for text, page in paragraphs))
    unplaced = replace(section, paragraphs=tuple(PaperParagraph(text, 0) for text, _ in paragraphs))

    text = with_pages(replace(TEXT, sections=(unplaced,)), replace(TEXT, sections=(section,)))

    pages = [p.page for p in text.sections[0].paragraphs if p.page]
    assert pages == sorted(pages)
