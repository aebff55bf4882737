"""docs/reference/commands.md and deliveries.md say what there is."""

import re
from pathlib import Path

import pytest

from bot.commands.command_table import COMMANDS
from bot.commands.context import Command
from bot.delivery.delivery_worker import BACKOFF_SECONDS
from digest.i18n.translator import Translator
from digest.settings import CommandSettings

REFERENCE = Path(__file__).parents[2] / "docs/reference"
PAGE = (REFERENCE / "commands.md").read_text(encoding="utf-8")
DELIVERIES = (REFERENCE / "deliveries.md").read_text(encoding="utf-8")
LISTED = [command for command in COMMANDS if command.is_listed]


@pytest.mark.parametrize("command", LISTED, ids=lambda c: c.name)
def test_every_command_has_a_section_with_its_usage(command: Command) -> None:
    """In the words of `/help`."""
    usage = Translator("en")(f"usage.{command.name}")

    assert f"\n## /{command.name} {usage}".rstrip() + "\n" in PAGE


def test_no_section_is_about_a_command_that_there_is_not() -> None:
    """What is removed goes from the page as well."""
    assert set(re.findall(r"^## /(\w+)", PAGE, re.MULTILINE)) == {command.name for command in LISTED}


@pytest.mark.parametrize("command", [c for c in LISTED if c.role], ids=lambda c: c.name)
def test_who_may_use_it_is_said(command: Command) -> None:
    """Editors alone, or people of what is theirs in a private chat."""
    section = PAGE.split(f"\n## /{command.name}")[1].split("\n## ")[0]

    assert "Editors." in section or "private chat" in section


def test_the_limits_that_are_named_are_keys_of_the_configuration() -> None:
    """A reader finds each in config.toml."""
    named = set(re.findall(r"`commands\.(\w+)`", PAGE))

    assert named
    assert all(hasattr(CommandSettings(), name) for name in named)


def test_the_pauses_of_the_page_are_those_of_the_sender() -> None:
    """2, 5, 15, 60, then 300 seconds."""
    *first, last = (f"{seconds:g}" for seconds in BACKOFF_SECONDS)

    assert f"{', '.join(first)}, then {last} seconds" in DELIVERIES
