"""BibTeX: an entry a paper, as arXiv's own (`@misc` with eprint, archivePrefix, primaryClass)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from digest.export.citation_fields import author_names, doi, issue_date, paper_url, plain_ascii
from digest.export.person_names import PersonName
from digest.models.paper import Paper
from digest.text.latex.encoder import escaped, has_latex_form, text_to_latex
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


def _author(person: PersonName) -> str:
    """`van Durme, Jr., Benjamin`. Accents are markup in the whole name, or in none of it if a letter has no markup."""
    latex = text_to_latex if has_latex_form(person.literal) else escaped
    if not person.family:
        return f"{{{latex(_plain_quotes(person.literal))}}}"
    parts = [_surname(person, latex), *(_in_a_list(part, latex) for part in (person.suffix, person.given) if part)]
    return ", ".join(parts)


def _surname(person: PersonName, latex: Callable[[str], str]) -> str:
    """The particle and the family name. BibTeX takes everything up to the last word in small letters for the particle,
    so that a family name with such a word stands in braces."""
    family = _in_a_list(person.family, latex)
    if not family.startswith("{") and any(word[0].islower() for word in person.family.split()[:-1]):
        family = f"{{{family}}}"
    return f"{_in_a_list(person.particle, latex)} {family}".lstrip()


def _in_a_list(part: str, latex: Callable[[str], str]) -> str:
    """A part of a name; a comma or an "and" in it would part it."""
    text = latex(_plain_quotes(part))
    return f"{{{text}}}" if "," in part or re.search(r"\band\b", part, re.IGNORECASE) else text


def _plain_quotes(name: str) -> str:
    """With typewriter apostrophes: BibTeX sees the small letter of `'t`, but not behind a command."""
    return re.sub("[’ʼ‘]", "'", name)


def _key(paper: Paper, used: set[str]) -> str:
    """lovelace2026tactile; the second of that name gets a letter."""
    authors = author_names(paper)
    first = plain_ascii(_key_name(authors[0])) if authors else ""
    words = (plain_ascii(word) for word in latex_to_text(paper.title).replace("-", " ").split())
    telling = next((word for word in words if len(word) > 1 and word.lower() not in _SMALL), "")
    base = f"{first or 'arxiv'}{''.join(map(str, issue_date(paper)[:1]))}{telling[:_LONGEST_WORD]}".lower()
    for n in count():
        key = base + (chr(ord("a") + n - 1) if 0 < n <= 26 else str(n) if n else "")
        if key not in used:
            used.add(key)
            return key
    raise AssertionError("unreachable")


def _key_name(author: PersonName) -> str:
    """Beethoven of Ludwig van Beethoven, and VanDurme of Benjamin Van Durme, as people write keys."""
    return author.surname if author.particle[:1].isupper() else author.family or author.literal
