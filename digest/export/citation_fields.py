"""What all forms say of a paper: its authors' names in parts, its date, its DOI and its addresses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from digest.arxiv.ids import abs_url, parse_id
from digest.errors import InputError
from digest.models.model import Paper
from digest.text.latex.latex_to_text import latex_to_text

_PARTICLES = frozenset(
    "af al da das de del della den der des di do dos du el la las le les lo los ten ter van vom von y zu".split()  # noqa: SIM905
)
_SUFFIXES = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV", re.IGNORECASE)
_GROUP = re.compile(r"\b(?:collaboration|consortium|team|group|project|lab|labs|initiative|institute)\b", re.IGNORECASE)
_YYMM = re.compile(r"^(?:[a-z-]+(?:\.[A-Z]{2})?/)?(\d\d)(\d\d)")


@dataclass(frozen=True, slots=True)
class AuthorName:
    """An author. Without `family` it is a group's, or a name of one word, whole in `literal`."""

    literal: str
    family: str = ""
    given: str = ""
    particle: str = ""  # von, de la
    suffix: str = ""  # Jr., III

    @property
    def surname(self) -> str:
        """The family name with what stands before it, or all there is."""
        return f"{self.particle} {self.family}".strip() if self.family else self.literal


def author_name(author: str) -> AuthorName:
    """A name in parts: the last word is the family's, with the particles in small letters before it."""
    whole = latex_to_text(author)
    words = whole.split()
    if len(words) < 2 or _GROUP.search(whole) or words[0].lower() == "the":
        return AuthorName(whole)
    suffix = words.pop().rstrip(",") if len(words) > 2 and _SUFFIXES.fullmatch(words[-1]) else ""
    words[-1] = words[-1].rstrip(",")
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return AuthorName(whole, words[-1], " ".join(words[:start]), " ".join(words[start:-1]), suffix)


def author_names(paper: Paper) -> list[AuthorName]:
    return [author_name(author) for author in paper.authors if latex_to_text(author)]


def issue_date(paper: Paper) -> tuple[int, ...]:
    """Year, month and day of the first version; of a paper whose date is not known, what its id tells."""
    if paper.submitted is not None:
        day: date = paper.submitted.date()
        return day.year, day.month, day.day
    found = _YYMM.match(paper.id)
    if found is None or not 1 <= int(found[2]) <= 12:
        return ()
    year = int(found[1])
    return (1900 if year >= 91 else 2000) + year, int(found[2])


def doi(paper: Paper) -> str:
    """The publisher's DOI, else the one that arXiv registers for each paper
    (https://info.arxiv.org/help/doi.html)."""
    return paper.doi.strip() if paper.doi and paper.doi.strip() else f"10.48550/arXiv.{paper.id}"


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
