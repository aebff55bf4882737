"""A digest as one HTML page that stands alone: no script, no request to anybody, readable on a phone and on paper.

The templates are made of macros (`card.html`), so that an archive can show the same cards on other pages.
"""

from __future__ import annotations

from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from digest.i18n.translator import Texts
from digest.models.model import EXCERPT, Digest, LinkKind, MadeFrom
from digest.rendering import phrasing as wording
from digest.text.latex.latex_to_text import readable

AUTHORS_SHOWN = 12  # more are behind a fold


def html(digest: Digest) -> str:
    """The page of a digest, in its language; evidence is behind each statement."""
    texts = Texts(digest.language)
    page = _environment().get_template("digest.html")
    return page.render(digest=digest, **vocabulary(texts))


def vocabulary(texts: Texts) -> dict[str, object]:
    """What the templates can say, for pages in one language."""
    return {
        "t": texts,
        "page_language": "zh-CN" if texts.interface == "zh" else "en",
        "w": {
            name: partial(getattr(wording, name), texts=texts)
            for name in (
                "heading",
                "counts",
                "states",
                "matches",
                "place",
                "reference",
                "how_made",
                "versions",
                "change",
                "note",
            )
        },
        "title": wording.title,
        "short_title": wording.short_title,
        "author_names": wording.author_names,
        "abs_url": wording.abs_url,
        "pdf_url": wording.pdf_url,
        "linked": wording.linked,
        "quotation": wording.quotation,
        "is_doubtful": wording.is_doubtful,
        "clean": wording.clean,
        "readable": readable,
        "is_link": wording.is_link,
        "name": wording.name,
        "authors_shown": AUTHORS_SHOWN,
        "EXCERPT": EXCERPT,
        "LinkKind": LinkKind,
        "MadeFrom": MadeFrom,
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("digest.report"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
