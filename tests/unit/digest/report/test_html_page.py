"""A digest as an HTML page."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from digest.i18n.translator import Translator
from digest.models.analysis import Evidence, Statement, Verdict
from digest.models.notice import Notice
from digest.models.paper_text import Link, LinkKind
from digest.report import html_report
from tests.builders.digests import empty_day, rich_day

VOID = {"meta", "br", "hr", "input", "link", "img"}


class Page(HTMLParser):
    """A page's elements with their attributes, its ids, and whether every element is closed in its place."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


@pytest.fixture(params=["zh", "en"])
def page(request: pytest.FixtureRequest) -> Page:
    return Page(html_report(rich_day(request.param)))


def test_every_element_is_closed_in_its_place(page: Page) -> None:
    """And no id stands twice."""
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]

    assert page.faults == []
    assert len(set(ids)) == len(ids)


def test_nobody_is_asked_for_anything(page: Page) -> None:
    """The page stands alone: no script, picture, font or sheet from elsewhere, and a policy that forbids them."""
    assert not [tag for tag, attributes in page.elements if tag in ("script", "link", "iframe") or "src" in attributes]
    assert not re.search(r"url\(|@import", html_report(rich_day()))
    assert any("default-src 'none'" in (meta.get("content") or "") for meta in page.all("meta"))


def test_links_lead_to_the_web_or_into_the_page(page: Page) -> None:
    """Every anchor on the page exists."""
    ids = {attributes.get("id") for _, attributes in page.elements}
    for anchor in page.all("a"):
        address = anchor["href"] or ""
        assert address.startswith("https://") or address.removeprefix("#") in ids


def test_the_page_can_be_walked_by_its_headings(page: Page) -> None:
    """One first heading, no level left out, languages named, a way past the contents."""
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.all("html")[0]["lang"] in ("zh-CN", "en")
    assert page.all("a")[0]["href"] == "#papers"
    assert page.all("meta")[1]["content"] == "width=device-width, initial-scale=1"


def test_each_statement_opens_its_quotation(page: Page) -> None:
    """With the section and a link to the page of the PDF; what was not found says so."""
    evidence = [attributes for attributes in page.all("details") if "evidence" in (attributes.get("class") or "")]

    assert len([e for e in evidence if "doubt" in (e["class"] or "")]) == 2
    assert len(evidence) == sum(
        s.evidence is not None
        for card in rich_day().cards
        for s in (*card.analysis.statements, *filter(None, [card.analysis.takeaway]))
    )
    assert "fewer than 1% new parameters" in page.text
    assert {"href": "https://arxiv.org/pdf/2601.03309v1#page=4"} in page.all("a")


def test_why_a_quotation_was_not_found_is_said() -> None:
    """In the page's language, beside the quotation that was given."""
    why = Notice.of("check.number", quoted="12.7", written="11.2")
    doubt = Statement("x", Evidence("by 12.7 points", Verdict.NUMBER_NOT_FOUND, why=why))
    card = rich_day().cards[0]
    page = Page(html_report(rich_day("en", cards=(replace(card, analysis=replace(card.analysis, takeaway=doubt)),))))

    assert "number not found in the paper The quotation that was given" in page.text
    assert Translator("en").notice(why) in page.text


def test_texts_are_data() -> None:
    """Nothing in a title, an abstract or a statement becomes an element or an address that runs something."""
    card = rich_day().cards[0]
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)> "quoted" &amp;'
    paper = replace(card.paper, title=evil, abstract=evil, authors=(evil,))
    links = (Link("javascript:alert(1)", LinkKind.CODE), Link('https://a.org/"onclick="x', LinkKind.PROJECT))
    analysis = replace(card.analysis, takeaway=Statement(evil))
    source = html_report(rich_day(cards=(replace(card, paper=paper, links=links, analysis=analysis),)))
    page = Page(source)

    assert not page.all("script")
    assert not page.all("img")
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]
    assert "javascript:" not in source
    assert evil in page.text


def test_an_empty_day_has_a_page_too() -> None:
    """It says why, and has no contents."""
    page = Page(html_report(empty_day("en")))

    assert page.faults == []
    assert "weekend: arXiv announces nothing" in page.text
    assert not page.all("nav")


def test_many_authors_are_folded() -> None:
    """The first ten, and the rest on request."""
    card = rich_day().cards[0]
    paper = replace(card.paper, authors=tuple(f"Author {i}" for i in range(30)))
    page = Page(html_report(rich_day("en", cards=(replace(card, paper=paper),))))

    assert page.faults == []
    assert "All 30 authors" in page.text
    assert "Author 29" in page.text
