"""/addkeyword, /removekeyword, /keywords."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bot.chat.request import Answer, Context, Declined
from bot.commands import personal_editions as own
from bot.commands.reply_documents import muted, page, prose, titled
from digest.errors import KeywordError
from digest.i18n.translator import Texts
from digest.keywords import parse_keyword
from digest.matching.matcher import Matcher
from digest.models.model import Edition, Match, Paper
from digest.rendering import phrasing as wording
from digest.rendering.document import Block, Code, Document, Item, ItemList, run

TOO_BROAD = 0.2  # of all announcements: nobody reads that many
FEW = 10  # papers that are not too many, whatever their share
TITLES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """What a keyword would have matched in the last collected days."""

    days: int
    announced: int
    before: int  # papers that the edition's keywords matched
    after: int  # papers that they match with the new one
    found: tuple[tuple[Paper, Match], ...]  # what the new one matches by itself

    @property
    def is_too_broad(self) -> bool:
        return len(self.found) > max(FEW, TOO_BROAD * self.announced)


def preview(papers: Sequence[Paper], days: int, old: Sequence[str], new: str) -> Preview:
    """Pure: the papers announced in those days, matched with the old keywords and the new one."""
    known, alone = Matcher(old), Matcher([new])
    before = {paper.id for paper in papers if known.matches(paper)}
    found = [(paper, matches[0]) for paper in papers if (matches := alone.matches(paper))]
    return Preview(days, len(papers), len(before), len(before | {p.id for p, _ in found}), tuple(found))


async def add(ctx: Context) -> AsyncIterator[Answer]:
    """The grammar is checked, the effect on the last days shown; in force from the next digest on."""
    starts = own.is_to_start(ctx)
    edition, text = own.begun(ctx) if starts else ctx.office.pick(ctx.call, ctx.role)
    if not text:
        raise Declined("addkeyword.usage")
    try:
        keyword = parse_keyword(text).text
    except KeywordError as error:
        yield Answer((_mistake(error, ctx.texts),))
        return
    _room_for(ctx, edition)
    seen = _preview(ctx, edition, keyword)
    if starts:
        own.keep(ctx, edition)
    if not ctx.office.stores.editions.add_keyword(edition, keyword, ctx.call.by):
        raise Declined("addkeyword.known", keyword=keyword)
    ctx.office.note("keyword added", ctx.call, edition.name, keyword)
    if starts and seen.found:
        ctx.office.begin()
    elif starts:
        own.begin_with_the_next(ctx, edition)
    yield Answer((_added(keyword, seen, ctx.texts, own.started(ctx, edition) if starts else ""),))


def _room_for(ctx: Context, edition: Edition) -> None:
    """A person's own edition has a limit of keywords."""
    limit = ctx.office.settings.commands.personal_keywords
    if edition.name == ctx.call.person and len(edition.keywords) >= limit:
        raise Declined("addkeyword.full", n=limit)


def _preview(ctx: Context, edition: Edition, keyword: str) -> Preview:
    store = ctx.office.stores.papers
    days = store.days(edition.categories)[: ctx.office.settings.commands.preview_days]
    listed = (a for day in days for a in store.announcements(day, edition.categories))
    papers = {a.paper.id: a.paper for a in listed if a.kind in edition.kinds}
    return preview(list(papers.values()), len(days), edition.keywords, keyword)


def _added(keyword: str, seen: Preview, texts: Texts, started: str) -> Document:
    blocks: list[Block] = [prose(started)] if started else []
    if not seen.days:
        blocks.append(muted(texts("addkeyword.no_days")))
    else:
        blocks.append(prose(texts("addkeyword.effect", n=seen.days, before=seen.before, after=seen.after)))
        if seen.is_too_broad:
            blocks.append(prose(texts("addkeyword.broad", found=len(seen.found), announced=seen.announced)))
        blocks.append(_titles(seen, texts))
    blocks.append(muted(texts("addkeyword.when")))
    return page(texts("addkeyword.done", keyword=keyword), blocks)


def _titles(seen: Preview, texts: Texts) -> Block:
    """Three titles with the words that matched."""
    if not seen.found:
        return prose(texts("addkeyword.nothing"))
    return ItemList(
        tuple(
            titled(wording.title(paper), wording.abs_url(paper), f"\n{texts.list(wording.matches((match,), texts))}")
            for paper, match in seen.found[:TITLES_SHOWN]
        )
    )


def _mistake(error: KeywordError, texts: Texts) -> Document:
    """What is wrong, with a mark below the place."""
    hint = texts(f"keyword.{error.code}", **error.params)
    pointer = " " * wording.columns(error.keyword[: error.position]) + "^"
    return page(texts("addkeyword.mistake"), [prose(hint), Code(f"{error.keyword}\n{pointer}")])


async def remove(ctx: Context) -> AsyncIterator[Answer]:
    """Gone from the next digest on."""
    edition, text = ctx.office.pick(ctx.call, ctx.role)
    if not text:
        raise Declined("removekeyword.usage")
    if not ctx.office.stores.editions.remove_keyword(edition, text, ctx.call.by):
        near = difflib.get_close_matches(text, edition.keywords, 1)
        raise Declined("removekeyword.near" if near else "removekeyword.unknown", keyword=text, near="".join(near))
    ctx.office.note("keyword removed", ctx.call, edition.name, text)
    yield Answer((page(ctx.texts("removekeyword.done", keyword=text), [muted(ctx.texts("addkeyword.when"))]),))


async def show(ctx: Context) -> AsyncIterator[Answer]:
    """The keywords in force, and who added which."""
    edition, _ = ctx.office.pick(ctx.call, ctx.role)
    texts = ctx.texts
    added = {c.keyword: c for c in ctx.office.stores.editions.keyword_changes(edition.name) if c.added}
    items = []
    for keyword in edition.keywords:
        change = added.get(keyword)
        who = texts("keywords.by", name=change.by.name or change.by.who, date=f"{change.at:%Y-%m-%d}") if change else ""
        items.append(Item((run(f"{keyword}  {who}".rstrip()),)))
    blocks: list[Block] = [ItemList(tuple(items))] if items else [prose(texts("keywords.none"))]
    blocks.append(muted(texts("keywords.how")))
    yield Answer((page(texts("keywords.title", title=edition.title, n=len(edition.keywords)), blocks),))
