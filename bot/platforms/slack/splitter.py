"""Packing blocks into messages within Slack's limits, the documented ones and the one that is not.

Slack refuses a message with `msg_blocks_too_long` at about 13,200 characters of text in all its blocks together,
whatever they are; 12,000 "with a buffer" were its staff's words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.chat.text_breaks import best_break, sentence_ends
from digest.rendering.document import TextRun, TextRuns, plain_text

MAX_BLOCKS = 45  # of 50
MAX_MESSAGE_TEXT = 11_000  # characters of text in all blocks
MAX_MESSAGE_JSON = 12_000  # characters of the blocks as JSON
MAX_URL = 2_000  # a longer address is no link
MAX_PIECE = 3_000  # about the characters of one element of rich text, as JSON

SlackBlock = dict[str, Any]


def texts_of(value: object) -> Iterator[str]:
    """Every string under a key `text`, as Slack adds them up."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)


def _size(block: SlackBlock) -> tuple[int, int]:
    return sum(map(len, texts_of(block))), len(json.dumps(block, ensure_ascii=False)) + 2


Message = list[SlackBlock]


def pack_blocks(groups: Sequence[Message], last: Message, lead: SlackBlock | None) -> list[Message]:
    """Messages of blocks, in order. A group stays together where it fits into one message; each message after the
    first begins with `lead`; `last` ends the last one."""
    messages: list[Message] = [[]]
    for group in [*_whole_or_single(groups), *([last] if last else [])]:
        if messages[-1] and not _fits([*messages[-1], *group]):
            messages.append([lead] if lead else [])
        messages[-1].extend(group)
    return [message for message in messages if message]


def _whole_or_single(groups: Sequence[Message]) -> Iterator[Message]:
    """Each group, or its blocks nearly one by one where it is more than half a message."""
    for group in groups:
        text, size = (sum(sizes) for sizes in zip(*map(_size, group), strict=True))
        if text > MAX_MESSAGE_TEXT // 2 or size > MAX_MESSAGE_JSON // 2 or len(group) > MAX_BLOCKS // 2:
            yield group[:2]  # a heading, and what it heads
            yield from ([block] for block in group[2:])
        else:
            yield group


def _fits(message: Sequence[SlackBlock]) -> bool:
    sizes = [_size(block) for block in message]
    return (
        len(message) <= MAX_BLOCKS
        and sum(text for text, _ in sizes) <= MAX_MESSAGE_TEXT
        and sum(size for _, size in sizes) <= MAX_MESSAGE_JSON
    )


def message_size(runs: TextRuns) -> int:
    """About how many characters runs take as JSON."""
    return sum(len(run.text) + _overhead(run) for run in runs)


def _overhead(run: TextRun) -> int:
    return 80 + min(len(run.url or ""), MAX_URL)


def split_runs(runs: TextRuns, limit: int = MAX_PIECE) -> list[TextRuns]:
    """Runs in pieces that weigh at most `limit`, cut after sentences where it can be. Nothing is lost; runs of nothing
    but white space have no pieces."""
    text = plain_text(runs)
    if not text.strip():
        return []
    breaks = sentence_ends(text)
    pieces: list[TextRuns] = []
    start = 0
    while start < len(text):
        end = _furthest(runs, start, limit)
        if end < len(text):
            end = best_break(text, breaks, start, end)
        pieces.append(_slice(runs, start, end))
        start = end
    return pieces


def _furthest(runs: TextRuns, start: int, limit: int) -> int:
    """The furthest end up to which the runs from `start` on weigh no more than `limit`; at least a character on."""
    at = 0
    for run in runs:
        end = at + len(run.text)
        if end > start:
            limit -= _overhead(run) + end - max(at, start)
            if limit < 0:
                return max(start + 1, max(at, start), end + limit)
        at = end
    return at


def _slice(runs: TextRuns, start: int, end: int) -> TextRuns:
    piece: list[TextRun] = []
    at = 0
    for run in runs:
        part = run.text[max(0, start - at) : max(0, end - at)]
        if part:
            piece.append(replace(run, text=part))
        at += len(run.text)
    return tuple(piece)
