"""/digest, /mute, /resend: the day's digest and its deliveries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

from digest.compose import combine

from bot.commands.call import Answer, Context, Declined
from bot.commands.say import line
from digest.cards import overview
from digest.document import Button, Document
from digest.model import DeliveryState, Digest

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
        raise Declined("digest.no_such_day", date=ctx.texts.date(day), newest=days[0].isoformat())
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
    if not argument.isdecimal() or int(argument) > LONGEST_MUTE:
        raise Declined("mute.usage", n=LONGEST_MUTE)
    days, target = int(argument), ctx.call.place.target
    until = ctx.office.clock.now() + timedelta(days=days)
    ctx.office.stores.chats.mute(target, until if days else None)
    ctx.office.note("muted" if days else "unmuted", ctx.call, detail=argument)
    yield Answer((line(ctx.texts("mute.done", n=days, date=ctx.texts.date(until.date())) if days
                       else ctx.texts("mute.ended")),))  # fmt: skip


async def resend(ctx: Context) -> AsyncIterator[Answer]:
    """Releases the messages of this chat of which nobody knows whether they arrived, and wakes a paused chat."""
    stores, target = ctx.office.stores, ctx.call.place.target
    held = [d for d in stores.deliveries.open_questions(target) if d.state is DeliveryState.UNKNOWN]
    for delivery in held:
        stores.deliveries.back_to_pending(delivery.id)
    paused = stores.chats.chat(target).paused is not None
    if paused:
        stores.chats.resume(target)
    if not held and not paused:
        raise Declined("resend.nothing")
    ctx.office.note("resent", ctx.call, detail=str(len(held)))
    ctx.office.wake()
    yield Answer((line(ctx.texts("resend.done", n=len(held))),))
