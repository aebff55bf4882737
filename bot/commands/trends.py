"""/trends: the week of an edition in words. The picture comes with Friday's digest, where the edition wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.request import Answer, Context, Declined
from digest.trends.queries import gathered
from digest.trends.summary import summary


async def trends(ctx: Context) -> AsyncIterator[Answer]:
    """Of the newest week with a digest."""
    edition, _ = ctx.office.pick(ctx.call, ctx.role)
    days = ctx.office.stores.digests.digest_days(edition.name)
    if not days:
        raise Declined("digest.none")
    taste = await ctx.office.taste(edition) if ctx.office.taste is not None else None
    yield Answer((summary(await gathered(ctx.office.stores, edition, days[0], taste)),))
