"""A Document as Telegram messages: text and entities, no parse mode (so that nothing in a text can break it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

from bot.chat.text_breaks import BreakRank
from bot.platforms.telegram.entities import FormattedText, join_formatted, suppress_autolinks
from bot.platforms.telegram.splitter import split_text
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
)

MAX_ACTION_BYTES = 64
MAX_BUTTONS_A_ROW = 8
MAX_URL = 2_048  # code points; what is longer is shown without its link

_GOES_ON = " …"

Payload = dict[str, Any]


def render_telegram(document: Document) -> list[Payload]:
    """The messages of a document, as `sendMessage` takes them, without the chat. The buttons are on the last one."""
    laid = _stacked([_block(block) for block in document.blocks], _gap)
    if not laid.rich.text.strip():
        laid = _BlockLayout(_runs((TextRun(document.summary),)))

    def dress(start: int, piece: FormattedText) -> FormattedText:
        return _continued(document.continued.strip(), laid.quotations, start, piece) if start else piece

    payloads: list[Payload] = [
        {"text": piece.text, "entities": piece.entities(), "link_preview_options": {"is_disabled": True}}
        for piece in split_text(laid.rich, dict(laid.breaks), dress)
    ]
    if document.buttons and payloads:
        payloads[-1]["reply_markup"] = {"inline_keyboard": _keyboard(document.buttons)}
    return payloads


def _keyboard(rows: Sequence[Sequence[Button]]) -> list[list[Payload]]:
    return [
        [_button(button) for button in row[i : i + MAX_BUTTONS_A_ROW]]
        for row in rows
        for i in range(0, len(row), MAX_BUTTONS_A_ROW)
    ]


def _button(button: Button) -> Payload:
    if button.url is not None:
        return {"text": button.label, "url": button.url}
    action = button.action or ""
    if not 1 <= len(action.encode()) <= MAX_ACTION_BYTES:
        raise ValueError(f"a button's action takes 1 to {MAX_ACTION_BYTES} bytes: {action!r}")
    return {"text": button.label, "callback_data": action}


# --- where a message goes on ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Quotation:
    """Where a quotation stands in the whole text, and its title."""

    start: int
    end: int
    title: FormattedText


def _continued(line: str, quotations: Sequence[_Quotation], start: int, piece: FormattedText) -> FormattedText:
    """A piece under the line that says what it continues, and under its quotation's title if it was cut in one."""
    for quotation in quotations:
        if quotation.start < start < quotation.end:
            piece = _under_title(quotation.title, piece)
    return (
        join_formatted((FormattedText.of(suppress_autolinks([line])[0], "italic"), FormattedText("\n"), piece))
        if line
        else piece
    )


def _under_title(title: FormattedText, piece: FormattedText) -> FormattedText:
    """The piece with the title inside the quotation that it begins in."""
    head = join_formatted((title, FormattedText(_GOES_ON + "\n")))
    whole = join_formatted((head, piece))
    quoted = [replace(s, start=0) for s in whole.spans if _is_quotation(s.kind) and s.start == len(head.text)]
    spans = [s for s in whole.spans if not (_is_quotation(s.kind) and s.start == len(head.text))]
    return FormattedText(whole.text, (*quoted, *spans))


def _is_quotation(kind: str) -> bool:
    return kind.endswith("blockquote")


# --- blocks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _BlockLayout:
    """A block as text. `rank`: how good it is to cut before it (None: never), `breaks` the same for places inside."""

    rich: FormattedText
    rank: BreakRank | None = None
    breaks: tuple[tuple[int, BreakRank], ...] = ()
    quotations: tuple[_Quotation, ...] = ()
    block: Block | None = None


class _Gap(Protocol):
    """What stands between two parts."""

    def __call__(self, above: _BlockLayout, below: _BlockLayout, /) -> str: ...


