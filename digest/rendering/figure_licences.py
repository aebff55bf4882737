"""May a paper's figure be shown, and what must be said beside it. Pure.

Nothing but the licence decides, as arXiv gives it (dc:rights). Most papers have arXiv's own non-exclusive licence,
which lets arXiv distribute them and nobody else: https://info.arxiv.org/help/license/index.html. The licences with ND
allow no adapted material to be shared, and a figure cut out of a paper may be one: they are left alone
(https://creativecommons.org/licenses/by-nd/4.0/legalcode, sections 1(a) and 2(a)(1)).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.arxiv import ids
from digest.i18n.translator import Translator
from digest.models.digest import Card
from digest.models.paper import Paper
from digest.rendering import phrasing

CAPTION_SHOWN = 280  # columns of the figure's own caption; Telegram takes 1,024 characters in all
ALT_SHOWN = 200

_CC = re.compile(r"https?://creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/|$)", re.IGNORECASE)
_PUBLIC = {"zero": "CC0", "mark": "Public Domain Mark"}
_FREE = frozenset({"by", "by-sa"})
_NONCOMMERCIAL = frozenset({"by-nc", "by-nc-sa"})


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence under which a figure may be shown: `policy` is the narrowest setting that admits it."""

    name: str
    url: str
    policy: str


def figure_licence(paper: Paper) -> Licence | None:
    """The paper's licence, where it allows a figure to be cut out and shown to anybody; None otherwise."""
    match = _CC.match(paper.licence or "")
    if match is None:
        return None
    kind, code, number = match[1].lower(), match[2].lower(), match[3]
    url = f"https://creativecommons.org/{kind}/{code}/{number}/"
    if kind == "publicdomain":
        return Licence(f"{_PUBLIC[code]} {number}", url, "free") if code in _PUBLIC else None
    if code in _FREE | _NONCOMMERCIAL:
        return Licence(f"CC {code.upper()} {number}", url, "free" if code in _FREE else "noncommercial")
    return None


def may_show(paper: Paper, policy: str) -> bool:
    """Whether an edition with that setting may show a figure of the paper."""
    licence = figure_licence(paper)
    return licence is not None and (policy == licence.policy or policy == "noncommercial")


def figure_caption(card: Card, texts: Translator) -> str:
    """What stands below the figure in a chat: its own caption, the authors, the paper, and the licence by name and
    address, as the licences ask."""
    licence, figure = figure_licence(card.paper), card.figure
    if licence is None or figure is None:
        raise ValueError(f"{card.paper.versioned_id} has no figure that may be shown")
    caption = phrasing.shortened(phrasing.clean(figure.caption), CAPTION_SHOWN)
    address = ids.abs_url(card.paper.id, card.paper.version)
    return "\n".join((caption, f"{figure_credit(card, texts)} · {licence.name}", address, licence.url))


def figure_credit(card: Card, texts: Translator) -> str:
    """Who made it, and from which page of which paper it was cut."""
    page = card.figure.page if card.figure else 1
    authors = phrasing.clean(phrasing.authors(card.paper, texts)) or card.paper.versioned_id
    return texts("figure.credit", authors=authors, paper=f"arXiv:{card.paper.versioned_id}", page=page)


def figure_alt(card: Card, texts: Translator) -> str:
    """What is read out to who can't see it."""
    caption = phrasing.clean(card.figure.caption) if card.figure else ""
    return texts("archive.figure.alt", caption=phrasing.shortened(caption, ALT_SHOWN))
