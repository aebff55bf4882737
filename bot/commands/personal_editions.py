"""/categories, /stop, and how a person's own edition begins: with the first keyword in a private chat."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.chat.request import CommandError, CommandReply
from bot.commands.context import CommandContext
from bot.commands.reply_documents import text_document
from bot.scheduling.schedule import day_of, last_run
from digest.categories import CATEGORIES
from digest.models.edition import Edition


def starts_personal_edition(ctx: CommandContext) -> bool:
    """Whether a keyword given here is the first of an edition of the person's own."""
    services, call = ctx.services, ctx.request
    is_private = call.chat.kind == "private" and services.settings.commands.personal_editions
    return is_private and not services.editions_in_chat(call)


def draft_edition(ctx: CommandContext) -> tuple[Edition, str]:
    """An edition that is not saved yet, with the keywords that an earlier one left, and the call's argument."""
    edition = ctx.services.new_personal_edition(ctx.request, ctx.texts)
    return ctx.services.stores.editions.effective(edition), ctx.request.argument


def save_edition(ctx: CommandContext, edition: Edition) -> None:
    """Save the edition; its keywords are kept beside it, each with who added it."""
    ctx.services.stores.editions.save_personal(ctx.request.person, replace(edition, keywords=()))
    ctx.services.record_event("own edition", ctx.request, edition.name, " ".join(edition.categories))


def skip_current_day(ctx: CommandContext, edition: Edition) -> None:
    """No digest of the day that is under way: it would only say that nothing matches."""
    day = day_of(last_run(edition, ctx.services.clock.now()))
    ctx.services.stores.editions.run_began(edition.name, day)
    ctx.services.stores.editions.run_ended(edition.name, day, "empty")


def started_text(ctx: CommandContext, edition: Edition) -> str:
    listed = ctx.texts.list(list(edition.categories))
    return ctx.texts("own.started", categories=listed, time=edition.publish_at, zone=edition.timezone)


async def change_categories(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Shows or changes what the person's own edition watches; the first time, it begins one."""
    kept, limit = ctx.services.personal_edition(ctx.request), ctx.services.settings.commands.personal_categories
    edition = kept or ctx.services.new_personal_edition(ctx.request, ctx.texts)
    new_categories = tuple(dict.fromkeys(_category(name) for name in ctx.request.argument.replace(",", " ").split()))
    if not new_categories:
        if kept is None:
            raise CommandError("own.none")
        yield CommandReply(
            (text_document(ctx.texts("categories.shown", categories=ctx.texts.list(list(kept.categories)))),)
        )
        return
    if len(new_categories) > limit:
        raise CommandError("categories.usage", n=limit)
    edition = replace(edition, categories=new_categories)
    save_edition(ctx, edition)
    done = ctx.texts("categories.done", categories=ctx.texts.list(list(new_categories)))
    yield CommandReply(
        (text_document(done) if kept else text_document(started_text(ctx, edition), ctx.texts("own.next")),)
    )


def _category(name: str) -> str:
    """Return the category in arXiv's own spelling. Raises `CommandError` if there is no such category."""
    categories_by_name = {category.lower(): category for category in CATEGORIES}
    if name.lower() in categories_by_name:
        return categories_by_name[name.lower()]
    near = difflib.get_close_matches(name.lower(), categories_by_name, 1)
    raise CommandError(
        "categories.near" if near else "categories.unknown", name=name, near=categories_by_name[near[0]] if near else ""
    )


async def stop_edition(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Stop the person's own edition."""
    if not ctx.services.stores.editions.drop_personal(ctx.request.person):
        raise CommandError("own.none")
    ctx.services.record_event("own edition ended", ctx.request, ctx.request.person)
    yield CommandReply((text_document(ctx.texts("own.stopped")),))
