"""/paper, /search, /why, /save, /saved, and the buttons of cards."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.request import Answer, Context, Declined
from bot.commands.reply_documents import line, muted, page, prose, titled
from bot.commands.votes import said_of
from bot.search_indexing import indexed
from digest.arxiv.ids import ArxivId, parse_id
from digest.errors import InputError
from digest.i18n.translator import Texts
from digest.matching.matcher import Matcher, field_text
from digest.models.model import Card, Edition, Kind, Match, Paper
from digest.pdf.result import READER_VERSION
from digest.rendering import phrasing as wording
from digest.rendering.cards import evidence, paper_card
from digest.rendering.document import Block, Document, Item, ItemList, Run, Style, run
from digest.text.latex.latex_to_text import readable
from digest.text.urls import paper_links

FOUND_SHOWN = 10
SAVED_SHOWN = 30
AROUND = 60  # signs shown on each side of a match


async def paper(ctx: Context) -> AsyncIterator[Answer]:
    """From the store at once; any other arXiv paper is fetched, read and analysed while its asker sees that."""
    wanted = _wanted(ctx, "paper.usage")
    card = stored_card(ctx, wanted)
    if card is None:
        yield Answer((line(ctx.texts("paper.working", id=str(wanted))),), is_progress=True)
        card = await ctx.office.jobs.ask(wanted, ctx.texts.language, ctx.call.person)
    yield Answer((paper_card(card, ctx.texts.language),))


async def full(ctx: Context) -> AsyncIterator[Answer]:
    """The whole analysis with the quotation behind each statement."""
    wanted = _wanted(ctx, "paper.usage")
    card = stored_card(ctx, wanted)
    if card is None:
        yield Answer((line(ctx.texts("paper.working", id=str(wanted))),), is_progress=True)
        card = await ctx.office.jobs.ask(wanted, ctx.texts.language, ctx.call.person)
    yield Answer((evidence(card, ctx.texts.language),))


def stored_card(ctx: Context, wanted: ArxivId) -> Card | None:
    """The card of a paper whose analysis is stored, else None."""
    stores = ctx.office.stores
    analysis = stores.analyses.best_analysis(wanted.id, ctx.texts.language)
    if analysis is None or (wanted.version is not None and analysis.version != wanted.version):
        return None
    found = stores.papers.paper(wanted.id, analysis.version)
    if found is None:
        return None
    text = stores.papers.text(found.id, found.version, READER_VERSION)
    return Card(found, Kind.NEW, (), analysis, paper_links(found, text))


async def search(ctx: Context) -> AsyncIterator[Answer]:
    """Titles, abstracts and authors of everything that was collected."""
    words = ctx.call.argument
    if not words:
        raise Declined("search.usage")
    await indexed(ctx.office.stores.papers)
    found = ctx.office.stores.papers.search(words, FOUND_SHOWN + 1)
    if not found:
        raise Declined("search.nothing", words=words)
    items = tuple(
        titled(wording.title(p), wording.abs_url(p), f"\n{p.versioned_id} · {wording.authors(p, ctx.texts)}")
        for p in found[:FOUND_SHOWN]
    )
    title = "search.first" if len(found) > FOUND_SHOWN else "search.title"
    yield Answer((page(ctx.texts(title, words=words, n=len(items)), [ItemList(items)]),))


async def why(ctx: Context) -> AsyncIterator[Answer]:
    """Which keyword matched where, with the words around it."""
    edition, argument = ctx.office.pick(ctx.call, ctx.role)
    wanted = _id(argument, "why.usage")
    found = ctx.office.stores.papers.paper(wanted.id, wanted.version)
    if found is None:
        raise Declined("why.unknown", id=str(wanted))
    matches = Matcher(edition.keywords).matches(found)
    shown = ctx.office.stores.digests.carded(edition.name).get(found.id)
    taste = await ctx.office.taste(edition) if ctx.office.taste is not None else None
    liking = said_of(taste, found, matches, ctx.texts) if taste is not None else []
    yield Answer((_why(edition, found, matches, shown, liking, ctx.texts),))


def _why(
    edition: Edition, found: Paper, matches: tuple[Match, ...], shown: int | None, liking: list[str], texts: Texts
) -> Document:
    blocks: list[Block] = []
    if matches:
        blocks.append(ItemList(tuple(Item(_in_context(found, match, texts)) for match in matches)))
    else:
        blocks.append(prose(texts("why.nothing", title=edition.title)))
    missing = [c for c in found.categories if c in edition.categories]
    if not missing:
        blocks.append(prose(texts("why.category", categories=texts.list(list(found.categories)))))
    blocks += [prose(text) for text in liking]
    blocks.append(muted(texts("why.shown", version=shown) if shown else texts("why.not_shown")))
    return page(wording.title(found), blocks)


def _in_context(found: Paper, match: Match, texts: Texts) -> tuple[Run, ...]:
    """The keyword, its field, and the matched words in bold among those around them."""
    source = field_text(found, match.field)
    before, after = source[max(0, match.start - AROUND) : match.start], source[match.end : match.end + AROUND]
    label = texts("why.match", keyword=match.keyword, field=texts(f"field.{match.field}"))
    dots = ("…" if match.start > AROUND else "", "…" if match.end + AROUND < len(source) else "")
    return (
        run(label + dots[0] + _readable(before)),
        run(" " * before.endswith(" ") + _readable(match.text), Style.BOLD),
        run(" " * after.startswith(" ") + _readable(after) + dots[1]),
    )


def _readable(latex: str) -> str:
    return wording.clean(readable(latex))


async def save(ctx: Context) -> AsyncIterator[Answer]:
    """Put aside for this person; /saved lists them."""
    wanted = _wanted(ctx, "save.usage")
    found = ctx.office.stores.papers.paper(wanted.id)
    if found is None:
        raise Declined("save.unknown", id=str(wanted))
    new = ctx.office.stores.people.save(ctx.call.person, found.id)
    yield Answer((line(ctx.texts("save.done" if new else "save.known", title=wording.short_title(found))),))


async def unsave(ctx: Context) -> AsyncIterator[Answer]:
    """No longer put aside."""
    wanted = _wanted(ctx, "save.usage")
    gone = ctx.office.stores.people.unsave(ctx.call.person, wanted.id)
    yield Answer((line(ctx.texts("unsave.done" if gone else "unsave.unknown", id=wanted.id)),))


async def saved(ctx: Context) -> AsyncIterator[Answer]:
    """What this person put aside, newest first."""
    kept = ctx.office.stores.people.saved(ctx.call.person)
    if not kept:
        raise Declined("saved.none")
    items = []
    for one in kept[:SAVED_SHOWN]:
        found = ctx.office.stores.papers.paper(one.paper_id)
        if found is not None:
            items.append(titled(wording.title(found), wording.abs_url(found), f"\n{found.id} · {one.at:%Y-%m-%d}"))
    yield Answer((page(ctx.texts("saved.title", n=len(kept)), [ItemList(tuple(items))]),))


def _wanted(ctx: Context, usage: str) -> ArxivId:
    return _id(ctx.call.argument, usage)


def _id(argument: str, usage: str) -> ArxivId:
    if not argument:
        raise Declined(usage)
    try:
        return parse_id(argument)
    except InputError:
        raise Declined("paper.no_id", text=argument) from None
