"""A Document as Slack messages in Block Kit: headers, rich text with real lists, small print, buttons.

Rich text carries its styles as fields, so nothing in a text can be taken for markup or mention anybody. Only a link
in small print needs mrkdwn (a context block takes no rich text); there `&`, `<` and `>` are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.platforms.slack.splitter import MAX_PIECE, MAX_URL, message_size, pack_blocks, split_runs
from digest.rendering.document import (
    Block,
    Button,
    Code,
    Document,
    Heading,
    InnerBlock,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Style,
    TextRun,
    TextRuns,
    plain_text,
    text_run,
)

MAX_TEXT = 1_000  # of the fallback, before escaping; 4,000 are advised at most
MAX_HEADER = 150
MAX_SMALL_PRINT = 2_000
MAX_CONTEXT_ELEMENTS = 10
MAX_LABEL = 75
MAX_BUTTONS = 25

_PLAIN_LABEL = re.compile(r"[\w .,→:/()-]+")  # has nothing that mrkdwn could style

SlackBlock = dict[str, Any]
Payload = dict[str, Any]


def render_slack(document: Document) -> list[Payload]:
    """The messages of a document, as `chat.postMessage` takes them, without channel and thread.

    `text` is what notifications and screen readers say. The buttons are on the last message. A button that sends an
    action has the action as its `value` and an `action_id` of the form `do:0`; one that opens a page, `open:0`.
    """
    groups = _groups(document.blocks) or [[_rich_text(_section((text_run(document.summary),)))]]
    lead = next(_small_print((text_run(document.continued),)), None)
    return [
        {
            "text": escape_mrkdwn((document.continued if i and document.continued else document.summary)[:MAX_TEXT]),
            "blocks": message,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        for i, message in enumerate(pack_blocks(groups, _actions(document.buttons), lead))
    ]


def escape_mrkdwn(text: str) -> str:
    """Text as mrkdwn shows it: the three characters that it gives a meaning to are written out."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _groups(blocks: Sequence[Block]) -> list[list[SlackBlock]]:
    """The blocks as Slack's, a heading together with what stands under it."""
    groups: list[list[SlackBlock]] = []
    open_heading = False
    for block in blocks:
        made = list(_block(block))
        if not made:
            continue
        if open_heading:
            groups[-1].extend(made)
        else:
            groups.append(made)
        open_heading = isinstance(block, Heading)
    return groups


def _block(block: Block) -> Iterator[SlackBlock]:
    match block:
        case Heading(level=level, runs=runs):
            yield from _heading(level, runs)
        case Paragraph(runs=runs, muted=True):
            yield from _small_print(runs)
        case Quote():
            yield from _quote(block)
        case _:
            yield from (_rich_text(element) for element in _elements(block, border=False))


def _heading(level: int, runs: TextRuns) -> Iterator[SlackBlock]:
    text = " ".join(plain_text(runs).split())
    if level == 1 and 0 < _units(text) <= MAX_HEADER and not any(r.url for r in runs):
        yield {"type": "header", "text": _plain_text(text)}
    else:
        yield from (_rich_text(_section(piece)) for piece in split_runs(_bold(runs)))


def _small_print(runs: TextRuns) -> Iterator[SlackBlock]:
    """A context block, each run an element of it; as rich text where a context block could not carry it as it is."""
    elements = [_small(r) for r in runs if r.text.strip()]
    if len(elements) > MAX_CONTEXT_ELEMENTS or None in elements:
        yield from (_rich_text(_section(piece)) for piece in split_runs(runs))
    elif elements:
        yield {"type": "context", "elements": elements}


def _bold(runs: TextRuns) -> TextRuns:
    return tuple(replace(r, styles=r.styles | {Style.BOLD}) for r in runs)


def _small(run: TextRun) -> SlackBlock | None:
    text = run.text.strip()
    if len(text) > MAX_SMALL_PRINT:
        return None
    if run.url is None:
        return _plain_text(text)
    if not _PLAIN_LABEL.fullmatch(text) or not _is_usable(run.url):
        return None
    return {
        "type": "mrkdwn",
        "text": f"<{escape_mrkdwn(run.url).replace('|', '%7C')}|{escape_mrkdwn(text)}>",
        "verbatim": True,
    }


