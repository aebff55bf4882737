"""Configuration, environment, database, disk, clock and cluster: what can be looked at without a chat platform."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.chat.platform_spec import Platforms
from bot.console.findings import CheckResult, failed, passed, skipped
from digest.errors import StorageError
from digest.models.edition import Edition
from digest.settings import Settings
from storage import maintenance
from storage.database.connection import Database
from storage.database.lock import is_publishing
from storage.stores.editions import SqliteEditionStore

LITTLE_SPACE = 200_000_000  # bytes: a day's texts and a backup need less
CLOCK_APART = 120.0  # seconds
_ANSWER_WITHIN = 5.0  # seconds


def check_configuration(settings: Settings) -> Iterator[CheckResult]:
    """What is valid, but leads nowhere."""
    area = "configuration"
    if not settings.editions:
        yield failed(area, "config.no_editions")
    for edition in settings.editions:
        if not edition.targets:
            yield failed(area, "config.no_targets", edition.name)
    budget = settings.llm.budget
    limits = (budget.tokens_a_day, budget.tokens_a_month, budget.money_a_day, budget.money_a_month)
    if settings.commands.personal_editions and settings.llm.preference and not any(limits):
        yield failed(area, "config.personal_budget", f"{settings.commands.personal_papers_a_day}")
    if settings.editions:
        names = ", ".join(f"{e.name} at {e.publish_at} {e.timezone}" for e in settings.editions)
        yield passed(area, f"{settings.source}: {names}")


def check_environment(settings: Settings, platforms: Platforms) -> Iterator[CheckResult]:
    """Secrets that are needed and not there, and files that others can read."""
    area, secrets = "environment", settings.secrets
    for spec in platforms.values():
        yield from spec.check_environment(settings)
    dotenv = settings.source.absolute().parent / ".env"
    if dotenv.is_file() and dotenv.stat().st_mode & 0o077:
        yield failed(area, "env.readable", str(dotenv))
    secret_names = ", ".join(secrets.names)
    yield passed(area, f"set: {secret_names}" if secret_names else "no secrets are set")


def check_database(settings: Settings, free: int | None = None) -> Iterator[CheckResult]:
    """Whether it opens, is whole and of this version, and has room. `free`: bytes of room, where that is known."""
    area, path = "database", settings.storage.path
    room = free if free is not None else shutil.disk_usage(_nearest(path)).free
    if room < LITTLE_SPACE:
        yield failed(area, "database.disk", f"{room / 1e6:,.0f} MB")
    if not path.exists():
        yield passed(area, f"{path} will be made when it is first needed")
        return
    try:
        pending = maintenance.pending_retention(path)
        if pending:
            yield failed(area, "database.old", ", ".join(pending))
            return
        with Database.open(path) as db:
            problems = maintenance.integrity(db)
            yield from (_problem(area, problem) for problem in problems)
            yield from _keywords(settings, db)
            if not problems:
                state = "broadsheet run is at work" if is_publishing(path) else "no process publishes from it"
                yield passed(
                    area,
                    f"{path}: whole, {maintenance.database_size(db) / 1e6:,.1f} MB, {room / 1e9:,.1f} GB free, {state}",
                )
    except StorageError as error:
        yield failed(area, "database.unusable", str(error))


def no_database_yet(settings: Settings) -> Iterator[CheckResult]:
    """Editions without a keyword, where nobody can have added one in a chat."""
    for edition in settings.editions:
        if not edition.keywords:
            yield failed("configuration", "config.no_keywords", edition.name)


def check_clock(theirs: datetime | None, ours: datetime) -> CheckResult:
    """This machine's clock beside that of arXiv's server."""
    if theirs is None:
        return skipped("clock", "arXiv's server did not say what time it is")
    offset = (ours - theirs).total_seconds()
    if abs(offset) > CLOCK_APART:
        ahead = "ahead" if offset > 0 else "behind"
        return failed("clock", "clock.apart", f"{abs(offset) / 60:,.0f} minutes {ahead}")
    return passed("clock", f"{ours:%Y-%m-%d %H:%M} UTC, as at arXiv")


async def check_engine(settings: Settings) -> list[CheckResult]:
    """Whether the cluster's scheduler listens."""
    if settings.engine.kind != "dask":
        return [passed("engine", f"PDFs are read by {settings.engine.kind} of this machine")]
    address = urlsplit(settings.engine.address)
    try:
        async with asyncio.timeout(_ANSWER_WITHIN):
            _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.close()
    except (OSError, TimeoutError, ValueError) as error:
        return [failed("engine", "engine.unreachable", f"{settings.engine.address} ({type(error).__name__})")]
    return [passed("engine", f"the scheduler listens at {settings.engine.address}")]


def _problem(area: str, problem: str) -> CheckResult:
    return failed(area, "database.index" if "full-text index" in problem else "database.damaged", problem)


def _keywords(settings: Settings, db: Database) -> Iterator[CheckResult]:
    store = SqliteEditionStore(db)
    effective: list[Edition] = [store.effective(edition) for edition in settings.editions]
    for edition in effective:
        if not edition.keywords:
            yield failed("configuration", "config.no_keywords", edition.name)


def _nearest(path: Path) -> Path:
    """The folder of the path that exists."""
    return next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.is_dir())
