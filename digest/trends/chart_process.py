"""Trends -> their picture, drawn in a process of its own, so that a bot need not hold the library."""

from __future__ import annotations

from digest.codec import to_json
from digest.subprocess_runner import run_module
from digest.trends.aggregation import WeeklyTrends


async def render_chart(trends: WeeklyTrends, form: str = "png") -> bytes:
    """The picture as "png" for chats or "svg" for pages. Raises `OSError`, `ValueError` or `TimeoutError`."""
    return await run_module("digest.trends.chart", to_json(trends).encode(), form)
