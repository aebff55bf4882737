"""/paper, /search, /why, /save, /saved, and the buttons of cards."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.request import CommandError, CommandReply
from bot.commands.context import CommandContext
from bot.commands.reply_documents import linked_item, small_paragraph, text_document, text_paragraph, titled_document
from bot.commands.votes import vote_explanation
from bot.search_indexing import index_papers
from digest.arxiv.ids import ArxivId, ids_in, parse_id
from digest.errors import InputError
from digest.i18n.translator import Translator
from digest.matching.matcher import Matcher, field_text
from digest.models.digest import Card
from digest.models.edition import Edition
from digest.models.match import Match
from digest.models.paper import AnnouncementKind, Paper
from digest.pipeline.paper_texts import stored_text
from digest.rendering import phrasing
from digest.rendering.cards import evidence_document, paper_card
from digest.rendering.document import Block, Document, Item, ItemList, Style, TextRun, text_run
from digest.text.latex.latex_to_text import latex_to_text
from digest.text.urls import paper_links

MAX_RESULTS_SHOWN = 10
SAVED_SHOWN = 30
CONTEXT_CHARACTERS = 60  # signs shown on each side of a match


async def show_paper(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """From the store at once; any other arXiv paper is fetched, read and analysed while its asker sees that."""
    arxiv_id = _requested_paper(ctx, "paper.usage")
    card = stored_card(ctx, arxiv_id)
    if card is None:
        yield CommandReply((text_document(ctx.texts("paper.working", id=str(arxiv_id))),), is_interim=True)
        card = await ctx.services.jobs.submit_paper(arxiv_id, ctx.texts.language, ctx.request.person)
    yield CommandReply((paper_card(card, ctx.texts.language),))


async def show_full_analysis(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """The whole analysis with the quotation behind each statement."""
    arxiv_id = _requested_paper(ctx, "paper.usage")
    card = stored_card(ctx, arxiv_id)
    if card is None:
        yield CommandReply((text_document(ctx.texts("paper.working", id=str(arxiv_id))),), is_interim=True)
        card = await ctx.services.jobs.submit_paper(arxiv_id, ctx.texts.language, ctx.request.person)
    yield CommandReply((evidence_document(card, ctx.texts.language),))


def stored_card(ctx: CommandContext, arxiv_id: ArxivId) -> Card | None:
    """The card of a paper whose analysis is stored, else None."""
    stores = ctx.services.stores
    analysis = stores.analyses.best_analysis(arxiv_id.id, ctx.texts.language)
    if analysis is None or (arxiv_id.version is not None and analysis.version != arxiv_id.version):
        return None
    paper = stores.papers.paper(arxiv_id.id, analysis.version)
    if paper is None:
        return None
    text = stored_text(stores.papers, paper)
    return Card(paper, AnnouncementKind.NEW, (), analysis, paper_links(paper, text))


async def search_papers(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Titles, abstracts and authors of everything that was collected; or the papers whose ids were pasted."""
    words = ctx.request.argument
    if not words:
        raise CommandError("search.usage")
    papers = ctx.services.stores.papers
    await index_papers(papers)
    pasted = [paper for pasted_id in dict.fromkeys(ids_in(words)) if (paper := papers.paper(pasted_id.id))]
    results = pasted[: MAX_RESULTS_SHOWN + 1] or papers.search(words, MAX_RESULTS_SHOWN + 1)
    if not results:
        raise CommandError("search.nothing", words=words)
    items = tuple(
        linked_item(phrasing.title(p), phrasing.abs_url(p), f"\n{p.versioned_id} · {phrasing.authors(p, ctx.texts)}")
        for p in results[:MAX_RESULTS_SHOWN]
    )
    title = "search.first" if len(results) > MAX_RESULTS_SHOWN else "search.title"
    yield CommandReply((titled_document(ctx.texts(title, words=words, n=len(items)), [ItemList(items)]),))


