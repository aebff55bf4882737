"""`broadsheet digest [EDITION]`."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import load_settings

if TYPE_CHECKING:
    from bot.delivery.events import DeliveryEvent
    from digest.models.digest import Digest
    from digest.models.edition import Edition, Target
    from digest.settings import Settings


class DayParam(click.ParamType[date]):
    """A date as 2026-01-09."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2026-01-09", param, ctx)


@click.command("digest")
@click.argument("edition", required=False)
@click.option("--date", "day", type=DayParam(), help="The announcement day of the feeds; by default the newest.")
@click.option("--no-publish", is_flag=True, help="Make and save the digest, but send nothing.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the reports to this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def command(
    ctx: click.Context, edition: str | None, day: date | None, no_publish: bool, out: Path | None, as_json: bool
) -> None:
    """Make the digest of a day and publish it to the edition's chats.

    Without EDITION, that of every edition. The date is the feeds' own announcement day. A day that was made before is
    not made again: what is already published is never sent twice, and what came late is sent as a supplement. Writes
    EDITION-DATE.md, .html and .json to the folder of --out.
    """
    settings = load_settings(ctx)
    editions = [settings.edition(edition)] if edition else list(settings.editions)
    if not editions:
        from digest.errors import InputError

        raise InputError(f"{settings.source} has no [[editions]]; add one, with a name and categories")
    digests, published, failed = asyncio.run(_make(settings, editions, day, publish=not no_publish, quiet=as_json))
    for digest in digests:
        if out is not None:
            write_reports(digest, out)
    if as_json:
        from digest.report import digest_json as document

        documents = [document(digest) for digest in digests]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False, indent=2))
    else:
        for digest in digests:
            click.echo(summary(digest))
        for line in published:
            click.echo(line)
    from digest.errors import PublishError, SourceError

    if unread := [sentence for digest in digests if (sentence := why_unread(digest))]:
        raise SourceError("\n".join([*unread, *failed]))
    if failed:
        raise PublishError("\n".join(failed))


async def _make(
    settings: Settings, editions: list[Edition], day: date | None, *, publish: bool, quiet: bool
) -> tuple[list[Digest], list[str], list[str]]:
    """The digests, a line for each chat that says what went there, and a sentence for each that was not served."""
    from bot.app import open_app
    from bot.cli.progress import progress
    from bot.delivery.events import DeliveryEventKind
    from bot.status import DIGEST_MADE
    from digest.models.people import Actor, AuditEvent

    sent: Counter[Target] = Counter()

    def count(happening: DeliveryEvent) -> None:
        if happening.kind in (DeliveryEventKind.SENT, DeliveryEventKind.FOUND):
            sent[happening.target] += 1

    async with open_app(settings, witness=count) as app:
        for renamed in app.follow_renames():
            click.echo(f"broadsheet: {renamed}", err=True)
        for name in await app.follow_names() if publish else ():
            click.echo(f"broadsheet: {name}", err=True)
        with progress(quiet=quiet) as progress_bar:
            digests = [
                await app.collect_and_build_digest(
                    app.edition(edition.name), day, publish=publish, progress=progress_bar
                )
                for edition in editions
            ]
            failed = await app.deliver(progress_bar) if publish else []
        for digest in digests:
            if not why_unread(digest):
                outcome = f"{digest.day} {'published' if digest.empty is None else 'empty'}"
                app.stores.events.record(AuditEvent(DIGEST_MADE, Actor("cli"), digest.edition, outcome))
        chats = [app.stores.chats.migrated_target(target) for edition in editions for target in edition.targets]
        await app.update_site()
    return digests, list(_published(chats, sent)) if publish else [], failed


def _published(chats: Iterable[Target], sent: Mapping[Target, int]) -> Iterator[str]:
    """A line a chat; alerts and what waited from before count as well."""
    for target in dict.fromkeys((*chats, *sent)):
        n = sent.get(target, 0)
        what = f"{n} message{'' if n == 1 else 's'}" if n else "nothing new"
        yield f"published: {target.name}, {what}"


def write_reports(digest: Digest, folder: Path) -> list[Path]:
    """EDITION-DATE.md, .html and .json in the folder, which is made where it is missing."""
    from digest.errors import InputError
    from digest.report import digest_json, html_report, markdown_report

    name = f"{digest.edition}-{digest.day.isoformat()}"
    texts = {
        ".md": markdown_report(digest),
        ".html": html_report(digest),
        ".json": json.dumps(digest_json(digest), ensure_ascii=False, indent=2) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, text in texts.items():
            (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"can't write to {folder}: {error.strerror}; name another folder with --out") from error
    return [folder / f"{name}{suffix}" for suffix in texts]


def why_unread(digest: Digest) -> str:
    """A sentence where not one category of the edition could be read from arXiv; else nothing."""
    from digest.i18n.translator import Translator
    from digest.models.feed import FeedState

    if not digest.categories or any(state.state is not FeedState.FAILED for state in digest.categories):
        return ""
    reasons = dict.fromkeys(Translator("en").notice(state.reason) for state in digest.categories if state.reason)
    names = ", ".join(state.category for state in digest.categories)
    return f"{digest.edition}: none of its categories could be read ({names}): {'; '.join(reasons)}; try again later"


def summary(digest: Digest) -> str:
    """Three lines or so for a terminal: what the day brought, and why not more."""
    from digest.i18n.translator import Translator

    texts = Translator("en")
    lines = [f"{digest.title} · {texts.date(digest.day)}"]
    counts = ((digest.announced, "announcement"), (len(digest.cards), "card"), (len(digest.updates), "update"))
    lines.append(", ".join(f"{n} {thing}" if n == 1 else f"{n} {thing}s" for n, thing in counts))
    lines += [
        f"{state.category}: {state.state.value}" + (f", {texts.notice(state.reason)}" if state.reason else "")
        for state in digest.categories
        if state.reason
    ]
    if digest.empty:
        lines.append(texts.notice(digest.empty))
    lines += [f"  {c.paper.versioned_id}  {c.paper.title}  ({c.analysis.made_from.value})" for c in digest.cards]
    return "\n".join(lines)
