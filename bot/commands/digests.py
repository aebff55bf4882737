"""/digest, /mute, /resend: the day's digest and its deliveries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

from bot.chat.request import Answer, Context, Declined, Role
from bot.commands.reply_documents import line
from bot.delivery.blocked import Stuck, names, stuck
from digest.models.model import Digest, Target
from digest.pipeline.compose import combine
from digest.rendering.cards import overview
from digest.rendering.document import Button, Document

LONGEST_MUTE = 365  # days
BUTTONS = 40


async def show(ctx: Context) -> AsyncIterator[Answer]:
    """The overview of a day again, with a button for each card. Nothing is posted to the edition's chats."""
    edition, argument = ctx.office.pick(ctx.call, ctx.role)
    days = ctx.office.stores.digests.digest_days(edition.name)
    if not days:
        raise Declined("digest.none")
    day = _day(argument, days[0])
    made = ctx.office.stores.digests.digests(edition.name, day)
    if not made:
        raise Declined("digest.no_such_day", date=ctx.texts.date(day), newest=ctx.texts.date(days[0]))
    yield Answer((_with_buttons(combine(made)),))


def _day(argument: str, newest: date) -> date:
    if not argument:
        return newest
    try:
        return date.fromisoformat(argument)
    except ValueError:
        raise Declined("digest.no_date", text=argument) from None


def _with_buttons(digest: Digest) -> Document:
    document = overview(digest)
    buttons = [Button(str(i), action=f"paper:{card.paper.id}") for i, card in enumerate(digest.cards[:BUTTONS], 1)]
    rows = tuple(tuple(buttons[i : i + 8]) for i in range(0, len(buttons), 8))
    return Document(document.blocks, document.summary, rows, document.continued)


async def mute(ctx: Context) -> AsyncIterator[Answer]:
    """No digest comes to this chat for so many days; 0 ends it."""
    argument = ctx.call.argument
    if not ctx.office.editions_of(ctx.call):
        raise Declined("command.no_edition")
    if not argument.isdecimal() or int(argument) > LONGEST_MUTE:
        raise Declined("mute.usage", n=LONGEST_MUTE)
    days, target = int(argument), ctx.call.place.target
    until = ctx.office.clock.now() + timedelta(days=days)
    ctx.office.stores.chats.mute(target, until if days else None)
    ctx.office.note("muted" if days else "unmuted", ctx.call, detail=argument)
    done = ctx.texts("mute.done", n=days, date=ctx.texts.date(until.date())) if days else ctx.texts("mute.ended")
    yield Answer((line(done),))


async def resend(ctx: Context) -> AsyncIterator[Answer]:
    """Sends the messages of this chat again of which nobody knows whether they arrived, and wakes a paused chat. Admins
    may say `all`, or name a chat: telegram:-100123."""
    everything = stuck(ctx.office.stores.deliveries, ctx.office.stores.chats)
    meant = everything.at(_meant(ctx, everything))
    if not meant.chats:
        raise Declined("resend.nothing")
    for target in meant.paused:
        ctx.office.stores.chats.resume(target)
    for delivery in meant.held:
        ctx.office.release(delivery.id)
    ctx.office.wake()
    ctx.office.note("resent", ctx.call, detail=meant.told)
    said = [ctx.texts("resend.done", n=len(meant.held))] if meant.held else []
    said += [ctx.texts("resend.resumed", n=len(meant.paused))] if meant.paused else []
    yield Answer((line(*said),))


def _meant(ctx: Context, everything: Stuck) -> set[Target]:
    """Which chats a /resend is about."""
    here = ctx.office.stores.chats.current(ctx.call.place.target)
    if not ctx.call.argument or ctx.role is not Role.ADMIN:
        return {here}
    return {target for target in everything.chats if names(target, ctx.call.argument)}
