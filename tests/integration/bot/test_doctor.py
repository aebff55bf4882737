"""`broadsheet doctor`: every fault that it knows is provoked, told, and gone when its advice was followed."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from telegram.error import TelegramError

from bot.cli.main import main
from bot.console.advice import CheckState, known_faults
from bot.console.findings import CheckResult, worst_state
from bot.doctor import machine_check, model_check
from bot.doctor.arxiv_check import check_feeds
from bot.doctor.examination import run_checks
from bot.doctor.live_test import run_live_test
from bot.doctor.pdf_check import check_pdf_reading
from bot.platforms.registry import PLATFORMS
from bot.platforms.registry import load_settings as load
from bot.platforms.slack.settings import SLACK
from bot.platforms.telegram import diagnostics
from bot.platforms.telegram.settings import TELEGRAM
from digest.errors import InputError
from digest.settings import Settings
from storage.database.connection import Database
from storage.maintenance import backup, rebuild_search, restore
from tests.fakes.arxiv import FakeArxiv, Fault, made_day
from tests.fakes.clocks.still_clock import TUESDAY, SetClock
from tests.fakes.model.answers import Model
from tests.fakes.model.server import KEY, LlmServer
from tests.fakes.slack.server import FakeSlack
from tests.fakes.telegram.server import FakeTelegram
from tests.waiting import until

NEWS, LOG, ADA = -1001234, -1005678, 42
LOOK = 0.4  # seconds in which another poller comes back
CONFIG = """
[[editions]]
name = "robots"
categories = ["cs.RO"]
keywords = ["made-up"]
language = "en"
telegram = [-1001234]
slack = ["C1"]
[arxiv]
rss_url = "{arxiv}/rss"
api_url = "{arxiv}/api/query"
pdf_url = "{arxiv}/pdf"
min_interval = 0.0
[http]
max_attempts = 1
[telegram]
base_url = "{telegram}"
log_chat = "42"
[slack]
base_url = "{slack}"
[llm]
base_url = "{llm}"
model = "tiny"
[reading]
memory_mb = 1024
[engine]
kind = "processes"
"""


@dataclass
class World:
    """An installation in which all is well, and everything around it."""

    folder: Path
    arxiv: FakeArxiv
    telegram: FakeTelegram
    slack: FakeSlack
    llm: LlmServer
    clock: SetClock
    stack: AsyncExitStack
    environ: dict[str, str] = field(default_factory=dict)
    free: int | None = None
    skew: timedelta = timedelta()
    running: bool = True  # whether our own bot polls: looking for others takes a second
    pollers: list[asyncio.Task[None]] = field(default_factory=list)  # beside our own bot

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "broadsheet.db"

    @property
    def settings(self) -> Settings:
        return load(self.config, self.environ)

    def polls(self) -> int:
        return sum(method == "getUpdates" for method, _ in self.telegram.calls)

    async def stop_pollers(self) -> None:
        for task in self.pollers:
            task.cancel()
        await asyncio.gather(*self.pollers, return_exceptions=True)

    def write(self, old: str, new: str) -> None:
        """Change the configuration."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    async def look(self, area: str) -> list[CheckResult]:
        """What the doctor says of one area."""
        match area:
            case "config.mistake":
                return [finding async for finding in run_checks(self.config, self.environ, self.clock, PLATFORMS)]
            case "config" | "env" | "database":
                settings = self.settings
                found = [
                    *machine_check.check_configuration(settings),
                    *machine_check.check_environment(settings, PLATFORMS),
                ]
                found += machine_check.check_database(settings, self.free)
                return found + ([] if self.database.exists() else list(machine_check.no_database_yet(settings)))
            case "clock":
                feed_check = await check_feeds(self.settings, self.clock)
                assert feed_check.our_time is not None
                return [machine_check.check_clock(feed_check.their_time, feed_check.our_time + self.skew)]
            case "arxiv":
                return (await check_feeds(self.settings, self.clock)).findings
            case "engine":
                return await machine_check.check_engine(self.settings)
            case "telegram":
                return await PLATFORMS[TELEGRAM].check(self.settings, self.clock, is_running=self.running)
            case "slack":
                return await PLATFORMS[SLACK].check(self.settings, self.clock, is_running=self.running)
            case "model":
                return await model_check.check_models(self.settings, self.clock)
            case "reading":
                return await check_pdf_reading(self.settings, self.clock)
        raise AssertionError(area)


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(diagnostics, "LOOK", LOOK)
    clock = SetClock()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        arxiv, llm = await enter(FakeArxiv(clock)), await enter(LlmServer())
        chats, workspace = await enter(FakeTelegram(clock)), await enter(FakeSlack(clock))
        arxiv.day, arxiv.days[TUESDAY] = TUESDAY, made_day(TUESDAY, 10, category="cs.RO")
        chats.channel(NEWS, "News")
        chats.person(ADA, "Ada")
        workspace.channel("C1", "papers")
        chats.gate.is_open = workspace.gate.is_open = True
        tokens = {"TELEGRAM_BOT_TOKEN": chats.token, "SLACK_BOT_TOKEN": workspace.token}
        tokens |= {"SLACK_APP_TOKEN": workspace.app_token, "LLM_API_KEY": KEY}
        world = World(tmp_path, arxiv, chats, workspace, llm, clock, stack, tokens)
        text = CONFIG.format(arxiv=arxiv.url, telegram=chats.url, slack=workspace.url, llm=llm.url)
        world.config.write_text(text, encoding="utf-8")
        yield world


