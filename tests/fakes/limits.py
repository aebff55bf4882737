"""The documented limits of the chat platforms as strict checks, for renderers' tests and for the fake servers.

Each function returns every violation of a payload, as `code: detail`; an empty list says that the platform would take
it. The codes are those that the platforms answer with, where they have one. Sources: https://core.telegram.org/bots/api
and https://docs.slack.dev; the limits that are not documented are marked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Payload = dict[str, Any]

# --- Telegram ---------------------------------------------------------------------------------------------------

TELEGRAM_TEXT = 4_096
TELEGRAM_ENTITIES = 100
TELEGRAM_ENTITY_BYTES = 9_500  # not documented
TELEGRAM_BUTTONS = 100
TELEGRAM_BUTTONS_A_ROW = 8
TELEGRAM_CALLBACK_BYTES = 64

_NESTABLE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_QUOTATIONS = {"blockquote", "expandable_blockquote"}
_EXCLUSIVE = {"code", "pre"}
_LINKS = {"text_link", "text_mention", "url", "mention", "hashtag", "bot_command", "email", "custom_emoji"}
_ENTITY_TYPES = _NESTABLE | _QUOTATIONS | _EXCLUSIVE | _LINKS


def telegram_violations(payload: Payload) -> list[str]:
    """What `sendMessage` (without the chat) would refuse, drop silently or show otherwise than meant."""
    text = payload.get("text")
    if not isinstance(text, str):
        return ["message text is empty: no text"]
    return [
        *_telegram_text(text),
        *_telegram_fields(payload),
        *telegram_entity_violations(text, payload.get("entities", [])),
        *_telegram_keyboard(payload.get("reply_markup")),
    ]


def _telegram_text(text: str) -> Iterator[str]:
    if not text.strip():
        yield "message text is empty: nothing but white space"
    if text != text.strip():
        yield "white space at an end: the server takes it away and the entities are wrong"
    if _units(text) > TELEGRAM_TEXT:
        yield f"message is too long: {_units(text)} UTF-16 code units"
    if "\x00" in text:
        yield "text must be encoded in UTF-8: NUL"
    try:
        text.encode()
    except UnicodeEncodeError:
        yield "text must be encoded in UTF-8: a lone surrogate"


def _telegram_fields(payload: Payload) -> Iterator[str]:
    known = {"text", "entities", "link_preview_options", "reply_markup", "disable_notification", "reply_parameters"}
    unknown = payload.keys() - known
    if unknown:
        yield f"unexpected fields: {sorted(unknown)}"
    if payload.get("link_preview_options") != {"is_disabled": True}:
        yield "link preview: not disabled"


def telegram_entity_violations(text: str, entities: list[Payload]) -> list[str]:
    """What is wrong with a text's entities: number, size, place, nesting."""
    found: list[str] = []
    if len(entities) > TELEGRAM_ENTITIES:
        found.append(f"too many entities: {len(entities)}, further ones are ignored")
    size = len(json.dumps(entities, ensure_ascii=False).encode())
    if entities and size > TELEGRAM_ENTITY_BYTES:
        found.append(f"entities too large: {size} bytes")
    for entity in entities:
        found += _telegram_entity(text, entity)
    for i, one in enumerate(entities):
        for other in entities[i + 1 :]:
            found += _telegram_nesting(one, other)
    return found


def _telegram_entity(text: str, entity: Payload) -> Iterator[str]:
    if entity.get("type") not in _ENTITY_TYPES:
        yield f"unknown entity type: {entity.get('type')}"
    start, end = entity["offset"], entity["offset"] + entity["length"]
    units = text.encode("utf-16-le", "surrogatepass")
    if entity["length"] < 1 or start < 0 or end * 2 > len(units):
        yield f"entity outside of the text: {entity}"
        return
    for at in (start, end):
        if at * 2 < len(units) and 0xDC <= units[at * 2 + 1] <= 0xDF:
            yield f"entity tears a surrogate pair: {entity}"
            return
    covered = units[start * 2 : end * 2].decode("utf-16-le", "surrogatepass")
    if covered != covered.strip():
        yield f"entity begins or ends in white space: {entity}"
    if (entity["type"] == "text_link") != ("url" in entity):
        yield f"url and text_link belong together: {entity}"
    if "url" in entity and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", entity["url"]):
        yield f"url that can't be opened: {entity['url']!r}"
    if "language" in entity and entity["type"] != "pre":
        yield f"language without pre: {entity}"


