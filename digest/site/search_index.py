"""The index that a browser searches: a script a month, so that a new day rewrites one of them, and pages that are
opened from a disk may load it too (a page without a server may not fetch).

An entry is a list, in this order: id, title, authors, keywords, categories, takeaway, day of the month. Versions and
updates are left to the paper's page: a paper is found once a month.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from digest.rendering import site_urls
from digest.site.entries import IndexCount, SiteEntry


def shard_script(month: str, entries: Sequence[SiteEntry]) -> str:
    """The script with a month's entries, newest first; authors and keywords are numbered, as they come again."""
    names: dict[str, int] = {}
    rows = [
        [
            entry.paper_id,
            entry.title,
            [names.setdefault(name, len(names)) for name in entry.authors],
            [names.setdefault(name, len(names)) for name in entry.keywords],
            " ".join(entry.categories),
            entry.takeaway,
            entry.day.day,
        ]
        for entry in _once(entries)
    ]
    return f"archive.shard({_json(month)},{_json(list(names))},{_json(rows)});\n"


def shard_scripts(months: Iterable[IndexCount]) -> str:
    """The script that names the months, newest first, each with how much it holds, so that no old one is shown."""
    listed = [[month.name, month.count, site_urls.search_shard(month.name)] for month in months]
    return f"archive.months({_json(listed)});\n"


def _once(entries: Sequence[SiteEntry]) -> Iterable[SiteEntry]:
    """A card before an update of the same paper, and each paper once."""
    keys: set[str] = set()
    for entry in sorted(entries, key=lambda e: (e.is_update, -e.day.toordinal(), e.position)):
        if entry.paper_id not in keys:
            keys.add(entry.paper_id)
            yield entry


def _json(value: object) -> str:
    """JSON that may stand in a script, even in a page."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("<", "\\u003c")
