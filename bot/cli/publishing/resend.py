"""`broadsheet resend [CHAT]…`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from bot.delivery.blocked import BlockedDeliveries
    from digest.models.edition import Target
    from digest.settings import Settings


@click.command("resend")
@click.argument("chats", nargs=-1, metavar="[CHAT]…")
@click.pass_context
def command(ctx: click.Context, chats: tuple[str, ...]) -> None:
    """Send messages again of which nobody knows whether they arrived, and write to paused chats again.

    Without CHAT it says what is stuck and sends nothing. CHAT is the name that it then shows, such as telegram:-1001,
    or all. Everything else that waits is sent too. While `broadsheet run` is at work, /resend in a chat does the same.
    """
    asyncio.run(_resend(load_settings(ctx), chats))


async def _resend(settings: Settings, chats: Sequence[str]) -> None:
    from bot.app import open_app
    from bot.cli.progress import progress
    from bot.delivery.blocked import blocked_deliveries, matches_chat_name
    from digest.errors import InputError, PublishError
    from digest.models.people import Actor, AuditEvent
    from storage.database.lock import publishing_lock

    async with open_app(settings) as app:
        if not chats:
            _show(blocked_deliveries(app.stores.deliveries, app.stores.chats))
            return
        with publishing_lock(settings.storage.path):
            everything = blocked_deliveries(app.stores.deliveries, app.stores.chats)
            for chat_name in chats:
                if not any(matches_chat_name(target, chat_name) for target in everything.chats):
                    raise InputError(f"nothing is stuck in {chat_name}; broadsheet resend shows what is")
            meant = everything.in_chats(
                {t for t in everything.chats if any(matches_chat_name(t, chat_name) for chat_name in chats)}
            )
            for target in meant.paused:
                app.dispatcher.resume(target)
            for delivery in meant.deliveries:
                app.dispatcher.release(delivery.id)
            app.stores.events.record(AuditEvent("resent", Actor("cli"), detail=meant.summary))
            click.echo("\n".join(_lines(meant, "to be sent again", "to be written to again")))
            with progress() as progress_bar:
                failed = await app.dispatcher.deliver(progress_bar)
    if failed:
        raise PublishError("\n".join(failed))


def _show(blocked: BlockedDeliveries) -> None:
    lines = list(_lines(blocked, "may have arrived or not", "paused"))
    click.echo("\n".join(lines) if lines else "Nothing is stuck.")


def _lines(blocked: BlockedDeliveries, state_words: str, paused: str) -> list[str]:
    """A line a chat."""
    return [f"{target.name}: {', '.join(_about(blocked, target, state_words, paused))}" for target in blocked.chats]


def _about(blocked: BlockedDeliveries, target: Target, state_words: str, paused: str) -> list[str]:
    count = len(blocked.in_chats({target}).deliveries)
    sentences = [f"{count} message{'' if count == 1 else 's'} {state_words}"] if count else []
    return [*sentences, paused] if target in blocked.paused else sentences
