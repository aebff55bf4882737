"""Which pages of a PDF are read that has more than the limit: its beginning, and the ends that matter.

Of a long thesis the results and the conclusion are read whatever its length: the outline says where they are, and
without one they are among the last pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

from digest.pdf.extract.page_elements import OutlineEntry

_CLOSING = re.compile(
    r"conclu|summary|limitation|future work|outlook|discussion|zusammenfassung|fazit|ausblick|schluss|diskussion|"
    r"perspectives|limites|limitaciones|discusi|заключение|выводы|обсуждение|结论|总结|展望|讨论|局限",
    re.IGNORECASE,
)
_RESULTS = re.compile(
    r"result|experiment|evaluation|findings|ergebnis|auswertung|r[ée]sultat|exp[ée]rien|evaluaci|результат|эксперимент|"
    r"结果|实验|评估",
    re.IGNORECASE,
)
_SHARE = 0.4  # of the limit that pages behind the beginning may take
_MOST = 15  # pages of one chapter that is read for its name


def chosen_pages(pages: int, limit: int, outline: Callable[[], Sequence[OutlineEntry]]) -> list[int]:
    """The indices of at most `limit` pages, in order. `outline` is asked only where not all are read."""
    if pages <= limit:
        return list(range(pages))
    room = int(_SHARE * limit)
    named = _named(outline(), pages)
    behind = [index for index in named if index >= limit - room][:room]
    if len(behind) < room and not named:
        behind = list(range(pages - room, pages))
    head = [index for index in range(pages) if index not in set(behind)][: limit - len(behind)]
    return sorted({*head, *behind})


def _named(outline: Sequence[OutlineEntry], pages: int) -> list[int]:
    """The indices of the pages of closing chapters first, then of those with results."""
    entries = [entry for entry in outline if entry.level <= 2 and 1 <= entry.page <= pages]
    spans = [(entry, max(entry.page, after.page)) for entry, after in pairwise([*entries, OutlineEntry(1, "", pages)])]
    found: dict[int, None] = {}
    for pattern in (_CLOSING, _RESULTS):
        for entry, end in spans:
            if pattern.search(entry.title):
                found.update(dict.fromkeys(range(entry.page - 1, min(end, entry.page + _MOST - 1))))
    return list(found)


def missing(indices: Sequence[int], pages: int) -> str:
    """The pages that are not read, counted from 1: `81-95, 120`; empty where none is missing."""
    read = set(indices)
    gaps = [number for number in range(1, pages + 1) if number - 1 not in read]
    runs = [[number for _, number in run] for _, run in groupby(enumerate(gaps), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