# --- what provokes each fault, and what its advice comes to ---------------------------------------------------------

Act = Callable[[World], Awaitable[None] | None]
CASES: dict[str, tuple[Act, Act]] = {}


def case(code: str, provoke: Act, mend: Act) -> None:
    assert code not in CASES
    CASES[code] = (provoke, mend)


def edits(code: str, good: str, bad: str) -> None:
    """A fault of the configuration, mended by editing it."""
    case(code, lambda w: w.write(good, bad), lambda w: w.write(bad, good))


def sets(code: str, name: str, value: str | None) -> None:
    """A fault of the environment, mended by setting a variable right."""
    kept: dict[str, str] = {}

    def provoke(world: World) -> None:
        kept[name] = world.environ.pop(name)
        world.environ |= {} if value is None else {name: value}

    case(code, provoke, lambda w: w.environ.update(kept))


def fails(code: str, provoke: Callable[[World], object], mend: Callable[[World], object]) -> None:
    case(code, lambda w: _nothing(provoke(w)), lambda w: _nothing(mend(w)))


def _nothing(_: object) -> None:
    return None


edits("config.mistake", 'language = "en"', 'language = "english"')
case(
    "config.no_editions",
    lambda w: _nothing(w.config.write_text("", encoding="utf-8")),
    lambda w: _nothing(w.config.write_text('[[editions]]\nname = "a"\ncategories = ["cs.RO"]\n', encoding="utf-8")),
)
edits("config.no_targets", 'telegram = [-1001234]\nslack = ["C1"]', "telegram = []\nslack = []")
edits("config.no_keywords", 'keywords = ["made-up"]', "keywords = []")
sets("env.telegram", "TELEGRAM_BOT_TOKEN", None)
sets("env.slack", "SLACK_BOT_TOKEN", None)
sets("env.slack_app", "SLACK_APP_TOKEN", None)


def _readable(world: World) -> None:
    (world.folder / ".env").write_text("A=1\n", encoding="utf-8")
    (world.folder / ".env").chmod(0o644)


case("env.readable", _readable, lambda w: (w.folder / ".env").chmod(0o600))
fails("database.disk", lambda w: setattr(w, "free", 1_000_000), lambda w: setattr(w, "free", 10**10))


def _made(world: World) -> None:
    with Database.open(world.database) as db:
        backup(db, world.folder / "kept.db")


def _no_database(world: World) -> None:
    _made(world)
    world.database.write_bytes(b"this is no database at all" * 100)


def _restored(world: World) -> None:
    restore(world.folder / "kept.db", world.database)


