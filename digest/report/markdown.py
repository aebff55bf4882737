"""A digest as a Markdown report: the day, then each paper with what is known of it and its analysis.

Texts from papers and models are data: every character that Markdown gives a meaning to is escaped. Written for
CommonMark with GitHub's additions in mind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.i18n.translator import Translator
from digest.models.analysis import AnalysisPart, AnalysisPartKey, AnalysisSource, Statement
from digest.models.digest import Card, Digest, PaperUpdate
from digest.models.paper import Paper
from digest.models.paper_text import Link, LinkKind
from digest.rendering import fact_phrases, phrasing
from digest.rendering.document import TextRuns
from digest.text.latex.latex_to_text import latex_to_text

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$#&])")
_LINE_START = re.compile(r"^(\d{0,9})([-+=.)])")
_URL_ENDS = {"<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C", "(": "%28", ")": "%29"}


def escaped(text: str) -> str:
    """A text on one line, so that Markdown shows it as it is, wherever in a line it stands."""
    return _LINE_START.sub(r"\1\\\2", _within_a_line(text))


def link(label: str, url: str) -> str:
    address = "".join(_URL_ENDS.get(char, char) for char in url)
    return f"[{_within_a_line(label)}]({address})"


def _within_a_line(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", phrasing.clean(text))


def markdown_report(digest: Digest) -> str:
    """The whole report; headings are in the digest's language."""
    texts = Translator(digest.language)
    sections = ["\n".join(_overview(digest, texts))]
    sections += ["\n".join(_paper(card, number, digest, texts)) for number, card in enumerate(digest.cards, 1)]
    if digest.updates:
        updates = "\n\n".join("\n".join(_update(update, texts)) for update in digest.updates)
        sections.append(f"## {texts('report.updates')}\n\n{updates}")
    return "\n\n---\n\n".join(sections) + "\n"


def _overview(digest: Digest, texts: Translator) -> Iterator[str]:
    name = escaped(phrasing.analyst_name(digest))
    yield f"# {texts('report.title', title=name, date=texts.date(digest.day))}"
    yield f"\n> {texts('report.by')}\n"
    yield f"## {texts('report.overview')}\n"
    categories = [texts("report.category", category=day.category, n=day.entries) for day in digest.categories]
    yield _field(texts("report.day"), texts.date(digest.day))
    yield _field(texts("report.categories"), ", ".join(categories))
    yield _field(texts("report.keywords"), ", ".join(escaped(k) for k in digest.keywords) or texts("report.none"))
    yield _field(texts("report.found"), texts("report.papers", n=len(digest.cards), announced=digest.announced))
    if digest.updates:
        yield _field(texts("report.updates"), texts("report.update_count", n=len(digest.updates)))
    for line in phrasing.states(digest, texts):
        yield _field(texts("report.states"), escaped(line))
    for notice in digest.notices:
        yield _field(texts("report.notices"), escaped(texts.notice(notice)))
    if digest.empty is not None:
        yield f"\n{escaped(texts.notice(digest.empty))}"


def _field(name: str, value: str) -> str:
    return f"- **{name}**: {value}"


# --- a paper ----------------------------------------------------------------------------------------------------


def _paper(card: Card, number: int, digest: Digest, texts: Translator) -> Iterator[str]:
    paper, analysis = card.paper, card.analysis
    yield f"## {number}. {escaped(phrasing.title(paper))}\n"
    yield f"### {texts('report.about')}\n"
    yield from _about(card, digest, texts)
    if analysis.takeaway is not None:
        yield f"\n### {texts('report.takeaway')}\n"
        yield _said(analysis.takeaway, paper, texts)
    if paper.abstract:
        yield f"\n### {texts('report.abstract')}\n"
        yield inline(phrasing.external_link(latex_to_text(paper.abstract)))
    key = "report.analysis.full" if analysis.made_from is AnalysisSource.FULL_TEXT else "report.analysis.abstract"
    yield f"\n### {texts(key)}\n"
    yield f"*{escaped(' · '.join(phrasing.how_made(analysis, texts)))}*"
    for notice in analysis.notices:
        yield f"\n{escaped(phrasing.making_note(notice, texts))}"
    for part in analysis.parts:
        if part.statements:
            yield from _part(part, paper, texts)
    yield from _facts(card, texts)


