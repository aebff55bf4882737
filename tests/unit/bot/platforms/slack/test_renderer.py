"""Documents as Slack messages."""

import json
from typing import Any

import pytest

from bot.platforms.slack.renderer import render_slack
from bot.platforms.slack.splitter import message_size, split_runs, texts_of
from digest.rendering.cards import digest_documents, paper_card
from digest.rendering.document import (
    Block,
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
    plain_text,
    text_run,
)
from tests.builders.digests import empty_day, long_card, rich_day
from tests.builders.documents import document, visible
from tests.fakes.limits import slack_violations

SEEDS = 200


def blocks(*made: Block) -> list[dict[str, Any]]:
    """The blocks of a document that fits into one message."""
    (payload,) = render_slack(Document(made, "summary"))
    return list(payload["blocks"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_whole_day_breaks_no_limit(language: str) -> None:
    """Every message of a rich day and of an empty one would be taken by the strictest reading of the limits."""
    for digest in (rich_day(language), empty_day(language)):
        for one in digest_documents(digest):
            for payload in render_slack(one.document):
                assert slack_violations(payload) == []


def test_the_fallback_text_is_escaped_and_always_there() -> None:
    """It is mrkdwn, and says what the message is about in notifications."""
    (payload,) = render_slack(Document((), "<!channel> A & B"))

    assert payload["text"] == "&lt;!channel&gt; A &amp; B"
    assert payload["blocks"]


def test_a_text_is_data_in_rich_text() -> None:
    """No escaping is needed there, and none is done."""
    (block,) = blocks(Paragraph((text_run("<!channel> *a* & <@U1>"),)))

    assert block["elements"][0]["elements"] == [{"type": "text", "text": "<!channel> *a* & <@U1>"}]


def test_the_title_is_a_header_if_it_fits() -> None:
    """150 characters; a longer one is bold, and whole."""
    (short,) = blocks(Heading(1, (text_run("Titel"),)))
    (long,) = blocks(Heading(1, (text_run("Titel " * 40),)))

    assert short == {"type": "header", "text": {"type": "plain_text", "text": "Titel", "emoji": False}}
    assert long["elements"][0]["elements"] == [{"type": "text", "text": "Titel " * 40, "style": {"bold": True}}]


def test_lists_are_real() -> None:
    """One list for each stretch of one kind; a number that does not begin at one has an offset."""
    items = ItemList(
        (Item((text_run("a"),)), Item((text_run("b"),)), Item((text_run("c"),), 3), Item((text_run("d"),), 4))
    )
    made = [element for block in blocks(items) for element in block["elements"]]

    assert [(e["style"], e.get("offset", 0), len(e["elements"])) for e in made] == [("bullet", 0, 2), ("ordered", 2, 2)]


def test_a_quotation_has_a_bar_beside_it() -> None:
    """Prose as a quotation, lists with a border, under the title."""
    (first, second) = blocks(
        Quote((Paragraph((text_run("p"),)), ItemList((Item((text_run("i"),)),))), True, (text_run("Titel"),))
    )

    assert [element["type"] for element in first["elements"]] == ["rich_text_section", "rich_text_quote"]
    assert second["elements"][0]["border"] == 1


def test_small_print_is_a_context_block_and_no_markup() -> None:
    """Plain text where it can be; mrkdwn only for a link."""
    url = "https://arxiv.org/abs/2601.03309v1"
    (block,) = blocks(Paragraph((text_run("cs.CV · *x* <!here> "), text_run("2601.03309v1", url=url)), muted=True))

    assert block["elements"] == [
        {"type": "plain_text", "text": "cs.CV · *x* <!here>", "emoji": False},
        {"type": "mrkdwn", "text": f"<{url}|2601.03309v1>", "verbatim": True},
    ]


def test_small_print_that_mrkdwn_could_style_is_rich_text() -> None:
    """A link's text may hold what mrkdwn takes for bold."""
    (block,) = blocks(Paragraph((text_run("*a*", url="https://example.org"),), muted=True))

    assert block["type"] == "rich_text"


def test_an_address_cannot_end_a_link() -> None:
    """`|` and `>` in an address are written out."""
    (block,) = blocks(Paragraph((text_run("a", url="https://example.org/?a|b>c&d"),), muted=True))

    assert block["elements"][0]["text"] == "<https://example.org/?a%7Cb&gt;c&amp;d|a>"


def test_styles_links_and_code() -> None:
    """Each has its own field or block."""
    link = TextRun("b", frozenset({Style.BOLD, Style.CODE}), "https://example.org")
    text, code = blocks(Paragraph((link, text_run("c"))), Code("x = 1"))

    assert text["elements"][0]["elements"][0] == {
        "type": "link",
        "url": "https://example.org",
        "text": "b",
        "style": {"bold": True, "code": True},
    }
    assert code["elements"][0]["type"] == "rich_text_preformatted"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "tg://user?id=1", "https://a b", "https://" + "a" * 5_000])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    """The text stays."""
    (block,) = blocks(Paragraph((text_run("here", url=url),)))

    assert block["elements"][0]["elements"] == [{"type": "text", "text": "here"}]


