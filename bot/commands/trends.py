"""/trends: the week of an edition in words. The picture comes with Friday's digest, where the edition wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.request import CommandError, CommandReply
from bot.commands.context import CommandContext
from digest.trends.queries import load_trends
from digest.trends.summary import summary


async def show_trends(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Of the newest week with a digest."""
    edition, _ = ctx.services.resolve_edition(ctx.request, ctx.role)
    days = ctx.services.stores.digests.digest_days(edition.name)
    if not days:
        raise CommandError("digest.none")
    taste = await ctx.services.preferences(edition) if ctx.services.preferences is not None else None
    yield CommandReply((summary(await load_trends(ctx.services.stores, edition, days[0], taste)),))
