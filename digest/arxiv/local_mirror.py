"""arXiv's papers in a folder: recorded days, and PDFs under their identifiers.

DIR/2026-01-09.jsonl, or DIR/days/…      a listing a line: id, version, title, creator, abstract, categories, kind
DIR/2601.03309v1.pdf, DIR/pdf/…          also without version; old identifiers as hep-th/9901001 or hep-th_9901001
DIR/2601.03309v1.html, DIR/html/…        HTML pages in the same way
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from digest.arxiv.creators import creator_names
from digest.arxiv.ids import ArxivId, parse_id, whole_id
from digest.errors import InputError
from digest.models.paper import Announcement, AnnouncementKind, Paper

_DAYS, _PDFS, _PAGES = ("", "days"), ("", "pdf", "pdfs"), ("", "html")


def local_days(folder: Path) -> dict[date, Path]:
    """The recorded days of a folder, in order. Raises `InputError` where there is no such folder."""
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}")
    files_by_day: dict[date, Path] = {}
    for path in (path for folder_name in _DAYS for path in (folder / folder_name).glob("*.jsonl")):
        try:
            files_by_day.setdefault(date.fromisoformat(path.stem), path)
        except ValueError:
            continue
    return dict(sorted(files_by_day.items()))


def local_listings(path: Path, day: date, categories: Sequence[str]) -> dict[str, list[Announcement]]:
    """What each of the categories listed on a recorded day. Raises `InputError` with the line that can't be used."""
    listed: dict[str, list[Announcement]] = {category: [] for category in categories}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            paper, kind = _listing(json.loads(line))
        except (ValueError, KeyError, TypeError, InputError) as error:
            raise InputError(
                f"{path} line {number} is no listing of a paper: {type(error).__name__} {error}"
            ) from error
        for category in listed.keys() & set(paper.categories):
            listed[category].append(Announcement(paper, day, kind, category))
    return listed


def _listing(entry: dict[str, Any]) -> tuple[Paper, AnnouncementKind]:
    arxiv_id = parse_id(str(entry["id"]))
    paper = Paper(
        id=arxiv_id.id,
        version=int(entry.get("version") or arxiv_id.version or 1),
        title=str(entry["title"]),
        authors=creator_names(str(entry["creator"])),
        abstract=str(entry["abstract"]),
        categories=tuple(map(str, entry["categories"])),
    )
    return paper, AnnouncementKind(entry["announce_type"])


def pdfs(folder: Path) -> list[ArxivId]:
    """The papers whose PDFs are in a folder, by their names."""
    return [
        paper
        for folder_name in _PDFS
        for path in sorted((folder / folder_name).glob("**/*.pdf"))
        if (paper := _named(path))
    ]


def _named(path: Path) -> ArxivId | None:
    names = (path.stem, path.stem.replace("_", "/", 1), f"{path.parent.name}/{path.stem}")
    return next((paper for name in names if (paper := whole_id(name))), None)


def read_local_pdf(folder: Path, paper: Paper) -> Path | None:
    """The PDF of that version in a folder; one without a version in its name is taken for the version asked for."""
    return next((path for path in _places(folder, paper, _PDFS, "pdf") if path.is_file()), None)


def html_page(folder: Path, paper: Paper) -> Path | None:
    """The HTML page of that version in a folder, named as a PDF is."""
    return next((path for path in _places(folder, paper, _PAGES, "html") if path.is_file()), None)


def _places(folder: Path, paper: Paper, folder_names: Sequence[str], suffix: str) -> Iterator[Path]:
    for name in (paper.versioned_id, paper.id):
        for folder_name in folder_names:
            for written in dict.fromkeys((name, name.replace("/", "_"), name.rpartition("/")[2])):
                yield folder / folder_name / f"{written}.{suffix}"
