"""`broadsheet resend [CHAT]…`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from bot.delivery.blocked import BlockedDeliveries
    from digest.models.model import Target
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
            for said in chats:
                if not any(matches_chat_name(target, said) for target in everything.chats):
                    raise InputError(f"nothing is stuck in {said}; broadsheet resend shows what is")
            meant = everything.in_chats(
                {t for t in everything.chats if any(matches_chat_name(t, said) for said in chats)}
            )
            for target in meant.paused:
                app.dispatcher.resume(target)
            for delivery in meant.deliveries:
                app.dispatcher.release(delivery.id)
            app.stores.events.record(AuditEvent("resent", Actor("cli"), detail=meant.summary))
            click.echo("\n".join(_lines(meant, "to be sent again", "to be written to again")))
            with progress() as shown:
                failed = await app.dispatcher.deliver(shown)
    if failed:
        raise PublishError("\n".join(failed))


def _show(found: BlockedDeliveries) -> None:
    lines = list(_lines(found, "may have arrived or not", "paused"))
    click.echo("\n".join(lines) if lines else "Nothing is stuck.")


def _lines(found: BlockedDeliveries, held: str, paused: str) -> list[str]:
    """A line a chat."""
    return [f"{target.name}: {', '.join(_about(found, target, held, paused))}" for target in found.chats]


def _about(found: BlockedDeliveries, target: Target, held: str, paused: str) -> list[str]:
    count = len(found.in_chats({target}).deliveries)
    said = [f"{count} message{'' if count == 1 else 's'} {held}"] if count else []
    return [*said, paused] if target in found.paused else said
