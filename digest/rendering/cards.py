"""A Digest as Documents: the overview, a card a paper, an entry an update. Every word is from the catalogue or is data.

overview   what there is, in half a minute: a line a paper, the updates, and what is missing and why
card       one paper: who, why it is here, the takeaway, the overview; the rest behind collapsed quotations, the
           authors' abstract last
update     a new version: what changed
evidence   an analysis with the quotation behind each statement, for whoever wants to see them
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.i18n.translator import Translator
from digest.models.analysis import EXCERPT, Analysis, AnalysisPart, AnalysisPartKey, QuotedPassage, Statement
from digest.models.digest import Card, Digest, PaperUpdate
from digest.models.edition import CardDetail
from digest.models.paper import Paper
from digest.rendering import fact_phrases, phrasing
from digest.rendering.document import (
    Block,
    Button,
    Document,
    Heading,
    InnerBlock,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Style,
    TextRun,
    TextRuns,
    text_run,
)
from digest.rendering.site_urls import public_paper
from digest.text.latex.latex_to_text import latex_to_text

KEYWORDS_SHOWN = 8
TAKEAWAYS_UP_TO = 25  # cards; on a longer day the overview has titles only
OVERVIEW_TAKEAWAY = 150  # columns: three lines on a phone
OPEN_OVERVIEW = 360  # columns; a longer overview is behind its heading, so that a card stays a glance
MAX_REQUESTS = 40  # buttons that fetch cards
REQUESTS_A_ROW = 8
SUMMARY = 240  # columns

_PROSE = (AnalysisPartKey.OVERVIEW, AnalysisPartKey.MOTIVATION)
_NUMBERED = (AnalysisPartKey.CONTRIBUTIONS, AnalysisPartKey.METHOD)
_BOLD = frozenset({Style.BOLD})
DOUBT_MARK = "⚠ "


@dataclass(frozen=True, slots=True)
class DigestDocument:
    """A document and its part in a digest. `role`: "overview", "card" or "update"; the first has no paper."""

    role: str
    paper_id: str | None
    document: Document


def digest_documents(digest: Digest, archive: str = "") -> list[DigestDocument]:
    """Everything that a digest publishes, in order: the overview first, as the others may be answers to it. `archive`
    is the address of the archive, where its cards have pages."""
    return [
        DigestDocument("overview", None, overview_document(digest)),
        *(DigestDocument("card", c.paper.id, card_document(digest, i, archive)) for i, c in enumerate(digest.posted)),
        *(DigestDocument("update", u.paper.id, update_document(digest, i)) for i, u in enumerate(digest.updates)),
    ]


# --- the overview -----------------------------------------------------------------------------------------------


def overview_document(digest: Digest) -> Document:
    """The day at a glance. On an empty day: one line that says why."""
    texts = Translator(digest.language)
    heading = phrasing.heading(digest, texts)
    if digest.empty is not None:
        return _empty(digest, heading, texts)
    categories = " · ".join(day.category for day in digest.categories)
    blocks: list[Block] = [Heading(1, (text_run(heading),)), _muted(categories), _muted(phrasing.counts(digest, texts))]
    if digest.cards:
        blocks.append(ItemList(tuple(_overview_item(digest, i) for i in range(len(digest.cards)))))
    if digest.updates:
        blocks.append(Heading(3, (text_run(texts("overview.updates")),)))
        blocks.append(ItemList(tuple(Item(_update_line(entry, texts)) for entry in digest.updates)))
    blocks += [_muted(line) for line in _small_print(digest, texts)]
    summary = f"{heading} · {phrasing.counts(digest, texts)}"
    buttons = card_requests(digest, len(digest.posted))
    return Document(tuple(blocks), summary, buttons, texts("card.continued", heading=heading))


def card_requests(digest: Digest, posted: int = 0) -> tuple[tuple[Button, ...], ...]:
    """A button for each card after the first `posted`, by its number in the overview, at most `MAX_REQUESTS`."""
    buttons = [
        Button(str(number), action=f"paper:{card.paper.id}")
        for number, card in enumerate(digest.cards[posted:], posted + 1)
    ][:MAX_REQUESTS]
    return tuple(tuple(buttons[i : i + REQUESTS_A_ROW]) for i in range(0, len(buttons), REQUESTS_A_ROW))


def _empty(digest: Digest, heading: str, texts: Translator) -> Document:
    assert digest.empty is not None
    why = texts.notice(digest.empty)
    line = Paragraph((TextRun(heading, _BOLD), text_run(texts("overview.empty", heading="", why=why))))
    extra = [*phrasing.states(digest, texts), *(phrasing.making_note(notice, texts) for notice in digest.notices)]
    return Document((line, *(_muted(text) for text in extra)), texts("overview.empty", heading=heading, why=why))


def _overview_item(digest: Digest, index: int) -> Item:
    card = digest.cards[index]
    runs: TextRuns = (TextRun(phrasing.title(card.paper), _BOLD, phrasing.abs_url(card.paper)),)
    if card.near_miss:
        runs += (text_run(Translator(digest.language)("overview.near_miss")),)
    takeaway = card.analysis.takeaway
    if takeaway is not None and len(digest.cards) <= TAKEAWAYS_UP_TO:
        mark = DOUBT_MARK if phrasing.is_doubtful(takeaway) else ""
        runs += (text_run("\n" + mark + phrasing.shortened(phrasing.clean(takeaway.text), OVERVIEW_TAKEAWAY)),)
    return Item(runs, ordinal=index + 1)


def _update_line(entry: PaperUpdate, texts: Translator) -> TextRuns:
    name = phrasing.short_title(entry.paper)
    before, _, after = texts("update.line", title=name, versions="\0").partition("\0")
    return (
        text_run(before),
        text_run(phrasing.versions(entry, texts), url=phrasing.abs_url(entry.paper)),
        text_run(after),
    )


def _small_print(digest: Digest, texts: Translator) -> Iterator[str]:
    """What has no card, what is missing and why, and what was watched for."""
    if len(digest.posted) < len(digest.cards):
        yield texts("overview.rest", n=len(digest.posted))
    yield from phrasing.states(digest, texts)
    yield from (phrasing.making_note(notice, texts) for notice in digest.notices)
    watched = " · ".join(phrasing.clean(keyword) for keyword in digest.keywords[:KEYWORDS_SHOWN])
    if len(digest.keywords) > KEYWORDS_SHOWN:
        yield texts("overview.keywords.more", keywords=watched, n=len(digest.keywords))
    elif watched:
        yield texts("overview.keywords", keywords=watched)


# --- a card -----------------------------------------------------------------------------------------------------


def card_document(digest: Digest, index: int, archive: str = "") -> Document:
    """The card of one paper, in the digest's language and detail."""
    card = digest.cards[index]
    page = public_paper(archive, digest.edition, card.paper.id) if archive else ""
    return paper_card(card, digest.language, digest.detail, index + 1, len(digest.cards), page)


