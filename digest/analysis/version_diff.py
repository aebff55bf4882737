"""What changed between two versions of a paper: sections added, removed, rewritten, and numbers, each with quotations.

    sections of both  --by title, then by content-->  pairs  --sentence by sentence-->  changes

Sentences compare without spaces, hyphens, citations and pointers, so that another line break or a section that moved
down by one is no change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from digest.analysis.verification.references import without_pointers
from digest.models.digest import VersionChange
from digest.models.paper_text import PaperText, ParagraphKind, Section, SectionKind
from digest.text.sentences import sentences
from digest.text.tokens import is_number, tokenise

ADDED, REMOVED, REWRITTEN, NUMBER = "section added", "section removed", "section rewritten", "number changed"
_COMPARED = (SectionKind.ABSTRACT, SectionKind.BODY, SectionKind.APPENDIX)
_SAME_TITLE, _SAME_CONTENT = 85.0, 75.0
_SAME_SENTENCE = 70.0  # from here on one sentence is another, changed
_REWRITTEN = 0.3  # of a section's letters that are new or gone
_FEW = 80  # letters: less than that is no rewriting
_NUMBERS_A_SECTION = 5
_QUOTED = 300  # letters of a quotation at most; a longer sentence is no good one


@dataclass(frozen=True, slots=True)
class _VersionSentence:
    text: str
    page: int
    key: str  # its words in one, numbers as #
    numbers: tuple[str, ...]

    @property
    def whole(self) -> tuple[str, tuple[str, ...]]:
        return self.key, self.numbers


@dataclass(frozen=True, slots=True)
class _Part:
    label: str
    title: str
    page: int
    sentences: tuple[_VersionSentence, ...]

    @property
    def content(self) -> str:
        return " ".join(s.key for s in self.sentences)[:4000]


def version_changes(old: PaperText, new: PaperText) -> tuple[VersionChange, ...]:
    """The differences that a reader of the old version should know, in the new version's order, removals last. Pure."""
    before, after = list(_parts(old)), list(_parts(new))
    pairs = _paired(before, after)
    old_sentences = {s.whole for part in before for s in part.sentences}
    new_sentences = {s.whole for part in after for s in part.sentences}
    changes: list[VersionChange] = []
    for index, part in enumerate(after):
        earlier = before[pairs[index]] if index in pairs else None
        if earlier:
            changes.extend(_differences(earlier, part, old_sentences, new_sentences))
        elif any(s.whole not in old_sentences for s in part.sentences):
            changes.append(VersionChange(ADDED, part.label, new=_first(part), new_page=part.page))
    for index, part in enumerate(before):
        if index not in pairs.values() and any(s.whole not in new_sentences for s in part.sentences):
            changes.append(VersionChange(REMOVED, part.label, old=_first(part), old_page=part.page))
    return tuple(changes)


def _parts(text: PaperText) -> Iterator[_Part]:
    for section in text.sections:
        part_sentences = tuple(_sentences(section))
        if section.kind in _COMPARED and part_sentences:
            yield _Part(section.label, _letters(section.title), section.page, part_sentences)
    for caption in text.captions:
        sentence = _sentence(caption.text, caption.page)
        if sentence:
            label = f"{caption.kind.capitalize()} {caption.number}"
            yield _Part(label, f"caption{sentence.key}", caption.page, (sentence,))


def _sentences(section: Section) -> Iterator[_VersionSentence]:
    for paragraph in section.paragraphs:
        if paragraph.kind not in (ParagraphKind.PROSE, ParagraphKind.LIST_ITEM):
            continue
        for start, end in sentences(paragraph.text):
            page = max([paragraph.page, *(page for offset, page in paragraph.breaks if offset <= start)])
            sentence = _sentence(paragraph.text[start:end], page)
            if sentence:
                yield sentence


def _sentence(text: str, page: int) -> _VersionSentence | None:
    tokens = tokenise(without_pointers(text))
    needed = [norm for norm, free in zip(tokens.norms, tokens.optional, strict=True) if not free]
    key = "".join("#" if is_number(norm) else norm for norm in needed)
    numbers = tuple(norm for norm in needed if is_number(norm))
    return _VersionSentence(" ".join(text.split()), page, key, numbers) if len(re.sub(r"\W", "", key)) > 3 else None


