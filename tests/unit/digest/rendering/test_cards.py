"""Digests as documents: what a reader sees, in which words."""

from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.telegram.renderer import render_telegram
from digest.i18n.translator import Translator
from digest.models.analysis import AnalysisPartKey, Evidence, PassageLocation, Statement, Verdict
from digest.models.digest import Card, PaperUpdate, VersionChange
from digest.models.edition import CardDetail
from digest.models.feed import FeedState
from digest.models.match import Match, MatchField
from digest.models.notice import Notice
from digest.models.paper import AnnouncementKind
from digest.models.paper_text import Link, LinkKind
from digest.rendering import cards, phrasing
from digest.rendering.document import Block, Document, ItemList, Paragraph, Quote, TextRun, plain_text
from tests.builders.digests import empty_day, rich_day
from tests.builders.golden import golden

ZH, EN = Translator("zh"), Translator("en")


def text(document: Document) -> str:
    """A document as Telegram shows it, without the joiners that keep addresses inert."""
    return spaced("\n".join(payload["text"] for payload in render_telegram(document)).replace("\u2060", ""))


def spaced(text: str) -> str:
    """A text with common spaces for those that keep a line together."""
    return text.replace(phrasing.NO_BREAK, " ")


def runs(block: Block) -> tuple[TextRun, ...]:
    match block:
        case Paragraph(runs=found):
            return found
        case ItemList(items=items):
            return tuple(one for item in items for one in item.runs)
        case Quote(blocks=inner, title=title):
            return (*title, *(one for b in inner for one in runs(b)))
        case _:
            return ()


def changed(card: Card, **changes: Any) -> Card:
    return replace(card, analysis=replace(card.analysis, **changes))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_day_reads_as_it_was_looked_at(language: str) -> None:
    """Every word of the overview, the cards and the updates."""
    documents = cards.digest_documents(rich_day(language))
    made = "\n\n==========\n\n".join(text(one.document) for one in documents) + "\n"

    assert made == golden(f"cards/day-{language}.txt", made)


def test_documents_come_in_order_with_their_roles() -> None:
    """The overview first, then a card a paper, then an entry an update."""
    made = cards.digest_documents(rich_day())

    assert [one.role for one in made] == ["overview", *["card"] * 5, *["update"] * 2]
    assert [one.paper_id for one in made][:2] == [None, "2601.03309"]
    assert made[-1].paper_id == "2509.01234"


def test_an_empty_day_is_one_line_that_says_why() -> None:
    """Nothing else, when every category is quiet."""
    (only,) = cards.digest_documents(empty_day())

    assert text(only.document) == "VLA 日报 · 2026年1月10日 星期六：周末，arXiv 不发布公告"
    assert only.document.summary == text(only.document)


def test_an_empty_day_is_explained_once() -> None:
    """Where all categories wait alike, that is why it is empty."""
    made = text(cards.overview_document(empty_day(state=FeedState.WAITING, empty=Notice.of("empty.waiting"))))

    assert made == "VLA 日报 · 2026年1月10日 星期六：arXiv 今日尚无新公告，稍后再查"


def test_an_empty_day_names_what_may_still_come() -> None:
    """A category that waits or failed is not quiet."""
    made = text(cards.overview_document(empty_day("en", FeedState.FAILED)))

    assert made.endswith("cs.AI, cs.LG, cs.RO, cs.CV: could not be fetched")


def test_a_supplement_says_that_it_is_one() -> None:
    """A category came late: a second digest of the same day."""
    assert text(cards.overview_document(rich_day(number=2))).startswith("VLA 日报 · 2026年1月9日 星期五 · 补充 2\n")


def test_states_of_one_kind_and_reason_share_a_line() -> None:
    """Whatever is not simply fresh is named, with its reason."""
    lines = phrasing.states(rich_day("en"), EN)

    assert lines == [
        "cs.RO: not announced yet: the feed still shows 2026-01-08, will be looked at again",
        "stat.AP, stat.ME: yesterday's batch under today's date; it was not counted, will be looked at again",
        "eess.SY: could not be fetched, rss.arxiv.org did not answer in time",
    ]


def test_a_long_takeaway_is_shortened_in_the_overview() -> None:
    """It is whole on the card; the day must be skimmed in half a minute."""
    card = changed(rich_day().cards[0], takeaway=Statement("word " * 60))
    day = rich_day("en", cards=(card,))

    assert "\n" + "word " * 29 + "word…\n" in text(cards.overview_document(day))
    assert "word " * 59 + "word" in text(cards.card_document(day, 0))


