"""A made-up paper for trials: small as a PDF, of the usual length as a text. Made of the demonstration's papers."""

from __future__ import annotations

from typing import Any

from bot.demo.arxiv_server import DemoArxiv
from digest.arxiv.creators import creator_names
from digest.models.paper import Paper
from digest.models.paper_text import PaperParagraph, PaperText, Section

_USUAL = 36_000  # characters of a paper's body: about 10,300 tokens
_PAGE = 3_300  # characters


def sample_paper() -> Paper:
    """The paper that the trials are about."""
    listed = _listed()
    return Paper(
        id=listed["id"], version=listed["version"], title=listed["title"], authors=creator_names(listed["creator"]),
        abstract=listed["abstract"].strip(), categories=tuple(listed["categories"]),
    )  # fmt: skip


def sample_pdf() -> bytes:
    """Its PDF, of two pages."""
    from bot.demo.sample_pdfs import paper_pdf  # here: it draws with PyMuPDF, which is large

    listed, source = _listed(), DemoArxiv()
    return paper_pdf(
        listed["title"], list(creator_names(listed["creator"])), listed["abstract"], source.texts[listed["pdf"]]
    )


def sample_text() -> PaperText:
    """Its text, made as long as papers usually are by those of the others and a log of made-up runs."""
    listed, source = _listed(), DemoArxiv()
    names = [listed["pdf"], *(name for name in source.texts if name != listed["pdf"])]
    parts = [(heading, prose) for name in names for heading, prose in source.texts[name]["sections"]]
    length = sum(len(prose) for _, prose in parts)
    parts.append(("Run Log", _log(_USUAL - length)))
    sections, words_seen = [], 0
    for heading, prose in parts:
        page = words_seen // _PAGE + 1
        lines = [line for line in prose.splitlines() if line.strip()]
        sections.append(Section(heading, page, paragraphs=tuple(PaperParagraph(line.strip(), page) for line in lines)))
        words_seen += len(prose)
    pages = words_seen // _PAGE + 1
    return PaperText(listed["title"], tuple(sections), pages, pages)


def _listed() -> dict[str, Any]:
    return next(paper for paper in DemoArxiv().papers if paper.get("pdf") == "touch")


def _log(length: int) -> str:
    lines: list[str] = []
    while sum(map(len, lines)) < length:
        n = len(lines) + 1
        lines.append(
            f"Run {n} used seed {n * 17} on task {n % 9 + 1} and ended after {n * 13 % 700 + 40} steps, with the"
            f" gripper {'closed' if n % 3 else 'open'} and a mean error of {n * 7 % 90 + 10} mm over its last minute."
        )
    return "\n".join(lines)