async def explain_match(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Which keyword matched where, with the words around it."""
    edition, argument = ctx.services.resolve_edition(ctx.request, ctx.role)
    arxiv_id = _id(argument, "why.usage")
    paper = ctx.services.stores.papers.paper(arxiv_id.id, arxiv_id.version)
    if paper is None:
        raise CommandError("why.unknown", id=str(arxiv_id))
    matches = Matcher(edition.keywords, stored=True).matches(paper)
    shown_version = ctx.services.stores.digests.carded(edition.name).get(paper.id)
    taste = await ctx.services.preferences(edition) if ctx.services.preferences is not None else None
    liking = vote_explanation(taste, paper, matches, ctx.texts) if taste is not None else []
    yield CommandReply((_why(edition, paper, matches, shown_version, liking, ctx.texts),))


def _why(
    edition: Edition,
    paper: Paper,
    matches: tuple[Match, ...],
    shown_version: int | None,
    liking: list[str],
    texts: Translator,
) -> Document:
    blocks: list[Block] = []
    if matches:
        blocks.append(ItemList(tuple(Item(_in_context(paper, match, texts)) for match in matches)))
    else:
        blocks.append(text_paragraph(texts("why.nothing", title=edition.title)))
    missing = [c for c in paper.categories if c in edition.categories]
    if not missing:
        blocks.append(text_paragraph(texts("why.category", categories=texts.list(list(paper.categories)))))
    blocks += [text_paragraph(text) for text in liking]
    blocks.append(
        small_paragraph(texts("why.shown", version=shown_version) if shown_version else texts("why.not_shown"))
    )
    return titled_document(phrasing.title(paper), blocks)


def _in_context(paper: Paper, match: Match, texts: Translator) -> tuple[TextRun, ...]:
    """The keyword, its field, and the matched words in bold among those around them."""
    source = field_text(paper, match.field)
    before, after = (
        source[max(0, match.start - CONTEXT_CHARACTERS) : match.start],
        source[match.end : match.end + CONTEXT_CHARACTERS],
    )
    label = texts("why.match", keyword=match.keyword, field=texts(f"field.{match.field}"))
    dots = (
        "…" if match.start > CONTEXT_CHARACTERS else "",
        "…" if match.end + CONTEXT_CHARACTERS < len(source) else "",
    )
    return (
        text_run(label + dots[0] + _readable(before)),
        text_run(" " * before.endswith(" ") + _readable(match.text), Style.BOLD),
        text_run(" " * after.startswith(" ") + _readable(after) + dots[1]),
    )


def _readable(latex: str) -> str:
    return phrasing.clean(latex_to_text(latex))


async def save_paper(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Save a paper for this person; /saved lists it."""
    arxiv_id = _requested_paper(ctx, "save.usage")
    paper = ctx.services.stores.papers.paper(arxiv_id.id)
    if paper is None:
        raise CommandError("save.unknown", id=str(arxiv_id))
    new = ctx.services.stores.people.save(ctx.request.person, paper.id)
    yield CommandReply(
        (text_document(ctx.texts("save.done" if new else "save.known", title=phrasing.short_title(paper))),)
    )


async def unsave_paper(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Remove a paper from this person's saved papers."""
    arxiv_id = _requested_paper(ctx, "save.usage")
    gone = ctx.services.stores.people.unsave(ctx.request.person, arxiv_id.id)
    yield CommandReply((text_document(ctx.texts("unsave.done" if gone else "unsave.unknown", id=arxiv_id.id)),))


async def list_saved(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """List this person's saved papers, newest first."""
    saved_papers = ctx.services.stores.people.saved(ctx.request.person)
    if not saved_papers:
        raise CommandError("saved.none")
    items = []
    for saved_paper in saved_papers[:SAVED_SHOWN]:
        paper = ctx.services.stores.papers.paper(saved_paper.paper_id)
        if paper is not None:
            items.append(
                linked_item(phrasing.title(paper), phrasing.abs_url(paper), f"\n{paper.id} · {saved_paper.at:%Y-%m-%d}")
            )
    yield CommandReply((titled_document(ctx.texts("saved.title", n=len(saved_papers)), [ItemList(tuple(items))]),))


def _requested_paper(ctx: CommandContext, usage: str) -> ArxivId:
    return _id(ctx.request.argument, usage)


def _id(argument: str, usage: str) -> ArxivId:
    if not argument:
        raise CommandError(usage)
    try:
        return parse_id(argument)
    except InputError:
        raise CommandError("paper.no_id", text=argument) from None
