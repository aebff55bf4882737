"""`broadsheet paper ID`."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from digest.models.digest import Card
    from digest.settings import Settings


@click.command("paper")
@click.argument("paper_id", metavar="ID")
@click.option("--language", help="The language of the analysis; by default that of the first edition.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def command(ctx: click.Context, paper_id: str, language: str | None, as_json: bool) -> None:
    """Look up a paper's analysis, or make it.

    ID is an arXiv id or URL in any form; with a version, that version. A paper that is not stored is fetched from
    arXiv, read and analysed.
    """
    from bot.cli.document_text import document_text
    from digest.i18n.translator import Translator
    from digest.rendering.cards import paper_card
    from digest.report import card_json

    settings = load_settings(ctx)
    spoken = language or (settings.editions[0].language if settings.editions else "zh")
    card = asyncio.run(_look_up(settings, paper_id, spoken))
    if as_json:
        click.echo(json.dumps(card_json(card, Translator(spoken)), ensure_ascii=False, indent=2))
    else:
        click.echo(document_text(paper_card(card, spoken)))


async def _look_up(settings: Settings, paper_id: str, language: str) -> Card:
    from bot.app import open_app
    from digest.arxiv.ids import parse_id

    arxiv_id = parse_id(paper_id)
    async with open_app(settings) as app:
        return await app.paper_card(arxiv_id, language)
