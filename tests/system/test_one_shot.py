"""A person who has `broadsheet digest` run once a day, by cron, and no `broadsheet run`: nothing may stay stuck."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_app
from bot.cli.publishing.digest import why_unread
from bot.platforms.registry import load_settings as load
from bot.platforms.telegram.settings import TelegramSettings
from digest.models.delivery import DeliveryState
from digest.models.digest import Digest
from digest.models.edition import Platform, Target
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from tests.fakes.arxiv import Fault
from tests.fakes.clocks.fast_clock import HurriedClock
from tests.fakes.clocks.still_clock import NOON
from tests.fakes.running_bot import CHANNEL, NEWS, Running, around

pytestmark = pytest.mark.slow
REFUSALS = TelegramSettings().pause_after
CHAT = Target(Platform("telegram"), str(NEWS))


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Running]:
    async with around(tmp_path) as made:
        yield made


async def digest(bot: Running) -> tuple[Digest, list[str]]:
    """What `broadsheet digest` does: the digest, and a sentence for each chat that was not served."""
    async with open_app(load(bot.folder / "config.toml", bot.environ), HurriedClock(100.0, NOON)) as app:
        made = await app.collect_and_build_digest(app.edition("robots"))
        return made, await app.deliver()


async def broadsheet(bot: Running, *arguments: str) -> tuple[int, str, str]:
    """The command line: exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes.running_bot", "--config", str(bot.folder / "config.toml"), *arguments),
        env={**os.environ, **bot.environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def states(bot: Running) -> list[DeliveryState]:
    with Database.open(bot.folder / "b.db") as db:
        stores = SqliteStores.of(db)
        return [d.state for d in stores.deliveries.deliveries("robots/2026-01-13/1") if d.target == CHAT]


# --- a doubt ----------------------------------------------------------------------------------------------------


async def test_a_message_in_doubt_is_released_from_the_command_line(bot: Running) -> None:
    """The run that is left in doubt says with which command it goes on, so does each later one, and it does."""
    bot.telegram.faults.plan("cut after", "sendMessage")
    _, failed = await digest(bot)
    _, again = await digest(bot)
    listed = await broadsheet(bot, "resend")

    assert failed == again
    assert f"broadsheet resend telegram:{NEWS}" in failed[0]
    assert states(bot) == [DeliveryState.UNKNOWN, DeliveryState.PENDING, DeliveryState.PENDING]
    assert listed == (0, f"telegram:{NEWS}: 1 message may have arrived or not\n", "")

    code, out, _ = await broadsheet(bot, "resend", f"telegram:{NEWS}")

    assert (code, out) == (0, f"telegram:{NEWS}: 1 message to be sent again\n")
    assert states(bot) == [DeliveryState.SENT] * 3
    first, second, *_ = bot.posts()
    assert first == second
    assert len(bot.posts()) == 4
    assert await broadsheet(bot, "resend") == (0, "Nothing is stuck.\n", "")


async def test_a_paused_chat_is_written_to_again(bot: Running) -> None:
    """Days on which the bot was put out pause the chat; once it is let in again one command sends what waited."""
    bot.telegram.kick(NEWS)
    for _ in range(REFUSALS):
        _, failed = await digest(bot)
    bot.telegram.invite(NEWS)
    _, again = await digest(bot)

    assert failed == again
    assert f"paused after {REFUSALS} refusals in a row" in failed[0]
    assert f"broadsheet resend telegram:{NEWS} sends them" in failed[0]
    assert bot.posts() == []
    assert await broadsheet(bot, "resend") == (0, f"telegram:{NEWS}: paused\n", "")
    assert (await broadsheet(bot, "resend", "all"))[:2] == (0, f"telegram:{NEWS}: to be written to again\n")
    assert len(bot.posts()) == 3


async def test_a_chat_in_which_nothing_is_stuck_is_a_mistake(bot: Running) -> None:
    """With the exit code of one; nothing is sent."""
    code, out, err = await broadsheet(bot, "resend", "telegram:-7")

    assert (code, out) == (2, "")
    assert "nothing is stuck in telegram:-7" in err


# --- a new name -------------------------------------------------------------------------------------------------


async def test_a_renamed_edition_publishes_nothing_again(bot: Running) -> None:
    """It says so; what was in doubt under the old name is found under the new one, and a line a chat tells the rest."""
    bot.slack.faults.plan("cut after", "chat.postMessage")
    code, out, _ = await broadsheet(bot, "digest")
    assert "published: telegram:-1001, 3 messages" in out.splitlines()
    posts, said = len(bot.posts()), len(bot.slack.workspace.channels[CHANNEL].messages)
    text = (bot.folder / "config.toml").read_text()
    (bot.folder / "config.toml").write_text(text.replace('name = "robots"', 'name = "arms"').replace("daily", "news"))

    code, out, err = await broadsheet(bot, "digest")

    assert code == 0
    assert "edition 'arms' publishes where 'robots' did" in err
    assert "published: telegram:-1001, nothing new" in out.splitlines()
    assert (len(bot.posts()), len(bot.slack.workspace.channels[CHANNEL].messages)) == (posts, said)
    assert "arms" not in (await broadsheet(bot, "digest"))[2]


async def test_the_status_tells_what_a_timer_did(bot: Running) -> None:
    """Also where no `broadsheet run` is there; the health check takes the age of the last digest."""
    assert (await broadsheet(bot, "status", "--check", "--max-age", "30h"))[:2] == (
        1,
        "no digest was made for more than 30 hours: robots\n",
    )
    assert (await broadsheet(bot, "digest"))[0] == 0
    code, out, _ = await broadsheet(bot, "status")

    assert code == 0
    assert "Robots daily: last digest" in out
    assert "not published yet" not in out
    assert (await broadsheet(bot, "status", "--check", "--max-age", "30h"))[:2] == (0, "ok\n")
    code, out, _ = await broadsheet(bot, "status", "--check")
    assert code == 1
    assert "--max-age" in out
    assert (await broadsheet(bot, "status", "--check", "--max-age", "soon"))[0] == 2


# --- a day that could not be had --------------------------------------------------------------------------------


async def test_a_day_that_failed_whole_is_made_good_by_a_later_run(bot: Running) -> None:
    """Readers are told why there is nothing; a further failure tells them nothing more, and when arXiv answers the
    cards come, as a supplement."""
    for _ in range(2):
        bot.arxiv.faults.append(Fault("/rss/", status=503, times=2))
        made, failed = await digest(bot)
        assert failed == []
        assert why_unread(made)
        assert len(bot.posts()) == 1

    made, failed = await digest(bot)

    assert failed == []
    assert not why_unread(made)
    assert made.empty is None
    assert len(made.cards) == 2
    assert len(bot.posts()) == 4
    assert len(bot.slack.workspace.channels[CHANNEL].messages) == 4
