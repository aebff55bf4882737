"""RIS: a tag a line, as EndNote, Zotero, Mendeley and JabRef read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.export.citation_fields import author_names, doi, issue_date, paper_url
from digest.export.person_names import PersonName
from digest.models.paper import Paper
from digest.text.latex.latex_to_text import latex_to_text


def write_ris(papers: Sequence[Paper], abstracts: bool = True) -> str:
    """One record a paper; lines end with CR LF, as the format wants it."""
    return "".join(
        f"{tag}  - {' '.join(value.split())}\r\n"  # a line break in a value would begin another tag
        for paper in papers
        for tag, value in [*_tags(paper, abstracts), ("ER", "")]
    )


def _tags(paper: Paper, abstracts: bool) -> Iterator[tuple[str, str]]:
    yield "TY", "UNPB"  # unpublished work: what reference managers use for preprints
    yield "TI", latex_to_text(paper.title)
    for author in author_names(paper):
        yield "AU", _author(author)
    when = issue_date(paper)
    if when:
        yield "PY", str(when[0])
        yield "DA", "/".join(f"{part:02}" for part in when)
    if abstracts and paper.abstract:
        yield "AB", latex_to_text(paper.abstract)
    for category in paper.categories:
        yield "KW", category
    yield "DO", doi(paper)
    yield "UR", paper_url(paper)
    yield "L1", f"https://arxiv.org/pdf/{paper.id}"
    yield "AN", f"arXiv:{paper.id}"
    yield "PB", "arXiv"
    if paper.journal_ref:
        yield "N1", latex_to_text(paper.journal_ref)


def _author(person: PersonName) -> str:
    if not person.family:
        return person.literal.replace(",", "")  # a comma would part it
    return ", ".join(part for part in (person.surname, person.given, person.suffix) if part)
