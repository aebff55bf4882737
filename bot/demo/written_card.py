"""One card of the demonstration as a model writes it: statements with their checked quotations, one of them doubtful.

The statements and a table are prepared (`written_card.toml`). The check of the statements is the real one, against the
paper's abstract, and so is the rule that draws the results from the table.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import resources
from typing import Any

from digest.analysis.question_answering import abstract_as_text
from digest.analysis.results_table import results_table
from digest.analysis.verification.statements import verify_statement
from digest.codec import decode
from digest.models.analysis import Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Statement
from digest.models.digest import Card, Digest
from digest.models.paper_text import PaperTable
from digest.text.paper_index import PaperIndex

WRITER = "a prepared answer, no model"


def with_written_card(digest: Digest) -> Digest:
    """The digest with the prepared analysis on the card of its paper."""
    data = tomllib.loads(resources.files("bot.demo").joinpath("written_card.toml").read_text(encoding="utf-8"))
    cards = tuple(
        replace(card, analysis=_analysis(card, digest.language, data)) if card.paper.id == data["id"] else card
        for card in digest.cards
    )
    return replace(digest, cards=cards)


def _analysis(card: Card, language: str, data: dict[str, Any]) -> Analysis:
    paper = card.paper
    abstract = PaperIndex(abstract_as_text(paper))
    parts: dict[AnalysisPartKey, list[Statement]] = {}
    for row in data["statements"]:
        evidence = verify_statement(row[language], row["quotes"], abstract)
        own = parts.setdefault(AnalysisPartKey(row["part"]), [])
        own.append(Statement(row[language], replace(evidence, page=None)))
    clear = next(s for own in parts.values() for s in own if s.is_found and not s.doubts)
    return Analysis(
        paper_id=paper.id,
        version=paper.version,
        language=language,
        analyst=WRITER,
        made_from=AnalysisSource.ABSTRACT,
        parts=tuple(AnalysisPart(key, tuple(own)) for key, own in parts.items()),
        takeaway=clear,
        results=results_table(replace(abstract_as_text(paper), tables=(decode(PaperTable, data["table"]),))),
        reproducibility=card.analysis.reproducibility,
        unstated=card.analysis.unstated,
    )