def _damaged(world: World) -> None:
    """A row that names one that is not there."""
    _made(world)
    with sqlite3.connect(world.database) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        table, column = next(
            (table, key[3])
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
            for key in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
        )
        _insert_orphan(connection, table, column)
    connection.close()


def _insert_orphan(connection: sqlite3.Connection, table: str, column: str) -> None:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    needed = [c for c in columns if c[3] or c[1] == column]
    values = ["2026-01-09" if c[2] == "TEXT" else 7 for c in needed]
    names, marks = ", ".join(c[1] for c in needed), ", ".join("?" * len(needed))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def _index_apart(world: World) -> None:
    _made(world)
    with sqlite3.connect(world.database) as connection:
        connection.execute("INSERT INTO paper_search (rowid, title, authors, abstract) VALUES (99, 'a', 'b', 'c')")
    connection.close()


def _index_anew(world: World) -> None:
    with Database.open(world.database) as db:
        rebuild_search(db)


def _old(world: World) -> None:
    """As the first version left it."""
    import sqlite_utils

    from storage.database.migrations import MIGRATIONS, NAMES

    tables = sqlite_utils.Database(world.database)
    MIGRATIONS.apply(tables, stop_before=NAMES[-1])
    tables.close()


def _brought_up_to_date(world: World) -> None:
    Database.open(world.database).close()


case("database.unusable", _no_database, _restored)
case("database.damaged", _damaged, _restored)
case("database.index", _index_apart, _index_anew)
case("database.old", _old, _brought_up_to_date)
fails("clock.apart", lambda w: setattr(w, "skew", timedelta(hours=-1)), lambda w: setattr(w, "skew", timedelta()))


async def _scheduler(world: World) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    await world.stack.enter_async_context(server)
    port = server.sockets[0].getsockname()[1]
    world.write("tcp://127.0.0.1:9", f"tcp://127.0.0.1:{port}")


case(
    "engine.unreachable",
    lambda w: w.write('kind = "processes"', 'kind = "dask"\naddress = "tcp://127.0.0.1:9"'),
    _scheduler,
)
fails("arxiv.unreachable", lambda w: w.arxiv.faults.append(Fault(drop=True)), lambda w: w.arxiv.faults.clear())
fails("arxiv.feed", lambda w: w.arxiv.faults.append(Fault(body=b"<html>down</html>")), lambda w: w.arxiv.faults.clear())
fails(
    "arxiv.late",
    lambda w: setattr(w.arxiv, "day", w.arxiv.day - timedelta(days=7)),
    lambda w: setattr(w.arxiv, "day", w.arxiv.day + timedelta(days=7)),
)
case(
    "arxiv.contact",
    lambda w: w.write(f'pdf_url = "{w.arxiv.url}/pdf"\nmin_interval = 0.0', 'pdf_url = "https://export.arxiv.org/pdf"'),
    lambda w: w.write("[http]", 'contact = "me@example.org"\n[http]'),
)
sets("telegram.token", "TELEGRAM_BOT_TOKEN", "123456789:AAwrongwrongwrongwrongwrongwrongwrong")
case(
    "telegram.unreachable",
    lambda w: w.write(w.telegram.url, "http://127.0.0.1:9/bot"),
    lambda w: w.write("http://127.0.0.1:9/bot", w.telegram.url),
)
edits("telegram.chat", "telegram = [-1001234]", "telegram = [-100999]")
fails(
    "telegram.rights",
    lambda w: setattr(w.telegram.chats.by_id[NEWS], "can_post", False),
    lambda w: setattr(w.telegram.chats.by_id[NEWS], "can_post", True),
)


async def _another_poller(world: World) -> None:
    async def poll() -> None:
        async with diagnostics.connected(world.telegram.token, world.telegram.url) as bot:
            while True:
                try:
                    await bot.get_updates(timeout=10)
                except TelegramError:
                    await asyncio.sleep(0.01)

    diagnostics.LOOK = 20.0  # however long it takes the other one to come back: the doctor ends with the first conflict
    polls = world.polls()
    world.pollers.append(asyncio.create_task(poll()))
    await until(lambda: world.polls() > polls, "the other poller")


