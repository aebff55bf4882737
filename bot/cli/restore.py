"""`broadsheet restore FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import load_settings


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_context
def command(ctx: click.Context, file: Path) -> None:
    """Put a backup into the place of the database. Stop broadsheet run first.

    The backup is checked before anything is touched; the old database stays beside it under another name. A backup of
    an older version is brought up to date.
    """
    from storage.maintenance import restore

    settings = load_settings(ctx)
    aside = restore(file, settings.storage.path)
    click.echo(f"{settings.storage.path} is {file} now")
    if aside is not None:
        click.echo(f"the one before is {aside}")
