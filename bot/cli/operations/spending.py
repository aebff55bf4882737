"""`broadsheet spending`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from digest.models.spending import ModelSpending, SpendingRow


@click.command("spending")
@click.option("--days", type=click.IntRange(1, 3660), default=30, show_default=True, help="How many days back.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def command(ctx: click.Context, days: int, as_json: bool) -> None:
    """Show what the models cost: by day and model, with the share of the prompts that was cached.

    Tokens are those that the servers reported; money follows from the prices in the configuration. Days are UTC.
    """
    from storage.database.connection import Database
    from storage.stores.spending import SqliteSpendingStore

    settings = load_settings(ctx)
    with Database.open(settings.storage.path) as db:
        rows = SqliteSpendingStore(db).rows(days)
    if as_json:
        click.echo(json.dumps([document(row) for row in rows], ensure_ascii=False, indent=2))
    elif rows:
        _table(rows, settings.llm.budget.currency)
    else:
        click.echo("no model has been asked yet")


def document(row: SpendingRow) -> dict[str, object]:
    """One line of the JSON."""
    spent = row.spent
    return {
        "day": row.day.isoformat(),
        "model": row.model,
        "papers": row.papers,
        "calls": spent.calls,
        "prompt_tokens": spent.prompt_tokens,
        "cached_tokens": spent.cached_tokens,
        "completion_tokens": spent.completion_tokens,
        "money": spent.money,
    }


def _table(rows: Sequence[SpendingRow], currency: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from digest.models.spending import ModelSpending

    table = Table("day", "model", show_footer=False)
    for name in ("papers", "calls", "read", "cached", "written", currency):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(row.day.isoformat(), Text(row.model), str(row.papers), *_cells(row.spent))
    table.add_section()
    table.add_row("all", "", "", *_cells(sum((row.spent for row in rows), ModelSpending())))
    Console().print(table)


def _cells(spent: ModelSpending) -> tuple[str, ...]:
    cells = (f"{spent.calls:,}", f"{spent.prompt_tokens:,}", f"{spent.cached_share:.0%}")
    return (*cells, f"{spent.completion_tokens:,}", f"{spent.money:.4f}")
