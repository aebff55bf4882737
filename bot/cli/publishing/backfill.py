"""`broadsheet backfill EDITION --from D --to D`."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings
from bot.cli.publishing.digest import DayParam

if TYPE_CHECKING:
    from bot.app import App
    from bot.scheduling.backfill import BackfillEstimate, BackfillPlan, BackfillResult
    from digest.settings import Settings


@click.command("backfill")
@click.argument("edition")
@click.option("--from", "start", type=DayParam(), required=True, help="The first announcement day.")
@click.option("--to", "end", type=DayParam(), required=True, help="The last announcement day.")
@click.option(
    "--source", default="api", show_default=True, metavar="api|DIR",
    help="Where days come from: arXiv's API, or a folder of recorded days (2026-01-09.jsonl), of PDFs, or of both.",
)  # fmt: skip
@click.option("--limit-money", type=click.FloatRange(min=0), help="What the models may cost at most, in all.")
@click.option("--publish", is_flag=True, help="Post the digests to the edition's chats too.")
@click.option("--yes", is_flag=True, help="Do not ask before money is spent.")
@click.pass_context
def command(
    ctx: click.Context,
    edition: str,
    start: date,
    end: date,
    source: str,
    limit_money: float | None,
    publish: bool,
    yes: bool,
) -> None:
    """Make the digests of past days: from arXiv's API, or from a folder.

    What it will cost is said before anything is spent. It may be broken off at any point and started again: nothing is
    fetched, paid or made twice. The digests are in reports, the archive and in what /search and /paper find; they are
    posted nowhere unless --publish says so. PDFs that are not in the folder are fetched from arXiv.
    """
    from digest.errors import InputError

    if end < start:
        raise InputError(f"--to {end} is before --from {start}")
    settings = load_settings(ctx)
    _check_limit(settings, limit_money)
    folder = None if source == "api" else Path(source)
    asyncio.run(_backfill(settings, edition, (start, end), folder, limit_money, publish=publish, yes=yes))


def _check_limit(settings: Settings, limit: float | None) -> None:
    from bot.scheduling.backfill import has_prices
    from digest.errors import InputError

    if limit is not None and settings.llm.preference and not has_prices(settings.llm):
        raise InputError(f"--limit-money can't be kept: {settings.source} has no price_prompt and price_completion")


async def _backfill(
    settings: Settings,
    name: str,
    span: tuple[date, date],
    folder: Path | None,
    limit: float | None,
    *,
    publish: bool,
    yes: bool,
) -> None:
    from bot.app import open_app
    from bot.cli.progress import progress
    from bot.scheduling.backfill import Backfill, unreachable

    async with open_app(settings, shelf=folder, money=limit) as app:
        for renamed in app.follow_renames():
            click.echo(f"broadsheet: {renamed}", err=True)
        edition = app.edition(name)
        with progress() as progress_bar:
            failed = await Backfill(app, edition, *span, folder, progress_bar).collect()
        plan = Backfill(app, edition, *span, folder).plan()
        estimate = Backfill(app, edition, *span, folder).estimate(plan)
        click.echo(_planned(settings, plan, estimate))
        if estimate.money != 0 and not yes:
            click.confirm("Go on?", abort=True, err=True)
        with progress() as progress_bar:
            result = await Backfill(app, edition, *span, folder, progress_bar).work(plan, publish=publish)
        click.echo(_done(plan, result))
        await app.update_site()  # first, so that cards do not link to pages that are not there yet
        if publish:
            await _publish(app)
    if failed:
        raise unreachable(failed)


async def _publish(app: App) -> None:
    """Send the digests, unless a running Broadsheet does so as soon as it sees them."""
    from bot.cli.progress import progress
    from digest.errors import PublishError
    from storage.database.lock import is_publishing

    if is_publishing(app.settings.storage.path):
        click.echo("The running Broadsheet posts them.")
        return
    with progress() as progress_bar:
        unserved = await app.deliver(progress_bar)
    if unserved:
        raise PublishError("\n".join(unserved))


def _planned(settings: Settings, plan: BackfillPlan, estimate: BackfillEstimate) -> str:
    papers = f"{_many(len(plan.papers), 'paper')} to analyse, {plan.ready} ready"
    if estimate.money is None:
        cost = "what that costs is not known: the model has no prices in the configuration"
    elif settings.llm.preference:
        cost = f"about {estimate.money:.2f} {settings.llm.budget.currency}"
    else:
        cost = "no cost: no model is configured"
    time = f"; {estimate.minutes:.0f} minutes at arXiv's pace" if estimate.minutes >= 1 else ""
    return f"{_many(len(plan.days), 'day')}, {papers}; {cost}{time}"


def _done(plan: BackfillPlan, result: BackfillResult) -> str:
    cards = sum(len(digest.cards) for digest in result.digests)
    line = f"{_many(len(result.digests), 'digest')} with {_many(cards, 'card')}"
    if result.is_whole:
        return line
    days_left = len(plan.days) - len(result.digests)
    return f"{line}; the money ran out before {_many(days_left, 'day')}: the same command goes on from here"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
