"""Pages of lines -> PaperText, top to bottom. Pure: the same for a whole PDF and for what was read before a limit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.model import Link, LinkKind, Notice, PaperText, Paragraph, Removed, Section, SectionKind
from digest.read.lines import Entry, Line, Page
from digest.read.outcome import READER_VERSION


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the PDF beside its pages. `pages` 0: unknown."""

    pages: int = 0
    title: str = ""
    outline: tuple[Entry, ...] = ()
    partial: Notice | None = None


_HEADING = re.compile(r"(?:(\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Z](?:\.\d{1,2})*)\.?\s+)?([A-Z].{2,120})$")
_NAMES = {"abstract", "introduction", "references", "acknowledgements", "acknowledgments", "conclusion", "related work"}


def assembled(pages: Sequence[Page], about: About) -> PaperText:
    lines = [line for page in pages for line in page.lines]
    body = Counter[tuple[str, float]]()
    for line in lines:
        body[line.style.font, line.style.size] += len(line.text)
    plain = body.most_common(1)[0][0] if body else ("", 0.0)
    sections: list[Section] = [Section("", 1)]
    texts: list[list[Line]] = [[]]
    for line in lines:
        heading = _heading(line, plain)
        if heading:
            sections.append(heading)
            texts.append([])
        else:
            texts[-1].append(line)
    filled = [replace(s, paragraphs=tuple(_paragraphs(t))) for s, t in zip(sections, texts, strict=True)]
    links = tuple(Link(u.uri, LinkKind.OTHER, u.page) for page in pages for u in page.uris if u.uri.startswith("http"))
    removed = tuple(Removed(d.what, d.reason, d.page, 1, d.text[:200]) for page in pages for d in page.dropped)
    return PaperText(
        about.title, tuple(filled), about.pages or len(pages), len(pages), links=links, removed=removed,
        partial=about.partial, reader_version=READER_VERSION,
    )  # fmt: skip


def _heading(line: Line, plain: tuple[str, float]) -> Section | None:
    match = _HEADING.match(line.text)
    if not match or (not line.style.bold and line.style.size < plain[1] + 0.5 and not line.capitals):
        return None
    number, title = match[1], match[2]
    if number is None and title.lower() not in _NAMES:
        return None
    kind = {"abstract": SectionKind.ABSTRACT, "references": SectionKind.REFERENCES}.get(title.lower(), SectionKind.BODY)
    return Section(title, line.page, number, 1 + (number or "").count("."), kind)


def _paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    found: list[Paragraph] = []
    block: tuple[int, int] | None = None
    for line in lines:
        if (line.page, line.block) == block:
            found[-1] = replace(found[-1], text=f"{found[-1].text} {line.text}")
        else:
            found.append(Paragraph(line.text, line.page))
        block = (line.page, line.block)
    return found
