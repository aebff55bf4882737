"""What cards, reports and pages say in the same words: lines about a paper, its matches, its evidence and its making.

Everything here is text for people; what comes from arXiv's LaTeX is made readable first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import quote

from digest.arxiv import ids
from digest.arxiv.withdrawal import withdrawal_reason
from digest.i18n.doubt_phrases import doubt_lines, doubt_mark
from digest.i18n.translator import Translator
from digest.models.analysis import (
    EXCERPT,
    Analysis,
    AnalysisPart,
    AnalysisPartKey,
    AnalysisSource,
    Evidence,
    QuotedPassage,
    Statement,
    Verdict,
)
from digest.models.digest import Digest, PaperUpdate, VersionChange
from digest.models.feed import CategoryDay, FeedState
from digest.models.match import Match, MatchField
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.rendering.document import TextRun, TextRuns, text_run
from digest.text.latex.latex_to_text import latex_to_text
from digest.text.unsafe_characters import without_unsafe
from digest.text.urls import find_urls, is_usable

AUTHORS_SHOWN = 3
LONGEST_REASON = 160  # columns of why a paper is withdrawn
SHORT_TITLE = 48  # columns; a Chinese character takes two
NO_BREAK = "\u00a0"  # keeps a place in the paper on one line
LONGEST_URL = 1_000  # characters
WORDS_SHOWN = 24  # columns of a word that is not in the paper
_BRACKETS = str.maketrans("〔〕[]", "（）()")  # a mark ends at its bracket
SECTION_SHOWN = 32  # columns of a section's title, where it has no number

CARD_ORDER = (  # of a card's parts, on every platform and page: what is new and by how much comes first
    AnalysisPartKey.OVERVIEW,
    AnalysisPartKey.CONTRIBUTIONS,
    AnalysisPartKey.EXPERIMENTS,
    AnalysisPartKey.MOTIVATION,
    AnalysisPartKey.METHOD,
    AnalysisPartKey.LIMITATIONS,
)
BEHIND_RESULTS = frozenset(CARD_ORDER[2:])  # the results table stands before the first of these
_ABSTRACT = frozenset({"abstract", "摘要"})  # how papers head their abstracts

_UNLINKED = re.compile(r"[\s\x00-\x1f\x7f\"<>\\^`{|}]")  # never stand in an address as they are (RFC 3986)
_NUMBER = re.compile(r"^(?:(?:Appendix|Section)\s+)?((?:\d+|[IVXL]+|[A-Z](?=[.-]\d))(?:[.-]\w{1,3})*)[.:)]?\s")


def clean(text: str) -> str:
    """Text on one line, without characters that can't be seen or that turn the direction of writing."""
    return " ".join(without_unsafe(text).split())


def columns(text: str) -> int:
    """The width of a text: a Chinese, Japanese or Korean character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shortened(text: str, width: int) -> str:
    """The text, cut to `width` columns with an ellipsis, between words where there are any."""
    if columns(text) <= width:
        return text
    cut, used = 0, 1
    for cut, char in enumerate(text):  # noqa: B007 the place is used after the loop
        used += columns(char)
        if used > width:
            break
    head = text[:cut]
    space = head.rfind(" ")
    if space > len(head) * 2 // 3 and not text[cut].isspace():
        head = head[:space]
    return head.rstrip(" ,;:·-–—，、；：") + "…"


# --- a paper ----------------------------------------------------------------------------------------------------


def title(paper: Paper) -> str:
    return latex_to_text(paper.title) or paper.versioned_id


def short_title(paper: Paper) -> str:
    """The name that authors put before the colon, or the beginning of the title."""
    whole = title(paper)
    name, colon, _ = whole.partition(": ")
    return name if colon and 2 <= columns(name) <= SHORT_TITLE else shortened(whole, SHORT_TITLE)


def author_names(paper: Paper) -> list[str]:
    return [latex_to_text(name) for name in paper.authors]


def authors(paper: Paper, texts: Translator) -> str:
    """All authors of a paper that has few, else the first ones and how many there are."""
    names = author_names(paper)
    if len(names) <= AUTHORS_SHOWN + 1:
        return ", ".join(names)
    return texts("card.authors", names=", ".join(names[:AUTHORS_SHOWN]), n=len(names))


def abs_url(paper: Paper) -> str:
    """The abstract page of this version."""
    return ids.abs_url(paper.id, paper.version)


def pdf_url(paper: Paper, page: int | None = None) -> str:
    """The PDF of this version, opened at a page."""
    return ids.pdf_url(paper.id, paper.version) + (f"#page={page}" if page else "")


def passage_url(paper: Paper, evidence: Evidence | QuotedPassage) -> str:
    """The PDF of this version, opened at the page of some evidence; Chromium's viewer marks the words there."""
    directive = evidence.location.pdf_directive if evidence.location else ""
    page = f"page={evidence.page}" if evidence.page else ""
    fragment = f"#{page}{directive}" if page or directive else ""
    return ids.pdf_url(paper.id, paper.version) + fragment


