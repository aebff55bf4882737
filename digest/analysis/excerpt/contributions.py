"""The list in which a paper names its own contributions, as most introductions have one.

Our contributions are as follows:  • …  • …            items of a list
Our contributions are twofold. First, … Second, …      sentences of a paragraph
Our contributions are: (1) …; (2) …; and (3) …         one sentence, taken whole
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.analysis.excerpt.candidate_sentences import (
    ITEM_MARK,
    CandidateSentence,
    is_never_shown,
    is_prose,
    page_at,
    quality_of,
    without_mark,
)
from digest.analysis.excerpt.section_roles import SectionRole, section_roles
from digest.models.paper_text import PaperParagraph, PaperText, ParagraphKind
from digest.text.phrases import is_instruction
from digest.text.sentences import is_chinese, sentences

_ANNOUNCED = re.compile(
    r"\b(?:our|main|key|following|primary|major|(?:this|the) (?:paper|work|article|study)[’']?s?) "
    r"(?:\w+ )?contributions?\b"
    r"(?! (?:to|from|of) (?:the|a|an)\b(?! (?:present |current )?(?:paper|work|article|study|literature|field)\b))"
    r"|\bcontributions? of (?:this|our|the present)\b|\b(?:paper|work|article|study|we) contributes?:"
    r"|\b(?:nos|principales) contributions\b|\bcontributions (?:principales|de cet)"
    r"|\bBeiträge (?:dieser|der vorliegenden)\b|\b(?:nuestras|principales) (?:contribuciones|aportaciones)\b"
    r"|\b(?:основны[ею] результат|вклад (?:данной|этой|настоящей))"
    r"|\bwe (?:make|highlight|summari[sz]e|present|offer)\b.{0,60}following|贡献|创新点",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?:First|Second|Third|Fourth|Fifth|Finally|Last)(?:ly)?,?\s")
_ENUMERATED = re.compile(r"\((?:\d|[ivx]{1,4}|[a-h])\)\s")
_LABEL = re.compile(r"(?:[A-Z][\w’'/-]*(?:\s[\w’'/&-]+){0,7})[.:]\s+(?=[A-Z])")
_ITEM_END = re.compile(r"[.!?。！？；;][\"'”’)\]]*$")
_FEWEST, _MOST = 2, 6
_MIN_WORDS, _MAX_WORDS, _MAX_ENUMERATED = 5, 60, 140


def contributions(text: PaperText) -> list[CandidateSentence]:
    """The paper's own list of contributions, an item each, in its order; empty where it has none.

    An item of a list gives its first sentence that says something; its mark (•, 1.) and a label before it are left out.
    """
    for index, (section, role) in enumerate(zip(text.sections, section_roles(text), strict=True)):
        if role not in (SectionRole.INTRODUCTION, SectionRole.OTHER, SectionRole.METHOD):
            continue
        for position, paragraph in enumerate(section.paragraphs):
            items = list(_announced(section.paragraphs, position, paragraph, index, role))
            if items:
                return items[:_MOST]
    return []


def _announced(
    paragraphs: Sequence[PaperParagraph], position: int, paragraph: PaperParagraph, section: int, role: SectionRole
) -> Iterator[CandidateSentence]:
    """The contributions that a paragraph announces, in it or behind it."""
    parts = sentences(paragraph.text)
    at = next((i for i, (a, b) in enumerate(parts) if _ANNOUNCED.search(paragraph.text[a:b])), None)
    if at is None or paragraph.kind is not ParagraphKind.PROSE:
        return
    start, end = parts[at]
    if len(_ENUMERATED.findall(paragraph.text[start:end])) >= _FEWEST:
        yield from _candidate(paragraph, start, end, section, role, position, _MAX_ENUMERATED)
        return
    ordinal_items = [
        c
        for a, b in parts[at + 1 :]
        if _ORDINAL.match(paragraph.text, a)
        for c in _candidate(paragraph, a, b, section, role, position)
    ]
    listed = [c for p in _list_behind(paragraphs, position) for c in _item(p, section, role, position)]
    for items in (listed if at >= len(parts) - 2 else [], ordinal_items):
        if len(items) >= _FEWEST:
            yield from items
            return


def _list_behind(paragraphs: Sequence[PaperParagraph], position: int) -> Iterator[PaperParagraph]:
    """The items that follow a paragraph, up to the first that is none."""
    for paragraph in paragraphs[position + 1 :]:
        if (
            paragraph.kind is ParagraphKind.LIST_ITEM
            or ITEM_MARK.match(paragraph.text)
            or _ORDINAL.match(paragraph.text)
        ):
            yield paragraph
        elif paragraph.kind is not ParagraphKind.EQUATION:
            return


def _item(paragraph: PaperParagraph, section: int, role: SectionRole, order: int) -> Iterator[CandidateSentence]:
    mark = ITEM_MARK.match(paragraph.text)
    begin = mark.end() if mark else 0
    label = _LABEL.match(paragraph.text, begin)
    for start, end in sentences(paragraph.text[begin:]):
        start, end = begin + start, begin + end
        if label and start < label.end() <= end - 20:
            start = label.end()
        items = list(_candidate(paragraph, start, end, section, role, order))
        if items:
            yield items[0]
            return


def _candidate(
    paragraph: PaperParagraph, start: int, end: int, section: int, role: SectionRole, order: int, most: int = _MAX_WORDS
) -> Iterator[CandidateSentence]:
    sentence = without_mark(" ".join(paragraph.text[start:end].split()))
    length = len(sentence) // 2 if is_chinese(sentence) else len(sentence.split())
    if not _MIN_WORDS <= length <= most or not _ITEM_END.search(sentence):
        return
    if is_prose(sentence) and not is_instruction(sentence) and not is_never_shown(sentence):
        yield CandidateSentence(
            sentence, page_at(paragraph, start), section, role, order, 0.0, quality_of(sentence) or 0.0
        )