def paper_card(
    card: Card,
    language: str,
    detail: CardDetail = CardDetail.FULL,
    number: int | None = None,
    total: int = 0,
    page: str = "",
) -> Document:
    """A card by itself, or as `number` of `total`; as what a paper was announced, only that of a digest says. `page` is
    its page in the archive, if it has one."""
    texts = Translator(language)
    paper, analysis = card.paper, card.analysis
    name = phrasing.title(paper)
    short = phrasing.short_title(paper)
    if number is not None:
        name, short = (texts("card.heading", index=number, total=total, title=t) for t in (name, short))
    blocks: list[Block] = [Heading(1, (text_run(name),)), *_about(card, texts, is_announced=number is not None)]
    takeaway = _takeaway(card, texts)
    if takeaway:
        blocks.append(Paragraph(takeaway))
    if detail is CardDetail.FULL:
        blocks += _parts(paper, analysis, texts)
    if detail is not CardDetail.TITLE and paper.abstract:
        abstract = (Paragraph(phrasing.external_link(latex_to_text(paper.abstract))),)
        blocks.append(Quote(abstract, collapsed=True, title=(TextRun(texts("card.abstract"), _BOLD),)))
    blocks += [_muted(phrasing.making_note(notice, texts)) for notice in analysis.notices]
    blocks.append(_muted(" · ".join(phrasing.how_made(analysis, texts))))
    sentence = phrasing.clean(analysis.takeaway.text) if analysis.takeaway else ""
    summary = texts("card.summary", heading=name, takeaway=sentence) if sentence else name
    return Document(
        tuple(blocks),
        phrasing.shortened(summary, SUMMARY),
        card_buttons(card, texts, page),
        texts("card.continued", heading=short),
    )