def _letters(text: str) -> str:
    return "".join(tokenise(text).norms)


def _paired(before: Sequence[_Part], after: Sequence[_Part]) -> dict[int, int]:
    """Which part of the old version each part of the new one was: the same title, a like title, like content."""
    pairs: dict[int, int] = {}
    free = set(range(len(before)))
    for judge, least in ((_title_likeness, 100.0), (_title_likeness, _SAME_TITLE), (_content_likeness, _SAME_CONTENT)):
        for index, part in enumerate(after):
            if index in pairs or not free:
                continue
            best = max(sorted(free), key=lambda i: judge(before[i], part))
            if judge(before[best], part) >= least:
                pairs[index] = best
                free.discard(best)
    return pairs


def _title_likeness(first: _Part, second: _Part) -> float:
    return fuzz.ratio(first.title, second.title) if first.title and second.title else 0.0


def _content_likeness(first: _Part, second: _Part) -> float:
    return fuzz.ratio(first.content, second.content, score_cutoff=_SAME_CONTENT)


def _differences(
    before: _Part,
    after: _Part,
    old_sentences: set[tuple[str, tuple[str, ...]]],
    new_sentences: set[tuple[str, tuple[str, ...]]],
) -> Iterator[VersionChange]:
    gone = [s for s in before.sentences if s.whole not in new_sentences]
    come = [s for s in after.sentences if s.whole not in old_sentences]
    renumbered = list(_renumbered(gone, come))
    for old, new in renumbered[:_NUMBERS_A_SECTION]:
        yield VersionChange(NUMBER, after.label, old.text, new.text, old.page, new.page)
    gone = [s for s in gone if all(s is not old for old, _ in renumbered)]
    come = [s for s in come if all(s is not new for _, new in renumbered)]
    changed = max(_size(gone) / max(1, _size(before.sentences)), _size(come) / max(1, _size(after.sentences)))
    if changed >= _REWRITTEN and max(_size(gone), _size(come)) >= _FEW:
        old_sentence, new_sentence = _most_telling(gone, come)
        yield VersionChange(
            REWRITTEN,
            after.label,
            old_sentence.text if old_sentence else "",
            new_sentence.text if new_sentence else "",
            old_sentence.page if old_sentence else None,
            new_sentence.page if new_sentence else None,
        )


def _renumbered(
    gone: Sequence[_VersionSentence], come: Sequence[_VersionSentence]
) -> Iterator[tuple[_VersionSentence, _VersionSentence]]:
    """Sentences that say the same with other numbers: their words alike, some of their numbers not."""
    unmatched = list(gone)
    for new in come:
        if not new.numbers or not unmatched:
            continue
        old = max(unmatched, key=lambda s: fuzz.ratio(s.key, new.key))
        same_count = len(old.numbers) == len(new.numbers)
        if fuzz.ratio(old.key, new.key) >= (90 if same_count else 95) and old.numbers and old.numbers != new.numbers:
            unmatched.remove(old)
            yield old, new


def _most_telling(
    gone: Sequence[_VersionSentence], come: Sequence[_VersionSentence]
) -> tuple[_VersionSentence | None, _VersionSentence | None]:
    """A pair of sentences that shows what became of the section: one that was changed, else the longest of each."""
    likest = max(
        ((fuzz.ratio(old.key, new.key), old, new) for old in gone for new in come),
        key=lambda t: t[0],
        default=None,
    )
    if likest and likest[0] >= _SAME_SENTENCE:
        return likest[1], likest[2]
    return _longest(gone), _longest(come)


def _longest(candidates: Sequence[_VersionSentence]) -> _VersionSentence | None:
    fit = [s for s in candidates if len(s.text) <= _QUOTED] or list(candidates)
    return max(fit, key=lambda s: len(s.key), default=None)


def _size(part_sentences: Sequence[_VersionSentence]) -> int:
    return sum(len(s.key) for s in part_sentences)


def _first(part: _Part) -> str:
    return part.sentences[0].text if part.sentences else ""
