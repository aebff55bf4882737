"""`broadsheet run` as a real process between fakes on real sockets."""

import signal
from pathlib import Path

import pytest

from storage.database.connection import Database
from storage.stores.papers import SqlitePaperStore
from tests.fakes.arxiv import Fault, made_day
from tests.fakes.running_bot import ADA, CHANNEL, EVE, NEWS, around

pytestmark = pytest.mark.slow


async def test_a_day_and_a_conversation(tmp_path: Path) -> None:
    """The digest goes to both platforms, people are answered on both, SIGTERM ends it, and after a restart nothing
    comes again."""
    async with around(tmp_path) as bot:
        await bot.start()
        await bot.until(lambda: len(bot.posts()) == 3, "the digest in Telegram")
        await bot.until(lambda: len(bot.slack.workspace.channels[CHANNEL].messages) == 3, "the digest in Slack")
        await bot.until(bot.slack.socket.connected.is_set, "Socket Mode")

        bot.telegram.twice = True
        bot.telegram.write(ADA, ADA, "/addkeyword study")
        await bot.until(lambda: any("Added: study" in text for text in bot.said()), "the keyword")
        envelope = await bot.slack.slash(CHANNEL, EVE, "/broadsheet", "addkeyword limits")
        await bot.until(lambda: bool(bot.slack.answers), "Slack's answer")
        assert await envelope.is_acknowledged()
        assert "limits" in str(bot.slack.answers[0])
        bot.telegram.write(ADA, ADA, "/status")
        await bot.until(lambda: any("Robots daily: last digest" in text for text in bot.said()), "the status")
        assert sum("Added: study" in text for text in bot.said()) == 1

        assert await bot.stop() == 0
        assert bot.logged("stopped")
        assert sum('"robots"' in line for line in bot.logged("digest: published")) == 1
        await bot.start()
        bot.telegram.write(ADA, ADA, "/keywords")
        await bot.until(lambda: any("• study" in text for text in bot.said()), "what was kept")
        await bot.stop()
        assert len(bot.posts()) == 3
        assert len(bot.slack.workspace.channels[CHANNEL].messages) == 3


async def test_the_configuration_is_loaded_anew_or_kept(tmp_path: Path) -> None:
    """SIGHUP: a mistake is told in the log and the alert chat, and the old one stays; a good one is used at once."""
    async with around(tmp_path) as bot:
        await bot.start()
        await bot.until(lambda: len(bot.posts()) == 3, "the digest")
        good = (tmp_path / "config.toml").read_text(encoding="utf-8")
        (tmp_path / "config.toml").write_text(good.replace('language = "en"', "colour = 3"), encoding="utf-8")
        assert bot.process is not None
        bot.process.send_signal(signal.SIGHUP)
        await bot.until(lambda: bool(bot.logged("configuration: kept")), "the mistake")
        assert "editions[0].colour" in bot.logged("configuration: kept")[0]
        await bot.until(lambda: any("the old one stays in force" in text for text in bot.said()), "the alert")
        assert any("colour" in text for text in bot.said())

        bot.telegram.channel(-1009, "Second")
        more = good[good.index("[[editions]]") : good.index("[arxiv]")].replace('"robots"', '"second"')
        more = more.replace(f"[{NEWS}]", "[-1009]").replace('slack = ["C1"]', "")
        bot.configure(more=more)
        bot.process.send_signal(signal.SIGHUP)
        await bot.until(lambda: bool(bot.logged("configuration: loaded")), "the new one")
        await bot.until(lambda: len(bot.telegram.chats.by_id[-1009].texts()) == 3, "the new edition's digest")
        assert len(bot.posts()) == 3


@pytest.mark.parametrize(
    ("missing", "wrong"),
    [("TELEGRAM_BOT_TOKEN", ""), ("SLACK_APP_TOKEN", ""), ("SLACK_BOT_TOKEN", ""), ("", "telegram"), ("", "slack")],
)
async def test_a_platform_that_is_absent_or_refused_touches_no_other(tmp_path: Path, missing: str, wrong: str) -> None:
    """The other one publishes and answers; /status and the log say what is wrong."""
    async with around(tmp_path) as bot:
        bot.environ.pop(missing, None)
        if wrong == "telegram":
            bot.environ["TELEGRAM_BOT_TOKEN"] = "123456789:" + "B" * 35
        if wrong == "slack":
            bot.environ |= {"SLACK_BOT_TOKEN": "xoxb-wrong-token", "SLACK_APP_TOKEN": "xapp-wrong-token"}
        await bot.start()
        if missing != "TELEGRAM_BOT_TOKEN" and wrong != "telegram":
            await bot.until(lambda: len(bot.posts()) == 3, "the digest in Telegram")
            bot.telegram.write(ADA, ADA, "/about")
            await bot.until(lambda: bool(bot.said()), "an answer in Telegram")
        if missing != "SLACK_BOT_TOKEN" and wrong != "slack":
            await bot.until(lambda: len(bot.slack.workspace.channels[CHANNEL].messages) == 3, "the digest in Slack")
        if wrong:
            await bot.until(lambda: any(f'"{wrong}"' in line for line in bot.logged("platform")), "the reason")
            assert not any("BBBB" in line or "wrong-token" in line for line in bot.log)
        assert await bot.stop() == 0


