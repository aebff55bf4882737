"""`broadsheet run`."""

from __future__ import annotations

import asyncio
import os

import click


@click.command("run")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Stay up: publish each edition's digest at its time, and answer commands in Telegram and Slack.

    SIGTERM or Ctrl-C ends it within 10 seconds, with everything saved. SIGHUP loads the configuration anew; with a
    mistake in it, the old one stays in force. One process may publish from a database at a time.
    """
    from bot.service import run_service

    asyncio.run(run_service(ctx.obj, os.environ))
