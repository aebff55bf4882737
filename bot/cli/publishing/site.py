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
    target_folder = folder or site_folder(settings)
    if target_folder is None:
        raise InputError("name a folder: broadsheet site DIR, or set [archive] path")
    editions = [settings.edition(name) for name in names] or list(settings.editions)
    if not editions:
        raise InputError(f"{settings.source} has no [[editions]]; add one, with a name and categories")
    with progress() as progress_bar:
        done = update_site(
            settings,
            target_folder,
            editions,
            rewrite_all=anew,
            progress=lambda n, total: progress_bar("archive", n, total),
        )
    days, files = (_counted(n, noun) for n, noun in ((done.days, "day"), (done.files, "file")))
    click.echo(f"{target_folder}: {days}, {files} written" if done.files else f"{target_folder}: nothing has changed")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
