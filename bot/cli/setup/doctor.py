"""`broadsheet doctor`."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.console.findings import CheckResult

FAULT = 6  # the exit code: something does not work

_MARKS = {"ok": ("✓", "green"), "skipped": ("·", "white"), "warning": ("!", "yellow"), "fault": ("✗", "red")}


@click.command("doctor")
@click.option("--live", "chat", metavar="CHAT", help="Also post and remove test messages in telegram:-100… or slack:C…")
@click.option("--no-model", is_flag=True, help="Don't ask the models: a question costs about a cent.")
@click.option("--rebuild-search", is_flag=True, help="First make the full-text index anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def command(ctx: click.Context, chat: str | None, no_model: bool, rebuild_search: bool, as_json: bool) -> None:
    """Look for everything that can be wrong, and say what mends it.

    Configuration, environment, database, clock, arXiv, Telegram, Slack, models, PDF reading. It posts nothing unless
    --live names a chat for it. Exit code 6 when something does not work; warnings alone are 0.
    """
    from bot.console.findings import worst_state

    if chat is not None:
        from bot.doctor.live_test import resolve_chat
        from bot.platforms.registry import PLATFORMS

        resolve_chat(chat, PLATFORMS)
    if rebuild_search:
        _rebuild(ctx)
    results = asyncio.run(_look(ctx, chat, ask_models=not no_model, quiet=as_json))
    if as_json:
        document = {"state": str(worst_state(results)), "findings": [finding.document for finding in results]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        faults, warnings = (sum(f.state == state for f in results) for state in ("fault", "warning"))
        click.echo(f"{_count(faults, 'fault')}, {_count(warnings, 'warning')}, {len(results)} things looked at")
    ctx.exit(FAULT if worst_state(results) == "fault" else 0)


def _rebuild(ctx: click.Context) -> None:
    from bot.cli.main import load_settings
    from storage.database.connection import Database
    from storage.maintenance import rebuild_search

    with Database.open(load_settings(ctx).storage.path) as db:
        rebuild_search(db)


async def _look(ctx: click.Context, chat: str | None, *, ask_models: bool, quiet: bool) -> list[CheckResult]:
    from bot.clock import SystemClock
    from bot.doctor.examination import run_checks
    from bot.doctor.live_test import run_live_test
    from bot.platforms.registry import PLATFORMS, load_settings
    from digest.errors import ConfigError

    results: list[CheckResult] = []
    clock = SystemClock()

    def tell(finding: CheckResult) -> None:
        results.append(finding)
        if not quiet:
            show(finding)

    async for finding in run_checks(ctx.obj, os.environ, clock, PLATFORMS, ask_models=ask_models):
        tell(finding)
    if chat is not None:
        try:
            settings = load_settings(ctx.obj, os.environ)
        except ConfigError:
            return results  # told already
        async for finding in run_live_test(settings, chat, clock, PLATFORMS):
            tell(finding)
    return results


def show(finding: CheckResult) -> None:
    """A line, and below it what to do."""
    mark, colour = _MARKS[finding.state]
    click.echo(f"{click.style(mark, fg=colour, bold=True)} {finding.area:<13} {finding.subject}")
    if finding.to_do:
        click.echo(f"  {'':<13} → {finding.to_do}")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
