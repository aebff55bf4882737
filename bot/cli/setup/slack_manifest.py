"""`broadsheet slack-manifest`."""

from __future__ import annotations

import json

import click


@click.command("slack-manifest")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
def command(language: str) -> None:
    """Print the manifest to make the Slack app from.

    At https://api.slack.com/apps: Create New App, From a manifest, paste. It lists the commands, what the app may do,
    and switches Socket Mode on.
    """
    from bot.platforms.slack.manifest import manifest

    click.echo(json.dumps(manifest(language), ensure_ascii=False, indent=2))
