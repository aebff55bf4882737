"""`broadsheet demo`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

GO_LIVE = """To go live:
  broadsheet init      a few questions: what to watch, which chats; each answer is tried at once
  broadsheet digest    publishes today's digest once
  broadsheet run       stays, publishes every day and answers commands"""


@click.command("demo")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out/demo"), show_default=True,
    help="Where the reports and the preview are written.",
)  # fmt: skip
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def command(out: Path, language: str) -> None:
    """Show a whole day, offline, with no keys and no accounts.

    Made-up papers go through the real pipeline: feeds and PDFs over HTTP from this machine, keywords, reading, the
    excerpt analyst, cards. One card is written as a model writes, with a statement that says more than its quotation:
    the check is real. Nothing is sent anywhere.
    """
    from bot.cli.document_text import document_text
    from bot.cli.publishing.digest import write_reports
    from bot.demo.demo_day import run_demo
    from bot.preview import preview_page
    from digest.errors import InputError
    from digest.rendering.cards import digest_documents

    digest = asyncio.run(run_demo(language))
    for document in digest_documents(digest):
        click.echo(document_text(document.document))
        click.echo()
    paths = write_reports(digest, out)
    page = out / "preview.html"
    try:
        page.write_text(preview_page(digest), encoding="utf-8")
    except OSError as error:
        raise InputError(f"can't write to {out}: {error.strerror}; name another folder with --out") from error
    click.echo(f"Written: {', '.join(map(str, paths))}")
    click.echo(f"How the messages look in Telegram and Slack: {page}")
    click.echo()
    click.echo(GO_LIVE)