def test_a_long_day_has_titles_only() -> None:
    """So that its overview can still be skimmed."""
    day = rich_day()
    made = text(cards.overview_document(rich_day(cards=day.cards[:1] * 26)))

    assert "限制机器人控制" not in made
    assert "26. Harbour" in made


@pytest.mark.parametrize(
    ("detail", "shown"),
    [(CardDetail.FULL, 9), (CardDetail.BRIEF, 1), (CardDetail.TITLE, 0)],
    ids=["full", "brief", "title"],
)
def test_an_edition_chooses_how_much_a_card_shows(detail: CardDetail, shown: int) -> None:
    """The six parts, results, reproducibility and the abstract; the abstract alone, or nothing; the takeaway always."""
    card = cards.card_document(rich_day(detail=detail), 0)

    assert sum(isinstance(block, Quote) for block in card.blocks) == shown
    assert "要点" in text(card)


def test_the_overview_is_open_and_the_abstract_comes_last() -> None:
    """What is new and by how much comes first, whatever order an analysis was stored in."""
    card = rich_day().cards[0]
    stored = changed(card, parts=tuple(reversed(card.analysis.parts)))
    quotes = [block for block in cards.paper_card(stored, "zh").blocks if isinstance(block, Quote)]

    assert [quote.collapsed for quote in quotes] == [False] + [True] * 8
    assert [plain_text(quote.title) for quote in quotes] == [
        "论文概要",
        "核心贡献与创新点",
        "主要结果（读自原文表格）",
        "实验说明",
        "研究动机",
        "方法概述",
        "局限与下一步",
        "可复现性（论文自述）",
        "作者摘要",
    ]


def test_a_long_overview_stays_behind_its_heading() -> None:
    """A card is a glance before any tap."""
    card = rich_day().cards[0]
    overview = next(part for part in card.analysis.parts if part.key is AnalysisPartKey.OVERVIEW)
    long = changed(card, parts=(replace(overview, statements=overview.statements * 20),))
    quote = next(block for block in cards.paper_card(long, "zh").blocks if isinstance(block, Quote))

    assert quote.collapsed


def test_a_place_in_the_paper_opens_that_page() -> None:
    """Two taps from a claim to its page."""
    found = [one for block in cards.card_document(rich_day(), 0).blocks for one in runs(block)]
    links = [one for one in found if spaced(one.text) == "〔§3.2 · 第4页〕"]

    assert {one.url for one in links} == {"https://arxiv.org/pdf/2601.03309v1#page=4"}


def test_evidence_opens_the_words_in_the_pdf_and_the_paragraph_in_the_page() -> None:
    location = PassageLocation(":~:text=a%20row,of%20it", "S3.SS2.p1", ":~:text=a%20row")
    evidence = Evidence("a row of it", Verdict.FOUND, "3.2 Method", 4, "a row of it", location=location)

    made = cards.statement_item(Statement("It is so.", evidence), rich_day().cards[0].paper, Translator("en"))

    assert [(spaced(one.text), one.url) for one in made if one.url] == [
        ("[§3.2 · p. 4]", "https://arxiv.org/pdf/2601.03309v1#page=4:~:text=a%20row,of%20it"),
        ("[html]", "https://arxiv.org/html/2601.03309v1#S3.SS2.p1:~:text=a%20row"),
    ]


def test_what_was_not_found_is_marked_and_has_no_link() -> None:
    """In the text itself, whatever a platform can show."""
    doubts = [one for block in cards.card_document(rich_day("en"), 0).blocks for one in runs(block) if "⚠" in one.text]

    assert [one.text.partition("[")[2] for one in doubts] == [
        "number not found in the paper]",
        "reference not found in the paper]",
    ]
    assert all(one.url is None for one in doubts)


def test_an_unchecked_statement_claims_nothing() -> None:
    """A card from the abstract has no places in the paper, and says so."""
    made = text(cards.card_document(rich_day(), 3))

    assert "MOLE 从人类视频与少量机器人演示中共同学习一个潜在动作码本。\n" in made
    assert made.endswith("注：没有文字层（扫描件）\n仅依据摘要 · 未逐条核对 · 陈述由 deepseek-chat 撰写，请以引文为准")


