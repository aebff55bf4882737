"""The validators refuse what the platforms refuse: each limit, on either side."""

from typing import Any

import pytest

from tests.fakes.limits import slack_violations, telegram_violations


def telegram(text: str = "text", entities: list[dict[str, Any]] | None = None, **more: Any) -> list[str]:
    payload = {"text": text, "entities": entities or [], "link_preview_options": {"is_disabled": True}, **more}
    return telegram_violations(payload)


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


def keyboard(*rows: int) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", "callback_data": "a"}] * count for count in rows]}


def slack(*blocks: dict[str, Any], text: str = "text", **more: Any) -> list[str]:
    return slack_violations(
        {"text": text, "blocks": list(blocks), "unfurl_links": False, "unfurl_media": False, **more}
    )


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def actions(*buttons: dict[str, Any]) -> dict[str, Any]:
    made = [
        {"type": "button", "action_id": str(i), "text": {"type": "plain_text", "text": "x"}, **button}
        for i, button in enumerate(buttons)
    ]
    return {"type": "actions", "elements": made}


@pytest.mark.parametrize(
    "violations",
    [
        telegram("a" * 4_096),
        telegram("𝒪" * 2_048),
        telegram("ab", [entity("bold", 0, 2), entity("text_link", 0, 1, url="https://a.org")]),
        telegram("ab", [entity("blockquote", 0, 2), entity("code", 1, 1)]),
        telegram("a" * 200, [entity("bold", i * 2, 1) for i in range(100)]),
        telegram(reply_markup=keyboard(8, 8)),
        slack(*[header("a" * 150)] * 50),
        slack(rich({"type": "text", "text": "<!channel> & co.", "style": {"bold": True}})),
        slack({"type": "context", "elements": [{"type": "mrkdwn", "text": "<https://a.org|a &amp; b>"}] * 10}),
        slack(actions(*[{"value": "v" * 2_000}] * 25)),
    ],
)
def test_what_is_allowed_is_allowed(violations: list[str]) -> None:
    """Up to the limit itself."""
    assert violations == []


@pytest.mark.parametrize(
    ("violations", "code"),
    [
        (telegram(""), "empty"),
        (telegram("a" * 4_097), "too long"),
        (telegram("𝒪" * 2_049), "too long"),
        (telegram("a "), "white space"),
        (telegram("ab", [entity("bold", 1, 2)]), "outside"),
        (telegram("𝒪b", [entity("bold", 1, 2)]), "surrogate"),
        (telegram("a b", [entity("bold", 0, 2)]), "ends in white space"),
        (telegram("abc", [entity("bold", 0, 2), entity("italic", 1, 2)]), "without nesting"),
        (telegram("abc", [entity("blockquote", 0, 3), entity("expandable_blockquote", 1, 2)]), "nested quotations"),
        (telegram("abc", [entity("bold", 0, 3), entity("code", 1, 1)]), "code can't"),
        (telegram("abc", [entity("bold", 0, 3), entity("blockquote", 1, 1)]), "a quotation inside"),
        (telegram("a", [entity("text_link", 0, 1)]), "belong together"),
        (telegram("a", [entity("text_link", 0, 1, url="javascript:x")]), "can't be opened"),
        (telegram("a" * 300, [entity("bold", i * 2, 1) for i in range(101)]), "too many"),
        (
            telegram("a" * 99, [entity("text_link", i, 1, url="https://a.org/" + "b" * 80) for i in range(99)]),
            "too large",
        ),
        (telegram("a", parse_mode="HTML"), "unexpected"),
        (telegram("a", link_preview_options={}), "preview"),
        (telegram("a", reply_markup=keyboard(9)), "too long"),
        (telegram("a", reply_markup=keyboard(*[8] * 13)), "too long"),
        (
            telegram("a", reply_markup={"inline_keyboard": [[{"text": "x", "callback_data": "存" * 22}]]}),
            "DATA_INVALID",
        ),
        (telegram("a", reply_markup={"inline_keyboard": [[{"text": "x"}]]}), "exactly one"),
        (telegram("a", reply_markup={"inline_keyboard": [[{"text": "x", "url": "localhost"}]]}), "URL_INVALID"),
        (slack(*[header("a")] * 51), "51 blocks"),
        (slack(), "0 blocks"),
        (slack(header("a" * 151)), "at most 150"),
        (slack({"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3_001}}), "at most 3000"),
        (slack({"type": "section", "fields": [{"type": "plain_text", "text": "a"}] * 11}), "11 fields"),
        (slack({"type": "section", "fields": [{"type": "plain_text", "text": "a" * 2_001}]}), "at most 2000"),
        (slack({"type": "context", "elements": [{"type": "plain_text", "text": "a"}] * 11}), "11 elements"),
        (slack({"type": "context", "elements": [{"type": "mrkdwn", "text": "<!channel>"}]}), "unescaped"),
        (slack({"type": "context", "elements": [{"type": "mrkdwn", "text": "a & b"}]}), "unescaped"),
        (slack(actions(*[{}] * 26)), "26 buttons"),
        (slack(actions({"value": "v" * 2_001})), "value"),
        (slack(actions({"text": {"type": "plain_text", "text": "x" * 76}})), "at most 75"),
        (slack(actions({"url": "javascript:x"})), "url"),
        (slack({**header("a"), "block_id": "b" * 256}), "block_id"),
        (slack({**header("a"), "block_id": "b"}, {**header("a"), "block_id": "b"}), "block_id"),
        (slack(*[rich({"type": "text", "text": "a" * 3_000})] * 5), "msg_blocks_too_long"),
        (slack(rich({"type": "text", "text": ""})), "no text"),
        (slack(rich()), "empty section"),
        (slack(rich({"type": "broadcast", "range": "channel"})), "mention"),
        (slack(rich({"type": "link", "url": "tg://x", "text": "a"})), "url"),
        (slack({"type": "carousel"}), "unknown block"),
        (slack(header("a"), text=""), "no_text"),
        (slack(header("a"), text="<!here>"), "unescaped"),
        (slack(header("a"), text="a" * 4_001), "msg_too_long"),
        (slack(header("a"), unfurl_links=True), "unfurl"),
    ],
)
def test_what_is_refused_is_refused(violations: list[str], code: str) -> None:
    """One step over each limit."""
    assert any(code in violation for violation in violations), violations


def test_the_hard_limit_of_a_message_is_wider() -> None:
    """What is certainly refused, and what is sent with care."""
    blocks = [rich({"type": "text", "text": "a" * 2_500})] * 5
    payload = {"text": "a", "blocks": blocks, "unfurl_links": False, "unfurl_media": False}

    assert slack_violations(payload) != []
    assert slack_violations(payload, budget=13_200) == []
