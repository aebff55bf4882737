"""How it is: gathered from the store, said in words, in JSON and as metrics."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.chat.notice_json import dump_notice
from bot.chat.platform_state import UP, down
from bot.cli.main import cli
from bot.scheduling.digest_runner import RunOutcome
from bot.status import Status, collect_status, format_status
from digest.i18n.translator import Translator
from digest.models.delivery import Cooldown, Message
from digest.models.edition import Edition, Platform
from digest.models.notice import Notice
from tests.fakes.command_client import FRIDAY, OTHERS, ROBOTS, TEAM, TRAFFIC, Team

NEXT = datetime(2026, 1, 10, 9, tzinfo=UTC)


def troubled() -> Team:
    """A team with everything that a status can tell of."""
    team = Team()
    team.publish()
    ledger, chats = team.stores.deliveries, team.stores.chats
    held, *_ = ledger.add([Message("a", TEAM.target, "card", {}), Message("a", OTHERS.target, "card", {})])
    ledger.mark_sending(held.id, None)
    ledger.mark_unknown(held.id, "cut")
    chats.start_cooldown(
        Cooldown(OTHERS.target, team.clock.now() + timedelta(hours=12), dump_notice(Notice.of("publish.limited")))
    )
    chats.pause(OTHERS.target, dump_notice(Notice.of("publish.put_out", platform="Telegram")))
    team.stores.spending.record(FRIDAY, "m", "", 100, 0, 20, 0.5)
    return team


def status(team: Team) -> Status:
    return collect_status(
        team.stores,
        [ROBOTS, TRAFFIC],
        team.clock.now(),
        next_run={"robots": NEXT},
        platforms={Platform("telegram"): UP, Platform("slack"): down("invalid_auth")},
        paper_jobs=2,
        personal=3,
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_has_a_line(language: str) -> None:
    """In both languages."""
    said = "\n".join(format_status(status(troubled()), Translator(language)))

    for part in ("Robots daily", "cs.RO", "2026-01-10 09:00", "invalid_auth", "-1001", "-1002", "120", "0.50"):
        assert part in said
    assert "[" not in said.replace("[1", "")


def test_without_prices_only_tokens_are_told() -> None:
    """A cost of nothing would not be true."""
    priced, free = troubled(), Team()
    free.stores.spending.record(FRIDAY, "m", "", 100, 0, 20, 0.0)

    assert "120 this month, which cost 0.50" in "\n".join(format_status(status(priced), Translator("en")))
    assert "cost" not in "\n".join(format_status(status(free), Translator("en")))


def test_a_pause_and_a_hold_say_why_and_until_when() -> None:
    """In words, not as they are stored."""
    said = "\n".join(format_status(status(troubled()), Translator("en")))

    assert "paused, the bot is no longer in this chat" in said
    assert "until 01-10 00:00 UTC" in said


def test_a_chat_sees_its_own_editions() -> None:
    """Nothing of the other's runs, chats and money."""
    said = "\n".join(format_status(status(troubled()), Translator("en"), {"traffic"}))

    assert "交通日报" in said
    for other in ("Robots", "-1001", "0.50", "3 personal"):
        assert other not in said


@pytest.mark.parametrize("outcome", list(RunOutcome))
def test_each_outcome_has_words(outcome: RunOutcome) -> None:
    """In the catalogue."""
    team = Team()
    team.stores.editions.run_began("robots", FRIDAY)
    assert "under way" in "\n".join(format_status(status(team), Translator("en")))
    team.stores.editions.run_ended("robots", FRIDAY, outcome)
    assert "Robots daily: last digest" in "\n".join(format_status(status(team), Translator("en")))


def test_the_command_looks_into_the_database(tmp_path: Path) -> None:
    """Whether the bot runs or not; one JSON document with --json."""
    config = tmp_path / "config.toml"
    config.write_text('[[editions]]\nname = "vla"\ncategories = ["cs.AI"]\n[storage]\npath = "b.db"\n')
    said = CliRunner().invoke(cli, ["--config", str(config), "status"])
    document = json.loads(CliRunner().invoke(cli, ["--config", str(config), "status", "--json"]).output)

    assert said.exit_code == 0
    assert "not running" in said.output
    assert "vla: not published yet" in said.output
    assert document["running"] is False
    assert document["editions"][0]["name"] == "vla"
    assert document["in_doubt"] == []


def test_categories_that_editions_share_are_told_once_and_peoples_own_editions_only_counted() -> None:
    """An admin's status stays short, and shows nobody's keywords or names."""
    team = Team()
    own = Edition("telegram:42", ROBOTS.categories, ("gloves",), "Ada's digest")
    shown = list(
        format_status(collect_status(team.stores, [ROBOTS, own], team.clock.now(), personal=1), Translator("en"))
    )

    assert sum("cs.RO" in line for line in shown) == 1
    assert not any("Ada's digest" in line for line in shown)
    assert "1 personal digest" in shown
