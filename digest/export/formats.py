"""Papers in the forms that other programs read. Pure.

bibtex, ris, csl_json   for reference managers and word processors
csv, markdown           for tables and notes
names.py                authors in parts; what all forms say of a paper
zotero.py               the items of Zotero's API (`digest.export.zotero_client` sends them)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digest.export import bibtex, csl, ris, tabular
from digest.models.model import Paper

ExportWriter = Callable[[Sequence[Paper], bool], str]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """`write` takes the papers and whether their abstracts go along. `suffix` is that of a file's name, `language` what
    a highlighter calls it."""

    write: ExportWriter
    suffix: str
    language: str


FORMATS: Mapping[str, ExportFormat] = {
    "bibtex": ExportFormat(bibtex.write_bibtex, ".bib", "bibtex"),
    "ris": ExportFormat(ris.write_ris, ".ris", ""),
    "csl-json": ExportFormat(csl.write_csl_json, ".json", "json"),
    "csv": ExportFormat(tabular.write_csv, ".csv", ""),
    "markdown": ExportFormat(tabular.write_markdown, ".md", "markdown"),
}


def export_papers(papers: Sequence[Paper], form: str, *, abstracts: bool = True) -> str:
    """The papers, each once, in one of `FORMATS`, in the order given."""
    return FORMATS[form].write(list({paper.id: paper for paper in papers}.values()), abstracts)
