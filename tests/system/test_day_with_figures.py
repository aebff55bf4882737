"""A day whose edition shows figures, from the feed to both chats: all that is real but the three servers."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.platforms.registry import load_settings as load
from digest.models.delivery import Delivery, DeliveryState, digest_key
from digest.models.edition import Platform
from digest.models.paper import Announcement, AnnouncementKind
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from tests.fakes.arxiv import made_paper
from tests.fakes.clocks.fast_clock import HurriedClock
from tests.fakes.clocks.still_clock import NOON, TUESDAY
from tests.fakes.loopback_server import FakeServer
from tests.fakes.running_bot import CHANNEL, NEWS, Running, around
from tests.integration.digest.test_figure_image import with_figure

pytestmark = pytest.mark.slow
LOG, HURRY = 43, 100.0
FREE = made_paper(2, TUESDAY, authors=("Ada Author", "Blaise Pascal"))
NOT_FREE = made_paper(4, TUESDAY, licence="http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
CAPTION = "Figure 1: The encoder of the paper, drawn as a box with a word in it."
MESSAGES = 4  # to each chat: the overview, two cards, a picture


def prepare(bot: Running) -> None:
    """Two papers with the same figure, under two licences, and an edition that shows free ones."""
    bot.arxiv.days[TUESDAY] = [Announcement(p, TUESDAY, AnnouncementKind.NEW, "cs.RO") for p in (FREE, NOT_FREE)]
    bot.arxiv.pdfs = {p.versioned_id: with_figure() for p in (FREE, NOT_FREE)}
    bot.telegram.person(LOG, "Log")
    bot.configure(more='figures = "free"')
    file = bot.folder / "config.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[telegram]\n", f'[telegram]\nlog_chat = "{LOG}"\n'), encoding="utf-8")


def in_telegram(bot: Running) -> list[dict[str, Any]]:
    return [m for _, m in bot.telegram.chats.by_id[NEWS].in_order() if "service" not in m]


def in_slack(bot: Running) -> list[dict[str, Any]]:
    return bot.slack.workspace.channels[CHANNEL].messages


async def run(bot: Running) -> None:
    """`broadsheet run` as a process, until it has sent the day."""
    await bot.start()
    await bot.until(lambda: len(in_telegram(bot)) >= MESSAGES, "the digest in Telegram")
    await bot.until(lambda: len(in_slack(bot)) >= MESSAGES, "the digest in Slack")
    await bot.until(lambda: {row.state for row in ledger(bot)} == {DeliveryState.SENT}, "the receipts")
    assert await bot.stop() == 0


async def run_once(bot: Running) -> None:
    """What `broadsheet digest` does, in this process, where looking for a message takes no time."""
    clock = HurriedClock(HURRY, NOON)
    async with open_app(load(bot.folder / "config.toml", bot.environ), clock) as app:
        await app.collect_and_build_digest(app.edition("robots"))
        assert await app.deliver() == []


def ledger(bot: Running) -> list[Delivery]:
    with Database.open(bot.folder / "b.db") as db:
        stores = SqliteStores.of(db)
        made = stores.digests.digests("robots", TUESDAY)
        return [row for digest in made for row in stores.deliveries.deliveries(digest_key(digest))]


def check(bot: Running) -> None:
    """Each message once, in order; the free figure under its card and named as its licence asks; nothing else shown."""
    overview, card, photo, plain = in_telegram(bot)
    assert [("photo" in m) for m in (overview, card, photo, plain)] == [False, False, True, False]
    assert photo["reply_to_message"]["message_id"] == card["message_id"]
    for said in ("Ada Author", f"arXiv:{FREE.versioned_id}", "CC BY 4.0", CAPTION):
        assert said in photo["caption"]

    first, *thread = in_slack(bot)
    assert {m["thread_ts"] for m in thread} == {first["ts"]}
    shown = [block for m in in_slack(bot) for block in m["blocks"] if block["type"] == "image"]
    assert [m["blocks"][0]["type"] == "image" for m in thread] == [False, True, False]
    assert bot.slack.workspace.files[shown[0]["slack_file"]["id"]]["state"] == "complete"
    assert "CC BY 4.0" in shown[0]["title"]["text"]

    rows = ledger(bot)
    for platform, receipts in (
        (Platform("telegram"), [str(m["message_id"]) for m in in_telegram(bot)]),
        (Platform("slack"), [m["ts"] for m in in_slack(bot)]),
    ):
        assert [row.receipt for row in rows if row.target.platform == platform] == receipts
    assert [row.paper_id for row in rows if row.role == "picture"] == [FREE.id] * 2


async def test_the_free_figure_is_shown_and_the_other_is_not(tmp_path: Path) -> None:
    """A photo with its caption in Telegram, an upload in Slack, a text card for the other paper; a second run of the
    same day sends nothing and uploads nothing."""
    async with around(tmp_path) as bot:
        prepare(bot)
        await run(bot)
        check(bot)

        await run_once(bot)
        check(bot)
        assert len(bot.slack.workspace.files) == 1
        assert bot.telegram.remarks == []
        assert bot.slack.remarks == []


@pytest.mark.parametrize(
    ("platform", "method", "moment"),
    [
        ("slack", "files.completeUploadExternal", "stored"),  # uploaded, and shown by no message yet
        ("slack", "chat.postMessage", "stored"),
        ("telegram", "sendPhoto", "arrived"),
        ("telegram", "sendPhoto", "stored"),
    ],
)
async def test_killed_at_a_picture_every_message_is_there_once(
    tmp_path: Path, platform: str, method: str, moment: str
) -> None:
    """SIGKILL; the next process finds out what arrived. A file that was uploaded to nobody may be uploaded again."""
    async with around(tmp_path) as bot:
        prepare(bot)
        server: FakeServer = bot.telegram if platform == "telegram" else bot.slack

        def kill(at: str, called: str, given: dict[str, Any]) -> None:
            picture = method != "chat.postMessage" or "image" in str(given.get("blocks"))
            if (at, called) == (moment, method) and picture and bot.process is not None:
                server.hook = None
                os.kill(bot.process.pid, signal.SIGKILL)

        server.hook = kill
        await bot.start()
        assert await bot.ended() == -signal.SIGKILL
        assert DeliveryState.SENDING in {row.state for row in ledger(bot)}

        await run_once(bot)
        check(bot)
        if method == "files.completeUploadExternal":
            assert len(bot.slack.workspace.files) == 2
