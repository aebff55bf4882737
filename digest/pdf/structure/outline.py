"""The PDF's outline: names and hints. An entry counts only where its name is printed on the page that it names.

Outlines lie (measured): appendices point to page 1, sections are missing, mathematics is left out of names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from digest.pdf.extract.layout import PageLayout
from digest.pdf.extract.page_elements import OutlineEntry
from digest.pdf.structure.heading_candidates import HeadingCandidate, outlined_candidate
from digest.pdf.structure.numbering import numbers, plain

_MOST_ENTRIES = 400  # that are looked for among plain lines


def anchored(outline: Sequence[OutlineEntry], candidates: Sequence[HeadingCandidate]) -> dict[int, int]:
    """The outline's level of each candidate (by its first line) that an entry names."""
    by_page: dict[int, list[HeadingCandidate]] = {}
    for c in candidates:
        by_page.setdefault(c.page, []).append(c)
    names: dict[int, int] = {}
    for entry in outline:
        title_key = _key(entry.title)
        if len(title_key) < 3:
            continue
        for c in by_page.get(entry.page, ()):
            if c.first not in names and _same(title_key, _key(c.title)):
                names[c.first] = entry.level
                break
    return names


def with_outlined(
    layout: PageLayout, outline: Sequence[OutlineEntry], candidates: Sequence[HeadingCandidate], taken: Collection[int]
) -> list[HeadingCandidate]:
    """The candidates, with one for each entry whose words stand alone on its page in the text's own letters."""
    used = {i for c in candidates if not c.cut for i in range(c.first, c.last + 1)} | {*taken}
    matched = {(c.page, _key(c.title)) for c in candidates}
    on_page: dict[int, list[int]] = {}
    for i, spot in enumerate(layout.spots):
        on_page.setdefault(spot.line.page, []).append(i)
    more: list[HeadingCandidate] = []
    for entry in outline[:_MOST_ENTRIES]:
        title_key = _key(entry.title)
        if len(title_key) < 4 or (entry.page, title_key) in matched:
            continue
        lines = _standing_alone(layout, title_key, on_page.get(entry.page, ()), used)
        if lines is not None:
            more.append(outlined_candidate(layout, *lines))
            used.update(range(lines[0], lines[1] + 1))
    return sorted((*candidates, *more), key=lambda c: c.first) if more else list(candidates)


def _standing_alone(
    layout: PageLayout, title: str, indices: Sequence[int], used: Collection[int]
) -> tuple[int, int] | None:
    """The first and the last of one to three lines that say exactly what an entry says."""
    for at, first in enumerate(indices):
        text = ""
        for last in indices[at : at + 3]:
            if last in used:
                break
            text = f"{text} {layout.spots[last].line.text}"
            if len(text) > 200:
                break
            if _key(text.strip()) == title:
                return first, last
    return None


def _key(title: str) -> str:
    """A title's letters alone, without its number."""
    readings = numbers(title)
    text = readings[0][1] if readings and readings[0][1] else title
    return re.sub(r"[\W\d_]+", "", plain(text))


def _same(title: str, printed: str) -> bool:
    """Equal, or one is the other with a formula left out."""
    if title == printed:
        return True
    shorter, longer = sorted((title, printed), key=len)
    return (
        len(shorter) >= 8
        and len(shorter) >= 0.7 * len(longer)
        and (longer.startswith(shorter) or longer.endswith(shorter))
    )
