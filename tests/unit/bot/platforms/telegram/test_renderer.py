"""Documents as Telegram messages."""

from random import Random
from typing import Any

import pytest

from bot.chat.text_breaks import WORD_JOINER
from bot.platforms.telegram.entities import MAX_ENTITIES, EntitySpan, FormattedText, suppress_autolinks, utf16_length
from bot.platforms.telegram.renderer import render_telegram
from bot.platforms.telegram.splitter import split_text
from digest.rendering.cards import digest_documents, paper_card
from digest.rendering.document import (
    Button,
    Code,
    Document,
    Heading,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Style,
    TextRun,
    text_run,
)
from tests.builders.digests import empty_day, long_card, rich_day
from tests.builders.documents import document, text, visible
from tests.fakes.limits import telegram_violations

SEEDS = 100


def message(*blocks: Any, continued: str = "") -> list[dict[str, Any]]:
    return render_telegram(Document(tuple(blocks), "summary", continued=continued))


def covered(payload: dict[str, Any], kind: str) -> list[str]:
    """What stands under the entities of a kind, cut out as Telegram does: in UTF-16 code units."""
    units = payload["text"].encode("utf-16-le")
    return [
        units[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le")
        for e in payload["entities"]
        if e["type"] == kind
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_whole_day_breaks_no_limit(language: str) -> None:
    """Every message of a rich day and of an empty one would be taken by the strictest reading of the limits."""
    for digest in (rich_day(language), empty_day(language)):
        for one in digest_documents(digest):
            for payload in render_telegram(one.document):
                assert telegram_violations(payload) == []


def test_places_are_counted_in_utf_16_code_units() -> None:
    """A letter beyond the basic plane takes two."""
    (payload,) = message(Paragraph((text_run("𝒪(n) "), TextRun("fett", frozenset({Style.BOLD})))))

    assert payload["entities"] == [{"type": "bold", "offset": 6, "length": 4}]


def test_nothing_in_a_text_is_markup() -> None:
    """Titles may hold what other formats would take for theirs."""
    dangerous = "*a* _b_ [c](d) <b>e</b> `f` ~g~ ||h|| &amp;"
    (payload,) = message(Paragraph((text_run(dangerous),)))

    assert payload["text"].replace(WORD_JOINER, "") == dangerous
    assert payload["entities"] == []
    assert "parse_mode" not in payload


@pytest.mark.parametrize(
    "text", ["@everyone", "see cs.AI now", "/start", "#tag", "$USD", "https://evil.example", "a@b.org"]
)
def test_telegram_finds_no_links_of_its_own(text: str) -> None:
    """Nobody is mentioned, no command offered and no category taken for a web site by a text."""
    (payload,) = message(Paragraph((text_run(text),)))

    assert WORD_JOINER in payload["text"]
    assert payload["text"].replace(WORD_JOINER, "") == text


@pytest.mark.parametrize(
    "text",
    ["success rises to 68.9%", "$300", "pass@k", "and/or", "Sec. 3.2", "a · b", "1/5  Title", "R1: what", "e.g. this"],
)
def test_what_is_no_address_stays_as_it_is(text: str) -> None:
    """Decimals and abbreviations need no joiner."""
    assert suppress_autolinks([text]) == [text]


def test_a_name_torn_over_two_runs_is_still_no_mention() -> None:
    """What Telegram reads is the text as a whole."""
    assert suppress_autolinks(["cs.", "AI"]) == ["cs." + WORD_JOINER, "AI"]


def test_a_link_shows_its_address_untouched() -> None:
    """An address that is a link may be copied."""
    url = "https://github.com/example-lab/harbour"
    (payload,) = message(Paragraph((text_run("Code: "), text_run(url, url=url))))

    assert covered(payload, "text_link") == [url]


def test_a_collapsed_quotation_begins_with_its_title() -> None:
    """Closed, it shows what it is about."""
    quote = Quote(
        (ItemList((Item((text_run("eins"),), ordinal=1), Item((text_run("zwei"),), ordinal=2))),),
        True,
        (text_run("Teile"),),
    )
    (payload,) = message(Paragraph((text_run("davor"),)), quote, quote)

    assert covered(payload, "expandable_blockquote") == ["Teile\n1. eins\n2. zwei"] * 2


def test_code_in_a_quotation_stays_in_the_line() -> None:
    """A block of code can't stand in another entity."""
    (payload,) = message(Quote((Code("x = 1\ny = 2", "python"),)), Code("z", "python"))

    assert covered(payload, "code") == ["x = 1\ny = 2"]
    assert payload["entities"][-1] == {
        "type": "pre",
        "offset": payload["text"].index("z"),
        "length": 1,
        "language": "python",
    }


def test_a_day_that_is_too_long_goes_on_in_marked_messages() -> None:
    """Each further message says what it continues, and a quotation that was cut repeats its title."""
    payloads = render_telegram(paper_card(long_card(), "zh", number=2, total=5))

    assert len(payloads) > 1
    for payload in payloads[1:]:
        assert payload["text"].startswith("2/5  TIDE（续）\n")
        assert telegram_violations(payload) == []
    assert covered(payloads[1], "expandable_blockquote")[0].startswith("方法概述 …\n")


def test_only_the_last_message_has_the_buttons() -> None:
    """They close the card."""
    payloads = render_telegram(paper_card(long_card(), "zh"))

    assert ["reply_markup" in payload for payload in payloads] == [False] * (len(payloads) - 1) + [True]


def test_long_rows_of_buttons_are_broken() -> None:
    """Eight buttons a row are what Telegram takes."""
    buttons = (tuple(Button(str(i), action=f"do:{i}") for i in range(10)),)
    (payload,) = render_telegram(Document((Paragraph((text_run("a"),)),), "a", buttons))

    assert [len(row) for row in payload["reply_markup"]["inline_keyboard"]] == [8, 2]


def test_an_action_must_fit_into_a_button() -> None:
    """64 bytes, not characters."""
    document = Document((Paragraph((text_run("a"),)),), "a", ((Button("x", action="存" * 22),),))

    with pytest.raises(ValueError, match="64 bytes"):
        render_telegram(document)


def test_sections_are_kept_whole() -> None:
    """A message ends before a quotation if it can, although more would fit."""
    quote = Quote((Paragraph((text_run("字" * 1_500),)),), True, (text_run("标题"),))
    payloads = message(*[quote] * 4)

    assert [len(covered(payload, "expandable_blockquote")) for payload in payloads] == [2, 2]


@pytest.mark.parametrize(
    ("sentence", "end"),
    [
        ("这是一个句子。", "。"),
        ("他问：“是吗？”", "”"),
        ("It is so. [§3 · p. 4] ", "]"),
        ("Is it (really)? ", "?"),
        ("有证据。〔§2 · 第3页〕", "〕"),
    ],
)
def test_a_long_paragraph_is_cut_after_a_sentence(sentence: str, end: str) -> None:
    """Of Chinese or of Latin script, with its reference."""
    payloads = message(Paragraph((text_run(sentence * (6_000 // len(sentence))),)))

    assert len(payloads) > 1
    assert all(payload["text"].endswith(end) for payload in payloads)


def test_abbreviations_end_no_sentence() -> None:
    """Neither `et al.` nor an initial does."""
    (first, *_) = message(Paragraph((text_run("We follow Smith et al. Then J. Doe agrees, and so on and on " * 90),)))

    assert not first["text"].endswith(("al.", "J."))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_document_breaks_a_limit_and_nothing_is_lost(seed: int) -> None:
    """Whatever is in it: every character but white space is in its messages, in order."""
    made = document(seed)
    payloads = render_telegram(made)

    assert [violation for payload in payloads for violation in telegram_violations(payload)] == []
    shown = iter("".join(payload["text"] for payload in payloads))
    assert all(char in shown for char in visible(made))


def random_text(seed: int) -> FormattedText:
    """A long text with many stretches in bold."""
    random = Random(seed)
    made = text(random, 20_000)
    spans, at = [], 0
    while at < len(made):
        start = at + random.randint(0, 30)
        at = start + random.randint(1, 40)
        spans += [EntitySpan(start, min(at, len(made)), "bold")] if start < len(made) else []
    return FormattedText(made, tuple(spans))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_splitting_loses_neither_text_nor_entity(seed: int) -> None:
    """Joined, the pieces are the whole without white space at the cuts; every character keeps its formatting."""
    whole = random_text(seed)
    pieces = split_text(whole, {})

    def formatted(rich: FormattedText) -> list[tuple[str, bool]]:
        bold = {i for s in rich.spans for i in range(s.start, s.end)}
        return [(char, i in bold) for i, char in enumerate(rich.text) if not char.isspace()]

    assert [c for piece in pieces for c in formatted(piece)] == formatted(whole)
    assert all(piece.fits() and piece.text == piece.text.strip() for piece in pieces)


def test_a_text_of_nothing_but_entities_is_cut_by_their_number() -> None:
    """More than a hundred would be ignored without a word."""
    text = "ab " * 400
    whole = FormattedText(text, tuple(EntitySpan(i * 3, i * 3 + 2, "bold") for i in range(400)))

    pieces = split_text(whole, {})

    assert sum(len(piece.spans) for piece in pieces) == 400
    assert max(len(piece.spans) for piece in pieces) <= MAX_ENTITIES


def test_characters_are_not_torn_from_their_marks() -> None:
    """A cut falls neither inside a surrogate pair nor before an accent."""
    pieces = split_text(FormattedText("e\u0301" * 5_000), {})

    assert all(not piece.text.startswith("\u0301") for piece in pieces)
    assert all(utf16_length(piece.text) <= 4_096 for piece in split_text(FormattedText("𝒪" * 5_000), {}))


def test_an_endless_address_is_shown_without_its_link() -> None:
    """One entity must not be larger than all may be."""
    (payload,) = message(Paragraph((text_run("here", url="https://example.org/" + "a" * 20_000),)))

    assert payload["entities"] == []


def test_a_heading_stays_with_what_it_heads() -> None:
    """No message ends in a heading."""
    filler = Paragraph((text_run("字" * 3_000),))
    payloads = message(filler, Heading(2, (text_run("标题"),)), Paragraph((text_run("字" * 1_200),)))

    assert payloads[1]["text"].startswith("标题\n")
