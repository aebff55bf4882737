"""The page that shows messages as Telegram and Slack would."""

import re

import pytest

from bot.platforms.slack.renderer import render_slack as render_slack
from bot.platforms.slack.splitter import texts_of
from bot.platforms.telegram.renderer import render_telegram as render_telegram
from bot.preview import mrkdwn_html, preview_page, telegram_html
from digest.rendering.cards import digest_documents
from tests.builders.digests import empty_day, long_card, rich_day
from tests.unit.digest.report.test_html_page import Page


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_stands_alone_and_is_whole(language: str) -> None:
    """Every element closed, nothing asked from anybody."""
    source = preview_page(rich_day(language))
    page = Page(source)

    assert page.faults == []
    assert not [tag for tag, attributes in page.elements if tag in ("script", "link") or "src" in attributes]
    assert not re.search(r"url\(|@import", source)


def test_it_shows_all_that_is_sent_and_only_that() -> None:
    """Every text of every payload is on the page, as are the buttons."""
    day = rich_day(cards=(long_card(),))
    shown = squeezed(Page(preview_page(day)).text)
    for one in digest_documents(day):
        for payload in render_telegram(one.document):
            assert squeezed(payload["text"]) in shown
        for payload in render_slack(one.document):
            assert all(squeezed(text) in shown for text in texts_of(payload["blocks"]) if not text.startswith("<http"))
    assert "收藏" in shown


def test_entities_are_placed_as_telegram_places_them() -> None:
    """In UTF-16 code units, nested, and with the line breaks around a quotation taken by it."""
    payload = {
        "text": "𝒪<b>\nq x\nend",
        "entities": [
            {"type": "bold", "offset": 0, "length": 2},
            {"type": "blockquote", "offset": 6, "length": 3},
            {"type": "text_link", "offset": 8, "length": 1, "url": 'https://a.org/?"'},
        ],
    }

    assert telegram_html(payload) == (
        '<b>𝒪</b>&lt;b&gt;<blockquote class="bar">q <a href="https://a.org/?&#34;">x</a></blockquote>end'
    )


def test_mrkdwn_is_shown_with_its_link_and_escapes() -> None:
    """The only markup that is sent to Slack."""
    assert mrkdwn_html("<https://a.org/?b&amp;c|x &lt;y&gt;>") == '<a href="https://a.org/?b&amp;c">x &lt;y&gt;</a>'


def test_an_empty_day_has_no_thread() -> None:
    """One line in each channel."""
    page = Page(preview_page(empty_day("en")))

    assert page.text.count("weekend: arXiv announces nothing") == 2
    assert "replies" not in page.text