def _about(card: Card, digest: Digest, texts: Translator) -> Iterator[str]:
    paper = card.paper
    matches = " · ".join(phrasing.matches(card.matches, texts))
    ways = " · ".join((link("arXiv", phrasing.abs_url(paper)), link("PDF", phrasing.pdf_url(paper))))
    yield _field(texts("report.authors"), ", ".join(map(escaped, phrasing.author_names(paper))) or texts("report.none"))
    yield _field(texts("report.id"), link(paper.versioned_id, phrasing.abs_url(paper)))
    yield _field(texts("report.announced"), texts.date(digest.day))
    yield _field(texts("report.kind"), texts(f"kind.{card.kind}"))
    yield _field(texts("report.subjects"), ", ".join(paper.categories))
    yield _field(texts("report.matches"), escaped(matches) or texts("report.none"))
    yield _field(texts("report.link"), ways)
    for kind in (LinkKind.CODE, LinkKind.PROJECT, LinkKind.DATA):
        links = [item for item in card.links if item.kind is kind]
        if links:
            yield _field(texts(f"report.{kind}"), ", ".join(map(_address, links)))


def _address(item: Link) -> str:
    return link(item.url, item.url)


def _part(part: AnalysisPart, paper: Paper, texts: Translator) -> Iterator[str]:
    key = "report.part.limitations" if part.key is AnalysisPartKey.LIMITATIONS else f"part.{part.key}"
    yield f"\n#### {texts(key)}\n"
    for statement in part.statements:
        yield f"- {_said(statement, paper, texts)}"
        for number, quote in enumerate(phrasing.quotations(statement)):
            yield f"  >\n  > {escaped(quote)}" if number else f"  > {escaped(quote)}"


def _facts(card: Card, texts: Translator) -> Iterator[str]:
    """The results table, and what the paper says about repeating it."""
    results = fact_phrases.result_phrases(card.paper, card.analysis, texts)
    if results:
        names = ("name", "this_paper", "baseline", "difference", "place")
        yield f"\n#### {texts('result.heading')}\n"
        yield _row([texts(f"result.{name}") for name in names])
        yield "|" + " --- |" * len(names)
        for row in results:
            cells = [escaped(text) for text in (row.name, row.this_paper, row.baseline, row.difference)]
            yield _row([*cells, link(row.place, row.url) if row.place else ""])
    items = fact_phrases.reproducibility_runs(card.paper, card.analysis, texts)
    if items:
        yield f"\n#### {texts('reproducibility.heading')}\n"
        yield from (f"- {inline(runs)}" for runs in items)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _said(statement: Statement, paper: Paper, texts: Translator) -> str:
    """A statement with its place in the paper, linked; or marked, where its evidence was not found."""
    reference = phrasing.reference(statement, texts)
    text = escaped(statement.text)
    if phrasing.is_doubtful(statement) or not statement.evidence:
        return ("⚠ " if reference else "") + text + escaped_within(reference)
    doubt = phrasing.doubt(statement, texts)
    text = f"⚠ {text}" if doubt else text
    if not reference:
        return text + escaped_within(doubt)
    paragraph = phrasing.paragraph_url(paper, statement.evidence)
    if paragraph and not statement.evidence.page:
        return f"{text} {link(reference.strip(), paragraph)}{escaped_within(doubt)}"
    ways = [link(reference.strip(), phrasing.passage_url(paper, statement.evidence))]
    if paragraph:
        ways.append(link(texts("evidence.paragraph").strip(), paragraph))
    return " ".join((text, *ways)) + escaped_within(doubt)


def inline(runs: TextRuns) -> str:
    """Runs as Markdown; an address that shows itself is an autolink."""
    return "".join(link(r.text, r.url) if r.url else escaped_within(r.text) for r in runs)


def escaped_within(text: str) -> str:
    """The same as `escaped`, with the white space at the ends kept."""
    inner = escaped(text)
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() and inner else ""
    return head + inner + tail


# --- an update --------------------------------------------------------------------------------------------------


def _update(update: PaperUpdate, texts: Translator) -> Iterator[str]:
    paper = update.paper
    yield f"### {escaped(phrasing.title(paper))}\n"
    yield _field(texts("report.id"), link(phrasing.versions(update, texts), phrasing.abs_url(paper)))
    yield _field(texts("report.kind"), texts(f"kind.{update.kind}"))
    yield _field(texts("report.subjects"), ", ".join(paper.categories))
    if update.matches:
        yield _field(texts("report.matches"), escaped(" · ".join(phrasing.matches(update.matches, texts))))
    if update.summary is not None:
        yield f"\n{_said(update.summary, paper, texts)}"
    if update.changes:
        yield f"\n{texts('report.changes')}:\n"
        yield from (f"- {escaped(phrasing.change(change, texts))}" for change in update.changes)
