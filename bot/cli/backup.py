"""`broadsheet backup FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import load_settings


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE", required=False)
@click.option("--rebuild-search", is_flag=True, help="Make the full-text index anew first.")
@click.pass_context
def command(ctx: click.Context, file: Path | None, rebuild_search: bool) -> None:
    """Copy the database to FILE, as it is at this moment, while broadsheet run goes on working.

    The copy is checked, and is whole or not there. The configuration and .env are files of your own: copy them too.
    """
    from digest.errors import InputError
    from storage import maintenance
    from storage.database import Database

    settings = load_settings(ctx)
    if file is None and not rebuild_search:
        raise InputError("name the file of the backup")
    if not settings.storage.path.exists():
        raise InputError(f"there is no database {settings.storage.path} yet")
    with Database.open(settings.storage.path) as db:
        if rebuild_search:
            maintenance.rebuild_search(db)
            click.echo("the full-text index is made anew")
        if file is not None:
            size = maintenance.backup(db, file)
            click.echo(f"{file}: {size / 1e6:,.1f} MB")
