"""What was read of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from digest.models.notice import Notice


class SectionKind(StrEnum):
    ABSTRACT = "abstract"
    BODY = "body"
    ACKNOWLEDGEMENTS = "acknowledgements"
    REFERENCES = "references"
    APPENDIX = "appendix"


class ParagraphKind(StrEnum):
    PROSE = "prose"
    LIST_ITEM = "list item"
    EQUATION = "equation"
    REFERENCE = "reference"  # an entry of the bibliography
    TABLE = "table"  # what stands in a table: a line for each row


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A place on a page, in points from its top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PaperParagraph:
    """`page` is where it begins, counted from 1 (0: not known); a paragraph that runs on keeps its first page, and
    `breaks` says at which offset of `text` each further page begins: ((offset, page), ...).

    Of an HTML page, `anchor` is the id to link to, and `run_breaks` are the (start, end) offsets of formulas, links and
    notes, at which a browser's run of text ends.
    """

    text: str
    page: int
    kind: ParagraphKind = ParagraphKind.PROSE
    box: BoundingBox | None = None
    breaks: tuple[tuple[int, int], ...] = ()
    anchor: str = ""
    run_breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section in reading order; `level` 1 is the top. The tree is in the levels: see `PaperText.children`."""

    title: str
    page: int
    number: str | None = None
    level: int = 1
    kind: SectionKind = SectionKind.BODY
    paragraphs: tuple[PaperParagraph, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.number} {self.title}" if self.number else self.title


@dataclass(frozen=True, slots=True)
class Caption:
    """The caption of a figure, table or algorithm. `section` is an index into `PaperText.sections`, if known."""

    kind: str  # "figure", "table", "algorithm"
    number: str
    text: str
    page: int
    section: int | None = None
    anchor: str = ""  # the id in an HTML page
    run_breaks: tuple[tuple[int, int], ...] = ()  # as of a paragraph


@dataclass(frozen=True, slots=True)
class Footnote:
    text: str
    page: int
    section: int | None = None
    anchor: str = ""  # the id in an HTML page
    run_breaks: tuple[tuple[int, int], ...] = ()  # as of a paragraph


class LinkKind(StrEnum):
    CODE = "code"  # the paper's own code
    PROJECT = "project"  # the paper's own page
    DATA = "data"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that stands in the paper: in its right case, whole, without trailing punctuation."""

    url: str
    kind: LinkKind = LinkKind.OTHER
    page: int | None = None  # None: from the abstract or the comment
    source: str = "annotation"  # "annotation", "text", "abstract", "comment"
    context: str = ""  # the words around it


@dataclass(frozen=True, slots=True)
class RemovedText:
    """Something that the reader took out of the text, and why. `suspicious`: hidden, and it reads like a sentence."""

    what: str  # "hidden text", "running head", "page number", "arXiv stamp", "line numbers", ...
    reason: str
    page: int | None = None
    count: int = 1
    sample: str = ""
    suspicious: bool = False


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table: `header` and `rows` are rows of cells, a cell that spans several is repeated in each.

    `label` is its place as people name it ("Table 3"), empty where it has no number; `page` counts from 1.
    """

    label: str
    caption: str = ""
    page: int | None = None
    header: tuple[tuple[str, ...], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class PaperText:
    """The text of one paper version from one source, in reading order."""

    title: str
    sections: tuple[Section, ...]
    pages: int
    pages_read: int
    captions: tuple[Caption, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    links: tuple[Link, ...] = ()
    removed: tuple[RemovedText, ...] = ()
    partial: Notice | None = None  # why not all pages were read
    reader_version: int = 1
    source: str = "pdf"  # "pdf" or "html": the file that all of it was read from
    tables: tuple[PaperTable, ...] = ()

    def children(self, index: int | None = None) -> list[int]:
        """The indices of the sections directly below the section at `index` (None: the top ones)."""
        start, level = (0, 0) if index is None else (index + 1, self.sections[index].level)
        indexes: list[int] = []
        for i in range(start, len(self.sections)):
            if self.sections[i].level <= level:
                break
            if not indexes or self.sections[i].level <= self.sections[indexes[-1]].level:
                indexes.append(i)
        return indexes
