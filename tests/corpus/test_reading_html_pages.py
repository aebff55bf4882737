"""Pages of the recorded corpus: the figures that the HTML reader is held to.

What is right is taken from the markup itself, in ways that the reader does not use.
"""

import re
import time
import unicodedata
from collections import Counter
from functools import cache

import pytest

from digest.html.html_paper import HtmlPage, read_page
from digest.html.html_tree import Element, HtmlError, parse_tree
from digest.html.mathml import linear
from digest.html.page_overlay import with_pages
from digest.models.paper_text import PaperText
from digest.pdf.reader import read_file
from digest.settings import ReadingLimits
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

FOLDER = SHARED / "corpus" / "html"
NAMES = ("1307.8133", "1706.03762", "2305.03393", "2310.06825", "sample")


@cache
def data(name: str) -> bytes:
    return (FOLDER / f"{name}.html").read_bytes()


@cache
def page(name: str) -> HtmlPage:
    return read_page(data(name))


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def headings(source: str) -> list[str]:
    """The headings of sections as the markup has them, by a pattern."""
    kinds = "section|subsection|subsubsection|paragraph|appendix|bibliography|abstract|acknowledgements"
    found = re.findall(rf"<h[1-6][^>]*ltx_title_(?:{kinds})[^>]*>(.*?)</h[1-6]>", source, re.DOTALL)
    return [letters(re.sub(r"<[^>]+>", "", heading)) for heading in found]


def test_headings_are_found() -> None:
    """F1 of at least 0.99."""
    hits = found = true = 0
    for name in NAMES:
        ours = Counter(letters(section.label) for section in page(name).text.sections if section.title)
        theirs = Counter(headings(data(name).decode()))
        hits += (ours & theirs).total()
        found, true = found + ours.total(), true + theirs.total()

    assert 2 * hits / (found + true) >= 0.99


def test_levels_are_those_of_the_printed_numbers() -> None:
    for name in NAMES:
        numbered = [s for s in page(name).text.sections if s.number and re.fullmatch(r"[\dA-Z](?:\.\d+)*", s.number)]
        assert [s.level for s in numbered] == [s.number.count(".") + 1 for s in numbered if s.number], name


def test_every_number_of_a_table_stands_in_its_row() -> None:
    """At least 97 % of the rows have all numbers of their own cells, in order."""
    right = rows = 0
    for name in NAMES:
        text = page(name).text
        ours = [re.findall(r"\d+(?:\.\d+)?", " ".join(row)) for t in text.tables for row in (*t.header, *t.rows)]
        for table in parse_tree(data(name)).iter("table"):
            if "ltx_tabular" not in (table.get("class") or ""):
                continue
            for row in table.iter("tr"):
                numbers = re.findall(r"\d+(?:\.\d+)?", " ".join(visible(cell) for cell in row))
                if len(numbers) >= 2:
                    rows += 1
                    right += any(is_within(numbers, kept) for kept in ours)

    assert rows > 60
    assert right >= 0.97 * rows, f"{right} of {rows}"


def visible(element: Element) -> str:
    """The text of a cell without its formulas and notes."""
    if "ltx_note" in (element.get("class") or ""):
        return ""
    words = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and not child.tag.startswith("annotation") and child.tag != "math":
            words.append(visible(child))
        words.append(child.tail or "")
    return "".join(words)


def is_within(numbers: list[str], row: list[str]) -> bool:
    left = iter(row)
    return all(number in left for number in numbers)


def test_formulas_keep_every_letter_and_digit() -> None:
    """At least 97 % of the lines have the letters and digits that the page shows, and each power its exponent."""
    right = total = 0
    for name in NAMES:
        for math in parse_tree(data(name)).iter("math"):
            shown = "".join(leaves(math))
            if shown.strip():
                total += 1
                right += Counter(letters(shown)) == Counter(letters(linear(math)))

    assert total > 600
    assert right >= 0.97 * total, f"{right} of {total}"


def leaves(element: Element) -> list[str]:
    name = element.tag if isinstance(element.tag, str) else "annotation"
    if name.startswith(("annotation", "mphantom")):
        return []
    if name in ("mi", "mn", "mo", "mtext"):
        return ["".join(element.itertext())]
    return [text for child in element for text in leaves(child)]


def test_powers_are_powers() -> None:
    for name in NAMES:
        for math in parse_tree(data(name)).iter("math"):
            if power := re.search(r"10\}?\^\{(-?\d+)\}", math.get("alttext") or ""):
                raised = power[1].translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
                assert f"10{raised}" in linear(math), math.get("alttext")


def test_a_failed_conversion_is_refused() -> None:
    with pytest.raises(HtmlError):
        read_page(data("2501.01300"))


def test_a_page_takes_a_tenth_of_a_second() -> None:
    """Of computing, on average, without its child process; the fastest of three counts."""
    for name in NAMES:
        read_page(data(name))
    seconds = min(timed() for _ in range(3))

    assert seconds / len(NAMES) <= 0.1


def timed() -> float:
    start = time.process_time()
    for name in NAMES:
        read_page(data(name))
    return time.process_time() - start


def test_pages_of_the_pdf_lie_over_the_page() -> None:
    """At least 95 % of the paragraphs of a paper with both have a page, and sections the pages that the PDF gives."""
    pdf = read_file(SHARED / "corpus" / "pdf" / "1706.03762v7.pdf", ReadingLimits())
    assert isinstance(pdf, PaperText)
    text = with_pages(page("1706.03762").text, pdf)

    paragraphs = [p for s in text.sections for p in s.paragraphs]
    assert sum(p.page > 0 for p in paragraphs) >= 0.95 * len(paragraphs)
    pages = {letters(s.label): s.page for s in pdf.sections}
    assert [s.label for s in text.sections if pages.get(letters(s.label), s.page) != s.page] == []