def _about(card: Card, texts: Translator, *, is_announced: bool) -> Iterator[Paragraph]:
    """Who wrote it, where it stands on arXiv, and why it is here."""
    paper = card.paper
    if paper.authors:
        yield _muted(phrasing.authors(paper, texts))
    where = [text_run(" · ".join([*paper.categories, ""])), text_run(paper.versioned_id, url=phrasing.abs_url(paper))]
    if is_announced:
        where.append(text_run(f" · {texts(f'kind.{card.kind}')}"))
    yield Paragraph(tuple(where), muted=True)
    if card.matches:
        yield _muted(texts("card.matched", matches=" · ".join(phrasing.matches(card.matches, texts))))
    if card.near_miss:
        yield _muted(texts("card.near_miss"))


def _takeaway(card: Card, texts: Translator) -> TextRuns:
    takeaway = card.analysis.takeaway
    if takeaway is None:
        return ()
    return (TextRun(texts("card.takeaway"), _BOLD), text_run("  "), *statement_item(takeaway, card.paper, texts))


def _parts(paper: Paper, analysis: Analysis, texts: Translator) -> Iterator[Quote]:
    """The parts, with the results table before the experiments and reproducibility at the end."""
    results = _results(paper, analysis, texts)
    for part in phrasing.parts_shown(analysis):
        if part.key in phrasing.BEHIND_RESULTS:
            yield from results
            results = []
        yield _part(part, paper, analysis, texts)
    yield from results
    items = fact_phrases.reproducibility_runs(paper, analysis, texts)
    if items:
        title = (TextRun(texts("reproducibility.heading"), _BOLD),)
        yield Quote((ItemList(tuple(map(Item, items))),), collapsed=True, title=title)


def _results(paper: Paper, analysis: Analysis, texts: Translator) -> list[Quote]:
    """The results table as a list, each row with its place: chats have no tables that a phone can show."""
    items = []
    for result in fact_phrases.result_phrases(paper, analysis, texts):
        reference = texts("evidence.reference", place=result.place) if result.place else ""
        items.append(Item((text_run(fact_phrases.result_line(result, texts)), *_linked(reference, result.url))))
    title = (TextRun(texts("result.heading"), _BOLD),)
    return [Quote((ItemList(tuple(items)),), collapsed=True, title=title)] if items else []


def _part(part: AnalysisPart, paper: Paper, analysis: Analysis, texts: Translator) -> Quote:
    """A part behind its heading, a short overview open: prose in one paragraph, contributions and methods numbered,
    the rest as a list.
    Excerpts stand far apart in the paper, so they are never run together."""
    title = (TextRun(texts(f"part.{part.key}"), _BOLD),)
    items = [statement_item(s, paper, texts) for s in part.statements]
    block: InnerBlock
    if part.key in _PROSE and analysis.analyst != EXCERPT:
        gap = text_run("" if texts.interface == "zh" else " ")
        block = Paragraph(tuple(r for i, runs in enumerate(items) for r in ((gap, *runs) if i else runs) if r.text))
    else:
        numbered = part.key in _NUMBERED and analysis.analyst != EXCERPT
        block = ItemList(tuple(Item(runs, ordinal=i if numbered else None) for i, runs in enumerate(items, 1)))
    is_open = part.key is AnalysisPartKey.OVERVIEW and _width(items) <= OPEN_OVERVIEW
    return Quote((block,), collapsed=not is_open, title=title)


def _width(items: Sequence[TextRuns]) -> int:
    """The columns that some statements take."""
    return sum(phrasing.columns(run.text) for runs in items for run in runs)


def statement_item(statement: Statement, paper: Paper, texts: Translator) -> TextRuns:
    """A statement with its place in the paper, linked to the words on that page and to the paragraph in the HTML page;
    or marked, where its evidence was not found."""
    text = phrasing.clean(statement.text)
    reference = phrasing.reference(statement, texts)
    if phrasing.is_doubtful(statement):
        return (text_run(DOUBT_MARK + text + reference),)
    if not reference or statement.evidence is None:
        return (text_run(text),)
    doubt = phrasing.doubt(statement, texts)
    text = DOUBT_MARK + text if doubt else text
    behind = (text_run(doubt),) if doubt else ()
    paragraph = phrasing.paragraph_url(paper, statement.evidence)
    if paragraph and not statement.evidence.page:
        return (text_run(text), *_linked(reference, paragraph), *behind)
    links = _linked(reference, phrasing.passage_url(paper, statement.evidence))
    beside = _linked(texts("evidence.paragraph"), paragraph) if paragraph else ()
    more = [run for passage in statement.evidence.more for run in _page_link(passage, paper, texts)]
    return (text_run(text), *links, *beside, *more, *behind)


def _page_link(passage: QuotedPassage, paper: Paper, texts: Translator) -> TextRuns:
    """The page of a further quotation, linked to its words."""
    if not passage.page:
        return ()
    reference = texts("evidence.reference", place=texts("evidence.page", page=passage.page))
    return _linked(reference, phrasing.passage_url(paper, passage))


