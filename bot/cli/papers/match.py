"""`broadsheet match KEYWORD…`."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings
from bot.cli.publishing.digest import DayParam

if TYPE_CHECKING:
    from digest.models.match import Match
    from digest.models.paper import Paper


@click.command("match")
@click.argument("keywords", nargs=-1, required=True, metavar="KEYWORD…")
@click.option("--day", type=DayParam(), help="Only papers announced on this day; by default every collected day.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def command(ctx: click.Context, keywords: tuple[str, ...], day: date | None, as_json: bool) -> None:
    """Show what these keywords match in the collected papers, and where.

    Quote a keyword of several words: broadsheet match vla "diffusion policy -survey".
    """
    from digest.errors import UnknownError
    from digest.matching.matcher import Matcher
    from digest.pipeline.collect import merge_feeds
    from storage.database.connection import Database
    from storage.stores.papers import SqlitePaperStore

    settings = load_settings(ctx)
    matcher = Matcher(keywords)
    with Database.open(settings.storage.path) as db:
        papers = SqlitePaperStore(db)
        stored_days = papers.days()
        if day is not None and day not in stored_days:
            raise UnknownError(f"nothing was collected for {day}; broadsheet digest --date {day} collects it")
        days = [day] if day else stored_days
        matched = [
            (listed_day, announcement.paper, matches)
            for listed_day in days
            for announcement in merge_feeds(papers.announcements(listed_day))
            if (matches := matcher.matches(announcement.paper))
        ]
    if as_json:
        click.echo(json.dumps([document(*row) for row in matched], ensure_ascii=False, indent=2))
        return
    for listed_day, paper, matches in matched:
        click.echo(f"{listed_day}  {paper.versioned_id}  {paper.title}")
        for match in matches:
            click.echo(f"    {match.keyword}  in the {match.field.value}: {match.text}")
    collected = f"{len(days)} collected {'day' if len(days) == 1 else 'days'}"
    click.echo(f"{len(matched)} of the papers of {collected} match", err=True)


def document(day: date, paper: Paper, matches: tuple[Match, ...]) -> dict[str, object]:
    """One paper in the JSON of `match`."""
    return {
        "day": day.isoformat(),
        "id": paper.id,
        "version": paper.version,
        "title": paper.title,
        "matches": [
            {"keyword": m.keyword, "field": m.field.value, "text": m.text, "start": m.start, "end": m.end}
            for m in matches
        ],
    }
