"""Kill the bot at random moments of a day's delivery: nothing may be lost, doubled or out of order.

    python -m benchmarks.parts.crash [--kills 200] [--seed 1]

Real processes, real adapters over sockets to the strict fakes, SIGKILL at a moment drawn at random. Each round sends a
digest to four channels of each platform, and the process is killed and started again until everything is there.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure
from tests.fakes.crash_lab import laboratory
from tests.fakes.crash_rounds import Tally, rounds

KILLS = 25  # as many as fit into a benchmark of everything


async def run(kills: int, seed: int) -> Tally:
    with tempfile.TemporaryDirectory() as folder:
        async with laboratory() as lab:
            return await rounds(lab, Path(folder), kills, seed)


def figures() -> Iterator[Figure]:
    tally = asyncio.run(run(KILLS, seed=1))
    yield Figure(
        f"{tally.kills} kills while a digest is delivered: lost, doubled, out of order",
        f"{tally.lost}, {tally.doubled}, {tally.disordered}", "0, 0, 0",
        not (tally.lost or tally.doubled or tally.disordered),
        f"SIGKILL to real processes; {tally.messages} messages to 8 chats in {tally.rounds} digests, "
        f"{tally.in_a_call} kills in the middle of a call",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.perf_counter()
    tally = asyncio.run(run(arguments.kills, arguments.seed))
    seconds = time.perf_counter() - began
    print(f"{tally.kills} kills in {tally.rounds} digests of {tally.messages} messages in all, {seconds:.0f} s")
    print(f"kills in the middle of a call: {tally.in_a_call}; messages left open by them: {tally.left_open}")
    print(f"lost: {tally.lost}, doubled: {tally.doubled}, out of order: {tally.disordered}")
    raise SystemExit(1 if tally.lost or tally.doubled or tally.disordered else 0)


if __name__ == "__main__":
    main()