def _quote(quote: Quote) -> Iterator[SlackBlock]:
    """A title over a quotation, or over a list with a bar beside it. Slack folds nothing but whole messages."""
    elements = [element for block in quote.blocks for element in _elements(block, border=True)]
    title = [_section(piece) for piece in split_runs(_bold(quote.title))]
    if title or elements:
        yield _rich_text(*title, *elements[:1])
    yield from (_rich_text(element) for element in elements[1:])


def _elements(block: InnerBlock, border: bool) -> Iterator[SlackBlock]:
    """The elements of rich text for a block, each of a size that can be packed."""
    match block:
        case Heading(runs=runs):
            yield from (_section(piece) for piece in split_runs(_bold(runs)))
        case Paragraph(runs=runs):
            yield from (_quoted(piece) if border else _section(piece) for piece in split_runs(runs))
        case ItemList(items=items):
            yield from _lists(items, border)
        case Code(text=text):
            yield from (_preformatted(piece) for piece in split_runs((text_run(text),)))


def _lists(items: Sequence[Item], border: bool) -> Iterator[SlackBlock]:
    """Lists as Slack has them: one for each stretch of items of one kind, none too large for a message."""
    stretch: list[Item] = []
    for item in items:
        first, *run_groups = split_runs(item.runs) or [()]
        if not first:
            continue
        heavy = sum(message_size(i.runs) for i in stretch) + message_size(first) > MAX_PIECE
        if stretch and (heavy or not _follows(item, stretch[-1])):
            yield _list(stretch, border)
            stretch = []
        stretch.append(Item(first, item.ordinal))
        if run_groups:
            yield _list(stretch, border)
            stretch = []
            yield from (_quoted(piece) if border else _section(piece) for piece in run_groups)
    if stretch:
        yield _list(stretch, border)


def _follows(item: Item, before: Item) -> bool:
    """Whether an item can stand in one list with the one before it."""
    if (item.ordinal is None) != (before.ordinal is None):
        return False
    return item.ordinal is None or before.ordinal is None or item.ordinal == before.ordinal + 1


def _list(items: Sequence[Item], border: bool) -> SlackBlock:
    first = items[0]
    element: SlackBlock = {
        "type": "rich_text_list",
        "style": "bullet" if first.ordinal is None else "ordered",
        "elements": [_section(item.runs) for item in items],
    }
    if first.ordinal is not None and first.ordinal > 1:
        element["offset"] = first.ordinal - 1
    if border:
        element["border"] = 1
    return element


# --- inside a block ---------------------------------------------------------------------------------------------


def _rich_text(*elements: SlackBlock) -> SlackBlock:
    return {"type": "rich_text", "elements": list(elements)}


def _section(runs: TextRuns) -> SlackBlock:
    return {"type": "rich_text_section", "elements": [_inline(run) for run in runs if run.text]}


def _quoted(runs: TextRuns) -> SlackBlock:
    return {"type": "rich_text_quote", "elements": [_inline(run) for run in runs if run.text]}


def _preformatted(runs: TextRuns) -> SlackBlock:
    return {"type": "rich_text_preformatted", "elements": [_inline(run) for run in runs if run.text]}


def _inline(run: TextRun) -> SlackBlock:
    element: SlackBlock = {"type": "text", "text": run.text}
    if run.url is not None and _is_usable(run.url):
        element = {"type": "link", "url": run.url, "text": run.text}
    if run.styles:
        element["style"] = {style.value: True for style in sorted(run.styles)}
    return element


def _is_usable(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= MAX_URL and not re.search(r"\s", url)


def _plain_text(text: str) -> SlackBlock:
    return {"type": "plain_text", "text": text, "emoji": False}


def _units(text: str) -> int:
    """UTF-16 code units: the strictest of the ways in which a platform may count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- buttons ----------------------------------------------------------------------------------------------------


def _actions(rows: Sequence[Sequence[Button]]) -> list[SlackBlock]:
    """All buttons; Slack wraps them itself, so rows do not matter."""
    elements = [_button(i, button) for i, button in enumerate(button for row in rows for button in row)]
    return [
        {"type": "actions", "elements": elements[i : i + MAX_BUTTONS]} for i in range(0, len(elements), MAX_BUTTONS)
    ]


def _button(index: int, button: Button) -> SlackBlock:
    element: SlackBlock = {"type": "button", "text": _plain_text(button.label[:MAX_LABEL])}
    if button.url is not None:
        return {**element, "action_id": f"open:{index}", "url": button.url}
    return {**element, "action_id": f"do:{index}", "value": button.action}
