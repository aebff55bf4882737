"""/addkeyword, /removekeyword, /keywords."""

from __future__ import annotations

import difflib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from bot.chat.request import CommandError, CommandReply
from bot.commands import personal_editions
from bot.commands.context import CommandContext
from bot.commands.reply_documents import linked_item, small_paragraph, text_paragraph, titled_document
from digest.errors import KeywordError
from digest.i18n.translator import Translator
from digest.keywords import parse_keyword, split_keywords
from digest.matching.matcher import Matcher
from digest.models.edition import Edition
from digest.models.match import Match
from digest.models.paper import Paper
from digest.rendering import phrasing
from digest.rendering.document import Block, Code, Document, Item, ItemList, text_run

TOO_BROAD = 0.2  # of all announcements: nobody reads that many
FEW = 10  # papers that are not too many, whatever their share
TITLES_SHOWN = 3
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class KeywordPreview:
    """What a keyword would have matched in the last collected days."""

    days: int
    announced: int
    before: int  # papers that the edition's keywords matched
    after: int  # papers that they match with the new one
    keyword: str
    matches: tuple[tuple[Paper, Match], ...]  # what the new one matches by itself

    @property
    def is_too_broad(self) -> bool:
        return len(self.matches) > max(FEW, TOO_BROAD * self.announced)


def preview_keyword(papers: Sequence[Paper], days: int, old: Sequence[str], new: str) -> KeywordPreview:
    """Pure: the papers announced in those days, matched with the old keywords and the new one."""
    matchers, alone = Matcher(old, stored=True), Matcher([new])
    before = {paper.id for paper in papers if matchers.matches(paper)}
    matching_papers = [(paper, matches[0]) for paper in papers if (matches := alone.matches(paper))]
    return KeywordPreview(
        days, len(papers), len(before), len(before | {p.id for p, _ in matching_papers}), new, tuple(matching_papers)
    )


