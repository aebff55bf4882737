"""A real process is killed with SIGKILL at every step of a send. After a restart every message is there once, in order.

The moments of a send: planned, intent written, request at the server, message stored there, half of the answer sent,
receipt in hand, receipt written; and a message that is stored only when the next process already looks for it. Then,
killed again, the moments of looking for what may have arrived.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
import pytest_asyncio

from bot.platforms.registry import PLATFORMS
from digest.models.edition import Platform
from tests.fakes.crash_lab import LOOKS, ROLES, SERVER_MOMENTS, WRITES, Lab, laboratory
from tests.fakes.crash_rounds import rounds
from tests.system.crash_driver import LOOKING, MOMENTS

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
LATE = "stored after the restart"
BOTH = (Platform("telegram"), Platform("slack"))
KILLED = ("overview", "card", "part", "picture")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab() -> AsyncIterator[Lab]:
    async with laboratory() as lab:
        yield lab


async def kill_once(lab: Lab, platform: Platform, role: str, moment: str, folder: Path) -> None:
    case = lab.case(platform, folder / role)
    number = ROLES.index(role) + 1
    if moment == LATE:
        case.kills.append((WRITES, number, "arrived"))
        case.late = True
        ended = await lab.live(case)
    elif moment in SERVER_MOMENTS:
        case.kills.append((WRITES, number, moment))
        ended = await lab.live(case)
    else:
        ended = await lab.live(case, (number, moment))
    assert ended == signal.SIGKILL
    assert await lab.live(case) == 0
    lab.check(case)


@pytest.mark.parametrize(("platform", "moment"), [*product(BOTH, (*MOMENTS, *SERVER_MOMENTS, LATE))])
async def test_killed_in_a_send(lab: Lab, platform: Platform, moment: str, tmp_path: Path) -> None:
    """Overview, card, part or thread reply, picture: 4 messages x 8 moments x 2 platforms."""
    await asyncio.gather(*(kill_once(lab, platform, role, moment, tmp_path) for role in KILLED))


async def kill_twice(lab: Lab, platform: Platform, arrived: bool, moment: str, folder: Path) -> None:
    case = lab.case(platform, folder / f"{moment} {arrived}")
    number = ROLES.index("card") + 1
    case.kills.append((WRITES, number, "stored" if arrived else "never"))
    first = await lab.live(case, None if arrived else (number, "intent written"))
    assert first == signal.SIGKILL
    if moment in SERVER_MOMENTS:
        case.kills.append((LOOKS, 1, moment))
        second = await lab.live(case)
    else:
        second = await lab.live(case, (number, moment))
    assert second == signal.SIGKILL
    assert await lab.live(case) == 0
    lab.check(case)


@pytest.mark.parametrize(("platform", "arrived"), [*product(BOTH, (True, False))])
async def test_killed_again_while_looking(lab: Lab, platform: Platform, arrived: bool, tmp_path: Path) -> None:
    """The second life ends while it asks what became of the first one's message, whether it arrived or not."""
    moments = [m for m in (*LOOKING, *SERVER_MOMENTS) if not (arrived and m == "settled")]
    await asyncio.gather(*(kill_twice(lab, platform, arrived, moment, tmp_path) for moment in moments))


async def test_a_life_without_a_kill_sends_everything(lab: Lab, tmp_path: Path) -> None:
    """The cases above prove something only if this holds."""
    cases = [lab.case(platform, tmp_path / platform) for platform in PLATFORMS]

    assert await asyncio.gather(*(lab.live(case) for case in cases)) == [0, 0]
    for case in cases:
        lab.check(case)


async def test_killed_at_random(lab: Lab, tmp_path: Path) -> None:
    """A few of the kills of `benchmarks/parts/crash.py`, in digests that go to eight chats at once."""
    tally = await rounds(lab, tmp_path, kills=6, seed=5)

    assert tally.kills == 6
    assert (tally.lost, tally.doubled, tally.disordered) == (0, 0, 0)
