"""The links of a card: those of the abstract and the comment, then the PDF's; nothing that is not in the paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from digest.models.paper import Paper
from digest.models.paper_text import Link, LinkKind, PaperText

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
_PAPER_HOSTS = (
    "arxiv.org", "doi.org", "dx.doi.org", "creativecommons.org", "openreview.net", "orcid.org", "aclanthology.org",
)  # fmt: skip
_OWN = re.compile(
    r"\b(?:our|we|this (?:paper|work)|the authors?)\b[^.]{0,120}\b(?:code|implementation|source|repository|scripts?|"
    r"software|release[ds]?|toolkit|package|open[- ]?sourc\w+|publicly|models?|available)\b"
    r"|\b(?:source )?codes?\b[^.]{0,80}\b(?:available|released?|found|at|public\w*|here|accessible|provided|open)\b"
    r"|\b(?:available|released?|open[- ]?sourced?|accessible|maintained|found) (?:\w+ ){0,3}"
    r"(?:at|on|from|in|via)\b[^.]{0,40}$"
    r"|\b(?:code|github|repo|repository|implementation|software|project)\b\s*(?:and \w+)?\s*[:：]?\s*$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:we (?:compare\w* (?:\w+ )?(?:with|to|against)|use|used|adopt|follow\w*|build on|rely|employ\w*|"
    r"download\w*|evaluate with|took)|baselines?|"
    r"provided by|(?:their|the) official|implementation of (?!our)|based on|taken from|obtained from|borrowed|"
    r"third[- ]party|using the (?:code|library|package)|by the authors|pre-?trained (?:weights|models?) from|"
    r"implemented (?:in|with|using))\b[^.]{0,100}$",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\b(?:project|web ?site|web ?page|home ?page|demos?|videos?|supplementary)\b", re.IGNORECASE)
_DATA = re.compile(r"\b(?:data ?sets?|benchmarks?|corpus|corpora|annotations)\b[^.]{0,60}$", re.IGNORECASE)
_INVITATION = re.compile(r"\b(?:page|available|see|visit)\b", re.IGNORECASE)


def find_urls(text: str) -> list[tuple[str, int]]:
    r"""Every URL in a text with where it begins: whole, in its right case, without the sentence's punctuation.

    `\url{…}` and `\href{…}{…}` are read, `\_` and `\%` are undone, and a code host's address without a scheme counts.
    """
    text = _LATEX_URL.sub(lambda m: f" {m[1]} ".ljust(len(m[0])), text)
    text = re.sub(r"\\([_%#&~])", r"\1", text)
    matches = [(m.group(), m.start()) for m in _URL.finditer(text)]
    covered = [range(start, start + len(url)) for url, start in matches]
    bare = _BARE_CODE_HOST.finditer(text)
    matches += [(f"https://{m.group()}", m.start()) for m in bare if not any(m.start() in r for r in covered)]
    cleaned = ((trim_url(url), start) for url, start in sorted(matches, key=lambda f: f[1]))
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


def link_kind(url: str, context: str, *, page: int | None = None, title: str = "") -> LinkKind:
    """What a link is to the paper. `context` is the text that leads up to it.

    Without a `page` it stands in the abstract or the comment, where authors put their own code, page and data; with
    one, in the paper's body, where the first page, the words or the name in the title must say that it is their own.
    """
    host, path = _host_and_path(url)
    address, in_abstract = host + path.casefold(), page is None
    named = _is_named(path, host, title)
    theirs = not in_abstract and bool(_OTHERS.search(context)) and not named
    is_own = in_abstract or named or says_own(context)
    if address.startswith(_DATA_HOSTS):
        return LinkKind.DATA if is_own or page == 1 else LinkKind.OTHER
    if address.startswith(CODE_HOSTS):
        folders = len([folder for folder in path.split("/") if folder])
        is_repository = folders >= (1 if in_abstract else 2) or host == "anonymous.4open.science"
        return LinkKind.CODE if is_repository and (is_own or (page == 1 and not theirs)) else LinkKind.OTHER
    if host in _PAPER_HOSTS:
        return LinkKind.OTHER
    if is_own and _DATA.search(context):
        return LinkKind.DATA
    leads_to_page = _PAGE.search(context[-60:]) or (in_abstract and _INVITATION.search(context))
    if not theirs and (host.endswith(".github.io") or leads_to_page) and (is_own or page == 1):
        return LinkKind.PROJECT
    return LinkKind.OTHER


def says_own(context: str) -> bool:
    """Whether the words before a link say that it is the authors' own."""
    return bool(_OWN.search(context) and not _OTHERS.search(context))


def is_named_after(url: str, title: str) -> bool:
    """Whether an address carries the name that the title gives the work."""
    host, path = _host_and_path(url)
    return _is_named(path, host, title)


def _host_and_path(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www.").casefold(), parts.path


def _is_named(path: str, host: str, title: str) -> bool:
    """Whether an address carries the name that the title gives the work: `PaSa: An Agent ...` and `.../pasa`."""
    name = re.sub(r"[\W_]+", "", title.split(":")[0]).casefold() if ":" in title else ""
    words = [re.sub(r"[\W_]+", "", part).casefold() for part in (*path.split("/"), host.split(".")[0])]
    return 3 <= len(name) <= 24 and any(
        word.startswith(name) or (len(word) >= 4 and word == name) for word in words if word
    )


def _links_of(text: str | None, source: str) -> list[Link]:
    links = []
    for url, start in find_urls(text or ""):
        context = " ".join((text or "")[max(0, start - 80) : start].split())
        links.append(Link(url, link_kind(url, context), None, source, context))
    return links


def paper_links(paper: Paper, text: PaperText | None) -> tuple[Link, ...]:
    """All links of a card, each once: the abstract's first, since the authors chose to put them there."""
    links = (
        _links_of(paper.abstract, "abstract") + _links_of(paper.comment, "comment") + list(text.links if text else ())
    )
    unique: dict[str, Link] = {}
    for link in links:
        key = re.sub(r"^https?://(www\.)?", "", link.url.rstrip("/")).removesuffix(".git")
        earlier = unique.get(key)
        if earlier is None or (earlier.kind is LinkKind.OTHER and link.kind is not LinkKind.OTHER):
            unique[key] = link
    return tuple(_with_own_repository(list(unique.values()), paper.authors))


def _with_own_repository(links: list[Link], authors: Sequence[str]) -> list[Link]:
    """Where no words tell the paper's code, the one repository in it whose owner is named for an author is that."""
    if any(link.kind is LinkKind.CODE for link in links):
        return links
    names = {_folded(author.split()[-1]) for author in authors if author.split()}
    own_indexes = [
        i
        for i, link in enumerate(links)
        if link.kind is LinkKind.OTHER and any(name in _owner(link.url) for name in names if len(name) >= _TELLING_NAME)
    ]
    if len(own_indexes) == 1:
        links[own_indexes[0]] = replace(links[own_indexes[0]], kind=LinkKind.CODE)
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