def paragraph_url(paper: Paper, evidence: Evidence) -> str:
    """arXiv's HTML page of this version, opened at the paragraph of some evidence, with the words marked; empty where
    it was not read from there."""
    location = evidence.location
    if location is None or not (location.anchor or location.html_directive):
        return ""
    address = ids.html_url(paper.id, paper.version)
    return f"{address}#{quote(location.anchor, safe='')}{location.html_directive}"


def is_link(url: str) -> bool:
    """Whether a reader could follow an address, and every platform would take it as one."""
    return is_usable(url) and len(url) <= LONGEST_URL and not _UNLINKED.search(url)


def external_link(text: str) -> TextRuns:
    """A paper's own text with the addresses in it as links."""
    runs: list[TextRun] = []
    done = 0
    for url, start in find_urls(text):
        label = url if text.startswith(url, start) else url.removeprefix("https://")
        if start < done or not text.startswith(label, start):
            continue
        runs += [text_run(text[done:start]), text_run(label, url=url)]
        done = start + len(label)
    return tuple(r for r in (*runs, text_run(text[done:])) if r.text)


def matches(matched: Sequence[Match], texts: Translator) -> list[str]:
    """Each keyword with the fields that it was found in, in the order of its first match."""
    fields: dict[str, list[MatchField]] = {}
    for match in matched:
        listed = fields.setdefault(match.keyword, [])
        if match.field not in listed:
            listed.append(match.field)
    order = list(MatchField)
    return [
        texts(
            "card.match",
            keyword=clean(keyword),
            fields=texts.list([texts(f"field.{field}") for field in sorted(where, key=order.index)]),
        )
        for keyword, where in fields.items()
    ]


# --- an analysis ------------------------------------------------------------------------------------------------


def parts_shown(analysis: Analysis) -> tuple[AnalysisPart, ...]:
    """The parts that have statements, in the order of a card, whatever order they were stored in."""
    return tuple(sorted((p for p in analysis.parts if p.statements), key=lambda part: CARD_ORDER.index(part.key)))


# --- evidence ---------------------------------------------------------------------------------------------------


def evidence_place(evidence: Evidence, texts: Translator) -> str:
    """Where a quotation stands, shortly: §3.2 · p. 5. Empty where nothing is known."""
    return place(_section(clean(evidence.section), texts) if evidence.section else "", evidence.page, texts)


def place(label: str, page: int | None, texts: Translator) -> str:
    """A section or table and a page, on one line."""
    parts = [label] if label else []
    if page:
        parts.append(texts("evidence.page", page=page))
    return f"{NO_BREAK}·{NO_BREAK}".join(parts)


def _section(label: str, texts: Translator) -> str:
    """A section by its number, the abstract by the reader's word for it, others by their titles."""
    number = _NUMBER.match(label + " ")
    if number:
        return texts("evidence.section", number=number[1])
    return texts("evidence.abstract") if label.lower() in _ABSTRACT else shortened(label, SECTION_SHOWN)


def reference(statement: Statement, texts: Translator) -> str:
    """What stands behind a statement: its place in the paper, or what was not found there."""
    evidence = statement.evidence
    if evidence is None:
        return ""
    if evidence.verdict is not Verdict.FOUND:
        return texts(f"evidence.{evidence.verdict}", words=_missing_words(evidence, texts))
    labels = [
        texts("evidence.interpretation") if statement.interpretation else "",
        texts("evidence.of_others") if evidence.of_others else "",
        texts("evidence.computed", numbers=", ".join(evidence.computed)) if evidence.computed else "",
    ]
    where = " · ".join(filter(None, (evidence_place(evidence, texts), *labels)))
    return texts("evidence.reference", place=where) if where else ""


def _missing_words(evidence: Evidence, texts: Translator) -> str:
    """The number or the reference that the paper lacks, for readers to look at."""
    params = dict(evidence.why.params) if evidence.why else {}
    words = clean(str(params.get("number") or params.get("reference") or params.get("quoted") or ""))
    return texts("evidence.words", words=shortened(words.translate(_BRACKETS), WORDS_SHOWN)) if words else ""


def doubt(statement: Statement, texts: Translator) -> str:
    """The mark behind a statement that should be compared with its quotation, empty for others."""
    return doubt_mark(statement.doubts, texts)


def doubts(statement: Statement, texts: Translator) -> list[str]:
    """All that should be compared, a line each."""
    return doubt_lines(statement.doubts, texts)


def quotations(statement: Statement) -> list[str]:
    """Every passage behind a statement, as `quotation` gives the first."""
    first = quotation(statement)
    more = statement.evidence.more if statement.evidence else ()
    return [*([first] if first else []), *(clean(p.passage or p.quote) for p in more)]


def quotation(statement: Statement) -> str:
    """The words that stand behind a statement: the paper's own where they were found, else those that were given.
    Empty where the statement is itself a quotation, or was not checked."""
    evidence = statement.evidence
    if evidence is None:
        return ""
    quote = clean((evidence.passage if statement.is_found else None) or evidence.quote)
    return "" if quote == clean(statement.text) else quote


def is_doubtful(statement: Statement) -> bool:
    """Whether the check of a statement found that its evidence is not in the paper."""
    return statement.evidence is not None and not statement.is_found


