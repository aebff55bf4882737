"""The set-up from the first question to both files written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.chat.platform_spec import Platforms
from bot.console.prompt import Prompter
from bot.setup import config_writer
from bot.setup.questions import SetupQuestions, edition_as_is, secrets_changed
from bot.setup.setup_answers import SetupAnswers
from digest.errors import ConfigError
from digest.ports import Clock
from digest.settings import PlatformTable, Settings, StorageSettings, load

NEXT = """
Now:
  {command} digest    the first digest, at once
  {command} run       stays: publishes every day, answers commands
  {command} doctor    whether anything is wrong"""


async def set_up(
    path: Path, given: SetupAnswers, talk: Prompter, environ: Mapping[str, str], clock: Clock, platforms: Platforms
) -> Settings:
    """Ask, write, and give the settings as they are then.

    Raises `ConfigError` for a configuration with mistakes of its own, `InputError` for an answer that can't be.
    """
    tables = [spec.table for spec in platforms.values()]
    settings, dotenv = _settings(path, environ, tables), beside(path)
    document = config_writer.open_config(path)
    current = edition_as_is(settings, given.edition)
    is_example = _is_example(path, current.name)
    answers = await SetupQuestions(talk, given, settings, current, is_example, clock, platforms).ask()
    old = config_writer.read_file_or_empty(path)
    text = config_writer.apply_changes(document, answers)
    secrets = secrets_changed(answers.secrets, settings, environ)
    env = config_writer.update_dotenv(config_writer.read_file_or_empty(dotenv), secrets)
    _check(text, path, {**environ, **secrets}, tables)
    if secrets and env != config_writer.read_file_or_empty(dotenv):
        config_writer.write_file(dotenv, env, 0o600)
        talk.say(f"written: {_shown(dotenv)}, which only you can read")
    if text != old:
        config_writer.write_file(path, text, 0o644)
    talk.say(f"written: {_shown(path)}" if text != old else f"{_shown(path)} is as it was")
    return load(path, environ, tables)


def beside(path: Path) -> Path:
    """The `.env` of a configuration."""
    return path.absolute().parent / ".env"


def _settings(path: Path, environ: Mapping[str, str], tables: Sequence[PlatformTable]) -> Settings:
    """What is configured already; where there is no file, what the template says."""
    if path.exists():
        return load(path, environ, tables)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text(config_writer.config_template(), encoding="utf-8")
        dotenv = Path(folder) / ".env"
        config_writer.write_file(dotenv, config_writer.read_file_or_empty(beside(path)), 0o600)
        settings = load(Path(folder) / "config.toml", environ, tables)
    return replace(settings, storage=StorageSettings(path.absolute().parent / "broadsheet.db"), source=path)


def _is_example(path: Path, name: str) -> bool:
    """Whether the edition is the one that the template comes with, which is nobody's."""
    example = config_writer.edition_of(config_writer.parse_config(config_writer.config_template()), "")
    edition_table = config_writer.edition_of(config_writer.open_config(path), name)
    return edition_table is not None and example is not None and edition_table.unwrap() == example.unwrap()


def _check(text: str, path: Path, environ: Mapping[str, str], tables: Sequence[PlatformTable]) -> None:
    """Raises `ConfigError` where the new text has mistakes: then nothing was written."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "config.toml"
        trial.write_text(text, encoding="utf-8")
        try:
            load(trial, environ, tables)
        except ConfigError as error:
            raise ConfigError(error.mistakes, str(path)) from error


def _shown(path: Path) -> str:
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
