"""CSL-JSON: what citation processors read (https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from digest.export.citation_fields import author_names, doi, issue_date, paper_url
from digest.export.person_names import PersonName
from digest.models.paper import Paper
from digest.text.latex.latex_to_text import latex_to_text


def write_csl_json(papers: Sequence[Paper], abstracts: bool = True) -> str:
    """A list with an item a paper."""
    return json.dumps([item(paper, abstracts) for paper in papers], ensure_ascii=False, indent=2) + "\n"


def item(paper: Paper, abstracts: bool = True) -> dict[str, object]:
    """One paper. CSL reads a little HTML in texts, so its signs are escaped."""
    entry: dict[str, object] = {
        "id": f"arXiv:{paper.id}",
        "type": "article",  # CSL 1.0.2's type of a preprint
        "genre": "preprint",
        "title": _text(paper.title),
        "author": [_author(person) for person in author_names(paper)],
        "publisher": "arXiv",
        "number": f"arXiv:{paper.id}",
        "archive": "arXiv",
        "archive_location": paper.id,
        "DOI": doi(paper),
        "URL": paper_url(paper),
        "version": str(paper.version),
        "keyword": ", ".join(paper.categories),
    }
    if when := issue_date(paper):
        entry["issued"] = {"date-parts": [list(when)]}
    if abstracts and paper.abstract:
        entry["abstract"] = _text(paper.abstract)
    if paper.journal_ref:
        entry["note"] = _text(paper.journal_ref)
    return entry


def _text(latex: str) -> str:
    return escape(latex_to_text(latex), quote=False)


def _author(person: PersonName) -> dict[str, str]:
    if not person.family:
        return {"literal": person.literal}
    stays = person.particle[:1].isupper()  # Van Durme is sorted under V
    parts = {
        "family": person.surname if stays else person.family,
        "given": person.given,
        "non-dropping-particle": "" if stays else person.particle,
        "suffix": person.suffix,
    }
    return {key: value for key, value in parts.items() if value}
