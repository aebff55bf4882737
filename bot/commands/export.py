"""/export and the BibTeX button of cards: papers in the forms that other programs read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.chat.request import CommandError, CommandReply
from bot.commands.context import CommandContext
from bot.commands.reply_documents import small_paragraph, text_document, titled_document
from digest.arxiv.ids import parse_id
from digest.errors import InputError
from digest.export.formats import FORMATS
from digest.export.formats import export_papers as exported
from digest.models.paper import Paper
from digest.rendering import phrasing
from digest.rendering.document import Block, Code

SHOWN = 20  # papers in a chat; more are for a file
ZOTERO = "zotero"


async def export_saved(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """The papers that this person saved, newest first, ready to be copied; or sent to the group's Zotero library."""
    form = ctx.request.argument.lower().replace("csljson", "csl-json")
    if form not in (*FORMATS, ZOTERO):
        raise CommandError("export.usage", formats=ctx.texts.list([*FORMATS, ZOTERO]))
    papers = _saved(ctx)
    if form == ZOTERO:
        yield await _to_zotero(ctx, papers)
        return
    blocks: list[Block] = [Code(exported(papers[:SHOWN], form, abstracts=False).strip(), FORMATS[form].language)]
    if len(papers) > SHOWN:
        blocks.append(small_paragraph(ctx.texts("export.more", shown=SHOWN, n=len(papers))))
    yield CommandReply((titled_document(ctx.texts("export.title", n=len(papers), form=form), blocks),))


async def export_bibtex(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """One paper as BibTeX."""
    try:
        arxiv_id = parse_id(ctx.request.argument)
    except InputError:
        raise CommandError("paper.no_id", text=ctx.request.argument) from None
    paper = ctx.services.stores.papers.paper(arxiv_id.id, arxiv_id.version)
    if paper is None:
        raise CommandError("paper.unknown", id=str(arxiv_id))
    yield CommandReply(
        (
            titled_document(
                phrasing.title(paper), [Code(exported([paper], "bibtex", abstracts=False).strip(), "bibtex")]
            ),
        )
    )


def _saved(ctx: CommandContext) -> list[Paper]:
    stores = ctx.services.stores
    stored_papers = (
        stores.papers.paper(saved_paper.paper_id) for saved_paper in stores.people.saved(ctx.request.person)
    )
    papers = [paper for paper in stored_papers if paper is not None]
    if not papers:
        raise CommandError("saved.none")
    return papers


async def _to_zotero(ctx: CommandContext, papers: Sequence[Paper]) -> CommandReply:
    """The library is shared: only admins may add to it."""
    settings = ctx.services.settings
    if ctx.request.person not in settings.commands.admins:
        raise CommandError("export.admins")
    key = settings.secrets.get(settings.zotero.key_env)
    if not settings.zotero.library or key is None:
        raise CommandError("export.no_zotero")
    from digest.export.zotero_client import ZoteroClient, ZoteroError  # here: few ever need it

    zotero = ZoteroClient(settings.zotero, key, ctx.services.clock)
    try:
        sent = await zotero.add(papers)
    except ZoteroError as error:
        return CommandReply((text_document(ctx.texts.notice(error.notice)),))
    finally:
        await zotero.aclose()
    lines = [ctx.texts("export.sent", new=sent.new, known=sent.known)]
    if sent.refused:
        lines.append(ctx.texts("export.refused", papers=ctx.texts.list(list(sent.refused))))
    return CommandReply((text_document(*lines),))
