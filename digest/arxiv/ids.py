"""arXiv identifiers in all the forms in which people and machines write them.

New: `0704.0001` to `1412.9999` with four digits, from `1501.00001` with five. Old: `hep-th/9901001`, also with a
subject class, `math.CA/0611800`, which is dropped. Either may carry a version, `v2`.
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
_NEW = rf"(?:0[7-9]|1[0-4]){_MONTH}\.\d{{4}}|(?:1[5-9]|[2-8]\d|90){_MONTH}\.\d{{5}}"
_FIRST_NEW = "0704"
_OLD = rf"(?!arxiv\.)(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z-]+)?/(?P<serial>\d\d{_MONTH}\d{{3}})"
_ID = rf"(?:(?P<new>{_NEW})|{_OLD})"

_LETTER = "0-9A-Za-z\u00c0-\u024f"  # Chinese runs on without a space, so that its characters end an identifier
_WHOLE = re.compile(rf"{_ID}(?:v(?P<version>[1-9]\d*))?(?:\.pdf)?", re.IGNORECASE)
_IN_TEXT = re.compile(
    rf"(?:(?<![{_LETTER}.])|(?<=arxiv\.)){_ID}(?:[\s_]?v(?P<version>[1-9]\d*))?(?![\s_]?v\d)(?!\.?\d)"
    rf"(?!(?!\.pdf)\.?[{_LETTER}])",
    re.IGNORECASE,
)
_OTHER_DOI = re.compile(r"\b10\.(?!48550/arxiv\.)\d{4,9}/\S+", re.IGNORECASE)
# A link with its label, as Slack sends it and as Markdown has it.
_LABELLED = re.compile(r"^(?:<(?P<slack>https?://[^|>\s]+)\|[^>]*>|\[[^\]]*\]\((?P<markdown>[^)\s]+)\))")
_INTRODUCTION = re.compile(r"(?:arxiv|doi|oai|paper)[:：]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArxivId:
    """An identifier without its version, and the version if one was named."""

    id: str
    version: int | None = None

    def __str__(self) -> str:
        return self.id if self.version is None else f"{self.id}v{self.version}"


def parse_id(text: str) -> ArxivId:
    """The one identifier in what a person pasted: bare, in brackets or a sentence, as a DOI, as the stamp of a PDF, or
    in a URL of any site, with or without version, `.pdf`, query and fragment.

    Raises `InputError` where there is none, or where there are several: two papers, or two versions of one.
    """
    candidates = dict.fromkeys(ids_in(text))
    versioned = {candidate for candidate in candidates if candidate.version is not None}
    papers = {candidate.id for candidate in candidates}
    if len(papers) == 1 and len(versioned) <= 1:
        return next(iter(versioned or candidates))
    if candidates:
        several = ", ".join(map(str, candidates))
        raise InputError(f"{_quoted(text)} names more than one paper ({several}); write one identifier")
    raise InputError(f"{_quoted(text)} is not an arXiv identifier; write 2601.03309, hep-th/9901001 or a paper's URL")


def leading_id(text: str) -> tuple[ArxivId, str]:
    """The identifier with which a text begins, and the rest of the text: `arXiv 2601.03309 how does it work?`.

    Raises `InputError` where the text begins with none.
    """
    bare = _LABELLED.sub(lambda link: f"{link['slack'] or link['markdown']} ", text.strip(), count=1)
    first, _, text_after = bare.partition(" ")
    if ids_in(first):
        return parse_id(first), text_after.strip()
    second, _, text_after = text_after.strip().partition(" ")
    if _INTRODUCTION.fullmatch(first) and ids_in(second):
        return parse_id(second), text_after.strip()
    return parse_id(first), text_after


def ids_in(text: str) -> list[ArxivId]:
    """Every identifier in a text, in the order in which they stand. A part of another publisher's DOI is none."""
    plain = _OTHER_DOI.sub(" ", unquote(_without_invisible(unicodedata.normalize("NFKC", text))))
    return [parsed for match in _IN_TEXT.finditer(plain) if (parsed := _from_match(match))]


def whole_id(text: str) -> ArxivId | None:
    """The identifier that a text is, as in the name of a file: with nothing before it, and at most `.pdf` after."""
    match = _WHOLE.fullmatch(text)
    return _from_match(match) if match else None


def abs_url(paper_id: str, version: int | None = None) -> str:
    """The abstract page, of the newest version unless one is named."""
    return f"https://arxiv.org/abs/{ArxivId(paper_id, version)}"


def html_url(paper_id: str, version: int | None = None, base: str = "https://arxiv.org/html") -> str:
    """The address of a paper's HTML page; `base` as for `pdf_url`."""
    return pdf_url(paper_id, version, base)


def pdf_url(paper_id: str, version: int | None = None, base: str = "https://arxiv.org/pdf") -> str:
    """The PDF. `base` is a folder, or a template with `{id}` and perhaps `{version}`."""
    if "{id}" not in base:
        return f"{base.rstrip('/')}/{ArxivId(paper_id, version)}"
    return base.replace("{id}", paper_id).replace("{version}", "" if version is None else str(version))


def _without_invisible(text: str) -> str:
    """The text without zero-width signs, soft hyphens and marks of direction, which come along when copying."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _from_match(match: re.Match[str]) -> ArxivId | None:
    version = int(match["version"]) if match["version"] else None
    if match["new"]:
        return ArxivId(match["new"], version) if match["new"][:4] >= _FIRST_NEW else None
    archive = match["archive"].lower()
    return ArxivId(f"{archive}/{match['serial']}", version) if archive in _OLD_ARCHIVES else None


def _quoted(text: str) -> str:
    """A person's input as an error may repeat it."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 80 else line[:79] + "…")
