"""Text -> sentences, for papers: Fig. 2, et al., e.g., 3.1, initials, footnote numbers, Chinese."""

from __future__ import annotations

import re

from digest.text.tokens import CJK
from digest.text.word_lists import word_list

_END = re.compile(
    r"(?P<latin>[.!?]+(?:[\"'”’)\]]|(?<=[A-Za-z)\]”][.!?])\d{1,2}(?=\s))*)(?=\s+[\"'“‘(\[]?[^\sa-z]|\s*$)"
    r"|(?P<cjk>[。！？｡](?:[」』”’）)】]|[。！？])*)"
)
_LAST_WORD = re.compile(r"([^\s(\[“\"']+)$")
_NEXT_WORD = re.compile(r"\s*[\"'“‘(\[]?(\w*)")


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence of `text` begins and ends, without the white space around; what has no end is one too."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match["cjk"] or _ends(text, start, match):
            _add(spans, text, start, match.end())
            start = match.end()
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    part = text[start:end]
    if part.strip():
        spans.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip())))


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a mark ends the sentence that began at `start`, or only a number or an abbreviation."""
    if match.end() >= len(text.rstrip()) or match.group()[0] != ".":
        return True
    before = _LAST_WORD.search(text[max(start, match.start() - 30) : match.start()])
    following = _NEXT_WORD.match(text, match.end())
    word, after = before[1] if before else "", following[1] if following else ""
    if len(match.group()) > 1 and match.group().startswith(".."):
        return after.lower() in word_list("sentences.starters")
    if match.start() - start <= 3 and re.fullmatch(r"\(?(?:\d{1,2}|[a-zA-Z]|[ivx]+)", word):
        return False  # the number of a list item
    if len(word) == 1 and word.isupper():
        return after.lower() in word_list("sentences.starters") or not after
    key = word.lower().rstrip(".")
    if key in word_list("sentences.ending"):
        return after.lower() in word_list("sentences.starters")
    return key not in word_list("sentences.abbreviations")


def is_chinese(text: str) -> bool:
    """Whether a text is written in Chinese (or Japanese) for the greater part."""
    han = len(re.findall(f"[{CJK}]", text))
    return han > len(re.findall(r"[A-Za-z]+", text))
