"""`broadsheet init`: a few questions, a working configuration, and nothing of a person's own lost."""

import asyncio
import stat
import sys
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.platforms.registry import PLATFORMS
from bot.platforms.registry import load_settings as load
from bot.setup import config_writer
from bot.setup.config_writer import ConfigChanges
from bot.setup.model_questions import split_model
from bot.setup.questions import chosen_categories, local_zone, sensible_time
from bot.setup.setup_answers import SetupAnswers
from bot.setup.wizard import set_up
from digest.errors import InputError
from digest.keywords import split_keywords
from tests.fakes.arxiv import FakeArxiv, Fault, made_day
from tests.fakes.model.server import KEY, LlmServer
from tests.fakes.scripted_prompt import Answering
from tests.fakes.slack.server import FakeSlack
from tests.fakes.telegram.server import FakeTelegram
from tests.waiting import PATIENCE

DAY = date(2026, 1, 9)
NEWS, ADA = -1001234, 42


@dataclass
class Place:
    """A folder, and everything outside of it as fakes."""

    folder: Path
    arxiv: FakeArxiv
    telegram: FakeTelegram
    slack: FakeSlack

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def values(self) -> dict[str, Any]:
        return tomllib.loads(self.config.read_text(encoding="utf-8"))

    def env(self) -> str:
        return (self.folder / ".env").read_text(encoding="utf-8")

    async def run(
        self, talk: Answering, given: SetupAnswers | None = None, environ: dict[str, str] | None = None
    ) -> None:
        await set_up(self.config, given or SetupAnswers(), talk, environ or {}, SystemClock(), PLATFORMS)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    clock = SystemClock()
    async with FakeArxiv(clock) as arxiv, FakeTelegram(clock) as telegram, FakeSlack(clock) as slack:
        arxiv.day, arxiv.days[DAY] = DAY, made_day(DAY, 20)
        telegram.channel(NEWS, "Robots News", "robotsnews")
        telegram.person(ADA, "Ada")
        slack.channel("C1", "papers")
        slack.channel("C2", "other", joined=False)
        telegram.gate.is_open = slack.gate.is_open = True
        text = config_writer.config_template()
        for default, fake in {
            "https://rss.arxiv.org/rss": arxiv.rss_url,
            "https://export.arxiv.org/api/query": arxiv.api_url,
            "https://export.arxiv.org/pdf": arxiv.pdf_url,
            "min_interval = 3.0": "min_interval = 0.0",
            "https://api.telegram.org/bot": telegram.url,
            "https://slack.com/api/": slack.url,
        }.items():
            assert default in text
            text = text.replace(default, fake)
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        yield Place(tmp_path, arxiv, telegram, slack)


def posting(place: Place) -> "object":
    """A person who posts in the channel when they are told to."""

    def on(line: str) -> None:
        if "Post anything" in line:
            place.telegram.write(NEWS, ADA, "hello")

    return on


async def test_eight_questions_make_a_working_configuration(place: Place) -> None:
    """The chat is found from a post, keywords are tried before they are kept, and the file is valid as it is."""
    talk = Answering(
        {"Categories": ["robotics, cs.AI"], "Keywords": ["made-up, nothing like it"],
         "Time": ["07:30 Europe/Berlin en"], "Telegram token": [place.telegram.token]},
        posting(place),
    )  # fmt: skip
    await place.run(talk)
    edition = place.values()["editions"][0]

    assert len(talk.asked) == 8
    assert "  12  made-up" in talk.heard
    assert "   0  nothing like it" in talk.heard
    assert edition["categories"] == ["cs.RO", "cs.AI"]
    assert edition["keywords"] == ["made-up", "nothing like it"]
    assert (edition["publish_at"], edition["timezone"], edition["language"]) == ("07:30", "Europe/Berlin", "en")
    assert edition["telegram"] == [NEWS]
    assert (edition["name"], edition["title"]) == ("daily", "Robots News")
    assert place.env() == f"TELEGRAM_BOT_TOKEN={place.telegram.token}\n"
    assert stat.S_IMODE((place.folder / ".env").stat().st_mode) == 0o600
    assert load(place.config, {}).edition("daily").language == "en"


