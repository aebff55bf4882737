"""`broadsheet resend [CHAT]…`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from bot.delivery.blocked import Stuck
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
    from bot.app import opened
    from bot.cli.progress import progress
    from bot.delivery.blocked import names, stuck
    from digest.errors import InputError, PublishError
    from digest.models.people import By, Event
    from storage.database.lock import publishing

    async with opened(settings) as app:
        if not chats:
            _show(stuck(app.stores.deliveries, app.stores.chats))
            return
        with publishing(settings.storage.path):
            everything = stuck(app.stores.deliveries, app.stores.chats)
            for said in chats:
                if not any(names(target, said) for target in everything.chats):
                    raise InputError(f"nothing is stuck in {said}; broadsheet resend shows what is")
            meant = everything.at({t for t in everything.chats if any(names(t, said) for said in chats)})
            for target in meant.paused:
                app.sender.resume(target)
            for delivery in meant.held:
                app.sender.release(delivery.id)
            app.stores.events.record(Event("resent", By("cli"), detail=meant.told))
            click.echo("\n".join(_lines(meant, "to be sent again", "to be written to again")))
            with progress() as shown:
                failed = await app.sender.deliver(shown)
    if failed:
        raise PublishError("\n".join(failed))


def _show(found: Stuck) -> None:
    lines = list(_lines(found, "may have arrived or not", "paused"))
    click.echo("\n".join(lines) if lines else "Nothing is stuck.")


def _lines(found: Stuck, held: str, paused: str) -> list[str]:
    """A line a chat."""
    return [f"{target.name}: {', '.join(_about(found, target, held, paused))}" for target in found.chats]


def _about(found: Stuck, target: Target, held: str, paused: str) -> list[str]:
    count = len(found.at({target}).held)
    said = [f"{count} message{'' if count == 1 else 's'} {held}"] if count else []
    return [*said, paused] if target in found.paused else said
