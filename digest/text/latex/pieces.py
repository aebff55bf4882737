"""What reading LaTeX gives: pieces of readable text that know where they come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from digest.text.latex import symbols


class TextPiece(NamedTuple):
    """Readable text and the stretch of raw text that it stands for. `mark`: a sign that only shows structure, as the
    `_(` of a subscript; words are read across it."""

    text: str
    start: int
    end: int
    mark: bool = False


Pieces = list[TextPiece]


def text_of(inner: Iterable[TextPiece]) -> str:
    return "".join(piece.text for piece in inner)


def bracketed(inner: Pieces) -> Pieces:
    """In round brackets, unless it is a single word."""
    text = text_of(inner)
    if not text or text.isalnum() or len(text) == 1:
        return inner
    return [TextPiece("(", inner[0].start, inner[0].start), *inner, TextPiece(")", inner[-1].end, inner[-1].end)]


def scripted(sign: str, inner: Pieces, at: int) -> Pieces:
    """Small letters where Unicode has every one of them, else `^(…)` and `_(…)`, and `_q` for a single one."""
    if not inner:
        return []
    table = symbols.SUPERSCRIPTS if sign == "^" else symbols.SUBSCRIPTS
    inner = [TextPiece(p.text.strip(), p.start, p.end, p.mark) for p in inner]
    if all(c in table for c in text_of(inner)):
        return [TextPiece("".join(table[c] for c in p.text), p.start, p.end, p.mark) for p in inner]
    end = inner[-1].end
    if len(text_of(inner)) == 1:
        return [TextPiece(sign, at, at + 1, mark=True), *inner]
    return [TextPiece(f"{sign}(", at, at + 1, mark=True), *inner, TextPiece(")", end, end, mark=True)]


def strip_end(out: Pieces) -> None:
    """Take white space off the end of what was read as it stands."""
    while out and out[-1].text[-1:].isspace() and out[-1].end - out[-1].start == len(out[-1].text):
        last = out.pop()
        text = last.text.rstrip()
        if text:
            out.append(TextPiece(text, last.start, last.start + len(text), last.mark))
