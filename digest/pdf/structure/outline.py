"""The PDF's outline: names and hints. An entry counts only where its name is printed on the page that it names.

Outlines lie (measured): appendices point to page 1, sections are missing, mathematics is left out of names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.pdf.extract.page_elements import OutlineEntry
from digest.pdf.structure.heading_candidates import HeadingCandidate
from digest.pdf.structure.numbering import numbers, plain


def anchored(outline: Sequence[OutlineEntry], found: Sequence[HeadingCandidate]) -> dict[int, int]:
    """The outline's level of each candidate (by its first line) that an entry names."""
    by_page: dict[int, list[HeadingCandidate]] = {}
    for c in found:
        by_page.setdefault(c.page, []).append(c)
    names: dict[int, int] = {}
    for entry in outline:
        wanted = _key(entry.title)
        if len(wanted) < 3:
            continue
        for c in by_page.get(entry.page, ()):
            if c.first not in names and _same(wanted, _key(c.title)):
                names[c.first] = entry.level
                break
    return names


def _key(title: str) -> str:
    """A title's letters alone, without its number."""
    readings = numbers(title)
    text = readings[0][1] if readings and readings[0][1] else title
    return re.sub(r"[\W\d_]+", "", plain(text))


def _same(wanted: str, printed: str) -> bool:
    """Equal, or one is the other with a formula left out."""
    if wanted == printed:
        return True
    shorter, longer = sorted((wanted, printed), key=len)
    return (
        len(shorter) >= 8
        and len(shorter) >= 0.7 * len(longer)
        and (longer.startswith(shorter) or longer.endswith(shorter))
    )