async def add_keyword(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """The grammar is checked, the effect on the last days shown; in force from the next digest on."""
    starts = personal_editions.starts_personal_edition(ctx)
    edition, text = (
        personal_editions.draft_edition(ctx) if starts else ctx.services.resolve_edition(ctx.request, ctx.role)
    )
    if not text:
        raise CommandError("addkeyword.usage")
    try:
        keywords = [parse_keyword(part).text for part in split_keywords(text) or [text]]
    except KeywordError as error:
        yield CommandReply((_mistake(error, ctx.texts),))
        return
    for keyword in keywords:  # all were checked first: a mistake in one adds none
        yield _add_one(ctx, edition, keyword, starts=starts)
        edition, starts = replace(edition, keywords=(*edition.keywords, keyword)), False


def _add_one(ctx: CommandContext, edition: Edition, keyword: str, *, starts: bool) -> CommandReply:
    _room_for(ctx, edition)
    preview = _preview(ctx, edition, keyword)
    if edition.is_personal and preview.is_too_broad:  # its owner pays nothing for what it costs
        raise CommandError("addkeyword.too_broad", found=len(preview.matches), announced=preview.announced)
    if starts:
        personal_editions.save_edition(ctx, edition)
    if not ctx.services.stores.editions.add_keyword(edition, keyword, ctx.request.by):
        raise CommandError("addkeyword.known", keyword=keyword)
    ctx.services.record_event("keyword added", ctx.request, edition.name, keyword)
    if starts and preview.matches:
        ctx.services.on_new_edition()
    elif starts:
        personal_editions.skip_current_day(ctx, edition)
    started = personal_editions.started_text(ctx, edition) if starts else ""
    return CommandReply((_added(keyword, preview, ctx.texts, started),))


def _room_for(ctx: CommandContext, edition: Edition) -> None:
    """Raise `CommandError` if a person's own edition has reached its keyword limit."""
    limit = ctx.services.settings.commands.personal_keywords
    if edition.name == ctx.request.person and len(edition.keywords) >= limit:
        raise CommandError("addkeyword.full", n=limit)


def _preview(ctx: CommandContext, edition: Edition, keyword: str) -> KeywordPreview:
    store = ctx.services.stores.papers
    days = store.days(edition.categories)[: ctx.services.settings.commands.preview_days]
    listed = (a for day in days for a in store.announcements(day, edition.categories))
    papers = {a.paper.id: a.paper for a in listed if a.kind in edition.kinds}
    return preview_keyword(list(papers.values()), len(days), edition.keywords, keyword)


def _added(keyword: str, preview: KeywordPreview, texts: Translator, started: str) -> Document:
    blocks: list[Block] = [text_paragraph(started)] if started else []
    if not preview.days:
        blocks.append(small_paragraph(texts("addkeyword.no_days")))
    else:
        blocks.append(
            text_paragraph(texts("addkeyword.effect", n=preview.days, before=preview.before, after=preview.after))
        )
        if preview.is_too_broad:
            blocks.append(
                text_paragraph(texts("addkeyword.broad", found=len(preview.matches), announced=preview.announced))
            )
        blocks.append(_titles(preview, texts))
    blocks.append(small_paragraph(texts("addkeyword.when")))
    return titled_document(texts("addkeyword.done", keyword=keyword), blocks)


def _titles(preview: KeywordPreview, texts: Translator) -> Block:
    """Three titles with the words that matched."""
    if not preview.matches:
        return text_paragraph(
            texts("addkeyword.nothing.chinese" if _CJK.search(preview.keyword) else "addkeyword.nothing")
        )
    return ItemList(
        tuple(
            linked_item(
                phrasing.title(paper), phrasing.abs_url(paper), f"\n{texts.list(phrasing.matches((match,), texts))}"
            )
            for paper, match in preview.matches[:TITLES_SHOWN]
        )
    )


def _mistake(error: KeywordError, texts: Translator) -> Document:
    """What is wrong, with a mark below the place."""
    hint = texts(f"keyword.{error.code}", **error.params)
    keyword, position = error.excerpt()
    pointer = " " * phrasing.columns(keyword[:position]) + "^"
    return titled_document(texts("addkeyword.mistake"), [text_paragraph(hint), Code(f"{keyword}\n{pointer}")])


async def remove_keyword(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Remove a keyword, with effect from the next digest."""
    edition, text = ctx.services.resolve_edition(ctx.request, ctx.role)
    if not text:
        raise CommandError("removekeyword.usage")
    if not ctx.services.stores.editions.remove_keyword(edition, text, ctx.request.by):
        near = difflib.get_close_matches(text, edition.keywords, 1)
        raise CommandError("removekeyword.near" if near else "removekeyword.unknown", keyword=text, near="".join(near))
    ctx.services.record_event("keyword removed", ctx.request, edition.name, text)
    yield CommandReply(
        (
            titled_document(
                ctx.texts("removekeyword.done", keyword=text), [small_paragraph(ctx.texts("addkeyword.when"))]
            ),
        )
    )


async def list_keywords(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """List the keywords in force, and who added each."""
    edition, _ = ctx.services.resolve_edition(ctx.request, ctx.role)
    texts = ctx.texts
    added = {c.keyword: c for c in ctx.services.stores.editions.keyword_changes(edition.name) if c.added}
    items = []
    for keyword in edition.keywords:
        change = added.get(keyword)
        author_note = (
            texts("keywords.by", name=change.by.name or change.by.who, date=f"{change.at:%Y-%m-%d}") if change else ""
        )
        items.append(Item((text_run(f"{keyword}  {author_note}".rstrip()),)))
    blocks: list[Block] = [ItemList(tuple(items))] if items else [text_paragraph(texts("keywords.none"))]
    blocks.append(small_paragraph(texts("keywords.how")))
    yield CommandReply(
        (titled_document(texts("keywords.title", title=edition.title, n=len(edition.keywords)), blocks),)
    )
