"""A digest as a Markdown report."""

import re
from dataclasses import replace
from random import Random

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from digest.models.analysis import Evidence, Statement, Verdict
from digest.rendering.phrasing import clean, external_link, quotation
from digest.report import markdown_report
from digest.report.markdown import escaped, inline, link
from tests.builders.digests import empty_day, rich_day
from tests.builders.documents import text
from tests.builders.golden import golden

PARSER = MarkdownIt("gfm-like", {"linkify": False})


def shown(tokens: list[Token]) -> str:
    """The text that a reader of Markdown sees."""
    return "".join(shown(t.children) if t.children else t.content for t in tokens if t.type != "code_block")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_is_as_it_was_looked_at(language: str) -> None:
    """Its form is the sample report's: overview, then each paper with its six parts."""
    made = markdown_report(rich_day(language))

    assert made == golden(f"cards/day-{language}.md", made)


def test_headings_are_a_tree() -> None:
    """One title; a paper is a section of its own with what is known of it, the abstract and the analysis."""
    headings = re.findall(r"^(#+) (.*)$", markdown_report(rich_day()), re.MULTILINE)

    assert headings[0] == ("#", "VLA 日报 - 2026年1月9日 星期五")
    assert [len(level) for level, _ in headings].count(1) == 1
    paper = [title for _, title in headings[2:13]]
    assert paper == [
        "1. Harbour: Which Eye Should Steer the Hand? Revisiting Encoders in Vision-Language-Action Models",
        "基本信息",
        "要点",
        "原文摘要",
        "论文分析（基于论文正文）",
        "论文概要",
        "研究动机",
        "核心贡献与创新点",
        "方法概述",
        "实验说明",
        "改进建议",
    ]


def test_the_faults_of_the_old_report_are_gone() -> None:
    """No guid as identifier, no prefix in an abstract, no code block by indentation, no chatter of a model."""
    report = markdown_report(rich_day())

    assert "oai:" not in report
    assert "Announce Type" not in report
    assert not re.search(r"^ {4,}", report, re.MULTILINE)
    assert not [t for t in PARSER.parse(report) if t.type in ("code_block", "html_block")]


@pytest.mark.parametrize("seed", range(200))
def test_every_text_is_shown_as_it_is(seed: int) -> None:
    """At the beginning of a paragraph, in a list, a heading and a link, whatever Markdown would make of it."""
    wanted = clean(text(Random(seed), 300))
    made = "\n\n".join(
        (escaped(wanted), f"- {escaped(wanted)}", f"## {escaped(wanted)}", link(wanted, "https://a.org"))
    )
    tokens = [t for t in PARSER.parse(made) if t.type == "inline"]

    assert [shown([t]) for t in tokens] == ([wanted] * 4 if wanted else [shown([t]) for t in tokens])


@pytest.mark.parametrize(
    "dangerous", ["1. one", "- a", "+ b", "=== c", "# d", "> e", "2) f", "---", "***", "| g |", "~~~"]
)
def test_a_line_never_begins_a_block(dangerous: str) -> None:
    """Lists, quotations, rules and fences begin a line."""
    tokens = PARSER.parse(escaped(dangerous))

    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert shown(tokens) == dangerous


def test_links_hold_any_address() -> None:
    """Brackets in an address do not end it."""
    (token,) = [t for t in PARSER.parse(link("a [b]", "https://a.org/x_(y)?z=<1>")) if t.type == "inline"]

    assert token.children is not None
    assert token.children[0].attrGet("href") == "https://a.org/x_%28y%29?z=%3C1%3E"
    assert shown([token]) == "a [b]"


def test_spaces_around_an_address_are_kept() -> None:
    """Runs are put together again as they stood."""
    assert inline(external_link("see https://a.org/b now")) == "see [https://a.org/b](https://a.org/b) now"


def test_a_statement_stays_with_its_quotation() -> None:
    """A list item with the paper's own words below it; a statement that was not found is marked."""
    report = markdown_report(rich_day("en"))

    assert (
        "[\\[§3.2 · p. 4\\]](https://arxiv.org/pdf/2601.03309v1#page=4)\n  > fewer than 1% new parameters\n" in report
    )
    assert "- ⚠ 作者声称该方法在真实机器人上同样提高了 12.7 个百分点。 \\[number not found in the paper\\]" in report


def test_an_empty_day_has_a_report_too() -> None:
    """It says why."""
    assert markdown_report(empty_day()).endswith("\n\n周末，arXiv 不发布公告\n")


def test_a_models_markup_is_data() -> None:
    """No picture, link or HTML comes out of a statement."""
    card = rich_day().cards[3]
    evil = Statement("![x](https://evil.example/p.png) <script>alert(1)</script> [y](https://evil.example)")
    report = markdown_report(rich_day(cards=(replace(card, analysis=replace(card.analysis, takeaway=evil)),)))
    tokens = [child for t in PARSER.parse(report) for child in t.children or []]

    assert not [t for t in tokens if t.type in ("image", "html_inline")]
    assert not [t for t in tokens if t.type == "link_open" and "evil" in str(t.attrGet("href"))]


def test_what_was_not_found_is_shown_as_it_was_given() -> None:
    """The paper's nearest words under a statement that they don't bear out would look like its evidence."""
    near = Evidence(
        "The hand never sees the harbour.", Verdict.QUOTATION_NOT_FOUND, passage="The hand sees the harbour."
    )
    found = replace(near, verdict=Verdict.FOUND)

    assert quotation(Statement("手看不见港口。", near)) == "The hand never sees the harbour."
    assert quotation(Statement("手看得见港口。", found)) == "The hand sees the harbour."
