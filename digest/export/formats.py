"""Papers in the forms that other programs read. Pure.

bibtex, ris, csl_json   for reference managers and word processors
csv, markdown           for tables and notes
person_names.py         authors in parts
citation_fields.py      what all forms say of a paper
zotero_items.py               the items of Zotero's API (`digest.export.zotero_client` sends them)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digest.export import bibtex, csl, ris, tabular
from digest.models.paper import Paper


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """`write` takes the papers and whether their abstracts go along. `suffix` is that of a file's name, `language` what
    a highlighter calls it, `summary` what the format is for, in the help and the reference."""

    write: Callable[[Sequence[Paper], bool], str]
    suffix: str
    language: str
    summary: str


FORMATS: Mapping[str, ExportFormat] = {
    "bibtex": ExportFormat(bibtex.write_bibtex, ".bib", "bibtex", "for LaTeX"),
    "ris": ExportFormat(ris.write_ris, ".ris", "", "for EndNote, Mendeley and Zotero"),
    "csl-json": ExportFormat(csl.write_csl_json, ".json", "json", "for citation processors such as Pandoc"),
    "csv": ExportFormat(tabular.write_csv, ".csv", "", "a table, in UTF-8"),
    "csv-excel": ExportFormat(tabular.write_csv_for_excel, ".csv", "", "the same with a byte-order mark, for Excel"),
    "markdown": ExportFormat(tabular.write_markdown, ".md", "markdown", "a list for notes"),
}
"""The only list of formats: chats, the command line and the reference read it."""


def export_papers(papers: Sequence[Paper], form: str, *, abstracts: bool = True) -> str:
    """The papers, each once, in one of `FORMATS`, in their order."""
    return FORMATS[form].write(list({paper.id: paper for paper in papers}.values()), abstracts)
