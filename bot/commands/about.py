"""/start, /help, /about, /language, /status."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from importlib.metadata import version

from bot.chat.request import CommandError, CommandReply, Role
from bot.commands import export, papers, personal_editions
from bot.commands.context import CommandContext, CommandHandler
from bot.commands.reply_documents import bullet_list, small_paragraph, text_document, text_paragraph, titled_document
from bot.status import format_status
from digest.i18n.translator import LANGUAGES
from digest.rendering.document import Block, Item, ItemList, Style, text_run


async def start(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Who this is, and what to do first; or what a button of a channel led here for."""
    if (linked_command := linked(ctx.request.argument)) is not None:
        answer, argument = linked_command
        async for reply in answer(ctx.with_argument(argument)):
            yield reply
        return
    editions = ctx.services.editions_in_chat(ctx.request)
    blocks = [text_paragraph(ctx.texts("start.what"))]
    if editions:
        blocks.append(text_paragraph(ctx.texts("start.here", titles=ctx.texts.list([e.title for e in editions]))))
    elif personal_editions.starts_personal_edition(ctx):
        blocks.append(text_paragraph(ctx.texts("own.none")))
    yield CommandReply((titled_document("Broadsheet", [*blocks, small_paragraph(ctx.texts("start.help"))]),))


def linked(payload: str) -> tuple[CommandHandler, str] | None:
    """The command in the payload of a link that opens the private chat; see `link`."""
    try:
        command, _, argument = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode().partition(":")
    except ValueError:
        return None
    answer = {"full": papers.show_full_analysis, "paper": papers.show_paper, "bib": export.export_bibtex}.get(command)
    return (answer, argument) if answer and argument else None


def link(command: str, argument: str) -> str:
    """A command as the payload of a link: at most 64 of A-Z, a-z, 0-9, _ and -."""
    return urlsafe_b64encode(f"{command}:{argument}".encode()).decode().rstrip("=")


async def help_(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """List the commands that this person may use here."""
    items = tuple(Item((text_run(usage, Style.CODE), text_run(f" — {text}"))) for usage, text in _usable(ctx))
    yield CommandReply(
        (titled_document(ctx.texts("help.title"), [ItemList(items), small_paragraph(ctx.texts("help.syntax"))]),)
    )


def _usable(ctx: CommandContext) -> Iterator[tuple[str, str]]:
    for command in ctx.commands:
        if command.is_listed and command.role <= ctx.role and command.is_for(ctx.request.chat.kind):
            usage = ctx.texts(f"usage.{command.name}")
            yield f"{ctx.texts.slash}{command.name} {usage}".rstrip(), ctx.texts(f"help.{command.name}")


async def about(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Version, licence and source: the licence asks for it (AGPL-3.0, section 13)."""
    texts = ctx.texts
    source = ctx.services.settings.commands.source_url
    items = (
        Item((text_run(texts("about.version", version=version("broadsheet"))),)),
        Item((text_run(texts("about.licence")),)),
        Item(
            (text_run(texts("about.source")), text_run(source, url=source))
            if source
            else (text_run(texts("about.ask_source")),)
        ),
    )
    blocks: list[Block] = [text_paragraph(texts("about.what")), ItemList(items)]
    yield CommandReply((titled_document("Broadsheet", blocks),))


async def language(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """In a private chat, the language of the answers; elsewhere the edition decides."""
    call = ctx.request
    language_code = {"中文": "zh", "chinese": "zh", "english": "en", "英文": "en"}.get(
        call.argument.lower(), call.argument.lower()
    )
    if call.chat.kind != "private":
        if not ctx.services.editions_in_chat(call):
            raise CommandError("language.private")
        raise CommandError("language.edition", language=ctx.texts(f"language.{ctx.texts.interface}"))
    if language_code not in LANGUAGES:
        raise CommandError("language.usage")
    ctx.services.stores.people.set_language(call.person, language_code)
    if edition := ctx.services.stores.editions.personal(call.person):
        ctx.services.stores.editions.save_personal(call.person, replace(edition, language=language_code))
    yield CommandReply((text_document(replace(ctx.texts, language=language_code)("language.done")),))


async def status(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """How it is; admins see all editions and chats, others what concerns theirs."""
    names = None if ctx.role is Role.ADMIN else {e.name for e in ctx.services.editions_in_chat(ctx.request)}
    report = ctx.services.status()
    yield CommandReply(
        (titled_document(ctx.texts("status.title"), [bullet_list(format_status(report, ctx.texts, names))]),)
    )