def test_buttons_say_what_they_do() -> None:
    """A page has a `url`, an action is the button's `value`."""
    buttons = ((Button("PDF", "https://arxiv.org/pdf/1"),), (Button("收藏", action="save:2601.03309"),))
    (payload,) = render_slack(Document((Paragraph((text_run("a"),)),), "a", buttons))
    page, action = payload["blocks"][-1]["elements"]

    assert (page["action_id"], page["url"]) == ("open:0", "https://arxiv.org/pdf/1")
    assert (action["action_id"], action["value"]) == ("do:1", "save:2601.03309")


def test_a_card_that_is_too_long_goes_on_in_marked_messages() -> None:
    """Each further message says what it continues; the buttons are on the last one."""
    payloads = render_slack(paper_card(long_card(90), "zh", number=2, total=5))

    assert len(payloads) > 1
    for payload in payloads[1:]:
        assert payload["text"] == "2/5  TIDE（续）"
        assert payload["blocks"][0]["elements"][0]["text"] == "2/5  TIDE（续）"
    assert ["actions" in [b["type"] for b in p["blocks"]] for p in payloads] == [False] * (len(payloads) - 1) + [True]


def test_a_numbered_list_goes_on_counting() -> None:
    """However many pieces it is cut into."""
    made = render_slack(Document((ItemList(tuple(Item((text_run("字" * 150),), i) for i in range(1, 100))),), "a"))
    lists = [element for payload in made for block in payload["blocks"] for element in block["elements"]]
    counted = 0
    for one in lists:
        assert one.get("offset", 0) == counted
        counted += len(one["elements"])
    assert counted == 99


def test_a_heading_stays_with_what_it_heads() -> None:
    """No message ends in a heading."""
    filler = Paragraph((text_run("字" * 2_900),))
    payloads = render_slack(Document((*[filler] * 3, Heading(2, (text_run("标题"),)), filler), "a"))

    assert [block["elements"][0]["elements"][0]["text"][:2] for block in payloads[1]["blocks"]] == ["标题", "字字"]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_document_breaks_a_limit_and_nothing_is_lost(seed: int) -> None:
    """Whatever is in it: every character but white space is in its messages, in order."""
    made = document(seed)
    payloads = render_slack(made)

    assert [violation for payload in payloads for violation in slack_violations(payload)] == []
    assert all(len(json.dumps(payload["blocks"], ensure_ascii=False)) <= 13_000 for payload in payloads)
    shown = iter("".join(shown_text(payload["blocks"]) for payload in payloads))
    assert all(char in shown for char in visible(made))


def shown_text(made: list[dict[str, Any]]) -> str:
    """What a reader sees of blocks: all their texts, those in mrkdwn without its escapes."""
    shown = ""
    for block in made:
        for element in block.get("elements", []) if block["type"] == "context" else [block]:
            text = "".join(texts_of(element))
            mrkdwn = element["type"] == "mrkdwn"
            shown += text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if mrkdwn else text
    return shown


@pytest.mark.parametrize("seed", range(20))
def test_cut_runs_are_the_runs(seed: int) -> None:
    """Joined they are what they were, and none weighs too much."""
    for block in document(seed).blocks:
        if isinstance(block, Paragraph) and plain_text(block.runs).strip():
            pieces = split_runs(block.runs)
            assert "".join(map(plain_text, pieces)) == plain_text(block.runs)
            assert all(message_size(piece) <= 3_000 for piece in pieces)