@pytest.mark.parametrize(
    ("section", "page", "shown"),
    [
        ("3.2 The adapter", 4, "§3.2 · p. 4"),
        ("IV. Experiments", 6, "§IV · p. 6"),
        ("III-B Residual steering", 4, "§III-B · p. 4"),
        ("A.1 Proofs", 12, "§A.1 · p. 12"),
        ("Appendix B.2 More proofs", 13, "§B.2 · p. 13"),
        ("Abstract", 1, "Abstract · p. 1"),
        ("A Study of Sand", 2, "A Study of Sand · p. 2"),
        ("I Introduction", None, "§I"),
        (None, 3, "p. 3"),
        (None, None, ""),
        ("Mixed Precision and Everything Else That We Tried", 5, "Mixed Precision and Everything… · p. 5"),
    ],
)
def test_a_place_is_short(section: str | None, page: int | None, shown: str) -> None:
    """A section's number, or its title where it has none, and the page."""
    assert spaced(phrasing.evidence_place(Evidence("q", Verdict.FOUND, section, page), EN)) == shown


def test_an_interpretation_is_called_one() -> None:
    """What the paper does not say itself."""
    concluded = Statement("x", Evidence("q", Verdict.FOUND, "2 A", 3), interpretation=True)

    assert spaced(phrasing.reference(concluded, ZH)) == "〔§2 · 第3页 · 推断〕"


def test_how_a_card_was_made_counts_the_takeaway_too() -> None:
    """All that was checked, found or not."""
    card = rich_day().cards[0]

    assert phrasing.how_made(card.analysis, ZH)[:2] == ["依据全文 14/14 页", "20 条引文中 18 条见于原文"]
    assert phrasing.found_count(changed(card, takeaway=None).analysis) == (17, 19)


def test_excerpts_are_called_excerpts() -> None:
    """No model wrote them, and they are never run together."""
    card = cards.card_document(rich_day("en"), 2)
    overview = next(b for b in card.blocks if isinstance(b, Quote) and plain_text(b.title) == "Overview")

    assert "excerpts in the paper's own words, no model" in text(card)
    assert isinstance(overview.blocks[0], ItemList)


@pytest.mark.parametrize(("count", "shown"), [(1, "A0"), (4, "A0, A1, A2, A3"), (5, "A0, A1, A2 等 5 人")])
def test_few_authors_are_all_named(count: int, shown: str) -> None:
    """Of more than four, the first three and how many there are."""
    paper = replace(rich_day().cards[0].paper, authors=tuple(f"A{i}" for i in range(count)))

    assert phrasing.authors(paper, ZH) == shown


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Harbour: Which Eye Should Steer the Hand?", "Harbour"),
        ("A Study of Sand", "A Study of Sand"),
        ("Learning to Forecast the Weather of the World in a Second", "Learning to Forecast the Weather of the World…"),
        ("视觉语言动作模型的编码器究竟应当如何训练才能控制机器人", "视觉语言动作模型的编码器究竟应当如何训练才能控…"),
        ("", "2601.03309v1"),
    ],
)
def test_a_short_title_is_the_name_before_the_colon(title: str, short: str) -> None:
    """Or as much of the title as fits in a line."""
    assert phrasing.short_title(replace(rich_day().cards[0].paper, title=title)) == short


def test_a_keyword_is_named_once_with_its_fields() -> None:
    """In the order of the first match, the fields in theirs."""
    found = [
        Match(k, f, 0, 1, "x")
        for k, f in (("b", MatchField.ABSTRACT), ("a", MatchField.TITLE), ("b", MatchField.TITLE))
    ]

    assert phrasing.matches(found, ZH) == ["b（标题、摘要）", "a（标题）"]


def test_addresses_in_an_abstract_are_links() -> None:
    """Whole, and without the sentence's full stop."""
    made = phrasing.external_link("See https://github.com/example-lab/harbour.")

    assert [(one.text, one.url) for one in made] == [
        ("See ", None),
        ("https://github.com/example-lab/harbour", "https://github.com/example-lab/harbour"),
        (".", None),
    ]


def test_buttons_lead_out_and_ask_the_bot() -> None:
    """An action's name and the paper, without its version: pressed after months it still works."""
    (ways, asks, votes) = cards.card_document(rich_day("en"), 0).buttons

    assert [(b.label, b.url) for b in ways] == [
        ("Abstract", "https://arxiv.org/abs/2601.03309v1"),
        ("PDF", "https://arxiv.org/pdf/2601.03309v1"),
        ("Code", "https://github.com/example-lab/harbour"),
        ("Project", "https://harbour.example.org/"),
    ]
    assert [b.action for b in asks] == ["full:2601.03309", "save:2601.03309"]
    assert [b.action for b in votes] == ["up:2601.03309", "down:2601.03309", "bib:2601.03309"]


