"""The order in which things are looked at. What needs another is left out where that one is at fault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from bot.chat.platform_spec import Platforms
from bot.console.findings import CheckResult, failed
from bot.doctor import machine_check
from bot.doctor.arxiv_check import check_feeds
from bot.doctor.model_check import check_models
from bot.doctor.pdf_check import check_pdf_reading
from digest.errors import ConfigError
from digest.ports import Clock
from digest.settings import Settings, load
from storage.database.lock import is_publishing


async def run_checks(
    path: Path, environ: Mapping[str, str], clock: Clock, platforms: Platforms, *, ask_models: bool = True
) -> AsyncIterator[CheckResult]:
    """Everything, as it is found. Writes nothing anywhere, but what opening the database writes."""
    try:
        settings = load(path, environ, [spec.table for spec in platforms.values()])
    except ConfigError as error:
        for mistake in error.mistakes:
            yield failed("configuration", "config.mistake", f"{error.source}: {mistake}")
        return
    for finding in _of_this_machine(settings, platforms):
        yield finding
    feed_check = await check_feeds(settings, clock)
    for finding in feed_check.findings:
        yield finding
    yield machine_check.check_clock(feed_check.their_time, feed_check.our_time or clock.now())
    running = settings.storage.path.exists() and is_publishing(settings.storage.path)
    for part in (
        machine_check.check_engine(settings),
        *(spec.check(settings, clock, is_running=running) for spec in platforms.values()),
        check_models(settings, clock, ask=ask_models),
        check_pdf_reading(settings, clock),
    ):
        for finding in await part:
            yield finding


def _of_this_machine(settings: Settings, platforms: Platforms) -> list[CheckResult]:
    results = [
        *machine_check.check_configuration(settings),
        *machine_check.check_environment(settings, platforms),
        *machine_check.check_database(settings),
    ]
    if not settings.storage.path.exists():
        results += machine_check.no_database_yet(settings)
    return results
