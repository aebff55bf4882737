"""Running a fake as a process of its own, so that a chat's state outlives the bot, or the fake itself."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from bot.clock import SystemClock
from digest.ports import Clock
from tests.fakes.loopback_server import FakeServer


def serve(make: Callable[[Clock, Path | None, argparse.Namespace], tuple[FakeServer, Callable[[], str]]]) -> None:
    """Parse `--port`, `--state` and the chats, print the base URL, serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--channel", action="append", default=[], metavar="ID=TITLE")
    parser.add_argument("--person", action="append", default=[], metavar="ID=NAME")
    arguments = parser.parse_args()

    async def run() -> None:
        server, url = make(SystemClock(), arguments.state, arguments)
        await server.start(arguments.port)
        sys.stdout.write(url() + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    asyncio.run(run())