def test_an_unusable_address_has_no_button() -> None:
    """Telegram refuses the whole message for one bad address."""
    for url in ("http://localhost/x", "https://example.org/x y", "javascript:alert(1)", "https://a.org/" + "b" * 2_000):
        card = replace(rich_day().cards[0], links=(Link(url, LinkKind.CODE),))

        assert len(cards.paper_card(card, "en").buttons[0]) == 2


def test_only_in_a_digest_a_card_says_as_what_the_paper_was_announced() -> None:
    """A paper of 2017 that somebody asks for is not new."""
    card = replace(rich_day().cards[0], kind=AnnouncementKind.NEW)

    assert f"{card.paper.versioned_id} · new" in text(cards.paper_card(card, "en", number=1, total=3))
    assert f"{card.paper.versioned_id}\n" in text(cards.paper_card(card, "en"))


def test_a_digest_without_a_title_is_called_by_its_edition() -> None:
    """A title of nothing but white space is none."""
    assert text(cards.overview_document(rich_day(title=" \u200b "))).startswith("robots · 2026年")


def test_an_update_says_from_which_version_and_what_changed() -> None:
    """Each change with its page in the new version; kinds that are not known yet in plain words."""
    entry = PaperUpdate(
        rich_day().updates[0].paper,
        AnnouncementKind.REPLACE,
        (),
        1,
        (VersionChange("table removed", "4 Results", old_page=3),),
        Statement("新增了雨天路测。"),
    )
    made = text(cards.update_document(rich_day(updates=(entry,)), 0))

    assert "2511.00088 v1 → v2" in made
    assert made.endswith("新增了雨天路测。\n\n• 4 Results 有改动〔第3页〕")


def test_evidence_stands_under_each_statement() -> None:
    """The paper's own words; none under an excerpt, which is itself a quotation."""
    whole = text(cards.evidence_document(rich_day().cards[0], "zh"))
    excerpts = cards.evidence_document(rich_day().cards[2], "zh")

    assert "而更换语言模型的影响不到 4 个百分点。〔§4.3 · 第8页〕\nraises success from 31.4% to 68.9%" in whole
    assert not any(isinstance(block, Quote) for block in excerpts.blocks)


def test_invisible_characters_of_a_model_are_not_shown() -> None:
    """Neither those that turn the direction of writing nor those without a width."""
    card = changed(rich_day().cards[0], takeaway=Statement("safe\u202eevil\u200b\x07 text"))

    assert "要点  safeevil text" in text(cards.paper_card(card, "zh"))


def test_a_language_without_texts_is_served_in_english() -> None:
    """The analyses are in it; the words around them are not."""
    assert "Matched vla" in text(cards.card_document(rich_day("fr"), 0))


def test_notices_of_the_day_are_in_the_overview() -> None:
    """As that the budget is used up."""
    assert "注：模型预算已用完" in text(cards.overview_document(rich_day(notices=(Notice.of("llm.budget_spent"),))))


def test_more_keywords_than_fit_are_counted() -> None:
    """The first eight, and how many there are."""
    made = text(cards.overview_document(rich_day(keywords=tuple(f"k{i}" for i in range(12)))))

    assert made.endswith("关键词：k0 · k1 · k2 · k3 · k4 · k5 · k6 · k7 等 12 个")


def test_parts_come_in_their_own_form() -> None:
    """A model's overview is prose; contributions and methods are numbered, the rest is a list."""
    blocks = [b for b in cards.card_document(rich_day(), 0).blocks if isinstance(b, Quote)]
    blocks = [b for b in blocks if plain_text(b.title) in {ZH(f"part.{key}") for key in AnalysisPartKey}]
    forms = {
        key: (type(quote.blocks[0]).__name__, getattr(quote.blocks[0], "items", [None])[0])
        for key, quote in zip(phrasing.CARD_ORDER, blocks, strict=True)
    }

    assert forms[AnalysisPartKey.OVERVIEW][0] == forms[AnalysisPartKey.MOTIVATION][0] == "Paragraph"
    assert forms[AnalysisPartKey.CONTRIBUTIONS][1].ordinal == forms[AnalysisPartKey.METHOD][1].ordinal == 1
    assert forms[AnalysisPartKey.EXPERIMENTS][1].ordinal is forms[AnalysisPartKey.LIMITATIONS][1].ordinal is None
