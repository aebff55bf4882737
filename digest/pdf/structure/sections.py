"""Headings and lines -> the sections of a paper: where each begins, what kind it is, and its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from digest.models.paper_text import Section, SectionKind
from digest.pdf.extract.layout import PageLayout
from digest.pdf.structure.floats import Float
from digest.pdf.structure.front_matter import AbstractSpan
from digest.pdf.structure.headings import DetectedHeading
from digest.pdf.structure.paragraphs import SectionLine, build_paragraphs, references, table


class SectionStart(NamedTuple):
    """Where a section begins: at line `line`, offset `cut`. Lines up to `last` are the heading's own."""

    line: int
    last: int
    cut: int
    title: str
    number: str | None
    page: int
    level: int
    kind: SectionKind


def openings(
    layout: PageLayout, headings: Sequence[DetectedHeading], abstract: AbstractSpan | None, bibliography: int | None
) -> list[SectionStart]:
    """Every beginning of a section in reading order, headless ones included; a first one for what comes before."""
    starts = [SectionStart(h.first, h.last, h.cut, h.title, h.number, h.page, h.level, h.kind) for h in headings]
    if abstract is not None:
        page = layout.spots[abstract.first].line.page
        kind = SectionKind.ABSTRACT
        starts.append(SectionStart(abstract.first, -1, abstract.cut, abstract.title, None, page, 1, kind))
        after = abstract.last + 1
        if after < len(layout.spots) and not any(o.line == after for o in starts):
            starts.append(SectionStart(after, -1, 0, "", None, layout.spots[after].line.page, 1, SectionKind.BODY))
    if bibliography is not None:
        page = layout.spots[bibliography].line.page
        starts.append(SectionStart(bibliography, -1, 0, "", None, page, 1, SectionKind.REFERENCES))
    starts.sort(key=lambda o: o.line)
    if not starts or starts[0].line > 0:
        starts.insert(0, SectionStart(0, -1, 0, "", None, 1, 1, SectionKind.BODY))
    return _with_kinds(starts)


def with_body(
    layout: PageLayout, starts: Sequence[SectionStart], terms: Sequence[int], summary: Sequence[int]
) -> list[SectionStart]:
    """The openings, with one of the body where text goes on behind the keywords (`terms`) of a headed abstract."""
    behind = [i for i in summary if i > terms[-1]] if terms else []
    if not behind:
        return list(starts)
    body = SectionStart(behind[0], -1, 0, "", None, layout.spots[behind[0]].line.page, 1, SectionKind.BODY)
    return sorted((*starts, body), key=lambda opening: opening.line)


def _with_kinds(starts: Sequence[SectionStart]) -> list[SectionStart]:
    """A subsection has its section's kind; behind an appendix's heading all is appendix, up to the references."""
    out: list[SectionStart] = []
    above: SectionKind = SectionKind.BODY
    appendix = False
    for opening in starts:
        kind = opening.kind
        if opening.level > 1:
            kind = kind if kind is SectionKind.ACKNOWLEDGEMENTS else above
        elif kind is SectionKind.APPENDIX:
            appendix = True
        elif kind is SectionKind.BODY and appendix and opening.title:
            kind = SectionKind.APPENDIX
        if opening.level == 1:
            above = kind
        out.append(opening._replace(kind=kind))
    return out


def fill_sections(
    layout: PageLayout,
    starts: Sequence[SectionStart],
    tables: Sequence[Float],
    taken: Collection[int],
    words: Mapping[str, int],
) -> list[Section]:
    """The sections with their paragraphs and tables; an unheaded one that has no text is left out."""
    sections: list[Section] = []
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        end = after.line if after else len(layout.spots)
        parts = _parts(layout, start, end, taken)
        is_list = start.kind is SectionKind.REFERENCES
        paragraphs = references(parts, words) if is_list else build_paragraphs(layout, parts, words)
        paragraphs += [(t.at, table(layout, t.content)) for t in tables if start.line <= t.at < end and t.content]
        paragraphs.sort(key=lambda placed: placed[0])
        if start.title or paragraphs:
            paragraphs_ = tuple(paragraph for _, paragraph in paragraphs)
            sections.append(Section(start.title, start.page, start.number, start.level, start.kind, paragraphs_))
    return sections


def _parts(layout: PageLayout, start: SectionStart, end: int, taken: Collection[int]) -> list[SectionLine]:
    parts: list[SectionLine] = []
    for i in range(start.line, end):
        spot = layout.spots[i]
        if i in taken or (i <= start.last and not (i == start.last and start.cut)):
            continue
        text = (
            spot.line.text[start.cut :].lstrip() if start.cut and i == max(start.last, start.line) else spot.line.text
        )
        if text:
            parts.append(SectionLine(i, spot, text))
    return parts


_THANKS = re.compile(
    r"(?:finally,? )?(?:we|i|the authors?|both authors|[A-Z]\. ?[A-Z]\.)\s(?:\w+\s){0,4}?(?:thank|acknowledge|"
    r"(?:am|are|is) (?:\w+ )?(?:grateful|indebted|thankful)|(?:is|are|was|were) (?:\w+ )?(?:supported|funded) by)\b|"
    r"it is (?:a|our) pleasure to thank\b|(?:special )?thanks (?:to|go to|are due)\b|"
    r"this (?:work|research|study|project|material|paper) (?:was|is|has been) (?:\w+ ){0,3}?"
    r"(?:supported|funded|financed|based upon work supported)\b|"
    r"nous remercions\b|je remercie\b|wir danken\b|ich danke\b|agradecemos\b|感谢|作者感谢",
    re.IGNORECASE,
)


def with_thanks(sections: Sequence[Section]) -> list[Section]:
    """The sections, with thanks printed at the end of the body without a heading in a section of their own."""
    out: list[Section] = []
    for i, section in enumerate(sections):
        after = sections[i + 1] if i + 1 < len(sections) else None
        closing = section.kind is SectionKind.BODY and (after is None or after.kind is not SectionKind.BODY)
        paragraphs_ = list(section.paragraphs)
        first = len(paragraphs_)
        while closing and first > 1 and _THANKS.match(paragraphs_[first - 1].text):
            first -= 1
        if first == len(paragraphs_):
            out.append(section)
            continue
        thanks = tuple(paragraphs_[first:])
        out.append(replace(section, paragraphs=tuple(paragraphs_[:first])))
        out.append(Section("", thanks[0].page, None, 1, SectionKind.ACKNOWLEDGEMENTS, thanks))
    return out
