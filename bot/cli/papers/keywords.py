"""`broadsheet keywords list|add|remove [EDITION]`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from digest.models.edition import Edition
    from storage.stores.editions import SqliteEditionStore


@click.group("keywords")
def command() -> None:
    """List, add and remove the keywords of an edition.

    What is changed here or in a chat is kept in the database beside the list of the configuration. With one edition,
    its name may be left out.
    """


@command.command("list")
@click.argument("edition", required=False)
@click.pass_context
def list_(ctx: click.Context, edition: str | None) -> None:
    """List the keywords in force, with who added them."""
    with _editions(ctx, edition) as (editions, edition_keywords):
        added = {change.keyword: change for change in editions.keyword_changes(edition_keywords.name) if change.added}
        for keyword in editions.effective(edition_keywords).keywords:
            change = added.get(keyword)
            author_note = f"    added {change.at:%Y-%m-%d} by {change.by.name or change.by.who}" if change else ""
            click.echo(keyword + author_note)


@command.command("add")
@click.argument("keyword")
@click.argument("edition", required=False)
@click.pass_context
def add(ctx: click.Context, keyword: str, edition: str | None) -> None:
    """Add a keyword; it takes effect with the next digest. Commas separate several, but not inside quotation marks."""
    from digest.keywords import parse_keyword, split_keywords
    from digest.models.people import Actor

    keywords = [parse_keyword(part).text for part in split_keywords(keyword) or [keyword]]
    with _editions(ctx, edition) as (editions, edition_keywords):
        for text in keywords:
            new = editions.add_keyword(edition_keywords, text, Actor("cli"))
            click.echo(f"{edition_keywords.name}: {text} {'is added' if new else 'was there already'}")


@command.command("remove")
@click.argument("keyword")
@click.argument("edition", required=False)
@click.pass_context
def remove(ctx: click.Context, keyword: str, edition: str | None) -> None:
    """Remove a keyword."""
    from digest.errors import UnknownError
    from digest.models.people import Actor

    with _editions(ctx, edition) as (editions, edition_keywords):
        if not editions.remove_keyword(edition_keywords, keyword, Actor("cli")):
            raise UnknownError(
                f"{edition_keywords.name} has no keyword {keyword!r}; "
                f"broadsheet keywords list {edition_keywords.name} shows them"
            )
        click.echo(f"{edition_keywords.name}: {keyword} is removed")


@contextmanager
def _editions(ctx: click.Context, name: str | None) -> Iterator[tuple[SqliteEditionStore, Edition]]:
    """The store, and the edition of that name or the only one."""
    from digest.errors import UnknownError
    from storage.database.connection import Database
    from storage.stores.editions import SqliteEditionStore

    settings = load_settings(ctx)
    if name is None and len(settings.editions) != 1:
        names = ", ".join(edition.name for edition in settings.editions) or "none"
        raise UnknownError(f"name an edition; there is {names}")
    edition = settings.edition(name) if name else settings.editions[0]
    with Database.open(settings.storage.path) as db:
        yield SqliteEditionStore(db), edition
