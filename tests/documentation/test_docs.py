"""The documentation says what there is: every command, option, exit code and configuration key."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args

import click
import pytest

from bot.cli.main import COMMANDS
from bot.platforms.registry import PLATFORMS
from digest.errors import BroadsheetError
from digest.report import digest_json
from digest.settings.platform_table import tables_class
from digest.settings.table_reader import hints
from tests.builders.digests import rich_day
from tests.documentation import reference

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def command(name: str) -> click.Command:
    found = importlib.import_module(f"bot.cli.{COMMANDS[name][0]}").command
    assert isinstance(found, click.Command)
    return found


def section(name: str) -> str:
    """What the reference says of a command."""
    found = re.search(rf"^## broadsheet {re.escape(name)}\b(?!-)(.*?)(?=^## |\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/reference/command-line.md has no section on {name}"
    return found[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_reference(name: str) -> None:
    text = section(name)
    group = command(name)
    subcommands = group.commands.values() if isinstance(group, click.Group) else []
    for one in (command(name), *subcommands):
        for parameter in one.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[-1] in text, f"{name} {parameter.opts[-1]}"
            elif not isinstance(one, click.Group):
                assert (parameter.metavar or str(parameter.name)).strip("…").upper() in (name + text).upper()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_described_alike_in_its_own_help(name: str) -> None:
    """`--help` of each command begins with a sentence; the list of commands has one too."""
    assert (command(name).help or "").strip()
    assert COMMANDS[name][1].endswith(".")


def test_every_exit_code_is_in_the_reference() -> None:
    """Those of the error tree, read from the classes themselves."""
    classes = [BroadsheetError]
    for one in classes:
        classes += one.__subclasses__()
    for code in {one.exit_code for one in classes}:
        assert re.search(rf"^\| {code} \|", REFERENCE, re.MULTILINE), code


def test_the_documents_links_lead_somewhere() -> None:
    """Every relative link of a Markdown page names a file that is there."""
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_names_both_commands_and_the_licence() -> None:
    for words in ("make demo", "make test", "AGPL-3.0-or-later", "PyMuPDF", "TELEGRAM_BOT_TOKEN", "SLACK_BOT_TOKEN"):
        assert words in README


def test_the_project_has_no_path_of_a_machine_and_no_registry() -> None:
    """Nothing that a stranger's machine does not have."""
    for page in [ROOT / "README.md", ROOT / "bot/setup/config.toml", *(ROOT / "docs").rglob("*.md")]:
        assert not re.search(r"(?<![\w.])/(?:work|root)/", page.read_text(encoding="utf-8")), page


@pytest.mark.parametrize("page", reference.PAGES)
def test_a_page_that_is_made_from_the_code_is_as_the_code_is(page: str) -> None:
    """`python -m tests.documentation.reference` makes it anew."""
    made = reference.PAGES[page]()

    assert (reference.FOLDER / page).read_text(encoding="utf-8") == made, "run: python -m tests.documentation.reference"


def test_every_key_is_in_the_reference() -> None:
    """Those of the settings' own classes, in the section of their table."""
    page = (reference.FOLDER / "configuration.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `\[+([\w.]+)\]+`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    tables = tables_class([spec.table for spec in PLATFORMS.values()])
    for table in fields(tables):
        hint = hints(tables)[table.name]
        keys = hints(get_args(hint)[0] if table.name == "editions" else hint)
        for name in keys:
            inner = f"{table.name}.{name}"
            assert f"`{name}`" in sections[table.name] or inner in sections, inner


def test_every_key_of_a_digest_is_in_the_reference() -> None:
    """The document that `broadsheet digest --json` prints, key by key."""
    page = (reference.FOLDER / "json.md").read_text(encoding="utf-8")

    def keys(value: object, above: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                if above != "categories":  # their keys are names of categories
                    yield name
                yield from keys(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    assert {name for name in keys(digest_json(rich_day())) if f"`{name}`" not in page} == set()


def test_the_pictures_are_small_and_described() -> None:
    """Every picture has words for who can't see it, and none is larger than 200 kB."""
    shown = re.findall(r"!\[([^\]]*)\]\((docs/images/[^)]+)\)", README)

    assert len(shown) >= 3
    for words, path in shown:
        assert len(words) > 20
        assert (ROOT / path).stat().st_size < 200_000
