"""Where the pages of the archive lie. Addresses are relative to the folder of an edition, and never change.

index.html  search.html  feed.xml                  an edition
2026-01-09.html  2026-01.html                      a day, a month
papers/2601.03309.html                             a paper
keywords/vla-1f0c2d.html  …-1f0c2d.2026-01.html    a keyword, and it in a month
authors/zh.html  authors/zha-y.html                family names by two letters, authors by name and initial
search/2026-01.js  figures/2601.03309v1.png
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from urllib.parse import quote

OTHERS = "0"  # where names without a Latin letter are filed

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_PARTICLES = frozenset(
    {"de", "da", "di", "du", "del", "van", "von", "der", "den", "la", "le", "el", "al", "bin", "ibn"}
)
_SPELT = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def index() -> str:
    return "index.html"


def day(digest_day: date) -> str:
    return f"{digest_day.isoformat()}.html"


def month_of(digest_day: date) -> str:
    """2026-01."""
    return digest_day.isoformat()[:7]


def month(month_name: str) -> str:
    return f"{month_name}.html"


def paper(paper_id: str) -> str:
    return f"papers/{_flat(paper_id)}.html"


def figure(paper_id: str, version: int) -> str:
    return f"figures/{_flat(paper_id)}v{version}.png"


def keyword(text: str) -> str:
    return f"keywords/{keyword_slug(text)}.html"


def keyword_month(text: str, month_name: str) -> str:
    return f"keywords/{keyword_slug(text)}.{month_name}.html"


def keyword_slug(text: str) -> str:
    """A file name that a person recognises and no two keywords share."""
    slug = "-".join(re.findall(r"[a-z0-9]+", folded(text)))[:40].strip("-")
    return f"{slug or 'keyword'}-{blake2b(text.encode(), digest_size=3).hexdigest()}"


def search_shard(shard: str) -> str:
    """The searchable entries of a month."""
    return f"search/{shard}.js"


def public_paper(public_url: str, edition: str, paper_id: str) -> str:
    """The address of a paper's page on the web, for links from a chat."""
    return f"{public_url.rstrip('/')}/{quote(edition)}/{quote(paper(paper_id))}"


def _flat(paper_id: str) -> str:
    return paper_id.replace("/", "-")  # hep-th/9901001


# --- authors ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuthorEntry:
    """How an author is filed: the page, the family name there, and a key that two spellings of a name share."""

    bucket: str
    family: str
    key: str

    @property
    def group(self) -> str:
        return author_group(self.bucket)

    @property
    def address(self) -> str:
        """The page, at the author."""
        return f"{authors(self.bucket)}#{self.key}"


def authors(bucket: str) -> str:
    """The page of the authors that are filed together, and of the family names of a group."""
    return f"authors/{bucket}.html"


def author_group(bucket: str) -> str:
    """The first two letters of a family name, under which the index leads to it; or `OTHERS`."""
    return bucket[:2].rstrip("-")


def author_entry(name: str) -> AuthorEntry:
    """Pure. `Yue Zhang` is filed under zha-y; a page holds so few authors that it stays readable in a large archive."""
    words = name.split()
    tail = len(words)
    while tail > 1 and folded(words[tail - 1]).strip(".") in _SUFFIXES:
        tail -= 1
    start = tail - 1
    while start > 1 and folded(words[start - 1]) in _PARTICLES:
        start -= 1
    family, forenames = " ".join(words[start:tail]), " ".join(words[:start])
    main = _letters(folded(words[tail - 1])) if words else ""
    key = "-".join(re.findall(r"[a-z0-9]+", folded(name)))
    if not main:
        return AuthorEntry(f"{OTHERS}-", family or name, key or blake2b(name.encode(), digest_size=4).hexdigest())
    return AuthorEntry(f"{main[:3]}-{_letters(folded(forenames))[:1]}", family, key)


def folded(text: str) -> str:
    """Small letters without accents, so that spellings of one name meet."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_SPELT))
    return "".join(char for char in plain if not unicodedata.combining(char))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)
