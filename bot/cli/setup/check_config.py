"""`broadsheet check-config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from digest.settings import Settings


@click.command("check-config")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check the configuration: every mistake at once, each with its key and a hint.

    A configuration without mistakes is shown as it is understood; secrets appear as set or missing only.
    """
    from digest.keywords import hopeless_keywords
    from digest.settings import describe_settings

    settings = load_settings(ctx)
    for name, value in describe_settings(settings):
        click.echo(f"{name} = {value}")
    _explain_changes(settings)
    for edition in settings.editions:
        for mistake in hopeless_keywords(edition.keywords):
            click.echo(f"editions.{edition.name}: this keyword can never match. {mistake}", err=True)
    count = len(settings.editions)
    click.echo(f"{settings.source}: no mistakes, {count} {'edition' if count == 1 else 'editions'}", err=True)


def _explain_changes(settings: Settings) -> None:
    """Name the keywords in force of each edition whose list was changed in a chat or by `broadsheet keywords`."""
    if not settings.storage.path.is_file():
        return
    from storage.database.connection import Database
    from storage.stores.editions import SqliteEditionStore

    with Database.open(settings.storage.path) as db:
        store = SqliteEditionStore(db)
        for edition in settings.editions:
            in_force = store.effective(edition).keywords
            if in_force != edition.keywords:
                listed = ", ".join(in_force) or "none"
                click.echo(
                    f"editions.{edition.name}: in force are {listed}; the list was changed in a chat or by `broadsheet "
                    f"keywords`, which also undoes it",
                    err=True,
                )
