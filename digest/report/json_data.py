"""A digest as plain data: what `broadsheet digest --json` prints, and what other programs may build on.

Titles, names and abstracts are readable Unicode, not arXiv's LaTeX. Texts for people (headings, reasons, notices) are
in the digest's language; codes (`state`, `kind`, `key`, `verdict`) never are.
"""

from __future__ import annotations

from typing import Any

from digest.i18n.translator import Translator
from digest.models.analysis import Analysis, AnalysisPart, Statement
from digest.models.digest import Card, Digest, PaperUpdate
from digest.models.feed import CategoryDay
from digest.models.match import Match
from digest.models.paper import Paper
from digest.models.paper_facts import ReproducibilityFact, ResultCell, ResultRow
from digest.rendering import phrasing
from digest.text.latex.latex_to_text import latex_to_text

Data = dict[str, Any]


def digest_json(digest: Digest) -> Data:
    """The whole digest. `categories` maps each name to its state; `empty` is the reason of a day with nothing."""
    texts = Translator(digest.language)
    return {
        "edition": digest.edition,
        "title": digest.title,
        "date": digest.day.isoformat(),
        "number": digest.number,
        "language": digest.language,
        "announced": digest.announced,
        "keywords": list(digest.keywords),
        "categories": {day.category: _category(day, texts) for day in digest.categories},
        "cards": [card_json(card, texts) for card in digest.cards],
        "updates": [_update(update, texts) for update in digest.updates],
        "empty": texts.notice(digest.empty) if digest.empty else None,
        "notices": [texts.notice(notice) for notice in digest.notices],
    }


def card_json(card: Card, texts: Translator) -> Data:
    """One paper with its analysis. `found` is true, false, or null where a statement was not checked."""
    paper, analysis = card.paper, card.analysis
    return {
        "id": paper.id,
        "version": paper.version,
        "title": phrasing.title(paper),
        "authors": phrasing.author_names(paper),
        "categories": list(paper.categories),
        "kind": str(card.kind),
        "update": False,
        "matches": [_match(match) for match in card.matches],
        "abstract": latex_to_text(paper.abstract),
        "abs_url": phrasing.abs_url(paper),
        "pdf_url": phrasing.pdf_url(paper),
        "code_url": card.code_url,
        "project_url": card.project_url,
        "links": [{"url": link.url, "kind": str(link.kind), "page": link.page} for link in card.links],
        **_analysis(analysis, paper, texts),
    }


def _analysis(analysis: Analysis, paper: Paper, texts: Translator) -> Data:
    found_quotations, checked = phrasing.found_count(analysis)
    return {
        "made_from": str(analysis.made_from),
        "source": analysis.source,
        "analyst": analysis.analyst,
        "pages_read": analysis.pages_read,
        "pages": analysis.pages,
        "quotations": {"checked": checked, "found": found_quotations},
        "takeaway": _statement(analysis.takeaway, paper, texts) if analysis.takeaway else None,
        "parts": [_part(part, paper, texts) for part in analysis.parts],
        "notices": [texts.notice(notice) for notice in analysis.notices],
        "results": [_result(row) for row in analysis.results],
        "reproducibility": [_fact(fact) for fact in analysis.reproducibility],
    }


def _result(row: ResultRow) -> Data:
    """One result; `difference` and `relative` (per cent) are decimal numbers as strings, as the paper's cells are."""
    return {
        "data_set": row.data_set,
        "metric": row.metric,
        "this_paper": _cell(row.this_paper),
        "baseline": _cell(row.baseline) if row.baseline else None,
        "difference": str(row.difference) if row.difference is not None else None,
        "relative": str(row.relative) if row.relative is not None else None,
        "in_points": row.in_points,
        "is_better": row.is_better,
    }


def _cell(cell: ResultCell) -> Data:
    return {"text": cell.text, "table": cell.table, "row": cell.row, "column": cell.column, "page": cell.page}


def _fact(fact: ReproducibilityFact) -> Data:
    return {
        "topic": str(fact.topic),
        "availability": str(fact.availability),
        "detail": fact.detail,
        "quote": fact.quote,
        "section": fact.section,
        "page": fact.page,
    }


def _category(day: CategoryDay, texts: Translator) -> Data:
    return {
        "state": str(day.state),
        "entries": day.entries,
        "reason": texts.notice(day.reason) if day.reason else None,
    }


def _match(match: Match) -> Data:
    return {"keyword": match.keyword, "field": str(match.field), "text": match.text}


def _part(part: AnalysisPart, paper: Paper, texts: Translator) -> Data:
    return {
        "key": str(part.key),
        "heading": texts(f"part.{part.key}"),
        "statements": [_statement(statement, paper, texts) for statement in part.statements],
    }


def _statement(statement: Statement, paper: Paper, texts: Translator) -> Data:
    evidence = statement.evidence
    return {
        "text": statement.text,
        "quote": evidence.quote if evidence else None,
        "section": evidence.section if evidence else None,
        "page": evidence.page if evidence else None,
        "url": phrasing.passage_url(paper, evidence) if evidence and statement.is_found else None,
        "html_url": (phrasing.paragraph_url(paper, evidence) or None) if evidence else None,
        "found": statement.is_found if evidence else None,
        "verdict": str(evidence.verdict) if evidence else None,
        "why": texts.notice(evidence.why) if evidence and evidence.why else None,
        "interpretation": statement.interpretation,
        "more_quotes": [passage.quote for passage in evidence.more] if evidence else [],
        "doubts": [
            {"code": doubt.code.value, "claim": doubt.statement, "quote": doubt.quotation} for doubt in statement.doubts
        ],
        "earlier_work": evidence.of_others if evidence else False,
    }


def _update(update: PaperUpdate, texts: Translator) -> Data:
    paper = update.paper
    return {
        "id": paper.id,
        "version": paper.version,
        "previous_version": update.previous_version,
        "title": phrasing.title(paper),
        "authors": phrasing.author_names(paper),
        "categories": list(paper.categories),
        "kind": str(update.kind),
        "update": True,
        "matches": [_match(match) for match in update.matches],
        "abs_url": phrasing.abs_url(paper),
        "summary": _statement(update.summary, paper, texts) if update.summary else None,
        "changes": [
            {
                "kind": change.kind,
                "section": change.section,
                "old": change.old,
                "new": change.new,
                "old_page": change.old_page,
                "new_page": change.new_page,
                "text": phrasing.change(change, texts),
            }
            for change in update.changes
        ],
    }
