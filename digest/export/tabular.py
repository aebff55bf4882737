"""CSV for spreadsheets and Markdown for notes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from digest.export.citation_fields import doi, issue_date, paper_url
from digest.models.paper import Paper
from digest.text.latex.latex_to_text import latex_to_text

COLUMNS = ("id", "version", "title", "authors", "categories", "date", "doi", "url", "pdf", "journal_ref", "abstract")
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def write_csv(papers: Sequence[Paper], abstracts: bool = True) -> str:
    """A row a paper below a row of names, as RFC 4180 has it; no cell is a formula to a spreadsheet."""
    columns = COLUMNS if abstracts else COLUMNS[:-1]
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(columns)
    rows.writerows([_cell(text) for text in _row(paper)[: len(columns)]] for paper in papers)
    return out.getvalue()


def write_csv_for_excel(papers: Sequence[Paper], abstracts: bool = True) -> str:
    """The same after a byte-order mark, by which Excel knows UTF-8."""
    return "\ufeff" + write_csv(papers, abstracts)


def _row(paper: Paper) -> list[str]:
    return [
        paper.id,
        str(paper.version),
        latex_to_text(paper.title),
        "; ".join(map(latex_to_text, paper.authors)),
        " ".join(paper.categories),
        _date(paper),
        doi(paper),
        paper_url(paper),
        f"https://arxiv.org/pdf/{paper.id}",
        latex_to_text(paper.journal_ref or ""),
        latex_to_text(paper.abstract),
    ]


def _cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _date(paper: Paper) -> str:
    return "-".join(f"{part:02}" for part in issue_date(paper))


def write_markdown(papers: Sequence[Paper], abstracts: bool = True) -> str:
    """A list item a paper, its abstract below it as a quotation."""
    return "\n".join(_item(paper, abstracts) for paper in papers)


def _item(paper: Paper, abstracts: bool) -> str:
    details = " · ".join(
        filter(None, (", ".join(map(latex_to_text, paper.authors)), _date(paper), " ".join(paper.categories)))
    )
    lines = [
        f"- [{_plain(latex_to_text(paper.title))}]({paper_url(paper)})",
        f"  {_plain(details)}  ",
        f"  arXiv:{paper.id}",
    ]
    if abstracts and paper.abstract:
        lines += ["", f"  > {_plain(latex_to_text(paper.abstract))}", ""]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text in which Markdown finds no markup."""
    return _MARKDOWN.sub(r"\\\1", text)