async def test_enter_alone_changes_nothing(place: Place) -> None:
    """Run again, it asks the same and keeps every byte, comments and secrets included."""
    first = {
        "Telegram token": [place.telegram.token],
        "Chat": ["@robotsnews"],
        "Slack tokens": [place.slack.token],
        "Channel": ["#papers"],
    }
    await place.run(Answering(first))
    (place.folder / ".env").write_text("# mine\nOTHER=1\n" + place.env(), encoding="utf-8")
    before = place.config.read_bytes(), place.env()
    talk = Answering({})
    await place.run(talk)

    assert (place.config.read_bytes(), place.env()) == before
    assert "config.toml is as it was" in talk.heard


async def test_comments_and_all_that_was_not_asked_stay(place: Place) -> None:
    """Only the lines of what was answered anew are different."""
    before = place.config.read_text(encoding="utf-8").splitlines()
    await place.run(Answering({"Categories": ["cs.RO"]}), SetupAnswers(title="Mine"))
    after = place.config.read_text(encoding="utf-8").splitlines()
    changed = {line.split(" ")[0] for line in set(after) - set(before)}

    assert changed <= {"name", "title", "categories", "publish_at", "timezone", "language"}
    assert [line for line in before if line.startswith("#")] == [line for line in after if line.startswith("#")]


async def test_a_second_edition_is_added_beside_the_first(place: Place) -> None:
    """`--edition NAME` for another audience; nobody is asked for what is given."""
    talk = Answering({"Telegram token": [place.telegram.token]})
    given = SetupAnswers(
        edition="robots",
        categories=("cs.RO",),
        keywords=("tactile",),
        chats={"telegram": "@robotsnews"},
        publish_at="08:00",
        timezone="UTC",
        language="en",
    )
    await place.run(talk, given)
    first, second = place.values()["editions"]

    assert first["name"] == "vla"
    assert (second["name"], second["categories"], second["telegram"]) == ("robots", ["cs.RO"], ["@robotsnews"])
    assert not [q for q in talk.asked if q.startswith(("Categories", "Keywords", "Chat"))]


async def test_a_script_gives_everything_and_is_asked_nothing(place: Place) -> None:
    """Tokens come from the environment and are written where `broadsheet run` finds them."""

    class Nobody(Answering):
        @property
        def is_live(self) -> bool:
            return False

    talk = Nobody({})
    environ = {
        "TELEGRAM_BOT_TOKEN": place.telegram.token,
        "SLACK_BOT_TOKEN": place.slack.token,
        "SLACK_APP_TOKEN": place.slack.app_token,
    }
    await place.run(
        talk,
        SetupAnswers(categories=("cs.RO",), keywords=("vla",), chats={"telegram": "@robotsnews", "slack": "papers"}),
        environ,
    )
    edition = place.values()["editions"][0]

    assert (edition["telegram"], edition["slack"]) == (["@robotsnews"], ["C1"])
    assert place.env().count("=") == 3


async def test_slack_is_tried_and_its_channels_listed(place: Place) -> None:
    """Both tokens in one line; scopes that are missing and a channel without the app are said with what mends them."""
    place.slack.scopes.discard("channels:history")
    talk = Answering(
        {"Slack tokens": [f"{place.slack.app_token} {place.slack.token}"], "Channel": ["#nowhere", "#other"]}
    )
    await place.run(talk)

    assert place.values()["editions"][0]["slack"] == ["C2"]
    assert "#papers (C1)" in talk.heard
    for said in ("channels:history", "Reinstall", "finds no channel #nowhere", "/invite @Broadsheet", "Socket Mode"):
        assert said in talk.heard


async def test_a_wrong_token_is_asked_for_again(place: Place) -> None:
    """Until it works, or is left out; it is never shown."""
    wrong = "123456789:AAwrongwrongwrongwrongwrongwrongwrong"
    talk = Answering({"Telegram token": [wrong, "nonsense", place.telegram.token], "Chat": ["@nobody", "@robotsnews"]})
    await place.run(talk)

    assert talk.heard.count("Telegram does not know the token") == 2
    assert "finds no such chat" in talk.heard
    assert wrong not in talk.heard
    assert place.values()["editions"][0]["telegram"] == ["@robotsnews"]