def _telegram_nesting(one: Payload, other: Payload) -> Iterator[str]:
    a, b = (range(e["offset"], e["offset"] + e["length"]) for e in (one, other))
    if a.stop <= b.start or b.stop <= a.start:
        return
    kinds = {one["type"], other["type"]}
    if not ((a.start <= b.start and b.stop <= a.stop) or (b.start <= a.start and a.stop <= b.stop)):
        yield f"entities overlap without nesting: {one} {other}"
    elif kinds <= _QUOTATIONS:
        yield f"nested quotations: {one} {other}"
    elif kinds & _EXCLUSIVE and not kinds & _QUOTATIONS:
        yield f"code can't be nested: {one} {other}"
    elif kinds <= _LINKS:
        yield f"nested links: {one} {other}"
    elif kinds & _QUOTATIONS:
        inner = other if one["type"] in _QUOTATIONS else one
        outer = one if inner is other else other
        if inner["length"] > outer["length"]:
            yield f"a quotation inside of {inner['type']}: {one} {other}"


def _telegram_keyboard(markup: Payload | None) -> Iterator[str]:
    if markup is None:
        return
    rows = markup["inline_keyboard"]
    buttons = [button for row in rows for button in row]
    if not buttons or any(not row for row in rows):
        yield "keyboard: an empty row"
    if len(buttons) > TELEGRAM_BUTTONS or any(len(row) > TELEGRAM_BUTTONS_A_ROW for row in rows):
        yield f"reply markup is too long: {[len(row) for row in rows]}"
    for button in buttons:
        if not button.get("text", "").strip():
            yield f"button without text: {button}"
        if len(button.keys() & {"url", "callback_data"}) != 1:
            yield f"button with not exactly one deed: {button}"
        if not 1 <= len(button.get("callback_data", "x").encode()) <= TELEGRAM_CALLBACK_BYTES:
            yield f"BUTTON_DATA_INVALID: {button}"
        if "url" in button and not re.fullmatch(r"https?://[^\s/]+\.\S+", button["url"]):
            yield f"BUTTON_URL_INVALID: {button}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- Slack ------------------------------------------------------------------------------------------------------

SLACK_BLOCKS = 50
SLACK_TEXT = 4_000  # advised; 40,000 are cut off
SLACK_SECTION = 3_000
SLACK_FIELDS = 10
SLACK_FIELD = 2_000
SLACK_HEADER = 150
SLACK_CONTEXT = 10
SLACK_ACTIONS = 25
SLACK_ID = 255
SLACK_VALUE = 2_000
SLACK_LABEL = 75
SLACK_URL = 3_000
SLACK_INDENT = 8
SLACK_MESSAGE = 12_000  # not documented: all text of a message's blocks, "with a buffer"
SLACK_MESSAGE_HARD = 13_200  # not documented: refused with msg_blocks_too_long

_RICH = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
_INLINE = {"text", "link", "emoji", "user", "channel", "usergroup", "broadcast", "date", "color", "team"}
_MENTIONS = {"user", "channel", "usergroup", "broadcast"}
_STYLES = {"bold", "italic", "strike", "code"}


def slack_violations(payload: Payload, budget: int = SLACK_MESSAGE) -> list[str]:
    """What `chat.postMessage` (without channel and thread) would refuse, cut off or show otherwise than meant.

    `budget` is the limit of all text together: `SLACK_MESSAGE` for what is sent with care, `SLACK_MESSAGE_HARD` for
    what is certainly refused.
    """
    found = [*_slack_fallback(payload.get("text")), *_slack_fields(payload)]
    blocks = payload.get("blocks", [])
    if not 1 <= len(blocks) <= SLACK_BLOCKS:
        found.append(f"invalid_blocks: {len(blocks)} blocks")
    total = sum(map(len, slack_texts(blocks)))
    if total > budget:
        found.append(f"msg_blocks_too_long: {total} characters of text")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) < len(ids) or any(not 1 <= len(i) <= SLACK_ID for i in ids):
        found.append(f"invalid_blocks: block_id twice or of a wrong length: {ids}")
    for block in blocks:
        found += _slack_block(block)
    return found


