"""Runs a module of ours in a process of its own for a moment: what is large to import never stays in the bot."""

from __future__ import annotations

import asyncio
import sys

TIMEOUT_SECONDS = 300.0  # seconds; a small machine that is busy may need a minute to load what is large


async def run_module(module: str, input_bytes: bytes, *arguments: str, patience: float = TIMEOUT_SECONDS) -> bytes:
    """What `python -m module` writes when it reads `given`. Raises `ValueError` with its last line where it fails,
    `OSError` where it can't be started, `TimeoutError` after `patience` seconds."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", module, *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(patience):
            out, err = await process.communicate(input_bytes)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        last = err.decode(errors="replace").strip().splitlines()
        raise ValueError(f"{module}: {last[-1] if last else f'ended with {process.returncode}'}")
    return out
