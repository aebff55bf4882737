"""/export and the BibTeX button of cards: papers in the forms that other programs read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.chat.request import Answer, Context, Declined
from bot.commands.reply_documents import line, muted, page
from digest.arxiv.ids import parse_id
from digest.errors import InputError
from digest.export.formats import FORMATS
from digest.export.formats import export as exported
from digest.models.model import Paper
from digest.rendering import phrasing as wording
from digest.rendering.document import Block, Code

SHOWN = 20  # papers in a chat; more are for a file
ZOTERO = "zotero"


async def export(ctx: Context) -> AsyncIterator[Answer]:
    """The papers that this person saved, newest first, ready to be copied; or sent to the group's Zotero library."""
    form = ctx.call.argument.lower().replace("csljson", "csl-json")
    if form not in (*FORMATS, ZOTERO):
        raise Declined("export.usage", formats=ctx.texts.list([*FORMATS, ZOTERO]))
    papers = _saved(ctx)
    if form == ZOTERO:
        yield await _to_zotero(ctx, papers)
        return
    blocks: list[Block] = [Code(exported(papers[:SHOWN], form, abstracts=False).strip(), FORMATS[form].language)]
    if len(papers) > SHOWN:
        blocks.append(muted(ctx.texts("export.more", shown=SHOWN, n=len(papers))))
    yield Answer((page(ctx.texts("export.title", n=len(papers), form=form), blocks),))


async def bib(ctx: Context) -> AsyncIterator[Answer]:
    """One paper as BibTeX."""
    try:
        wanted = parse_id(ctx.call.argument)
    except InputError:
        raise Declined("paper.no_id", text=ctx.call.argument) from None
    found = ctx.office.stores.papers.paper(wanted.id, wanted.version)
    if found is None:
        raise Declined("paper.unknown", id=str(wanted))
    yield Answer((page(wording.title(found), [Code(exported([found], "bibtex", abstracts=False).strip(), "bibtex")]),))


def _saved(ctx: Context) -> list[Paper]:
    stores = ctx.office.stores
    found = (stores.papers.paper(one.paper_id) for one in stores.people.saved(ctx.call.person))
    papers = [paper for paper in found if paper is not None]
    if not papers:
        raise Declined("saved.none")
    return papers


async def _to_zotero(ctx: Context, papers: Sequence[Paper]) -> Answer:
    """The library is shared: only admins may add to it."""
    settings = ctx.office.settings
    if ctx.call.person not in settings.commands.admins:
        raise Declined("export.admins")
    key = settings.secrets.get(settings.zotero.key_env)
    if not settings.zotero.library or key is None:
        raise Declined("export.no_zotero")
    from digest.export.zotero_client import Zotero, ZoteroError  # here: few ever need it

    zotero = Zotero(settings.zotero, key, ctx.office.clock)
    try:
        sent = await zotero.add(papers)
    except ZoteroError as error:
        return Answer((line(ctx.texts.notice(error.notice)),))
    finally:
        await zotero.aclose()
    said = [ctx.texts("export.sent", new=sent.new, known=sent.known)]
    if sent.refused:
        said.append(ctx.texts("export.refused", papers=ctx.texts.list(list(sent.refused))))
    return Answer((line(*said),))
