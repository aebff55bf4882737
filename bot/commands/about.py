"""/start, /help, /about, /language, /status."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from importlib.metadata import version

from bot.chat.request import Answer, Context, Declined, Handler, Role
from bot.commands import export, papers
from bot.commands import personal_editions as own
from bot.commands.reply_documents import bullets, line, muted, page, prose
from bot.status import lines
from digest.i18n.translator import LANGUAGES
from digest.rendering.document import Block, Item, ItemList, Style, run


async def start(ctx: Context) -> AsyncIterator[Answer]:
    """Who this is, and what to do first; or what a button of a channel led here for."""
    if (asked := linked(ctx.call.argument)) is not None:
        answer, argument = asked
        async for one in answer(ctx.given(argument)):
            yield one
        return
    editions = ctx.office.editions_of(ctx.call)
    blocks = [prose(ctx.texts("start.what"))]
    if editions:
        blocks.append(prose(ctx.texts("start.here", titles=ctx.texts.list([e.title for e in editions]))))
    elif own.is_to_start(ctx):
        blocks.append(prose(ctx.texts("own.none")))
    yield Answer((page("Broadsheet", [*blocks, muted(ctx.texts("start.help"))]),))


def linked(payload: str) -> tuple[Handler, str] | None:
    """The command in the payload of a link that opens the private chat; see `link`."""
    try:
        command, _, argument = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode().partition(":")
    except ValueError:
        return None
    answer = {"full": papers.full, "paper": papers.paper, "bib": export.bib}.get(command)
    return (answer, argument) if answer and argument else None


def link(command: str, argument: str) -> str:
    """A command as the payload of a link: at most 64 of A-Z, a-z, 0-9, _ and -."""
    return urlsafe_b64encode(f"{command}:{argument}".encode()).decode().rstrip("=")


async def help_(ctx: Context) -> AsyncIterator[Answer]:
    """The commands that this person may use here."""
    items = tuple(Item((run(usage, Style.CODE), run(f" — {text}"))) for usage, text in _usable(ctx))
    yield Answer((page(ctx.texts("help.title"), [ItemList(items), muted(ctx.texts("help.syntax"))]),))


def _usable(ctx: Context) -> Iterator[tuple[str, str]]:
    from bot.commands.command_table import COMMANDS  # the table names this function

    for command in COMMANDS:
        if command.is_listed and command.role <= ctx.role and command.is_for(ctx.call.place.kind):
            usage = ctx.texts(f"usage.{command.name}")
            yield f"{ctx.texts.slash}{command.name} {usage}".rstrip(), ctx.texts(f"help.{command.name}")


async def about(ctx: Context) -> AsyncIterator[Answer]:
    """Version, licence and source: the licence asks for it (AGPL-3.0, section 13)."""
    texts = ctx.texts
    source = ctx.office.settings.commands.source_url
    items = (
        Item((run(texts("about.version", version=version("broadsheet"))),)),
        Item((run(texts("about.licence")),)),
        Item((run(texts("about.source")), run(source, url=source)) if source else (run(texts("about.ask_source")),)),
    )
    blocks: list[Block] = [prose(texts("about.what")), ItemList(items)]
    yield Answer((page("Broadsheet", blocks),))


async def language(ctx: Context) -> AsyncIterator[Answer]:
    """In a private chat, the language of the answers; elsewhere the edition decides."""
    call = ctx.call
    wanted = {"中文": "zh", "chinese": "zh", "english": "en", "英文": "en"}.get(
        call.argument.lower(), call.argument.lower()
    )
    if call.place.kind != "private":
        if not ctx.office.editions_of(call):
            raise Declined("language.private")
        raise Declined("language.edition", language=ctx.texts(f"language.{ctx.texts.interface}"))
    if wanted not in LANGUAGES:
        raise Declined("language.usage")
    ctx.office.stores.people.set_language(call.person, wanted)
    if edition := ctx.office.stores.editions.personal(call.person):
        ctx.office.stores.editions.save_personal(call.person, replace(edition, language=wanted))
    yield Answer((line(replace(ctx.texts, language=wanted)("language.done")),))


async def status(ctx: Context) -> AsyncIterator[Answer]:
    """How it is; admins see all editions and chats, others what concerns theirs."""
    names = None if ctx.role is Role.ADMIN else {e.name for e in ctx.office.editions_of(ctx.call)}
    shown = ctx.office.status()
    yield Answer((page(ctx.texts("status.title"), [bullets(lines(shown, ctx.texts, names))]),))
