"""Slack's app manifest, made from the command table."""

import json

import pytest
from click.testing import CliRunner

from bot.cli.main import cli
from bot.commands.command_table import COMMANDS
from bot.platforms.slack.manifest import manifest


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_manifest_keeps_slacks_limits(language: str) -> None:
    """https://docs.slack.dev/reference/app-manifest: at most 50 commands, descriptions up to 2,000 characters."""
    made = manifest(language)
    commands = made["features"]["slash_commands"]

    assert len(commands) <= 50
    assert len({c["command"] for c in commands}) == len(commands)
    for command in commands:
        assert command["command"].startswith("/")
        assert len(command["command"]) <= 32
        assert 1 <= len(command["description"]) <= 100
    assert len(made["display_information"]["description"]) <= 140
    assert made["settings"]["socket_mode_enabled"] is True


def test_every_command_can_be_reached() -> None:
    """By its own name, or under the umbrella where another app may own the name."""
    commands = {c["command"] for c in manifest()["features"]["slash_commands"]}

    assert "/broadsheet" in commands
    assert commands - {"/broadsheet"} <= {f"/{c.name}" for c in COMMANDS if c.is_listed}
    assert {"/addkeyword", "/paper", "/digest"} <= commands
    assert not {"/help", "/status", "/search"} & commands


def test_what_the_bot_does_is_allowed() -> None:
    """Posting, commands, and reading the history to find what may have arrived."""
    scopes = manifest()["oauth_config"]["scopes"]["bot"]

    assert {"chat:write", "commands", "files:write", "channels:history", "groups:history"} <= set(scopes)


def test_the_command_prints_it() -> None:
    """To be pasted as it is."""
    result = CliRunner().invoke(cli, ["slack-manifest"])

    assert json.loads(result.output) == manifest("en")
