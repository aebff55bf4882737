"""BibTeX: an entry a paper, as arXiv's own (`@misc` with eprint, archivePrefix, primaryClass)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from digest.export.citation_fields import AuthorName, author_names, doi, issue_date, paper_url, plain_ascii
from digest.models.model import Paper
from digest.text.latex.encoder import text_to_latex
from digest.text.latex.latex_to_text import latex_to_text

_LONGEST_WORD = 20  # of a title, in a key
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_SMALL = frozenset("a an and are as at by can do does for from how in is of on or the to towards what why with".split())  # noqa: SIM905


def write_bibtex(papers: Sequence[Paper], abstracts: bool = True) -> str:
    """One entry a paper, each with a key of its own."""
    used: set[str] = set()
    return "\n".join(_entry(paper, _key(paper, used), abstracts) for paper in papers)


def _entry(paper: Paper, key: str, abstracts: bool) -> str:
    fields = list(_fields(paper, abstracts))
    width = max(len(name) for name, _ in fields)
    lines = (f"  {name:<{width}} = {value}" for name, value in fields)
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _fields(paper: Paper, abstracts: bool) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{{{_text(paper.title)}}}}}"  # twice: capitals are kept
    if paper.authors:
        yield "author", "{" + " and ".join(map(_author, author_names(paper))) + "}"
    when = issue_date(paper)
    if when:
        yield "year", f"{{{when[0]}}}"
        yield "month", _MONTHS[when[1] - 1]
    yield "eprint", f"{{{paper.id}}}"
    yield "archivePrefix", "{arXiv}"
    yield "primaryClass", f"{{{paper.primary_category}}}"
    yield "doi", f"{{{_bare(doi(paper))}}}"
    yield "url", f"{{{_bare(paper_url(paper))}}}"
    if paper.journal_ref:
        yield "note", f"{{{_text(paper.journal_ref)}}}"
    if abstracts and paper.abstract:
        yield "abstract", f"{{{_text(paper.abstract)}}}"


def _text(latex: str) -> str:
    """A field's text: made readable first, so that no broken markup of an author's breaks the file."""
    return text_to_latex(latex_to_text(latex))


def _bare(text: str) -> str:
    return re.sub(r"[{}\\\s]", "", text)


def _author(one: AuthorName) -> str:
    if not one.family:
        return f"{{{text_to_latex(one.literal)}}}"
    parts = [one.surname, *([one.suffix] if one.suffix else []), one.given]
    return ", ".join(_in_a_list(part) for part in parts)


def _in_a_list(part: str) -> str:
    """A part of a name; a comma or an "and" in it would part it."""
    latex = text_to_latex(part)
    return f"{{{latex}}}" if "," in part or re.search(r"\band\b", part, re.IGNORECASE) else latex


def _key(paper: Paper, used: set[str]) -> str:
    """lovelace2026tactile; the second of that name gets a letter."""
    authors = author_names(paper)
    first = plain_ascii(authors[0].family or authors[0].literal) if authors else ""
    words = (plain_ascii(word) for word in latex_to_text(paper.title).replace("-", " ").split())
    telling = next((word for word in words if len(word) > 1 and word.lower() not in _SMALL), "")
    base = f"{first or 'arxiv'}{''.join(map(str, issue_date(paper)[:1]))}{telling[:_LONGEST_WORD]}".lower()
    for n in count():
        key = base + (chr(ord("a") + n - 1) if 0 < n <= 26 else str(n) if n else "")
        if key not in used:
            used.add(key)
            return key
    raise AssertionError("unreachable")