async def _stopped(world: World) -> None:
    diagnostics.LOOK = LOOK
    await world.stop_pollers()


case("telegram.other_poller", _another_poller, _stopped)
fails(
    "telegram.webhook",
    lambda w: setattr(w.telegram, "webhook", "https://example.org/hook"),
    lambda w: setattr(w.telegram, "webhook", ""),
)
edits("telegram.no_log_chat", 'log_chat = "42"', 'log_chat = ""')
edits("telegram.log_chat", 'log_chat = "42"', 'log_chat = "43"')
fails(
    "telegram.protected",
    lambda w: setattr(w.telegram.chats.by_id[NEWS], "protected", True),
    lambda w: setattr(w.telegram.chats.by_id[NEWS], "protected", False),
)
sets("slack.token", "SLACK_BOT_TOKEN", "xoxb-some-other-token")
case(
    "slack.unreachable",
    lambda w: w.write(w.slack.url, "http://127.0.0.1:9/api/"),
    lambda w: w.write("http://127.0.0.1:9/api/", w.slack.url),
)
fails("slack.scopes", lambda w: w.slack.scopes.discard("groups:read"), lambda w: w.slack.scopes.add("groups:read"))
edits("slack.channel", 'slack = ["C1"]', 'slack = ["C404"]')
fails(
    "slack.not_in_channel",
    lambda w: setattr(w.slack.workspace.channels["C1"], "joined", False),
    lambda w: setattr(w.slack.workspace.channels["C1"], "joined", True),
)
fails(
    "slack.archived",
    lambda w: setattr(w.slack.workspace.channels["C1"], "archived", True),
    lambda w: setattr(w.slack.workspace.channels["C1"], "archived", False),
)
sets("slack.app_token", "SLACK_APP_TOKEN", "xapp-some-other-token")


def _elsewhere(world: World) -> None:
    world.environ.pop("LLM_API_KEY")
    world.write(world.llm.url, "https://models.example.org/v1")


def _key_and_here(world: World) -> None:
    world.environ["LLM_API_KEY"] = KEY
    world.write("https://models.example.org/v1", world.llm.url)


case("model.key_missing", _elsewhere, _key_and_here)
sets("model.key", "LLM_API_KEY", "sk-wrong-0123456789abcdef")


def answers(code: str, provoke: Callable[[LlmServer], object]) -> None:
    """A fault of a model's server, mended there."""

    def mend(world: World) -> None:
        world.llm._behaviours.clear()
        world.llm.window = world.llm.reads_only = None
        world.llm.model = Model()

    case(code, lambda w: _nothing(provoke(w.llm)), mend)


answers("model.unpaid", lambda llm: llm.fails(402, "Insufficient Balance"))
answers("model.unknown", lambda llm: llm.fails(404, "the model does not exist"))
answers("model.unreachable", lambda llm: llm.fails(500, "oops"))
answers("model.context", lambda llm: setattr(llm, "reads_only", 4096))
answers("model.answer", lambda llm: llm.says("I am afraid I can't do that."))
answers("model.unfounded", lambda llm: setattr(llm, "model", Model(doctored=[("overview", n) for n in range(1, 9)])))
case(
    "model.no_price",
    lambda w: w.write("[reading]", "[llm.budget]\nmoney_a_day = 1.0\n[reading]"),
    lambda w: w.write('model = "tiny"', 'model = "tiny"\nprice_prompt = 1.0'),
)
edits("reading.failed", "memory_mb = 1024", "memory_mb = 64")

# Proved below, and in tests/unit/bot/test_doctor_faults.py
ELSEWHERE = {
    *("telegram.refused", "slack.refused", "live.left", "live.not_found"),
    *("reading.unconfined", "reading.memory", "config.personal_budget"),
}


