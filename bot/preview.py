"""How a digest looks in Telegram and Slack: one HTML page, drawn from the very payloads that would be sent.

Nothing is drawn from the Documents, so that what a renderer drops, cuts or misplaces is missing here too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from bot.platforms.slack.renderer import render_slack as render_slack
from bot.platforms.telegram.renderer import render_telegram as render_telegram
from digest.i18n.translator import Translator
from digest.models.digest import Digest
from digest.rendering import phrasing
from digest.rendering.cards import digest_documents

Payload = dict[str, Any]

_FOLD = '<blockquote class="bar fold">'
_TELEGRAM_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ('<blockquote class="bar">', "</blockquote>"),
    "expandable_blockquote": (_FOLD + "<div>", "</div></blockquote>"),
}
_BLOCKS = ("blockquote", "expandable_blockquote", "pre")
_MRKDWN_LINK = re.compile(r"&lt;(https?://[^|]+?)\|(.+?)&gt;")


def preview_page(digest: Digest) -> str:
    """The page: Telegram's channel and Slack's channel with its thread, side by side or below one another."""
    texts = Translator(digest.language)
    documents = digest_documents(digest)
    slack = [(document.role, render_slack(document.document)) for document in documents]
    page = _environment().get_template("preview.html")
    return page.render(
        language="zh-CN" if texts.interface == "zh" else "en",
        heading=phrasing.heading(digest, texts),
        channel=phrasing.analyst_name(digest),
        telegram=[payload for document in documents for payload in render_telegram(document.document)],
        channel_posts=[payload for role, payloads in slack if role == "overview" for payload in payloads],
        replies=[payload for role, payloads in slack if role != "overview" for payload in payloads],
        t=texts,
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({"telegram": telegram_html, "mrkdwn": mrkdwn_html})
    return environment


# --- Telegram ---------------------------------------------------------------------------------------------------


def telegram_html(payload: Payload, unfold: str = "") -> Markup:
    """A message's text with its entities as elements. Places are UTF-16 code units, as Telegram counts them; `unfold`
    is what the switch of a collapsed quotation is called."""
    units = payload["text"].encode("utf-16-le")
    entities = sorted(payload["entities"], key=lambda e: (e["offset"], -e["length"]))
    html = _nested(units, entities, 0, len(units) // 2)
    switch = f'<label><input type="checkbox" aria-label="{escape(unfold)}"><span class="more"></span></label>'
    return Markup(html.replace(_FOLD, _FOLD + switch))  # noqa: S704 every text in it is escaped


def _nested(units: bytes, entities: Sequence[Payload], start: int, end: int) -> str:
    """The stretch from `start` to `end` with the entities in it, each around those that it contains."""
    html, at, i = "", start, 0
    while i < len(entities):
        entity = entities[i]
        stop = entity["offset"] + entity["length"]
        inside = [inner for inner in entities[i + 1 :] if inner["offset"] < stop]
        opening, closing = _telegram_tags(entity)
        before = _between(units, at, entity["offset"])
        at, i = stop, i + 1 + len(inside)
        if entity["type"] in _BLOCKS:  # they take the line breaks around them
            before = before.removesuffix("\n")
            at += _between(units, at, min(at + 1, end)) == "\n"
        html += f"{before}{opening}{_nested(units, inside, entity['offset'], stop)}{closing}"
    return html + _between(units, at, end)


def _between(units: bytes, start: int, end: int) -> str:
    return str(escape(units[start * 2 : end * 2].decode("utf-16-le")))


def _telegram_tags(entity: Payload) -> tuple[str, str]:
    if entity["type"] == "text_link":
        return f'<a href="{escape(entity["url"])}">', "</a>"
    return _TELEGRAM_TAGS[entity["type"]]


# --- Slack ------------------------------------------------------------------------------------------------------


def mrkdwn_html(text: str) -> Markup:
    """The little of mrkdwn that is sent: a link, and the three escapes."""
    link = _MRKDWN_LINK.sub(r'<a href="\1">\2</a>', str(escape(text)))
    return Markup(re.sub(r"&amp;(amp|lt|gt);", r"&\1;", link))  # noqa: S704 escaped above
