"""/categories, /stop, and how a person's own edition begins: with the first keyword in a private chat."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.chat.request import Answer, Context, Declined
from bot.commands.reply_documents import line
from bot.scheduling.schedule import day_of, last_run
from digest.categories import CATEGORIES
from digest.models.model import Edition


def is_to_start(ctx: Context) -> bool:
    """Whether a keyword given here is the first of an edition of the person's own."""
    office, call = ctx.office, ctx.call
    is_private = call.place.kind == "private" and office.settings.commands.personal_editions
    return is_private and not office.editions_of(call)


def begun(ctx: Context) -> tuple[Edition, str]:
    """An edition that is not saved yet, with the keywords that an earlier one left, and the call's argument."""
    edition = ctx.office.new_own(ctx.call, ctx.texts)
    return ctx.office.stores.editions.effective(edition), ctx.call.argument


def keep(ctx: Context, edition: Edition) -> None:
    """Save the edition; its keywords are kept beside it, each with who added it."""
    ctx.office.stores.editions.save_personal(ctx.call.person, replace(edition, keywords=()))
    ctx.office.note("own edition", ctx.call, edition.name, " ".join(edition.categories))


def begin_with_the_next(ctx: Context, edition: Edition) -> None:
    """No digest of the day that is under way: it would only say that nothing matches."""
    day = day_of(last_run(edition, ctx.office.clock.now()))
    ctx.office.stores.editions.run_began(edition.name, day)
    ctx.office.stores.editions.run_ended(edition.name, day, "empty")


def started(ctx: Context, edition: Edition) -> str:
    listed = ctx.texts.list(list(edition.categories))
    return ctx.texts("own.started", categories=listed, time=edition.publish_at, zone=edition.timezone)


async def categories(ctx: Context) -> AsyncIterator[Answer]:
    """Shows or changes what the person's own edition watches; the first time, it begins one."""
    kept, limit = ctx.office.own(ctx.call), ctx.office.settings.commands.personal_categories
    edition = kept or ctx.office.new_own(ctx.call, ctx.texts)
    wanted = tuple(dict.fromkeys(_category(name) for name in ctx.call.argument.replace(",", " ").split()))
    if not wanted:
        if kept is None:
            raise Declined("own.none")
        yield Answer((line(ctx.texts("categories.shown", categories=ctx.texts.list(list(kept.categories)))),))
        return
    if len(wanted) > limit:
        raise Declined("categories.usage", n=limit)
    edition = replace(edition, categories=wanted)
    keep(ctx, edition)
    done = ctx.texts("categories.done", categories=ctx.texts.list(list(wanted)))
    yield Answer((line(done) if kept else line(started(ctx, edition), ctx.texts("own.next")),))


def _category(name: str) -> str:
    """The category in arXiv's own spelling. Raises `Declined` for one that there is not."""
    known = {category.lower(): category for category in CATEGORIES}
    if name.lower() in known:
        return known[name.lower()]
    near = difflib.get_close_matches(name.lower(), known, 1)
    raise Declined("categories.near" if near else "categories.unknown", name=name, near=known[near[0]] if near else "")


async def stop(ctx: Context) -> AsyncIterator[Answer]:
    """The person's own edition ends."""
    if not ctx.office.stores.editions.drop_personal(ctx.call.person):
        raise Declined("own.none")
    ctx.office.note("own edition ended", ctx.call, ctx.call.person)
    yield Answer((line(ctx.texts("own.stopped")),))
