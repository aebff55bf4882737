"""`broadsheet restore FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.cli.main import load_settings

MOST_DAYS = 10  # that are named


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask about days that would be published again.")
@click.pass_context
def command(ctx: click.Context, file: Path, yes: bool) -> None:
    """Put a backup into the place of the database; what was there is kept beside it.

    Days that were published after the backup was made are not known to it, and would be published again: they are named
    first, and nothing is done before you agree. It is refused while another Broadsheet publishes from the database, and
    when the file is damaged or newer than this version. A backup by an older version is brought up to date.
    """
    from digest.errors import InputError
    from storage.maintenance import restore

    path = load_settings(ctx).storage.path
    if not yes and (again := _published_again(file, path)):
        click.echo(again, err=True)
        if not sys.stdin.isatty():
            raise InputError("nothing was restored; --yes restores all the same")
        click.confirm("Restore all the same?", abort=True, err=True)
    aside = restore(file, path)
    click.echo(f"{path} is now the backup {file}" + (f"; what was there is in {aside}" if aside else ""))


def _published_again(file: Path, path: Path) -> str:
    """What would go out twice, a line a digest; empty where nothing would."""
    from digest.errors import StorageError
    from storage.maintenance import published_since

    if not file.is_file():
        return ""  # `restore` says so
    try:
        days = published_since(file, path)
    except StorageError as error:
        return f"It can't be told which days would be published again: {error}"
    if not days:
        return ""
    lines = [f"  {one.edition} {one.day}" for one in days[-MOST_DAYS:]]
    return "\n".join(
        [
            f"The backup does not know that {len(days)} digest{'' if len(days) == 1 else 's'} were published. Where the"
            " feeds or the API still have them, they would be published again:",
            *lines,
            "After the restore, `broadsheet digest EDITION --date DAY --no-publish` makes a day known without sending"
            " anything.",
        ]
    )
