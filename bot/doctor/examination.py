"""The order in which things are looked at. What needs another is left out where that one is at fault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from bot.doctor import machine_check as machine
from bot.doctor.arxiv_check import feeds
from bot.doctor.findings import Finding, wrong
from bot.doctor.model_check import models
from bot.doctor.pdf_check import reading
from bot.doctor.slack_check import slack
from bot.doctor.telegram_check import telegram
from digest.errors import ConfigError
from digest.ports import Clock
from digest.settings import Settings, load
from storage.database.lock import is_publishing


async def examine(
    path: Path, environ: Mapping[str, str], clock: Clock, *, ask_models: bool = True
) -> AsyncIterator[Finding]:
    """Everything, as it is found. Writes nothing anywhere, but what opening the database writes."""
    try:
        settings = load(path, environ)
    except ConfigError as error:
        for mistake in error.mistakes:
            yield wrong("configuration", "config.mistake", f"{error.source}: {mistake}")
        return
    for finding in _of_this_machine(settings):
        yield finding
    found = await feeds(settings, clock)
    for finding in found.findings:
        yield finding
    yield machine.clock(found.their_time, found.our_time or clock.now())
    running = settings.storage.path.exists() and is_publishing(settings.storage.path)
    for part in (
        machine.engine(settings),
        telegram(settings, clock, running=running),
        slack(settings),
        models(settings, clock, ask=ask_models),
        reading(settings, clock),
    ):
        for finding in await part:
            yield finding


def _of_this_machine(settings: Settings) -> list[Finding]:
    found = [*machine.configuration(settings), *machine.environment(settings), *machine.database(settings)]
    if not settings.storage.path.exists():
        found += machine.no_database_yet(settings)
    return found