def slack_texts(value: object) -> Iterator[str]:
    """Every string under a key `text`, as they are added up for the limit of a message."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from slack_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from slack_texts(inner)


def _slack_fallback(text: object) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield "no_text: text is to be filled always"
        return
    if len(text) > SLACK_TEXT:
        yield f"msg_too_long: text of {len(text)} characters"
    yield from _slack_mrkdwn(text)


def _slack_fields(payload: Payload) -> Iterator[str]:
    known = {"text", "blocks", "unfurl_links", "unfurl_media", "metadata", "client_msg_id"}
    if payload.keys() - known:
        yield f"unexpected fields: {sorted(payload.keys() - known)}"
    if payload.get("unfurl_links") is not False or payload.get("unfurl_media") is not False:
        yield "unfurl: not switched off"


def _slack_mrkdwn(text: str) -> Iterator[str]:
    """In mrkdwn a `<` must begin a link, and `&` one of the three escapes."""
    rest = re.sub(r"<https?://[^<>|\s]+\|[^<>|\n]+>", "", text)
    if "<" in rest or ">" in rest or re.search(r"&(?!amp;|lt;|gt;)", rest):
        yield f"mrkdwn with unescaped characters: {text!r}"


def _slack_block(block: Payload) -> Iterator[str]:
    match block.get("type"):
        case "header":
            yield from _slack_text_object(block["text"], SLACK_HEADER, {"plain_text"})
        case "section":
            if "text" in block:
                yield from _slack_text_object(block["text"], SLACK_SECTION)
            if len(block.get("fields", [])) > SLACK_FIELDS:
                yield f"invalid_blocks: {len(block['fields'])} fields"
            for field in block.get("fields", []):
                yield from _slack_text_object(field, SLACK_FIELD)
        case "context":
            if not 1 <= len(block["elements"]) <= SLACK_CONTEXT:
                yield f"invalid_blocks: a context of {len(block['elements'])} elements"
            for element in block["elements"]:
                yield from _slack_text_object(element, SLACK_SECTION)
        case "actions":
            yield from _slack_actions(block["elements"])
        case "rich_text":
            if not block["elements"]:
                yield "invalid_blocks: empty rich text"
            for element in block["elements"]:
                yield from _slack_rich(element)
        case "divider":
            if block.keys() - {"type", "block_id"}:
                yield f"invalid_blocks: {block}"
        case other:
            yield f"invalid_blocks: unknown block {other}"


def _slack_text_object(text: Payload, limit: int, types: set[str] | None = None) -> Iterator[str]:
    if text.get("type") not in (types or {"plain_text", "mrkdwn"}):
        yield f"invalid_blocks: text object {text.get('type')}"
    if not 1 <= _units(text.get("text", "")) <= limit or not text.get("text", "").strip():
        yield f"invalid_blocks: text of {len(text.get('text', ''))} characters, at most {limit}"
    if text.get("type") == "mrkdwn":
        yield from _slack_mrkdwn(text["text"])
        if "emoji" in text:
            yield "invalid_blocks: emoji is for plain_text"
    elif "verbatim" in text:
        yield "invalid_blocks: verbatim is for mrkdwn"


def _slack_actions(elements: list[Payload]) -> Iterator[str]:
    if not 1 <= len(elements) <= SLACK_ACTIONS:
        yield f"invalid_blocks: {len(elements)} buttons"
    ids = [element.get("action_id", "") for element in elements]
    if len(set(ids)) < len(ids) or any(not 1 <= len(i) <= SLACK_ID for i in ids):
        yield f"invalid_blocks: action_id twice or of a wrong length: {ids}"
    for element in elements:
        if element.get("type") != "button":
            yield f"invalid_blocks: {element.get('type')} is not a button"
        yield from _slack_text_object(element.get("text", {}), SLACK_LABEL, {"plain_text"})
        if "value" in element and not 1 <= len(element["value"]) <= SLACK_VALUE:
            yield f"invalid_blocks: value of {len(element['value'])} characters"
        if "url" in element and (len(element["url"]) > SLACK_URL or not re.match(r"https?://\S+$", element["url"])):
            yield f"invalid_blocks: url {element['url']!r}"


def _slack_rich(element: Payload) -> Iterator[str]:
    kind = element.get("type")
    if kind not in _RICH:
        yield f"invalid_blocks: {kind} in rich text"
        return
    if not element["elements"]:
        yield f"invalid_blocks: empty {kind}"
    if kind == "rich_text_list":
        if element.get("style") not in ("bullet", "ordered") or not 0 <= element.get("indent", 0) <= SLACK_INDENT:
            yield f"invalid_blocks: list {element.get('style')} {element.get('indent')}"
        if element.get("offset", 0) < 0 or element.get("border", 0) not in (0, 1):
            yield f"invalid_blocks: list offset or border: {element}"
        for section in element["elements"]:
            if section.get("type") != "rich_text_section":
                yield f"invalid_blocks: {section.get('type')} in a list"
            yield from _slack_inline(section)
    else:
        yield from _slack_inline(element)


def _slack_inline(section: Payload) -> Iterator[str]:
    if not section["elements"]:
        yield "invalid_blocks: an empty section"
    for inline in section["elements"]:
        kind = inline.get("type")
        if kind in _MENTIONS:
            yield f"a mention: {inline}"
        elif kind not in _INLINE:
            yield f"invalid_blocks: {kind} in a line"
        if kind in ("text", "link") and not inline.get("text"):
            yield f"invalid_blocks: no text: {inline}"
        if kind == "link" and not re.match(r"https?://\S+$", inline.get("url", "")):
            yield f"invalid_blocks: url {inline.get('url')!r}"
        style = inline.get("style", {})
        if style.keys() - _STYLES or any(value is not True for value in style.values()):
            yield f"invalid_blocks: style {style}"
