"""Lines of running text -> paragraphs, across columns and pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from digest.models.paper_text import BoundingBox, PaperParagraph, ParagraphKind
from digest.pdf.extract.layout import PageLayout, PlacedLine
from digest.pdf.extract.page_elements import TextLine
from digest.pdf.structure.hyphenation import joined
from digest.pdf.tables.grid import printed_rows

_BULLET = re.compile(r"(?:[•◦▪■‣∙–—·*✓]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\[\d{1,3}\])\s")
_FAR = 99.0  # lines between two columns
_FORMULA_NUMBER = re.compile(r"\((?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3})?[a-z]?\)")
_ENTRY = re.compile(r"\[[\w+.\-’' ]{1,40}\]\s?|\d{1,3}\.\s")


class SectionLine(NamedTuple):
    """A line of a section, with where it is in the layout, and its text, which a run-in heading may have shortened."""

    at: int
    spot: PlacedLine
    text: str


Placed = tuple[int, PaperParagraph]  # a paragraph with the index of its first line


def build_paragraphs(layout: PageLayout, parts: Sequence[SectionLine], words: Mapping[str, int]) -> list[Placed]:
    """The paragraphs of a section from its lines."""
    groups: list[list[SectionLine]] = []
    for part in parts:
        if groups and _goes_on(layout, groups[-1], part):
            groups[-1].append(part)
        else:
            groups.append([part])
    return [(group[0].at, _paragraph(layout, group, words)) for group in groups]


def references(parts: Sequence[SectionLine], words: Mapping[str, int]) -> list[Placed]:
    """The entries of a bibliography: by their labels, or by their hanging indent, or by the space between them."""
    starts = _entry_starts(parts)
    groups: list[list[SectionLine]] = []
    for part, begins in zip(parts, starts, strict=True):
        if begins or not groups:
            groups.append([part])
        else:
            groups[-1].append(part)
    return [(group[0].at, _made(group, ParagraphKind.REFERENCE, words)) for group in groups]


def table(layout: PageLayout, lines: Sequence[int]) -> PaperParagraph:
    """What stands in a table, a line for each row."""
    inside = [layout.spots[i].line for i in lines]
    text = "\n".join(" ".join(cell.text for cell in row) for row in printed_rows(inside))
    return PaperParagraph(text, inside[0].page, ParagraphKind.TABLE, _box(inside))


def _box(lines: Sequence[TextLine]) -> BoundingBox:
    return BoundingBox(
        round(min(ln.x0 for ln in lines), 1), round(min(ln.y0 for ln in lines), 1),
        round(max(ln.x1 for ln in lines), 1), round(max(ln.y1 for ln in lines), 1),
    )  # fmt: skip


def _entry_starts(parts: Sequence[SectionLine]) -> list[bool]:
    labelled = [bool(_ENTRY.match(text)) or spot.line.marker for _, spot, text in parts]
    if sum(labelled) >= max(2, 0.15 * len(parts)):
        return labelled
    indented = [spot.indent > 4 for _, spot, _ in parts]
    if 0.2 * len(parts) <= sum(indented) <= 0.9 * len(parts):
        return [not inside for inside in indented]
    usual = median([spot.gap for _, spot, _ in parts if 0 < spot.gap < 2] or [1.0])
    return [usual * 1.12 < spot.gap < 9 for _, spot, _ in parts]


def _goes_on(layout: PageLayout, group: Sequence[SectionLine], part: SectionLine) -> bool:
    """Whether a line belongs to the paragraph before it."""
    last = _last_whole(group)
    above, spot = last.spot, part.spot
    formula = _is_formula(layout, spot)
    if formula != _is_formula(layout, above):
        return False
    if formula or (len(part.text) <= 4 and not _BULLET.match(part.text + " ")):
        return _is_near(above, spot)  # a part of a formula, or of a fraction that hangs out of its line
    together = spot.line.page == above.line.page and spot.column == above.column
    step = (spot.line.base - above.line.base) / layout.pitch if together else _FAR
    if abs(step) <= 0.35:
        return True  # a part of the same printed line
    ended = _is_ended(last.text)
    size = above.line.style.size
    if abs(spot.line.style.size - size) > (0.9 if ended else 0.4 * size):
        return False
    free_width = above.column.right - above.line.x1  # how far the line above stays from the edge
    if _BULLET.match(part.text) and (ended or free_width > 3 * size or 1.25 < step < _FAR):
        return False
    if 0 < step <= (1.45 if ended or free_width > 3 * size else 2.1):
        return not _opens(group, spot, ended)
    if 0 < step < _FAR and part.at == group[-1].at + 1:
        return False  # white space, and nothing taken out of it
    if not ended:
        return True
    return (
        free_width < 3 * size and spot.indent < 0.6 * size and not part.text[:1].isdigit() and _size_alike(above, spot)
    )


def _is_ended(text: str) -> bool:
    return text.rstrip("\"”’')] ")[-1:] in (".", "!", "?", ":", ";")


def _last_whole(group: Sequence[SectionLine]) -> SectionLine:
    return next((part for part in reversed(group) if len(part.text) > 4), group[-1])


def _is_near(above: PlacedLine, spot: PlacedLine) -> bool:
    """Whether a part of a formula stands by the one before it, on the line above or below at most."""
    same = spot.line.page == above.line.page and spot.column == above.column
    return same and abs(spot.line.base - above.line.base) < 3.2 * above.line.style.size


def _size_alike(above: PlacedLine, spot: PlacedLine) -> bool:
    return abs(above.line.style.size - spot.line.style.size) < 0.5


def _opens(group: Sequence[SectionLine], spot: PlacedLine, ended: bool) -> bool:
    """Whether a line close below begins a paragraph: it is indented, or the one above ended short of the edge."""
    above = group[-1].spot
    size = spot.line.style.size
    deeper = spot.line.x0 - above.line.x0
    hanging = len(group) == 1 and _BULLET.match(group[0].text)
    if deeper > 0.6 * size and not hanging and ended:
        return True
    if deeper < -0.6 * size and len(group) > 1 and ended and above.column.right - above.line.x1 > 2 * size:
        return True
    return ended and above.column.right - above.line.x1 > 6 * size and spot.line.width > 0.6 * spot.column.width


def _is_formula(layout: PageLayout, spot: PlacedLine) -> bool:
    """Whether a line is a displayed formula, a part of one, or its number: mathematics set in from the edge."""
    line = spot.line
    if line.maths < 0.25 and len(line.text) > 8:
        return False
    if _FORMULA_NUMBER.fullmatch(line.text):
        return True
    if spot.indent < 0.9 * layout.body.size and line.width > 0.3 * spot.column.width:
        return False
    words = sum(len(w) > 3 and w.isalpha() for w in line.text.split())
    if line.maths >= 0.5 and words <= 2:
        return True
    if spot.indent < 1.5 * layout.body.size:
        return False
    return (line.maths >= 0.25 and words <= 1) or (len(line.text) <= 4 and not line.text.isalpha())


def _paragraph(layout: PageLayout, group: Sequence[SectionLine], words: Mapping[str, int]) -> PaperParagraph:
    _, spot, text = group[0]
    kind = ParagraphKind.PROSE
    if _is_formula(layout, spot):
        kind = ParagraphKind.EQUATION
    elif _BULLET.match(text):
        kind = ParagraphKind.LIST_ITEM
    return _made(group, kind, words)


def _with_stop(line: TextLine, text: str) -> str:
    """The first line of a paragraph, with a full stop behind a heading that is run in without one."""
    head, text_after = line.text[: line.lead].rstrip(), line.text[line.lead :].lstrip()
    titled = len(head.split()) > 1 and head[-1].isalnum()
    if text != line.text or not titled or not text_after[:1].isupper() or text_after[1:2].isupper():
        return text
    return f"{head}. {text_after}"


def _made(group: Sequence[SectionLine], kind: ParagraphKind, words: Mapping[str, int]) -> PaperParagraph:
    page = group[0].spot.line.page
    text, breaks, last = "", [], page
    for _, spot, more in group:
        if not text:
            text = _with_stop(spot.line, more)
            continue
        longer = joined(text, more, words)
        if spot.line.page != last:
            last = spot.line.page
            breaks.append((len(longer) - len(more), last))
        text = longer
    column = group[0].spot.column
    lines = [spot.line for _, spot, _ in group if spot.line.page == page and spot.column == column]
    return PaperParagraph(text, page, kind, _box(lines), tuple(breaks))
