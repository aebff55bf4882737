"""Trends -> their picture, drawn in a process of its own, so that a bot need not hold the library."""

from __future__ import annotations

from digest.codec import to_json
from digest.subprocess_runner import apart
from digest.trends.aggregation import Trends


async def drawn(found: Trends, form: str = "png") -> bytes:
    """The picture as "png" for chats or "svg" for pages. Raises `OSError`, `ValueError` or `TimeoutError`."""
    return await apart("digest.trends.chart", to_json(found).encode(), form)
