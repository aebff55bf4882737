"""Waiting for what a test asserts, when another task or process brings it about."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE = 180.0  # real seconds; it guards against hanging alone, so the slowest machine must not reach it


async def until(condition: Callable[[], object], what: str = "it") -> None:
    """Return as soon as the condition holds; one that never does is an `AssertionError`."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        await asyncio.sleep(0.01)
