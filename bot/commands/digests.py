"""/digest, /mute, /resend: the day's digest and its deliveries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

from bot.chat.request import CommandError, CommandReply, Role
from bot.commands.context import CommandContext
from bot.commands.reply_documents import text_document
from bot.delivery.blocked import BlockedDeliveries, blocked_deliveries, matches_chat_name
from digest.models.digest import Digest
from digest.models.edition import Target
from digest.pipeline.compose import combine
from digest.rendering.cards import card_requests, overview_document
from digest.rendering.document import Document

LONGEST_MUTE = 365  # days


async def show_digest(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """The overview of a day again, with a button for each card. Nothing is posted to the edition's chats."""
    edition, argument = ctx.services.resolve_edition(ctx.request, ctx.role)
    days = ctx.services.stores.digests.digest_days(edition.name)
    if not days:
        raise CommandError("digest.none")
    day = _day(argument, days[0])
    digests = ctx.services.stores.digests.digests(edition.name, day)
    if not digests:
        raise CommandError("digest.no_such_day", date=ctx.texts.date(day), newest=ctx.texts.date(days[0]))
    yield CommandReply((_with_buttons(combine(digests)),))


def _day(argument: str, newest: date) -> date:
    if not argument:
        return newest
    try:
        return date.fromisoformat(argument)
    except ValueError:
        raise CommandError("digest.no_date", text=argument) from None


def _with_buttons(digest: Digest) -> Document:
    return replace(overview_document(digest), buttons=card_requests(digest))


async def mute_chat(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """No digest comes to this chat for so many days; 0 ends it."""
    argument = ctx.request.argument
    if not ctx.services.editions_in_chat(ctx.request):
        raise CommandError("command.no_edition")
    if not argument.isdecimal() or int(argument) > LONGEST_MUTE:
        raise CommandError("mute.usage", n=LONGEST_MUTE)
    days, target = int(argument), ctx.request.chat.target
    until = ctx.services.clock.now() + timedelta(days=days)
    ctx.services.stores.chats.mute(target, until if days else None)
    ctx.services.record_event("muted" if days else "unmuted", ctx.request, detail=argument)
    done = ctx.texts("mute.done", n=days, date=ctx.texts.date(until.date())) if days else ctx.texts("mute.ended")
    yield CommandReply((text_document(done),))


async def resend_messages(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Sends the messages of this chat again of which nobody knows whether they arrived, and wakes a paused chat. Admins
    may say `all`, or name a chat: telegram:-100123."""
    everything = blocked_deliveries(ctx.services.stores.deliveries, ctx.services.stores.chats)
    meant = everything.in_chats(_meant(ctx, everything))
    if not meant.chats:
        raise CommandError("resend.nothing")
    for target in meant.paused:
        ctx.services.stores.chats.resume(target)
    for delivery in meant.deliveries:
        ctx.services.release_delivery(delivery.id)
    ctx.services.wake()
    ctx.services.record_event("resent", ctx.request, detail=meant.summary)
    lines = [ctx.texts("resend.done", n=len(meant.deliveries))] if meant.deliveries else []
    lines += [ctx.texts("resend.resumed", n=len(meant.paused))] if meant.paused else []
    yield CommandReply((text_document(*lines),))


def _meant(ctx: CommandContext, everything: BlockedDeliveries) -> set[Target]:
    """Which chats a /resend is about."""
    current_target = ctx.services.stores.chats.migrated_target(ctx.request.chat.target)
    if not ctx.request.argument or ctx.role is not Role.ADMIN:
        return {current_target}
    return {target for target in everything.chats if matches_chat_name(target, ctx.request.argument)}
