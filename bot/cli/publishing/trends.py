"""`broadsheet trends [EDITION]`."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings
from bot.cli.publishing.digest import DayParam

if TYPE_CHECKING:
    from digest.settings import Settings
    from digest.trends.aggregation import WeeklyTrends


@click.command("trends")
@click.argument("edition", required=False)
@click.option(
    "--week", "day", type=DayParam(), help="Any day of the week to tell of; by default the newest with a digest."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the picture: FILE.png or FILE.svg.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def command(ctx: click.Context, edition: str | None, day: date | None, out: Path | None, as_json: bool) -> None:
    """Show the week of an edition, and its keywords over twelve weeks.

    Papers and updates, the most matched keywords, what people saved, what was narrowly missed; and each keyword's
    papers in each of the last twelve weeks. EDITION may be left out where there is only one.
    """
    from bot.cli.document_text import document_text
    from digest.errors import InputError
    from digest.trends import summary

    if out is not None and out.suffix.lower() not in (".png", ".svg"):
        raise InputError(f"{out}: the picture is PNG or SVG; name a file that ends in .png or .svg")
    weekly = asyncio.run(_gathered(load_settings(ctx), edition, day))
    if out is not None:
        from digest.trends.chart import draw_chart

        try:
            out.write_bytes(draw_chart(weekly, out.suffix.lower().removeprefix(".")))
        except OSError as error:
            raise InputError(f"can't write {out}: {error.strerror}") from error
    if as_json:
        click.echo(json.dumps(summary.as_json(weekly), ensure_ascii=False, indent=2))
        return
    click.echo(document_text(summary.summary(weekly)))
    click.echo()
    for line in summary.lines(weekly):
        click.echo(line)


async def _gathered(settings: Settings, name: str | None, day: date | None) -> WeeklyTrends:
    from digest.errors import UnknownError
    from digest.trends.queries import load_trends
    from storage.database.connection import Database
    from storage.stores.all_stores import SqliteStores

    if name is None and len(settings.editions) != 1:
        names = ", ".join(candidate.name for candidate in settings.editions) or "none"
        raise UnknownError(f"name an edition; there is {names}")
    configured = settings.edition(name) if name else settings.editions[0]
    with Database.open(settings.storage.path) as db:
        stores = SqliteStores.of(db)
        edition = stores.editions.effective(configured)
        days = stores.digests.digest_days(edition.name)
        if not days:
            raise UnknownError(f"{edition.name} has no digest yet; broadsheet digest {edition.name} makes one")
        return await load_trends(stores, edition, day or days[0])
