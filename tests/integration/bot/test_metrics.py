"""Health and metrics over HTTP."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.chat.platform_state import OFF, ConnectionKind, PlatformState, down
from bot.metrics import exposition, serve_metrics
from bot.platforms.registry import PLATFORMS
from bot.status import status_problems
from digest.models.edition import Platform
from digest.settings import MetricsSettings
from tests.fakes.command_client import Team
from tests.unit.bot.test_status import status, troubled

SAMPLE = re.compile(r'^(# TYPE broadsheet_\w+ gauge|broadsheet_\w+(\{\w+="[^"\n]*"(,\w+="[^"\n]*")*\})? -?[\d.e+-]+)$')


def test_each_line_is_in_prometheus_form() -> None:
    """https://prometheus.io/docs/instrumenting/exposition_formats/"""
    text = exposition(status(troubled()))

    assert text.endswith("\n")
    for line in text.splitlines():
        assert SAMPLE.match(line), line
    assert 'broadsheet_platform_up{platform="slack"} 0' in text
    assert "broadsheet_deliveries_in_doubt 1" in text
    assert "broadsheet_tokens_today 120" in text


def test_what_is_unhealthy() -> None:
    """No platform at all, or an edition that has not run for more than a day; one platform down is not."""
    well = status(troubled())
    late = replace(well, now=well.now + timedelta(hours=30))
    cut_off = replace(well, platforms=dict.fromkeys(PLATFORMS, down("x")))

    assert status_problems(well) == ""
    assert "robots" in status_problems(late)
    assert "no platform" in status_problems(cut_off)
    assert (
        status_problems(
            replace(
                well,
                platforms={Platform("telegram"): PlatformState(ConnectionKind.UP, "no menu"), Platform("slack"): OFF},
            )
        )
        == ""
    )


@pytest.mark.parametrize(("hours", "code"), [(0, 200), (30, 503)])
async def test_health_and_metrics_are_served_on_loopback(hours: int, code: int) -> None:
    """A monitor sees by the code alone."""
    team = Team()
    team.publish()
    one = status(team)
    settings = MetricsSettings(enabled=True, port=0)
    later = replace(one, now=one.now + timedelta(hours=hours))
    async with serve_metrics(settings, lambda: later) as port, httpx.AsyncClient() as client:
        health = await client.get(f"http://127.0.0.1:{port}/health")
        metrics = await client.get(f"http://127.0.0.1:{port}/metrics")
    assert health.status_code == code
    assert health.json()["status"] == ("ok" if code == 200 else "trouble")
    assert "broadsheet_info" in metrics.text
