"""Health and Prometheus metrics over HTTP, on loopback unless configured otherwise.

GET /health    200 while the process does its work, 503 with the reason when it does not
GET /metrics   https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.chat.platform_state import ConnectionKind
from bot.status import Status, status_problems
from digest.settings import MetricsSettings


def exposition(status: Status) -> str:
    """The status as Prometheus reads it."""
    return "\n".join([*_samples(status), ""])


def _samples(status: Status) -> Iterator[str]:
    yield "# TYPE broadsheet_info gauge"
    yield f'broadsheet_info{{version="{status.version}"}} 1'
    yield "# TYPE broadsheet_platform_up gauge"
    for platform, state in status.platforms.items():
        if state.kind is not ConnectionKind.OFF:
            yield f'broadsheet_platform_up{{platform="{platform}"}} {int(state.is_up)}'
    yield "# TYPE broadsheet_deliveries_waiting gauge"
    yield f"broadsheet_deliveries_waiting {sum(status.waiting.values())}"
    yield "# TYPE broadsheet_deliveries_in_doubt gauge"
    yield f"broadsheet_deliveries_in_doubt {len(status.open_questions)}"
    yield "# TYPE broadsheet_chats_held gauge"
    yield f"broadsheet_chats_held {len(status.holds)}"
    yield "# TYPE broadsheet_chats_paused gauge"
    yield f"broadsheet_chats_paused {len(status.paused)}"
    yield "# TYPE broadsheet_personal_editions gauge"
    yield f"broadsheet_personal_editions {status.personal}"
    yield "# TYPE broadsheet_paper_jobs gauge"
    yield f"broadsheet_paper_jobs {status.paper_jobs}"
    yield "# TYPE broadsheet_tokens_today gauge"
    yield f"broadsheet_tokens_today {status.spent_today.tokens}"
    yield "# TYPE broadsheet_money_this_month gauge"
    yield f"broadsheet_money_this_month {status.spent_this_month.money}"
    yield "# TYPE broadsheet_last_run_timestamp_seconds gauge"
    for edition_status in status.editions:
        if edition_status.last_run is not None and edition_status.last_run.ended is not None:
            name = edition_status.edition.name
            ended = edition_status.last_run.ended.timestamp()
            yield f'broadsheet_last_run_timestamp_seconds{{edition="{name}"}} {ended:.0f}'


@asynccontextmanager
async def serve_metrics(settings: MetricsSettings, status: Callable[[], Status]) -> AsyncIterator[int]:
    """Serve for as long as the block runs; gives the port."""

    async def health(_request: web.Request) -> web.Response:
        why = status_problems(status())
        return web.json_response({"status": "trouble" if why else "ok", "why": why}, status=503 if why else 200)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(text=exposition(status()), headers={"Content-Type": "text/plain; version=0.0.4"})

    app = web.Application()
    app.add_routes([web.get("/health", health), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