async def test_rights_that_are_missing_are_said(place: Place) -> None:
    """The configuration is written all the same: the person mends it in the app."""
    place.telegram.chats.by_id[NEWS].can_post = False
    talk = Answering({"Telegram token": [place.telegram.token], "Chat": [str(NEWS)]})
    await place.run(talk)

    assert "may not post messages" in talk.heard
    assert "administrator who may post" in talk.heard


async def test_a_log_chat_is_found_from_a_message(place: Place) -> None:
    """The private chat of whoever writes to the bot."""

    def on(line: str) -> None:
        if "Write anything" in line:
            place.telegram.write(ADA, ADA, "hi")

    talk = Answering({"Telegram token": [place.telegram.token], "Chat": ["@robotsnews"]}, on)
    await place.run(talk, SetupAnswers(chats={"log-chat": "find"}, contact="me@example.org"))

    assert place.values()["telegram"]["log_chat"] == str(ADA)
    assert place.values()["arxiv"]["contact"] == "me@example.org"


async def test_a_model_is_tried_and_priced(place: Place) -> None:
    """Address, name and key in one line; what a typical day costs follows from the prices."""
    async with LlmServer() as llm:
        talk = Answering({"Model": [f"{llm.url} tiny {KEY}"], "Time": ["08:00 UTC en"]})
        await place.run(talk, SetupAnswers(prices=(1.0, 0.1, 2.0)))

    assert place.values()["llm"]["model"] == "tiny"
    assert f"LLM_API_KEY={KEY}" in place.env()
    assert "statements borne out by the paper" in talk.heard
    assert "USD" in talk.heard
    assert KEY not in talk.heard


async def test_a_model_that_refuses_is_said_and_kept(place: Place) -> None:
    async with LlmServer() as llm:
        talk = Answering({"Model": [f"{llm.url} tiny sk-wrong-0123456789ab"], "Time": ["08:00 UTC en"]})
        await place.run(talk)

    assert "refuses the key" in talk.heard
    assert "sk-wrong" not in talk.heard


async def test_arxiv_that_is_down_stops_nobody(place: Place) -> None:
    """The keywords are kept untried, and nobody waits for one category after the other."""
    place.arxiv.faults.append(Fault(drop=True, times=99))
    talk = Answering({"Categories": ["cs.RO, cs.AI, cs.LG"], "Keywords": ["tactile"]})
    await place.run(talk)

    assert place.values()["editions"][0]["keywords"] == ["tactile"]
    assert "no papers to try them on" in talk.heard
    assert len(place.arxiv.log) == 1


async def test_the_answers_may_come_through_a_pipe(place: Place) -> None:
    """The command itself, as a process: nothing but its questions is shown, and no token."""
    answers = ["cs.RO", "made-up", "", "08:00 UTC en", place.telegram.token, "@robotsnews", "", ""]
    tool = Path(sys.executable).parent / "broadsheet"
    process = await asyncio.create_subprocess_exec(
        str(tool), "--config", str(place.config), "init",
        env={"PATH": "/usr/bin:/bin"}, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate("\n".join([*answers, ""]).encode()), PATIENCE)

    assert process.returncode == 0, err.decode()
    assert out == b""
    assert place.telegram.token not in err.decode()
    assert place.values()["editions"][0]["telegram"] == ["@robotsnews"]
    assert "digest    the first digest, at once" in err.decode()


async def test_nothing_is_written_before_the_last_answer(place: Place) -> None:
    """Somebody who goes away in the middle has the files as they were."""
    before = place.config.read_bytes()

    class Leaving(Answering):
        def ask(self, question: str, default: str = "", *, secret: bool = False) -> str:
            if question.startswith("Model"):
                raise EOFError
            return super().ask(question, default, secret=secret)

    with pytest.raises(EOFError):
        await place.run(
            Leaving({"Categories": ["cs.RO"], "Telegram token": [place.telegram.token], "Chat": [str(ADA)]})
        )

    assert place.config.read_bytes() == before
    assert not (place.folder / ".env").exists()