@pytest.mark.parametrize("code", CASES)
async def test_a_fault_is_told_and_its_advice_mends_it(world: World, code: str) -> None:
    """The code is there after the fault and not before, and gone after what the advice says."""
    area = code if code == "config.mistake" else code.partition(".")[0]
    world.running = code not in ("telegram.other_poller", "telegram.webhook")
    if code != "config.mistake":
        assert code not in {finding.code for finding in await world.look(area)}
    provoke, mend = CASES[code]
    try:
        await (provoke(world) or asyncio.sleep(0))
        told = [finding for finding in await world.look(area) if finding.code == code]

        assert told, f"{code} was not told"
        assert told[0].state == known_faults()[code]["state"]
        assert told[0].to_do
        assert "{why}" not in told[0].subject + told[0].to_do

        await (mend(world) or asyncio.sleep(0))
        assert code not in {finding.code for finding in await world.look(area)}
    finally:
        await world.stop_pollers()


def test_every_fault_that_is_known_is_provoked() -> None:
    """None is in the list that no test has seen."""
    assert set(known_faults()) == set(CASES) | ELSEWHERE


def test_advice_names_commands_and_keys_that_there_are() -> None:
    """What a person is told to type exists."""
    from bot.cli.main import COMMANDS

    for entry in known_faults().values():
        for word in entry["to_do"].split("broadsheet ")[1:]:
            name = word.split()[0].strip(":;,.)")
            assert name in COMMANDS, entry["to_do"]


async def test_all_is_well(world: World) -> None:
    """An installation without fault has no warning either, and every area is looked at."""
    found = [finding async for finding in run_checks(world.config, world.environ, world.clock, PLATFORMS)]

    assert worst_state(found) == CheckState.OK, [f for f in found if f.state != CheckState.OK]
    assert {f.area for f in found} == {
        "configuration", "environment", "database", "clock", "arXiv", "engine", "Telegram", "Slack", "model", "reading",
    }  # fmt: skip


async def test_no_secret_is_shown(world: World) -> None:
    """Neither where all is well, nor where everything is wrong."""
    secrets = [*world.environ.values(), "sk-wrong-0123456789abcdef"]
    shown = [f async for f in run_checks(world.config, world.environ, world.clock, PLATFORMS)]
    world.environ |= {"LLM_API_KEY": secrets[-1], "TELEGRAM_BOT_TOKEN": world.environ["TELEGRAM_BOT_TOKEN"] + "x"}
    shown += [f async for f in run_checks(world.config, world.environ, world.clock, PLATFORMS)]
    text = json.dumps([f.document for f in shown])

    assert not [secret for secret in secrets if secret in text]


async def test_updates_that_wait_go_on_waiting(world: World) -> None:
    """Looking for another poller confirms nothing: the bot hears of it all the same."""
    world.telegram.write(ADA, ADA, "/help")
    world.running = False
    await world.look("telegram")

    assert len(world.telegram.updates) == 1


async def test_a_running_bot_is_not_put_out(world: World) -> None:
    """Where `broadsheet run` polls, nobody else polls for a moment."""
    await PLATFORMS[TELEGRAM].check(world.settings, world.clock, is_running=True)

    assert "getUpdates" not in {method for method, _ in world.telegram.calls}


@pytest.mark.parametrize("code", ["telegram.refused", "slack.refused"])
async def test_an_answer_of_another_kind_is_passed_on(world: World, code: str) -> None:
    """In the platform's own words."""
    if code == "slack.refused":
        world.slack._do_auth_test = lambda given: (_ for _ in ()).throw(_slack_error())  # type: ignore[method-assign]
        found = await world.look("slack")
    else:
        world.telegram.faults.plan("limited", "getMe", seconds=3)
        found = await world.look("telegram")

    assert code in {finding.code for finding in found}


def _slack_error() -> Exception:
    from tests.fakes.slack.channels import SlackError

    return SlackError("enterprise_is_restricted")


# --- --live -------------------------------------------------------------------------------------------------------


