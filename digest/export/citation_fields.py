"""What all forms say of a paper: its authors, its date, its DOI and its addresses."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from urllib.parse import unquote

from digest.arxiv.ids import abs_url, parse_id
from digest.errors import InputError
from digest.export.person_names import PersonName, person_name
from digest.models.paper import Paper
from digest.text.latex.latex_to_text import latex_to_text

_DOI = re.compile(r"10\.\d{4,9}/\S+?(?=[,;|]*(?:\s|$)|[,;|/]+(?:10\.\d{4,9}/|doi\b|https?:))", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_YYMM = re.compile(r"^(?:[a-z-]+(?:\.[A-Z]{2})?/)?(\d\d)(\d\d)")


def author_names(paper: Paper) -> list[PersonName]:
    return [person_name(author) for author in paper.authors if latex_to_text(author)]


def issue_date(paper: Paper) -> tuple[int, ...]:
    """Year, month and day of the first version; of a paper whose date is not known, what its id tells."""
    if paper.submitted is not None:
        day: date = paper.submitted.date()
        return day.year, day.month, day.day
    match = _YYMM.match(paper.id)
    if match is None or not 1 <= int(match[2]) <= 12:
        return ()
    year = int(match[1])
    return (1900 if year >= 91 else 2000) + year, int(match[2])


def doi(paper: Paper) -> str:
    """The publisher's DOI, bare, else the one that arXiv registers for each paper
    (https://info.arxiv.org/help/doi.html). Of several in arXiv's field, the publisher's and an erratum's, the first."""
    field = unquote(re.sub(r"\\([_%#&])", r"\1", paper.doi or ""))
    bare = (_without_sentence(match.group()) for match in _DOI.finditer(_INVISIBLE.sub("", field)))
    return next((name for name in bare if not name.endswith("/")), f"10.48550/arXiv.{paper.id}")


def _without_sentence(name: str) -> str:
    """A DOI without closing punctuation, and without a bracket that was never opened in it."""
    while name[-1] in ".,;:\"'>" or name.count(name[-1]) > name.count(_BRACKETS.get(name[-1], name[-1])):
        name = name[:-1]
    return name


def paper_url(paper: Paper) -> str:
    """The abstract's page, without a version: it shows the newest."""
    try:
        return abs_url(parse_id(paper.id).id)
    except InputError:
        return f"https://arxiv.org/abs/{paper.id}"


def plain_ascii(text: str) -> str:
    """The letters and digits of a text without accents, for keys that every program takes."""
    folded = unicodedata.normalize("NFKD", text.replace("ø", "o").replace("ł", "l").replace("ß", "ss"))
    return re.sub(r"[^A-Za-z0-9]", "", folded)
