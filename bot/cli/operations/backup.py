"""`broadsheet backup FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.main import load_settings


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, file: Path) -> None:
    """Copy the database to a file, also while Broadsheet is running.

    The copy is checked before it takes FILE's place, so that FILE is always a whole backup.
    """
    from digest.errors import StorageError
    from storage.database.connection import Database
    from storage.maintenance import backup

    path = load_settings(ctx).storage.path
    if not path.exists():
        raise StorageError(f"there is no database {path} yet")
    with Database.open(path) as db:
        size = backup(db, file)
    click.echo(f"{file}: {size:,} bytes")