async def test_what_was_collected_is_made_ready_to_be_searched(tmp_path: Path) -> None:
    """Once the digest is out, not when the first person searches."""
    async with around(tmp_path) as bot:
        await bot.start()
        await bot.until(lambda: len(bot.posts()) == 3, "the digest")
        with Database.open(tmp_path / "b.db") as db:
            await bot.until(lambda: db.value("SELECT count(*) FROM unindexed") == 0, "the index")
            assert SqlitePaperStore(db).search("made-up")
        await bot.stop()


async def test_two_processes_never_publish_from_one_database(tmp_path: Path) -> None:
    """The second ends with a sentence and its exit code."""
    async with around(tmp_path) as bot:
        await bot.start()
        await bot.until(lambda: len(bot.posts()) == 3, "the digest")
        first = bot.process
        await bot.start()
        assert await bot.ended() == 4
        bot.process = first
        await bot.stop()
        assert any("another Broadsheet is publishing" in line for line in bot.log)
        assert len(bot.posts()) == 3


async def test_a_personal_edition_comes_to_the_private_chat(tmp_path: Path) -> None:
    """Begun with a keyword; its first digest is that of the day."""
    async with around(tmp_path) as bot:
        await bot.start()
        await bot.until(lambda: len(bot.posts()) == 3, "the digest")
        bot.telegram.write(ADA, ADA, "/addkeyword made-up")
        await bot.until(lambda: any("digest of your own" in text for text in bot.said()), "the answer")
        await bot.until(lambda: any("Ada's digest" in text for text in bot.said()), "the digest")
        await bot.stop()


async def test_killed_while_it_delivers_it_goes_on(tmp_path: Path) -> None:
    """SIGKILL in the middle of the day: afterwards every message is there once."""
    async with around(tmp_path) as bot:
        bot.arxiv.days = {day: made_day(day, 20) for day in bot.arxiv.days}
        await bot.start()
        await bot.until(lambda: len(bot.posts()) >= 4, "half of the digest")
        await bot.stop(signal.SIGKILL)
        await bot.start()
        channel = bot.slack.workspace.channels[CHANNEL].messages
        await bot.until(lambda: len(channel) == 11, "the digest in Slack")
        await bot.stop()
        titles = [message["text"] for message in channel]
        assert len(set(titles)) == 11  # the overview and max_cards


async def test_the_archive_gets_at_the_start_what_it_lacks(tmp_path: Path) -> None:
    """A process that is killed between a digest and its pages leaves links on cards that lead nowhere."""
    async with around(tmp_path) as bot:
        await bot.start()
        await bot.until(lambda: len(bot.posts()) == 3, "the digest")
        await bot.stop(signal.SIGKILL)
        assert not (tmp_path / "site").exists()

        bot.configure(more='[archive]\npath = "site"\n')
        await bot.start()
        await bot.until(lambda: bool(bot.logged("archive: renewed")), "the archive")
        assert len(list((tmp_path / "site" / "robots").glob("20*-*-*.html"))) == 1


async def test_it_ends_while_a_digest_is_being_made(tmp_path: Path) -> None:
    """A paper that does not come for an hour keeps nobody; the next start makes the digest."""
    async with around(tmp_path) as bot:
        bot.arxiv.faults.append(Fault("/pdf/", hang=True, times=99))
        await bot.start()
        await bot.until(lambda: any("/pdf/" in request.path for request in bot.arxiv.log), "a paper asked for")
        assert await bot.stop() == 0
        assert bot.posts() == []
        bot.arxiv.faults.clear()
        await bot.start()
        await bot.until(lambda: len(bot.posts()) == 3, "the digest")
        await bot.stop()
