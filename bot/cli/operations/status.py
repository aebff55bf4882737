"""`broadsheet status`."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from bot.status import Status
    from digest.settings import Settings


class Age(click.ParamType[timedelta]):
    """A length of time as 30h, 90m or 2d."""

    name = "age"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d{1,5})([mhd])", str(value).strip().lower())
        if match is None:
            self.fail(f"{value!r} is not a length of time; write it as 30h, 90m or 2d", param, ctx)
        return int(match[1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[match[2]]


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--check", "check", is_flag=True, help="Only say whether all is well; exit code 1 when it is not.")
@click.option(
    "--max-age",
    type=Age(),
    help="With --check, where a timer runs `broadsheet digest`: how old the last one may be, such as 30h.",
)
@click.pass_context
def command(ctx: click.Context, as_json: bool, check: bool, max_age: timedelta | None) -> None:
    """Show how it is: last and next run of each edition, categories, open and held deliveries, spending.

    It looks into the database, so it works while `broadsheet run` is at work and while it is not. With --check alone,
    `broadsheet run` must be at work; with --max-age it need not.
    """
    from bot.status import format_status, overdue, status_problems
    from digest.i18n.translator import Translator
    from storage.database.lock import is_publishing

    settings = load_settings(ctx)
    status = look(settings)
    running = is_publishing(settings.storage.path)
    if check:
        if max_age is not None:
            why = overdue(status, max_age)
        else:
            why = (
                status_problems(status)
                if running
                else "not running; where a timer runs broadsheet digest, add --max-age 30h"
            )
        click.echo(why or "ok")
        ctx.exit(1 if why else 0)
    if as_json:
        click.echo(json.dumps({"running": running, **document(status)}, ensure_ascii=False, indent=2))
        return
    click.echo("running" if running else "not running: broadsheet run stays and publishes each day by itself")
    for line in format_status(status, Translator("en", slash="/" if running else "broadsheet ")):
        click.echo(line)


def look(settings: Settings) -> Status:
    """The status as far as the database knows it."""
    from bot.clock import SystemClock
    from bot.scheduling.schedule import next_run
    from bot.status import collect_status
    from storage.database.connection import Database
    from storage.stores.all_stores import SqliteStores

    now = SystemClock().now()
    with Database.open(settings.storage.path) as db:
        stores = SqliteStores.of(db)
        personal_editions = stores.editions.personal_editions() if settings.commands.personal_editions else []
        editions = [*settings.editions, *(edition for _, edition in personal_editions)]
        due = {edition.name: next_run(edition, now) for edition in editions}
        return collect_status(stores, editions, now, next_run=due, personal=len(personal_editions))


def document(status: Status) -> dict[str, Any]:
    """The status as JSON."""
    return {
        "version": status.version,
        "now": status.now.isoformat(timespec="seconds"),
        "editions": [
            {
                "name": edition_status.edition.name,
                "last_day": str(edition_status.last_run.day) if edition_status.last_run else None,
                "outcome": (edition_status.last_run.outcome or "under way") if edition_status.last_run else None,
                "next_run": edition_status.next_run.isoformat(timespec="minutes") if edition_status.next_run else None,
                "categories": {
                    state.category: {"state": str(state.state), "entries": state.entries, "day": str(state.day)}
                    for state in edition_status.categories
                },
            }
            for edition_status in status.editions
        ],
        "waiting": {t.name: n for t, n in status.waiting.items()},
        "in_doubt": [
            {"id": d.id, "chat": d.target.name, "digest": d.digest, "role": d.role} for d in status.open_questions
        ],
        "held": {h.target.name: h.until.isoformat() for h in status.holds},
        "paused": [chat.target.name for chat in status.paused],
        "spent_today": {"tokens": status.spent_today.tokens, "money": status.spent_today.money},
        "spent_this_month": {"tokens": status.spent_this_month.tokens, "money": status.spent_this_month.money},
    }
