"""arXiv identifiers in all the forms in which people and machines write them.

New: `2601.03309`, from 0704 with four digits, from 1501 with five. Old: `hep-th/9901001`, also with a subject class,
`math.CA/0611800`, which is dropped. Either may carry a version, `v2`.
Source: https://info.arxiv.org/help/arxiv_identifier.html
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from digest.categories import ARCHIVES
from digest.errors import InputError

# Archives that no longer take papers, but whose identifiers live on.
_CLOSED = (
    "acc-phys adap-org alg-geom ao-sci atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas dg-ga funct-an mtrl-th "
    "patt-sol plasm-ph q-alg solv-int supr-con"
)
_OLD_ARCHIVES = ARCHIVES | set(_CLOSED.split())

_MONTH = r"(?:0[1-9]|1[0-2])"
_NEW = rf"\d\d{_MONTH}\.\d{{4,5}}"
_OLD = rf"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z-]+)?/(?P<serial>\d\d{_MONTH}\d{{3}})"
_VERSION = r"(?:v(?P<version>[1-9]\d*))?"
_ID = rf"(?:(?P<new>{_NEW})|{_OLD}){_VERSION}"

_WHOLE = re.compile(rf"{_ID}(?:\.pdf)?", re.IGNORECASE)
_PREFIX = re.compile(r"(?:oai:arxiv\.org:|arxiv:|(?:doi:)?10\.48550/arxiv\.)\s*", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?://)?(?:"
    r"(?:[\w-]+\.)*arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print)/"
    r"|(?:www\.)?alphaxiv\.org/(?:abs|overview|pdf)/"
    r"|ar5iv\.(?:labs\.arxiv\.)?org/(?:abs|html)/"
    r"|huggingface\.co/papers/"
    r"|(?:dx\.)?doi\.org/10\.48550/arxiv\.)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ArxivId:
    """An identifier without its version, and the version if one was named."""

    id: str
    version: int | None = None

    def __str__(self) -> str:
        return self.id if self.version is None else f"{self.id}v{self.version}"


def parse_id(text: str) -> ArxivId:
    """The one identifier that `text` is: bare, with `arXiv:` or `oai:arXiv.org:` before it, as a DOI, or as a URL of
    an abstract page, a PDF or an HTML page, with or without version, `.pdf`, query and fragment.

    Raises `InputError` for anything else.
    """
    bare = unquote(unicodedata.normalize("NFKC", text)).strip().strip("<>")
    if url := _URL.match(bare):
        bare = re.split(r"[?#]", bare[url.end() :])[0].rstrip("/")
    elif prefix := _PREFIX.match(bare):
        bare = bare[prefix.end() :]
    found = _WHOLE.fullmatch(bare)
    parsed = found and _from_match(found)
    if not parsed:
        raise InputError(
            f"{_shown(text)} is not an arXiv identifier; write 2601.03309, hep-th/9901001 or a paper's URL"
        )
    return parsed


def abs_url(paper_id: str, version: int | None = None) -> str:
    """The abstract page, of the newest version unless one is named."""
    return f"https://arxiv.org/abs/{ArxivId(paper_id, version)}"


def pdf_url(paper_id: str, version: int | None = None, base: str = "https://arxiv.org/pdf") -> str:
    """The PDF. `base` is a folder, or a template with `{id}` and perhaps `{version}`."""
    if "{id}" not in base:
        return f"{base.rstrip('/')}/{ArxivId(paper_id, version)}"
    return base.replace("{id}", paper_id).replace("{version}", "" if version is None else str(version))


def _from_match(found: re.Match[str]) -> ArxivId | None:
    version = int(found["version"]) if found["version"] else None
    if found["new"]:
        return ArxivId(found["new"], version)
    archive = found["archive"].lower()
    return ArxivId(f"{archive}/{found['serial']}", version) if archive in _OLD_ARCHIVES else None


def _shown(text: str) -> str:
    """A person's input as an error may repeat it."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 80 else line[:79] + "…")