def found_count(analysis: Analysis) -> tuple[int, int]:
    """How many of an analysis's quotations were found in the paper, of how many that were looked for."""
    everything = [*analysis.statements, *([analysis.takeaway] if analysis.takeaway else [])]
    checked = [s for s in everything if s.evidence is not None]
    sizes = [(s.is_found, 1 + len(s.evidence.more)) for s in checked if s.evidence is not None]
    return sum(n for is_found, n in sizes if is_found), sum(n for _, n in sizes)


def doubtful_of(analysis: Analysis) -> int:
    """How many statements should be compared with their quotations."""
    everything = [*analysis.statements, *([analysis.takeaway] if analysis.takeaway else [])]
    return sum(bool(s.doubts) for s in everything)


def how_made(analysis: Analysis, texts: Translator) -> list[str]:
    """From what, by whom, and how much of it was found in the paper."""
    if analysis.made_from is AnalysisSource.FULL_TEXT and analysis.source == "html":
        words = [texts("made.html")]
    elif analysis.made_from is AnalysisSource.FULL_TEXT:
        words = [texts("made.full", read=analysis.pages_read, pages=analysis.pages)]
    else:
        words = [texts("made.abstract")]
    found_quotations, checked = found_count(analysis)
    if checked:
        key = "made.found.all" if found_quotations == checked else "made.found.some"
        words.append(texts(key, n=checked, found=found_quotations))
        if doubtful := doubtful_of(analysis):
            words.append(texts("made.doubts", n=doubtful))
    elif analysis.statements and analysis.analyst != EXCERPT:
        words.append(texts("made.unchecked"))
    if analysis.analyst != EXCERPT:
        words.append(texts("made.model", analyst=clean(analysis.analyst)))
    elif analysis.statements:
        words.append(texts("made.excerpt"))
    return words


def making_note(notice: Notice, texts: Translator) -> str:
    """A notice that stands by itself in a line."""
    return texts("card.note", notice=texts.notice(notice))


# --- a day ------------------------------------------------------------------------------------------------------


def analyst_name(digest: Digest) -> str:
    """What the digest is called."""
    return clean(digest.title) or clean(digest.edition)


def heading(digest: Digest, texts: Translator) -> str:
    """The digest's name and its day."""
    key = "overview.heading" if digest.number == 1 else "overview.supplement"
    return texts(key, title=analyst_name(digest), date=texts.date(digest.day), number=digest.number)


def counts(digest: Digest, texts: Translator) -> str:
    """302 announcements → 5 matches, 1 update."""
    amounts = [texts("overview.matched", n=len(digest.cards))]
    if digest.updates:
        amounts.append(texts("overview.updated", n=len(digest.updates)))
    joined = ("，" if texts.interface == "zh" else ", ").join(amounts)
    return texts("overview.counts", announced=texts("overview.announced", n=digest.announced), found=joined)


def states(digest: Digest, texts: Translator) -> list[str]:
    """A line for each state that is not simply fresh, with its categories and its reason.

    On an empty day on which all categories are quiet, waiting or stale alike, why it is empty says it all.
    """
    notable = [day for day in digest.categories if day.state is not FeedState.FRESH or day.reason is not None]
    alike = {day.state for day in digest.categories}
    if digest.empty is not None and len(alike) == 1 and not alike & {FeedState.FRESH, FeedState.FAILED}:
        return []

    def key(day: CategoryDay) -> tuple[int, str]:
        return list(FeedState).index(day.state), texts.notice(day.reason) if day.reason else ""

    lines = []
    for (index, reason), days in groupby(sorted(notable, key=key), key=key):
        form = f"state.{list(FeedState)[index]}" + (".because" if reason else "")
        lines.append(texts(form, categories=texts.list([day.category for day in days]), reason=reason))
    return lines


# --- updates ----------------------------------------------------------------------------------------------------


def versions(update: PaperUpdate, texts: Translator) -> str:
    """2511.00088 v1 → v2; of a version that takes the paper back also that, with its reason."""
    key = "update.versions" if update.previous_version else "update.version"
    line = texts(key, id=update.paper.id, old=str(update.previous_version), new=str(update.paper.version))
    return " · ".join(filter(None, (line, withdrawal(update.paper, texts))))


def withdrawal(paper: Paper, texts: Translator) -> str:
    """That a paper is withdrawn, and why in the words of its notice; empty for any other."""
    reason = withdrawal_reason(paper)
    return texts("paper.withdrawn", reason=shortened(clean(reason), LONGEST_REASON)) if reason else ""


def change(difference: VersionChange, texts: Translator) -> str:
    """One difference between two versions, in a line."""
    page = difference.new_page or difference.old_page
    kinds = ("section added", "section removed", "section rewritten", "number changed")
    line = texts(
        f"change.{difference.kind if difference.kind in kinds else 'other'}",
        section=clean(difference.section),
        old=shortened(clean(difference.old), 90),
        new=shortened(clean(difference.new), 90),
    )
    return line + (texts("evidence.reference", place=texts("evidence.page", page=page)) if page else "")
