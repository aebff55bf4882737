"""`broadsheet site DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.main import load_settings


@click.command("site")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--edition", "names", multiple=True, help="Only this edition; may be given several times.")
@click.option("--all", "anew", is_flag=True, help="Write every page anew, not only what has changed.")
@click.pass_context
def command(ctx: click.Context, folder: Path | None, names: tuple[str, ...], anew: bool) -> None:
    """Write the digests as a static site: days, papers, months, keywords, authors, search, feeds.

    Without DIR, to the folder of [archive] path. What is there already is left alone: a new day costs a day's work.
    The site needs no server; any web space, or a browser on this machine, shows it.
    """
    from bot.cli.progress import progress
    from bot.site.builder import site_folder, update_site
    from digest.errors import InputError

    settings = load_settings(ctx)
    place = folder or site_folder(settings)
    if place is None:
        raise InputError("name a folder: broadsheet site DIR, or set [archive] path")
    editions = [settings.edition(name) for name in names] or list(settings.editions)
    if not editions:
        raise InputError(f"{settings.source} has no [[editions]]; add one, with a name and categories")
    with progress() as shown:
        done = update_site(settings, place, editions, anew=anew, progress=lambda n, total: shown("archive", n, total))
    days, files = (_counted(n, what) for n, what in ((done.days, "day"), (done.files, "file")))
    click.echo(f"{place}: {days}, {files} written" if done.files else f"{place}: nothing has changed")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