async def test_init_again_changes_nothing_that_was_not_asked_for(place: Place) -> None:
    """Name, title and time are their owner's; another folder begins with the template, which nothing writes."""
    template = config_writer.config_template()
    given = SetupAnswers(title="My robots", publish_at="09:15", timezone="Europe/Berlin", language="en")
    await place.run(Answering({}), given)
    text = (
        place.config.read_text()
        .replace('name = "daily"', 'name = "robots"')
        .replace("telegram = []", 'telegram = ["@mine"]')
    )
    place.config.write_text(text)

    await place.run(Answering({}), SetupAnswers())

    assert place.config.read_text() == text
    assert config_writer.config_template() == template
    assert "@mine" not in template


async def test_a_new_folder_begins_with_the_template(tmp_path: Path) -> None:
    """Every key with its comment is there."""
    given = SetupAnswers(categories=("cs.RO",), keywords=())
    text = config_writer.apply_changes(
        config_writer.open_config(tmp_path / "config.toml"), ConfigChanges("vla", {"categories": ["cs.RO"]})
    )

    assert given.categories
    assert text.replace('["cs.RO"]                            ', "") != config_writer.config_template()
    assert len(text.splitlines()) == len(config_writer.config_template().splitlines())


@pytest.mark.parametrize(
    ("typed", "found", "unclear"),
    [
        ("cs.ro CS.ai", ("cs.RO", "cs.AI"), []),
        ("robotics", ("cs.RO",), []),
        ("cs.RO, computer vision", ("cs.RO", "cs.CV"), []),
        ("language", (), ["language"]),
        ("cooking，cs.CL", ("cs.CL",), ["cooking"]),
        ("", (), []),
    ],
)
def test_categories_by_code_or_by_name(typed: str, found: tuple[str, ...], unclear: list[str]) -> None:
    assert chosen_categories(typed) == (found, unclear)


def test_commas_inside_quotation_marks_part_nothing() -> None:
    assert split_keywords('vla, au:"Levine, Sergey" , ,a | b，世界模型') == (
        "vla",
        'au:"Levine, Sergey"',
        "a | b",
        "世界模型",
    )


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Asia/Shanghai", "13:30"),
        ("Europe/Berlin", "08:00"),
        ("America/New_York", "08:00"),
        ("America/Los_Angeles", "21:30"),
    ],
)
def test_the_time_offered_is_after_the_feeds_and_not_at_night(zone: str, at: str) -> None:
    assert sensible_time(zone, datetime(2026, 1, 9, 12, tzinfo=UTC)) == at


def test_the_time_zone_of_the_machine(tmp_path: Path) -> None:
    """From the link that says it; a container that says UTC says nothing."""
    for name, zone in {"Europe/Rome": "Europe/Rome", "Etc/UTC": "", "UTC": ""}.items():
        there = tmp_path / "zoneinfo" / name
        there.parent.mkdir(parents=True, exist_ok=True)
        there.touch()
        link = tmp_path / f"localtime-{name.replace('/', '-')}"
        link.symlink_to(there)

        assert local_zone(link) == zone


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("", ("", "", "")),
        ("gpt-5-mini", ("", "gpt-5-mini", "")),
        ("http://localhost:11434/v1 qwen3", ("http://localhost:11434/v1", "qwen3", "")),
        ("https://api.deepseek.com deepseek-chat sk-1", ("https://api.deepseek.com", "deepseek-chat", "sk-1")),
    ],
)
def test_a_model_in_one_line(typed: str, parts: tuple[str, str, str]) -> None:
    assert split_model(typed) == parts


def test_env_keeps_the_lines_of_others() -> None:
    text = "# tokens\nexport A=1\nB = 2\n"

    assert config_writer.update_dotenv(text, {"B": "3", "C": "4"}) == "# tokens\nexport A=1\nB=3\nC=4\n"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (SetupAnswers(categories=("cooking",)), "no category cooking"),
        (SetupAnswers(publish_at="25:00", timezone="UTC", language="en"), "25:00"),
        (SetupAnswers(keywords=("a +",)), "+"),
    ],
)
async def test_an_option_that_can_not_be_is_one_sentence(place: Place, given: SetupAnswers, says: str) -> None:
    """Nobody is asked what a script got wrong, and nothing is written."""
    before = place.config.read_bytes()
    with pytest.raises(InputError) as told:
        await place.run(Answering({}), given)

    assert says in str(told.value)
    assert place.config.read_bytes() == before
