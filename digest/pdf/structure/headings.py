"""Which candidates are the headings, and their levels.

outline names found in print | top level's numbering | its look | unnumbered ones of that look | appendices | below
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from digest.models.paper_text import SectionKind
from digest.pdf.extract.layout import PageLayout
from digest.pdf.extract.page_elements import OutlineEntry
from digest.pdf.structure.heading_candidates import HeadingCandidate, HeadingStyle, heading_candidates
from digest.pdf.structure.numbering import is_known, numbers, plain, section_kind
from digest.pdf.structure.outline import anchored, with_outlined
from digest.pdf.structure.top_level import NumberedHeading, best_chain, chain_score, top_chain, top_looks

_NOTE_MARK = re.compile(r"(?<=[^\W\d_]{3})(?:[⁰¹²³⁴-⁹]{1,2}|[*∗†‡])$")
_LOWERED_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_ALWAYS_TOP = (SectionKind.REFERENCES, SectionKind.ACKNOWLEDGEMENTS, SectionKind.ABSTRACT)


class DetectedHeading(NamedTuple):
    """A heading on lines `first` to `last`; where it is run in, text begins at offset `cut` of the last."""

    first: int
    last: int
    cut: int
    number: str | None
    title: str
    page: int
    level: int
    kind: SectionKind


@dataclass(slots=True)
class HeadingSelection:
    """The headings chosen so far, by their first lines, and what the choice goes by."""

    found: Sequence[HeadingCandidate]
    names: dict[int, int]  # the outline's levels of candidates
    top: Sequence[NumberedHeading]
    looks: Sequence[HeadingStyle]
    chosen: dict[int, DetectedHeading] = field(default_factory=dict)

    def add(
        self, c: HeadingCandidate, level: int, number: str | None, title: str, kind: SectionKind | None = None
    ) -> None:
        title = _without_marks(title.strip(" .:—–-") or title)
        kind = kind or section_kind(title)
        self.chosen[c.first] = DetectedHeading(c.first, c.last, c.cut, number, title, c.page, level, kind)

    @property
    def form(self) -> str:
        """The form of the top level's numbers; empty where it has none."""
        return self.top[0].number.form if self.top else ""

    def is_top(self, c: HeadingCandidate) -> bool:
        return any(look.same(c.look) for look in self.looks)

    def fits_top(self, c: HeadingCandidate) -> bool:
        return any(look.fits(c.look) for look in self.looks) or self.names.get(c.first) == 1


def headings(layout: PageLayout, outline: Sequence[OutlineEntry], taken: Collection[int]) -> list[DetectedHeading]:
    """The headings in reading order. `taken`: lines that are something else."""
    candidates = with_outlined(layout, outline, heading_candidates(layout, taken), taken)
    names = anchored(outline, candidates)
    top = top_chain(candidates, names)
    names = _levelled(names, top)
    choice = HeadingSelection(candidates, names, top, top_looks(candidates, top, names))
    for item in top:
        choice.add(item.candidate, 1, item.number.text, item.title)
    _add_appendices(choice)
    _add_numbered_below(choice)
    _add_unnumbered(choice)
    _add_unnumbered_below(choice)
    _add_outlined(choice)
    return [choice.chosen[i] for i in sorted(choice.chosen)]


def _levelled(names: dict[int, int], top: Sequence[NumberedHeading]) -> dict[int, int]:
    """The outline's levels, counted from that of the numbered sections: some outlines have the title as their root."""
    levels = [names[item.candidate.first] for item in top if item.candidate.first in names]
    shift = min(levels, default=1) - 1
    return {first: max(1, level - shift) for first, level in names.items()}


def _without_marks(title: str) -> str:
    """A title without the mark of its footnote, and with lowered digits as names have them: SrTiO3."""
    return _NOTE_MARK.sub("", title).translate(_LOWERED_DIGITS)


# --- the top level --------------------------------------------------------------------------------------------------


def _opening(choice: HeadingSelection) -> int:
    """The line at which the paper's text begins: its abstract, or its first section."""
    starts = [
        c.first
        for c in choice.found
        if section_kind(c.title) is SectionKind.ABSTRACT
        or (choice.top and c.first == choice.top[0].candidate.first)
        or (plain(c.title) == "introduction" and choice.fits_top(c))
    ]
    return min(starts, default=0)


def _add_unnumbered(choice: HeadingSelection) -> None:
    """Headings without a number: in the top level's look, or with a name that is always at the top."""
    opening = _opening(choice)
    for c in choice.found:
        if c.first in choice.chosen or c.first < opening:
            continue
        kind = section_kind(c.title)
        if c.cut:
            if kind in (SectionKind.ACKNOWLEDGEMENTS, SectionKind.ABSTRACT):
                choice.add(c, 2 if c.closed and kind is SectionKind.ACKNOWLEDGEMENTS else 1, None, c.title)
        elif kind in _ALWAYS_TOP and c.weight >= 2:
            choice.add(c, 1, None, c.title)
        elif c.outlined and choice.names.get(c.first, 1) > 1:
            continue  # below the top, though it looks alike
        elif choice.is_top(c) and c.weight > 0 and (not c.readings or not choice.top):
            number, title = (c.readings[0][0].text, c.readings[0][1]) if c.readings else (None, c.title)
            choice.add(c, 1, number, title)
        elif not c.readings and choice.names.get(c.first) == 1 and is_known(c.title):
            choice.add(c, 1, None, c.title)


# --- appendices -----------------------------------------------------------------------------------------------------


