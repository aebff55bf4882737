"""A passage of a paper -> the text directive that marks it in a browser: `:~:text=label%20smoothing,a%20loss`. Pure.

A browser looks for the first words and then for the last ones, each within one run of text: formulas, links and notes
end a run, so the words are taken from between them. What stands twice in a paper would highlight the wrong place; then
there is no directive, and the link opens the page or the paragraph alone.

Source: https://wicg.github.io/scroll-to-text-fragment/, and measurements in Chromium.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote

from digest.models.paper_text import ParagraphKind
from digest.text.paper_index import PaperIndex
from digest.text.text_blocks import TextBlock
from digest.text.tokens import CJK

_FEWEST, _MOST = 3, 8  # words at the beginning and at the end
_END_FEWEST = 2
_WORD = re.compile(rf"[{CJK}]+|[^\s{CJK}。，；：、！？（）]+")
_CITATION = re.compile(r"\[[\d,;–\-\s]{1,40}\]|\([^()]{0,200}\b(?:19|20)\d\d[a-z]?\)")
_PLAIN = re.compile(rf"[(“\"'‘]?(?:[A-Za-z]+(?:['’][a-z]{{1,2}})?|\d{{1,4}}(?:[.,]\d+)?%?|[{CJK}]+)[,;:.)”\"'’?!]*")
_EDGES = "()[]{}“”\"'‘’,;:.?!…。，；："
_HAN = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class _TextRun:
    """Words that stand in one run of text: their offsets in the whole paper."""

    words: tuple[tuple[int, int], ...]


class FragmentBuilder:
    """Makes the directives of one paper."""

    def __init__(self, index: PaperIndex) -> None:
        self._index = index
        self._folded = _folded(index.text)

    def directive(self, start: int, end: int, *, pdf: bool) -> str:
        """The directive for the passage from `start` to `end`; empty where its words cannot be told from others.

        For a PDF, words that its lines may break or its fonts may spell otherwise end a run, too.
        """
        runs = [run for run in self._runs(start, end, pdf) if run.words]
        for position, run in enumerate(runs):
            if head := self._beginning(run):
                tail = self._ending(runs[position:], head)
                return _directive(self._text(head), self._text(tail) if tail else "")
        return ""

    def _runs(self, start: int, end: int, pdf: bool) -> Iterator[_TextRun]:
        for block in self._index.blocks:
            first, last = max(start, block.start), min(end, block.end)
            if first < last and block.role != "heading" and block.kind is not ParagraphKind.EQUATION:
                for piece in _pieces(block, first, last):
                    words = _whole_words(self._index.text, *piece)
                    yield from _plain_runs(self._index.text, words) if pdf else (_TextRun(words),)

    def _beginning(self, run: _TextRun) -> tuple[int, int] | None:
        """The shortest beginning of a run that stands once in the paper; the whole of a short one."""
        fewest = min(_FEWEST, len(run.words)) if self._is_chinese(run) else _FEWEST
        if len(run.words) < fewest:
            return None
        for count in range(fewest, min(_MOST, len(run.words)) + 1):
            span = run.words[0][0], run.words[count - 1][1]
            if self._count(span) == 1:
                return span
        return None

    def _is_chinese(self, run: _TextRun) -> bool:
        return _HAN.search(self._index.text, run.words[0][0], run.words[-1][1]) is not None

    def _ending(self, runs: Sequence[_TextRun], head: tuple[int, int]) -> tuple[int, int] | None:
        """The last words of the last run that do not stand between the beginning and themselves."""
        for run in reversed(runs):
            words = [word for word in run.words if word[0] >= head[1]]
            fewest = 1 if words and _HAN.match(self._index.text, words[-1][0]) else _END_FEWEST
            for count in range(fewest, min(_MOST, len(words)) + 1):
                span = words[-count][0], words[-1][1]
                if self._is_first(span, head[1]):
                    return span
        return None

    def _text(self, span: tuple[int, int]) -> str:
        return " ".join(self._index.text[span[0] : span[1]].split()).strip(_EDGES)

    def _count(self, span: tuple[int, int]) -> int:
        return sum(1 for _ in re.finditer(_pattern(self._text(span)), self._folded))

    def _is_first(self, span: tuple[int, int], after: int) -> bool:
        """Whether words stand at their place for the first time behind an offset."""
        match = re.compile(_pattern(self._text(span))).search(self._folded, after)
        return match is not None and match.start() >= span[0] - 1


def _folded(text: str) -> str:
    """The text without case, every offset as it was."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _pattern(words: str) -> str:
    """What finds the words where they stand whole, over any white space."""
    body = r"\s+".join(re.escape(word) for word in _folded(words).split())
    return rf"(?<!\w){body}(?!\w)" if not _HAN.search(words) else body


def _pieces(block: TextBlock, first: int, last: int) -> Iterator[tuple[int, int]]:
    """What is left of a passage between formulas, links, notes and citations."""
    cuts = [(block.start + start, block.start + end) for start, end in block.run_breaks]
    text = block.text
    cuts += [(block.start + m.start(), block.start + m.end()) for m in _CITATION.finditer(text)]
    edges = [(first, first), *sorted((s, e) for s, e in cuts if e >= first and s <= last), (last, last)]
    done = first
    for (_, before), (after, _) in pairwise(edges):
        done = max(done, before)
        if done < after:
            yield done, min(after, last)


def _whole_words(text: str, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The words of a piece without those that it cuts."""
    words = [(m.start(), m.end()) for m in _WORD.finditer(text, first, last)]
    if words and words[0][0] == first > 0 and not text[first - 1].isspace() and not _HAN.match(text[first]):
        words = words[1:]
    if words and words[-1][1] == last < len(text) and _continues(text, last):
        words = words[:-1]
    return tuple(word for word in words if text[word[0] : word[1]].strip(_EDGES))


def _continues(text: str, at: int) -> bool:
    return not text[at].isspace() and not _HAN.match(text[at]) and text[at] not in _EDGES


def _plain_runs(text: str, words: Sequence[tuple[int, int]]) -> Iterator[_TextRun]:
    """The words of a run, broken at every one that a PDF may spell otherwise: hyphens, symbols, accents."""
    run: list[tuple[int, int]] = []
    for word in words:
        if _PLAIN.fullmatch(text, *word):
            run.append(word)
        else:
            yield _TextRun(tuple(run))
            run = []
    yield _TextRun(tuple(run))


def _directive(head: str, tail: str) -> str:
    return f":~:text={_encoded(head)}" + (f",{_encoded(tail)}" if tail else "")


def _encoded(words: str) -> str:
    """Percent-encoded; `-` and `,` have a meaning of their own in a directive."""
    return quote(words, safe="").replace("-", "%2D")