def _stacked(parts: Iterable[_BlockLayout], gap: _Gap) -> _BlockLayout:
    """Blocks below one another, with their places moved to where they stand now. Empty ones leave no gap."""
    visible = [part for part in parts if part.rich.text.strip()]
    richs: list[FormattedText] = []
    breaks: list[tuple[int, BreakRank]] = []
    quotations: list[_Quotation] = []
    length = 0
    for before, part in pairwise([None, *visible]):
        assert part is not None
        if before is not None:
            richs.append(FormattedText(gap(before, part)))
            length += len(richs[-1].text)
            if part.rank is not None and not isinstance(before.block, Heading):
                breaks.append((length, part.rank))
        breaks += [(length + at, rank) for at, rank in part.breaks]
        quotations += [replace(q, start=length + q.start, end=length + q.end) for q in part.quotations]
        richs.append(part.rich)
        length += len(part.rich.text)
    return _BlockLayout(join_formatted(richs), None, tuple(breaks), tuple(quotations))


def _gap(before: _BlockLayout, part: _BlockLayout) -> str:
    """A blank line, except where what follows belongs to what stands before."""
    if isinstance(part.block, Heading):
        return "\n\n"
    small = all(isinstance(b, Paragraph) and b.muted for b in (before.block, part.block))
    near = isinstance(before.block, Heading | Quote) or isinstance(part.block, Quote)
    return "\n" if small or near else "\n\n"


def _line(before: _BlockLayout, part: _BlockLayout) -> str:
    return "\n"


def _blank_line(before: _BlockLayout, part: _BlockLayout) -> str:
    return "\n\n"


def _block(block: Block) -> _BlockLayout:
    match block:
        case Heading(runs=runs):
            bold = tuple(replace(r, styles=r.styles | {Style.BOLD}) for r in runs)
            return _BlockLayout(_runs(bold), BreakRank.SECTION, block=block)
        case Paragraph(runs=runs):
            return _BlockLayout(_runs(runs), BreakRank.PARAGRAPH, block=block)
        case ItemList(items=items):
            airy = any("\n" in plain_text(item.runs).strip() for item in items)
            lines = _stacked(
                [_BlockLayout(_item(item), BreakRank.PARAGRAPH) for item in items], _blank_line if airy else _line
            )
            return replace(lines, rank=BreakRank.PARAGRAPH, block=block)
        case Code(text=text, language=language):
            return _BlockLayout(
                FormattedText.of(text, "pre", language=language or None), BreakRank.PARAGRAPH, block=block
            )
        case Quote():
            return _quote(block)


def _quote(quote: Quote) -> _BlockLayout:
    title = _runs(quote.title).stripped()
    inside = [_BlockLayout(title), *map(_quoted, quote.blocks)]
    if title.text and len(inside) > 1:
        inside[1] = replace(inside[1], rank=None)
    laid = _stacked(inside, _line)
    rich = laid.rich.within("expandable_blockquote" if quote.collapsed else "blockquote")
    quotation = (_Quotation(0, len(rich.text), title),) if title.text else ()
    return replace(laid, rich=rich, rank=BreakRank.SECTION, quotations=quotation, block=quote)


def _quoted(block: InnerBlock) -> _BlockLayout:
    """A block in a quotation, where code stays in the line."""
    return (
        _BlockLayout(FormattedText.of(block.text, "code"), BreakRank.PARAGRAPH)
        if isinstance(block, Code)
        else _block(block)
    )


def _item(item: Item) -> FormattedText:
    mark = "• " if item.ordinal is None else f"{item.ordinal}. "
    return join_formatted((FormattedText(mark), _runs(item.runs)))


def _runs(runs: TextRuns) -> FormattedText:
    """Runs in a row, as one text. Neighbours of one style are one run, so that they need one entity."""
    merged: list[TextRun] = []
    for run in runs:
        if merged and (merged[-1].styles, merged[-1].url) == (run.styles, run.url):
            merged[-1] = replace(merged[-1], text=merged[-1].text + run.text)
        else:
            merged.append(run)
    texts = suppress_autolinks([run.text for run in merged])
    return join_formatted(_run(run, text) for run, text in zip(merged, texts, strict=True))


def _run(run: TextRun, inert_text: str) -> FormattedText:
    url = run.url if run.url and len(run.url) <= MAX_URL else None
    if Style.CODE in run.styles and url is None:
        return FormattedText.of(run.text, "code")  # finds nothing in code, and allows no other entity there
    rich = FormattedText.of(
        run.text if url and url.endswith(run.text) else inert_text, "text_link" if url else None, url
    )
    return rich.within("bold") if Style.BOLD in run.styles else rich