def _linked(text: str, url: str) -> TextRuns:
    """A reference as a link, without the space before it."""
    inner = text.lstrip()
    return tuple(r for r in (text_run(text[: len(text) - len(inner)]), text_run(inner, url=url)) if r.text)


def card_buttons(card: Card, texts: Translator, page: str = "") -> tuple[tuple[Button, ...], ...]:
    """Ways out (the abstract's page, PDF, code, project), and what the bot does when asked. The whole analysis is on
    the card's page in the archive where there is one; else the bot sends it."""
    paper = card.paper
    ways = list(_ways(paper, texts))
    for key, url in (("code", card.code_url), ("project", card.project_url)):
        if url and phrasing.is_link(url):
            ways.append(Button(texts(f"button.{key}"), url))
    asks = (
        Button(texts("button.full"), page) if page else Button(texts("button.full"), action=f"full:{paper.id}"),
        Button(texts("button.save"), action=f"save:{paper.id}"),
    )
    votes = (
        Button(texts("button.up"), action=f"up:{paper.id}"),
        Button(texts("button.down"), action=f"down:{paper.id}"),
        Button(texts("button.bib"), action=f"bib:{paper.id}"),
    )
    return tuple(ways), asks, votes


def _ways(paper: Paper, texts: Translator) -> tuple[Button, Button]:
    return (
        Button(texts("button.abstract"), phrasing.abs_url(paper)),
        Button(texts("button.pdf"), phrasing.pdf_url(paper)),
    )


# --- an update --------------------------------------------------------------------------------------------------


def update_document(digest: Digest, index: int) -> Document:
    """A new version: its title, from which version to which, and what changed."""
    texts = Translator(digest.language)
    entry = digest.updates[index]
    paper = entry.paper
    metadata: TextRuns = (
        text_run(" · ".join([*paper.categories, ""])),
        text_run(phrasing.versions(entry, texts), url=phrasing.abs_url(paper)),
        text_run(f" · {texts(f'kind.{entry.kind}')}"),
    )
    heading = texts("update.heading", title=phrasing.title(paper))
    blocks: list[Block] = [Heading(1, (text_run(heading),)), Paragraph(metadata, muted=True)]
    if entry.matches:
        blocks.append(_muted(texts("card.matched", matches=" · ".join(phrasing.matches(entry.matches, texts)))))
    if entry.summary is not None:
        blocks.append(Paragraph(statement_item(entry.summary, paper, texts)))
    if entry.changes:
        blocks.append(ItemList(tuple(Item((text_run(phrasing.change(c, texts)),)) for c in entry.changes)))
    summary = texts("update.line", title=phrasing.title(paper), versions=phrasing.versions(entry, texts))
    return Document(
        tuple(blocks),
        phrasing.shortened(summary, SUMMARY),
        (_ways(paper, texts),),
        texts("card.continued", heading=texts("update.heading", title=phrasing.short_title(paper))),
    )


# --- evidence ---------------------------------------------------------------------------------------------------


def evidence_document(card: Card, language: str) -> Document:
    """The whole analysis with the quotation behind each statement: the answer to "full analysis"."""
    texts = Translator(language)
    paper = card.paper
    name = phrasing.title(paper)
    blocks: list[Block] = [Heading(1, (text_run(name),))]
    for part in phrasing.parts_shown(card.analysis):
        blocks.append(Heading(2, (text_run(texts(f"part.{part.key}")),)))
        blocks += [block for s in part.statements for block in _with_quotation(s, paper, texts)]
    blocks += [_muted(phrasing.making_note(notice, texts)) for notice in card.analysis.notices]
    blocks.append(_muted(" · ".join(phrasing.how_made(card.analysis, texts))))
    continued = texts("card.continued", heading=phrasing.short_title(paper))
    return Document(tuple(blocks), phrasing.shortened(name, SUMMARY), card_buttons(card, texts)[:1], continued)


def _with_quotation(statement: Statement, paper: Paper, texts: Translator) -> Sequence[Block]:
    sentence = Paragraph(statement_item(statement, paper, texts))
    quotes = phrasing.quotations(statement)
    if not quotes:
        return (sentence,)
    return (sentence, Quote(tuple(Paragraph((text_run(quote),)) for quote in quotes)))


# --- small things -----------------------------------------------------------------------------------------------


def _muted(text: str) -> Paragraph:
    return Paragraph((text_run(text),), muted=True)
