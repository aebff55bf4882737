"""The labelled set that the package ships: a made-up paper, and statements about it that are honest or wrong."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digest.models.paper_text import PaperParagraph, PaperText, Section

_RIGHT = frozenset({"honest", "self-contained"})


@dataclass(frozen=True, slots=True)
class LabelledStatement:
    """One statement, the passage that is quoted for it, and in what way it is wrong, if it is."""

    statement: str
    quotation: str
    section: str
    language: str
    kind: str

    @property
    def is_honest(self) -> bool:
        return self.kind in _RIGHT


@dataclass(frozen=True, slots=True)
class LabelledSet:
    title: str
    statements: tuple[LabelledStatement, ...]

    @property
    def paper(self) -> PaperText:
        """The passages as a paper, each section on a page of its own."""
        sections: dict[str, list[str]] = {}
        for row in self.statements:
            section_rows = sections.setdefault(row.section, [])
            if row.quotation not in section_rows:
                section_rows.append(row.quotation)
        pages = enumerate(sections.items(), 1)
        return PaperText(
            self.title,
            tuple(
                Section(title.partition(" ")[2], n, number=title.partition(" ")[0],
                             paragraphs=tuple(PaperParagraph(text, n) for text in texts))
                for n, (title, texts) in pages
            ),
            pages=len(sections),
            pages_read=len(sections),
        )  # fmt: skip


@cache
def labelled_set() -> LabelledSet:
    """The set, read once."""
    file = resources.files("digest.analysis.judge").joinpath("labelled_set.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return LabelledSet(
        data["title"],
        tuple(
            LabelledStatement(statement, passage["text"], passage["section"], language, kind)
            for passage in data["passages"]
            for language, kind, statement in passage["rows"]
        ),
    )
