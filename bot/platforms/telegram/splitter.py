"""Cutting a long text into messages: before a section if it can be, else a paragraph, else after a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.chat.text_breaks import BreakRank, best_break, sentence_ends
from bot.platforms.telegram.entities import FormattedText


class PieceFormatter(Protocol):
    """Adds to a piece what it needs beside its text; gets the piece's number and text."""

    def __call__(self, number: int, piece: FormattedText, /) -> FormattedText: ...


def as_it_is(start: int, piece: FormattedText) -> FormattedText:
    """No dress."""
    return piece


def split_text(
    whole: FormattedText, breaks: Mapping[int, BreakRank], dress: PieceFormatter = as_it_is
) -> list[FormattedText]:
    """The text in pieces that a message can carry, each without white space at its ends.

    `breaks` are the places where a section or paragraph begins. Nothing is lost but white space where the text was
    cut; a span that was cut goes on in the next piece. A text that can't be carried at all (the dress or one entity
    alone is over the limits) is a `ValueError`.
    """
    candidates = {**sentence_ends(whole.text), **breaks}
    pieces: list[FormattedText] = []
    start = 0
    while start < len(whole.text):
        end = _furthest(whole, start, dress)
        if end < len(whole.text):
            end = best_break(whole.text, candidates, start, end)
        piece = whole[start:end].stripped()
        if piece.text:
            pieces.append(dress(start, piece))
        start = end
    return pieces


def _furthest(whole: FormattedText, start: int, dress: PieceFormatter) -> int:
    """The furthest end up to which the text from `start` on fits into one message."""

    def fits(end: int) -> bool:
        return dress(start, whole[start:end].stripped()).fits()

    if fits(len(whole.text)):
        return len(whole.text)
    low, high = start, len(whole.text)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    if low == start:
        raise ValueError("not one character fits into a message")
    return low
