"""A digest as one HTML page that stands alone: no script, no request to anybody, readable on a phone and on paper.

The templates are made of macros (`card.html`), so that an archive can show the same cards on other pages.
"""

from __future__ import annotations

from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from digest.i18n.translator import Translator
from digest.models.analysis import EXCERPT, AnalysisSource
from digest.models.digest import Digest
from digest.models.paper_text import LinkKind
from digest.rendering import fact_phrases, phrasing
from digest.text.latex.latex_to_text import latex_to_text

AUTHORS_SHOWN = 12  # more are behind a fold


def html_report(digest: Digest) -> str:
    """The page of a digest, in its language; evidence is behind each statement."""
    texts = Translator(digest.language)
    page = _environment().get_template("digest.html")
    return page.render(digest=digest, **template_globals(texts))


def template_globals(texts: Translator) -> dict[str, object]:
    """What the templates can say, for pages in one language."""
    return {
        "t": texts,
        "page_language": "zh-CN" if texts.interface == "zh" else "en",
        "w": {
            name: partial(getattr(phrasing, name), texts=texts)
            for name in (
                "heading",
                "counts",
                "states",
                "matches",
                "reference",
                "doubts",
                "how_made",
                "versions",
                "change",
            )
        }
        | {
            "result_phrases": partial(fact_phrases.result_phrases, texts=texts),
            "reproducibility_runs": partial(fact_phrases.reproducibility_runs, texts=texts),
            "place": partial(phrasing.evidence_place, texts=texts),
            "note": partial(phrasing.making_note, texts=texts),
        },
        "title": phrasing.title,
        "short_title": phrasing.short_title,
        "author_names": phrasing.author_names,
        "abs_url": phrasing.abs_url,
        "pdf_url": phrasing.pdf_url,
        "passage_url": phrasing.passage_url,
        "paragraph_url": phrasing.paragraph_url,
        "linked": phrasing.external_link,
        "quotation": phrasing.quotation,
        "quotations": phrasing.quotations,
        "parts_shown": phrasing.parts_shown,
        "is_doubtful": phrasing.is_doubtful,
        "clean": phrasing.clean,
        "readable": latex_to_text,
        "is_link": phrasing.is_link,
        "name": phrasing.analyst_name,
        "authors_shown": AUTHORS_SHOWN,
        "EXCERPT": EXCERPT,
        "LinkKind": LinkKind,
        "MadeFrom": AnalysisSource,
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