class Hurried(SetClock):
    """Pauses take no time."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


async def test_live_on_telegram_leaves_the_chat_as_it_was(world: World) -> None:
    """A message is posted, changed, found by the probe, and removed; nobody else's is touched."""
    posted = world.telegram.write(NEWS, ADA, "somebody's")
    found = [f async for f in run_live_test(world.settings, f"telegram:{NEWS}", Hurried(), PLATFORMS)]
    said = " | ".join(f.subject for f in found)

    assert worst_state(found) < CheckState.WARNING or worst_state(found) in (CheckState.OK, CheckState.SKIPPED)
    assert world.telegram.chats.by_id[NEWS].texts() == ["somebody's"]
    assert world.telegram.chats.by_id[ADA].texts() == []
    assert posted["text"] == "somebody's"
    for words in (
        "posted in channel",
        "found again by way of",
        "rich messages",
        "5 messages at once",
        "removed again: 6",
    ):
        assert words in said


async def test_live_on_slack_answers_what_is_not_documented(world: World) -> None:
    """Metadata, client_msg_id and the size of blocks, for this workspace on this day."""
    found = [f async for f in run_live_test(world.settings, "slack:C1", Hurried(), PLATFORMS)]
    said = " | ".join(f.subject for f in found)

    assert worst_state(found) == CheckState.OK
    assert world.slack.workspace.channels["C1"].messages == []
    for words in (
        "found again by its metadata",
        "client_msg_id",
        "characters are taken, 13,400 not (msg_blocks_too_long)",
        "metadata: 500 characters",
    ):
        assert words in said


async def test_live_says_what_it_could_not_remove(world: World) -> None:
    """With the ids of the messages."""
    world.telegram._do_deletemessage = _refuse  # type: ignore[method-assign]
    found = [f async for f in run_live_test(world.settings, f"telegram:{NEWS}", Hurried(), PLATFORMS)]

    assert "live.left" in {f.code for f in found}


async def test_live_says_when_a_message_is_not_found_again(world: World) -> None:
    """Then nothing could be settled after a crash."""
    world.slack._do_conversations_history = lambda given: {"messages": []}  # type: ignore[method-assign]
    found = [f async for f in run_live_test(world.settings, "slack:C1", Hurried(), PLATFORMS)]

    assert "live.not_found" in {f.code for f in found}


def _refuse(given: object) -> bool:
    from tests.fakes.telegram.chats import bad

    raise bad("message can't be deleted")


@pytest.mark.parametrize("chat", ["", "news", "telegram:", "irc:#x"])
async def test_live_needs_a_chat_that_is_named(world: World, chat: str) -> None:
    """Nothing is ever posted in a chat that was not named for it."""
    with pytest.raises(InputError):
        [f async for f in run_live_test(world.settings, chat, Hurried(), PLATFORMS)]

    assert "sendMessage" not in {method for method, _ in world.telegram.calls}


# --- the command --------------------------------------------------------------------------------------------------


async def run(world: World, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The command in a thread of its own: the fakes live in this one."""
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["broadsheet", "--config", str(world.config), "doctor", *arguments])
    monkeypatch.setattr("bot.clock.SystemClock", lambda: world.clock)

    def ended() -> int:
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return await asyncio.to_thread(ended)


async def test_the_exit_code_is_for_monitoring(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 while all works, 6 when something does not; `--json` says what, and nothing else."""
    well = await run(world, monkeypatch, "--json", "--no-model")
    first = json.loads(capsys.readouterr().out)
    world.telegram.kick(NEWS)
    ill = await run(world, monkeypatch, "--json", "--no-model")
    second = json.loads(capsys.readouterr().out)

    assert (well, ill) == (0, 6)
    assert (first["state"], second["state"]) == ("skipped", "fault")
    assert "telegram.rights" in {f["code"] for f in second["findings"]}


async def test_the_index_is_made_anew_by_the_command(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the advice says, in one command."""
    _index_apart(world)
    code = await run(world, monkeypatch, "--no-model", "--rebuild-search")

    assert code == 0
    assert "full-text" not in capsys.readouterr().out


async def test_for_people_each_fault_has_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.slack.workspace.channels["C1"].joined = False
    code = await run(world, monkeypatch, "--no-model")
    out = capsys.readouterr().out

    assert code == 6
    assert "✗ Slack" in out
    assert "→ write /invite @Broadsheet in that channel" in out
    assert "1 fault, 0 warnings" in out
