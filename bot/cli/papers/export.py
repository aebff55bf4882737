"""`broadsheet export`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings
from bot.cli.publishing.digest import DayParam

if TYPE_CHECKING:
    from digest.export.zotero_client import ZoteroResult
    from digest.models.paper import Paper
    from digest.settings import Settings
    from storage.stores.all_stores import SqliteStores


class FormatParam(click.Choice[str]):
    """One of the formats that papers can be exported in. They are looked up when a command is given, since importing
    them takes longer than `--help` may."""

    def __init__(self) -> None:
        super().__init__(())

    @property
    def choices(self) -> tuple[str, ...]:
        from digest.export.formats import FORMATS

        return tuple(FORMATS)

    @choices.setter
    def choices(self, _: tuple[str, ...]) -> None: ...


@click.command("export")
@click.option("--saved", "person", metavar="PERSON", help="What somebody saved: telegram:12345 or slack:U0123ABC.")
@click.option("--edition", help="What an edition has carded, newest first.")
@click.option("--from", "first", type=DayParam(), help="With --edition: from that announcement day on.")
@click.option("--to", "last", type=DayParam(), help="With --edition: up to that announcement day.")
@click.option("--format", "form", type=FormatParam(), default="bibtex", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.option("--zotero", is_flag=True, help="Send the papers to the library of [zotero] instead.")
@click.pass_context
def command(
    ctx: click.Context,
    person: str | None,
    edition: str | None,
    first: date | None,
    last: date | None,
    form: str,
    out: Path | None,
    zotero: bool,
) -> None:
    """Take papers along: saved ones, or those of an edition, for reference managers, tables or notes.

    Prints to standard output, or writes the file of --out. With neither --saved nor --edition, the only edition is
    meant. A paper that Zotero has from here already is not added again.
    """
    from digest.errors import InputError
    from digest.export.formats import export_papers
    from storage.database.connection import Database
    from storage.stores.all_stores import SqliteStores

    settings = load_settings(ctx)
    if person and (edition or first or last):
        raise InputError("--saved goes without --edition, --from and --to")
    with Database.open(settings.storage.path) as db:
        stores = SqliteStores.of(db)
        papers = list(_saved(stores, person) if person else _carded(stores, settings, edition, first, last))
    if not papers:
        raise InputError(f"{person} has saved nothing" if person else "nothing was carded in these days")
    if zotero:
        sent = asyncio.run(_send(settings, papers))
        click.echo(f"Zotero: {sent.new} new, {sent.known} there already")
        if sent.refused:
            from digest.errors import PublishError

            raise PublishError("Zotero did not take " + "; ".join(sent.refused))
        return
    text = export_papers(papers, form)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"can't write {out}: {error.strerror}") from error
    click.echo(f"{out}: {len(papers)} {'paper' if len(papers) == 1 else 'papers'}", err=True)


def _saved(stores: SqliteStores, person: str) -> Iterator[Paper]:
    for saved_paper in stores.people.saved(person):
        paper = stores.papers.paper(saved_paper.paper_id)
        if paper is not None:
            yield paper


def _carded(
    stores: SqliteStores, settings: Settings, edition: str | None, first: date | None, last: date | None
) -> Iterator[Paper]:
    """The papers of the edition's cards. Raises `UnknownError` for an edition that there is not."""
    from digest.errors import UnknownError

    if edition is None and len(settings.editions) != 1:
        names = ", ".join(candidate.name for candidate in settings.editions) or "none"
        raise UnknownError(f"name an edition with --edition, or a person with --saved; there is {names}")
    candidate = settings.edition(edition) if edition else settings.editions[0]
    for day in stores.digests.digest_days(candidate.name):
        if (first is None or day >= first) and (last is None or day <= last):
            for digest in stores.digests.digests(candidate.name, day):
                yield from (card.paper for card in digest.cards)


async def _send(settings: Settings, papers: list[Paper]) -> ZoteroResult:
    from bot.clock import SystemClock
    from digest.errors import InputError
    from digest.export.zotero_client import ZoteroClient

    library, key = settings.zotero, settings.secrets.get(settings.zotero.key_env)
    if not library.library or key is None:
        problem = "zotero.library is empty" if not library.library else f"{library.key_env} is not set"
        raise InputError(f"{settings.source}: {problem}, so there is no library to send to")
    zotero = ZoteroClient(library, key, SystemClock())
    try:
        return await zotero.add(list({paper.id: paper for paper in papers}.values()))
    finally:
        await zotero.aclose()
