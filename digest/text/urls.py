"""The links of a card: those of the abstract and the comment, then the PDF's; nothing that is not in the paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from digest.models.model import Link, LinkKind, Paper, PaperText

_URL = re.compile(r"https?://[^\s<>\"'{}|\\^`\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+", re.IGNORECASE)
_BARE_CODE_HOST = re.compile(
    r"(?<![\w/.@-])(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|huggingface\.co)/[\w.~%+-]+(?:/[\w.~%+-]+)*",
    re.IGNORECASE,
)
_LATEX_URL = re.compile(r"\\(?:url|href)\s*\{\s*([^{}]*?)\s*\}(?:\s*\{[^{}]*\})?")
_ENDS = ".,;:!?'\"*_~$…。，；：！？、"
_PAIRS = {")": "(", "]": "[", "}": "{"}
CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com", "anonymous.4open.science")
_DATA_HOSTS = ("huggingface.co/datasets", "zenodo.org", "kaggle.com", "figshare.com", "doi.org/10.5281")
_TELLING_NAME = 5  # letters; shorter names are parts of too many others
_PAPER_HOSTS = ("arxiv.org", "doi.org", "dx.doi.org", "creativecommons.org", "openreview.net", "orcid.org")


def find_urls(text: str) -> list[tuple[str, int]]:
    r"""Every URL in a text with where it begins: whole, in its right case, without the sentence's punctuation.

    `\url{…}` and `\href{…}{…}` are read, `\_` and `\%` are undone, and a code host's address without a scheme counts.
    """
    text = _LATEX_URL.sub(lambda m: f" {m[1]} ".ljust(len(m[0])), text)
    text = re.sub(r"\\([_%#&~])", r"\1", text)
    found = [(m.group(), m.start()) for m in _URL.finditer(text)]
    covered = [range(start, start + len(url)) for url, start in found]
    bare = _BARE_CODE_HOST.finditer(text)
    found += [(f"https://{m.group()}", m.start()) for m in bare if not any(m.start() in r for r in covered)]
    cleaned = ((trim_url(url), start) for url, start in sorted(found, key=lambda f: f[1]))
    return [(url, start) for url, start in cleaned if is_usable(url)]


def trim_url(url: str) -> str:
    """The URL without what belongs to the sentence: closing punctuation, and a bracket that was never opened."""
    while url and (url[-1] in _ENDS or url.count(url[-1]) > url.count(_PAIRS.get(url[-1], url[-1]))):
        url = url[:-1]
    return url


def is_usable(url: str) -> bool:
    """Whether a reader could follow it: http(s), a host with a dot and no odd characters."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(
        re.fullmatch(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", host)
    )


def link_kind(url: str, context: str) -> LinkKind:
    """What a link of the abstract or comment is: authors put there their own code, page and data."""
    address = re.sub(r"^https?://(www\.)?", "", url, flags=re.IGNORECASE).lower()
    if address.startswith(_DATA_HOSTS):
        return LinkKind.DATA
    if address.startswith(CODE_HOSTS):
        return LinkKind.CODE if "/" in address.rstrip("/") else LinkKind.OTHER
    if address.startswith(_PAPER_HOSTS):
        return LinkKind.OTHER
    if re.search(r"\b(data ?sets?|benchmark|corpus)\b[^.]{0,40}$", context, re.IGNORECASE):
        return LinkKind.DATA
    if address.split("/")[0].endswith(".github.io") or re.search(
        r"\b(project|web ?site|web ?page|page|demos?|videos?|homepage|available|see|visit)\b", context, re.IGNORECASE
    ):
        return LinkKind.PROJECT
    return LinkKind.OTHER


def _links_of(text: str | None, source: str) -> list[Link]:
    found = []
    for url, start in find_urls(text or ""):
        context = " ".join((text or "")[max(0, start - 80) : start].split())
        found.append(Link(url, link_kind(url, context), None, source, context))
    return found


def paper_links(paper: Paper, text: PaperText | None) -> tuple[Link, ...]:
    """All links of a card, each once: the abstract's first, since the authors chose to put them there."""
    links = (
        _links_of(paper.abstract, "abstract") + _links_of(paper.comment, "comment") + list(text.links if text else ())
    )
    unique: dict[str, Link] = {}
    for link in links:
        key = re.sub(r"^https?://(www\.)?", "", link.url.rstrip("/")).removesuffix(".git")
        known = unique.get(key)
        if known is None or (known.kind is LinkKind.OTHER and link.kind is not LinkKind.OTHER):
            unique[key] = link
    return tuple(_with_own_repository(list(unique.values()), paper.authors))


def _with_own_repository(links: list[Link], authors: Sequence[str]) -> list[Link]:
    """Where no words tell the paper's code, the one repository in it whose owner is named for an author is that."""
    if any(link.kind is LinkKind.CODE for link in links):
        return links
    names = {_folded(author.split()[-1]) for author in authors if author.split()}
    own = [
        i
        for i, link in enumerate(links)
        if link.kind is LinkKind.OTHER and any(name in _owner(link.url) for name in names if len(name) >= _TELLING_NAME)
    ]
    if len(own) == 1:
        links[own[0]] = replace(links[own[0]], kind=LinkKind.CODE)
    return links


def _owner(url: str) -> str:
    """Whose repository an address leads to; empty where it leads to none."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    folders = [folder for folder in parts.path.split("/") if folder]
    return _folded(folders[0]) if host in CODE_HOSTS and len(folders) >= 2 else ""


def _folded(name: str) -> str:
    """A name in small letters without accents and hyphens."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isalnum())
