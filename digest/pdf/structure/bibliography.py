"""A bibliography without a heading, as REVTeX prints it: entries numbered from 1, one close upon the other."""

from __future__ import annotations

import re
from collections.abc import Collection

from digest.pdf.extract.layout import PageLayout

_LABEL = re.compile(r"\[(\d{1,3})\]\s*\S|(\d{1,3})[.)]?\s*(?=[A-Z])")
_LEAST = 4  # entries in a row
_REACH = 14  # lines between two entries at most


def headless_bibliography(layout: PageLayout, taken: Collection[int]) -> int | None:
    """The first line of a bibliography that no heading announces, or None."""
    expected, start, last, count = 1, None, 0, 0
    best: tuple[int, int] | None = None
    for index, spot in enumerate(layout.spots):
        match = _LABEL.match(spot.line.text)
        if match is None or (match[1] is None and not spot.line.marker) or index in taken:
            continue
        number = int(match[1] or match[2])
        if number == expected and (expected == 1 or index - last <= _REACH):
            start = index if expected == 1 else start
            expected, last, count = number + 1, index, count + 1
        elif number == 1:
            start, expected, last, count = index, 2, index, 1
        elif index - last > _REACH:
            expected, start, count = 1, None, 0
        if start is not None and count >= _LEAST and (best is None or count > best[1]):
            best = (start, count)
    return best[0] if best and best[0] > 0.3 * len(layout.spots) else None