def _add_appendices(choice: HeadingSelection) -> None:
    """Lettered sections behind the last numbered one, those that say that they are an appendix, and numbers that begin
    anew behind the references."""
    references = [c.first for c in choice.found if section_kind(c.title) is SectionKind.REFERENCES and not c.cut]
    start = choice.top[-1].candidate.first if choice.top else max(references, default=10**9)
    is_roman = choice.form == "roman"  # then letters number the second level
    lettered: list[NumberedHeading] = []
    again: list[NumberedHeading] = []
    for c in choice.found:
        if c.first in choice.chosen or c.cut or c.first < start or chain_score(c, choice.names) < 1.5:
            continue
        alike = choice.fits_top(c)
        for number, title in c.readings:
            if number.depth != 1:
                continue
            if number.form == "appendix" and (alike or c.weight >= 2):
                choice.add(c, 1, number.text, title or number.text, SectionKind.APPENDIX)
                break
            if number.form in ("letter", "supplement") and (choice.is_top(c) if is_roman else alike):
                lettered.append(NumberedHeading(c, number, title))
            elif number.form == choice.form and choice.is_top(c) and c.first > min(references, default=10**9):
                again.append(NumberedHeading(c, number, title))
    for numbered in (lettered, again):
        chain, _ = best_chain(numbered, choice.names)
        if chain and chain[0].number.values[0] == 1:
            for item in chain:
                choice.add(item.candidate, 1, item.number.text, item.title, SectionKind.APPENDIX)


# --- lower levels ---------------------------------------------------------------------------------------------------


def _add_numbered_below(choice: HeadingSelection) -> None:
    """Numbered headings under the top one that they stand in: 3.1 in 3, A in II, each one more than the last."""
    path: list[int] = []  # the numbers of the headings that the next one stands in
    above: DetectedHeading | None = None
    for c in choice.found:
        if c.first in choice.chosen:
            above = choice.chosen[c.first]
            path = [_value(above)]
            continue
        if above is None or above.number is None or (c.weight < 1 and c.first not in choice.names):
            continue
        for number, title in c.readings:
            steps = _steps(above, path, number.form, number.values)
            if steps and not (title[:1].islower() and c.first not in choice.names):
                choice.add(c, len(steps), number.text, title)
                path = steps
                break


def _value(heading: DetectedHeading) -> int:
    readings = numbers(f"{heading.number} Title")
    return readings[0][0].values[0] if readings else 0


def _steps(above: DetectedHeading, path: Sequence[int], form: str, values: Sequence[int]) -> list[int]:
    """The path to a heading with these numbers, or nothing where it doesn't follow the last one."""
    if len(values) == 1:  # a form of its own for each level: I, A, 1
        level = {"letter": 2, "arabic": 3 if above.kind is not SectionKind.APPENDIX else 2}.get(form, 0)
        is_roman = not (above.number or "").isdigit() and above.kind is not SectionKind.APPENDIX
        if not level or not (is_roman or above.kind is SectionKind.APPENDIX) or len(path) < level - 1:
            return []
        steps = [*path[: level - 1], values[0]]
    else:
        if values[0] != path[0]:
            return []
        steps = list(values)
    last = path[len(steps) - 1] if len(path) >= len(steps) else 0
    within = list(path[: len(steps) - 1]) == steps[:-1]
    if within:
        return steps if 1 <= steps[-1] - last <= 2 else []
    return steps if steps[-1] == 1 and steps[: len(steps) - 1][:1] == path[:1] and len(values) > 1 else []


def _add_unnumbered_below(choice: HeadingSelection) -> None:
    """Headings without a number below the top: they look as numbered ones do, or the outline names them, or their
    look is common."""
    top = [h for h in choice.chosen.values() if h.level == 1]
    if not top:
        return
    opening = min(h.first for h in top)
    levels = [(c.look, choice.chosen[c.first].level) for c in choice.found if c.first in choice.chosen and not c.cut]
    sub_levels = [(look, level) for look, level in levels if level > 1]
    looks = [] if sub_levels or choice.top else _lower_looks(choice, opening)
    for c in choice.found:
        if c.first in choice.chosen or c.first < opening or c.cut or c.readings or c.weight < 2 or c.parts > 2:
            continue
        level = next((lv for look, lv in sub_levels if look.same(c.look)), 0)
        level = level or next((n + 2 for n, look in enumerate(looks) if look.same(c.look)), 0)
        named = choice.names.get(c.first, 0)
        if level or named > 1:
            choice.add(c, level or min(named, 4), None, c.title)


def _add_outlined(choice: HeadingSelection) -> None:
    """What only the outline says is a heading, at the outline's level."""
    for c in choice.found:
        if c.outlined and c.first not in choice.chosen and c.first in choice.names:
            number, title = (c.readings[0][0].text, c.readings[0][1]) if c.readings else (None, c.title)
            choice.add(c, min(choice.names[c.first], 4), number, title or c.title)


def _lower_looks(choice: HeadingSelection, opening: int) -> list[HeadingStyle]:
    """The looks, largest first, that two or more clear headings of an unnumbered paper share below the top."""
    counts: list[tuple[HeadingStyle, int]] = []
    largest = max((look.style.size for look in choice.looks), default=99.0)
    for c in choice.found:
        if c.first in choice.chosen or c.first < opening or c.cut or c.readings or choice.is_top(c):
            continue
        if c.weight < 2.5 or c.parts > 2:
            continue
        if c.look.style.size > largest + 0.4 or not c.clear:
            continue
        at = next((n for n, (look, _) in enumerate(counts) if look.same(c.look)), None)
        if at is None:
            counts.append((c.look, 1))
        else:
            counts[at] = (counts[at][0], counts[at][1] + 1)
    common = [look for look, count in counts if count >= 2]
    return sorted(common, key=lambda look: (-look.style.size, not look.style.bold))[:2]
