"""The texts of a paper laid one behind the other: places in the whole, with their page and section.

Reading order, headings between the paragraphs, captions and footnotes behind them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from digest.models.paper_text import Caption, Footnote, PaperParagraph, PaperText, ParagraphKind

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One text of the paper and where it begins in the whole. `section` is an index into `PaperText.sections`."""

    start: int
    text: str
    page: int
    role: str  # "title", "heading", "paragraph", "caption", "footnote"
    section: int | None = None
    kind: ParagraphKind | None = None
    breaks: tuple[tuple[int, int], ...] = ()
    anchor: str = ""
    run_breaks: tuple[tuple[int, int], ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def page_at(self, position: int) -> int:
        """The page of an offset into the whole text."""
        page = self.page
        for offset, later in self.breaks:
            if position - self.start >= offset:
                page = later
        return page


def text_blocks(text: PaperText) -> Iterator[TextBlock]:
    """The texts of a paper in reading order, each with its place in the whole."""
    position = 0
    for block in _unplaced(text):
        yield replace(block, start=position)
        position += len(block.text) + 1


def _unplaced(text: PaperText) -> Iterator[TextBlock]:
    if text.title:
        yield TextBlock(0, text.title, 1, "title")
    for index, section in enumerate(text.sections):
        if section.label:
            yield TextBlock(0, section.label, section.page, "heading", index)
        for paragraph in section.paragraphs:
            yield _block(paragraph, index)
    for caption in text.captions:
        yield _beside(caption, "caption")
    for note in text.footnotes:
        yield _beside(note, "footnote")


def _block(paragraph: PaperParagraph, section: int) -> TextBlock:
    return TextBlock(
        0,
        paragraph.text,
        paragraph.page,
        "paragraph",
        section,
        paragraph.kind,
        paragraph.breaks,
        paragraph.anchor,
        paragraph.run_breaks,
    )


def _beside(item: Caption | Footnote, role: str) -> TextBlock:
    return TextBlock(0, item.text, item.page, role, item.section, anchor=item.anchor, run_breaks=item.run_breaks)


def plain_number(number: str) -> str:
    """A number as others may write it: `IV.` -> `4`, `III-D.1` -> `3-d-1`, `3.1.` -> `3.1`, `Appendix B` -> `b`."""
    word = re.sub(r"^(appendix|section|附录)\s*", "", number.strip().lower()).strip(".:()（） ")
    if "-" in word:
        word = word.replace(".", "-")
    return "-".join(_arabic(part) for part in word.split("-"))


def _arabic(word: str) -> str:
    if not re.fullmatch(r"[ivxl]+", word):
        return word
    values = [_ROMAN[c] for c in word]
    return str(sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True)))
