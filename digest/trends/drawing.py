"""Trends -> their picture, drawn in a process of its own, so that a bot need not hold the library."""

from __future__ import annotations

from digest.apart import apart
from digest.codec import to_json
from digest.trends import Trends


async def drawn(found: Trends, form: str = "png") -> bytes:
    """The picture as "png" for chats or "svg" for pages. Raises `OSError`, `ValueError` or `TimeoutError`."""
    return await apart("digest.trends.picture", to_json(found).encode(), form)
