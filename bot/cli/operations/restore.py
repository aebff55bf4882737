"""`broadsheet restore FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.main import load_settings


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, file: Path) -> None:
    """Put a backup into the place of the database; what was there is kept beside it.

    It is refused while another Broadsheet publishes from the database, and when the file is damaged or newer than this
    version. A backup by an older version is brought up to date.
    """
    from storage.maintenance import restore

    path = load_settings(ctx).storage.path
    aside = restore(file, path)
    click.echo(f"{path} is now the backup {file}" + (f"; what was there is in {aside}" if aside else ""))
