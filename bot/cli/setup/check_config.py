"""`broadsheet check-config`."""

from __future__ import annotations

import click

from bot.cli.main import load_settings


@click.command("check-config")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check the configuration: every mistake at once, each with its key and a hint.

    A configuration without mistakes is shown as it is understood; secrets appear as set or missing only.
    """
    from digest.settings import describe_settings

    settings = load_settings(ctx)
    for name, value in describe_settings(settings):
        click.echo(f"{name} = {value}")
    count = len(settings.editions)
    click.echo(f"{settings.source}: no mistakes, {count} {'edition' if count == 1 else 'editions'}", err=True)
