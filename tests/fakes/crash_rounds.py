"""Days of delivery in which the bot is killed at random, and what came of them."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from digest.models.delivery import DeliveryState, Message
from digest.models.edition import Platform, Target
from tests.fakes.crash_lab import ROLES, Case, Lab, message

CHATS = 4  # of each platform
LIVES = (0.02, 1.0)  # seconds; a digest without a kill takes about half a second
PACE = 1.5  # seconds between messages to a chat, on the bots' hurried clock


@dataclass
class Tally:
    """What happened, and what is wrong: the last three must be 0."""

    kills: int = 0
    rounds: int = 0
    messages: int = 0
    in_a_call: int = 0  # kills that left a message open
    left_open: int = 0  # messages that they left open
    lost: int = 0
    doubled: int = 0
    disordered: int = 0


async def rounds(lab: Lab, folder: Path, kills: int, seed: int) -> Tally:
    """Digest after digest, until the bot was killed so many times."""
    chance = random.Random(seed)
    tally = Tally()
    while tally.kills < kills:
        tally.rounds += 1
        case, targets = _new(lab, folder / str(tally.rounds), tally.rounds)
        while await _live(lab, case, chance.uniform(*LIVES) if tally.kills < kills else None):
            tally.kills += 1
            states = Counter(row.state for row in case.rows())
            tally.in_a_call += states[DeliveryState.SENDING] > 0
            tally.left_open += states[DeliveryState.SENDING]
        _count(lab, case, targets, tally)
    return tally


def _new(lab: Lab, folder: Path, number: int) -> tuple[Case, list[Target]]:
    """A ledger with a digest for new chats of both platforms."""
    targets = []
    for n in range(CHATS):
        targets.append(
            Target(Platform("telegram"), str(lab.telegram.channel(-1_002_000_000_000 - 100 * number - n).id))
        )
        targets.append(Target(Platform("slack"), lab.slack.channel(f"C{number}X{n}").id))
    batch: list[Message] = []
    for target in targets:
        first = len(batch)
        for role in ROLES:
            made = message(target, role)
            parent = None if made.parent is None else first + made.parent
            batch.append(Message(made.digest, target, role, made.payload, None, parent))
    return lab.started(targets[0], folder, batch), targets


async def _live(lab: Lab, case: Case, at: float | None) -> bool:
    """A life that ends after `at` seconds, if it lasts so long. Whether it was killed."""
    life = asyncio.create_task(lab.live(case, pace=PACE))
    if at is not None:
        await asyncio.wait({life}, timeout=at)
        if not life.done():
            case.end()
    return await life == signal.SIGKILL


def _count(lab: Lab, case: Case, targets: list[Target], tally: Tally) -> None:
    """Compare what is planned with what stands in the chats, and with what the ledger believes."""
    rows = case.rows()
    tally.messages += len(rows)
    for target in targets:
        mine = [row for row in rows if row.target == target]
        planned = [str(row.payload.get("text", row.payload.get("caption"))) for row in mine]
        found = lab.texts(target)
        times = Counter(found)
        tally.lost += sum(times[text] == 0 for text in planned)
        tally.lost += sum(row.state is not DeliveryState.SENT for row in mine)
        tally.doubled += sum(count - 1 for count in times.values())
        tally.disordered += list(dict.fromkeys(found)) != [text for text in planned if times[text]]
