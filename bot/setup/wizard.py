"""The set-up from the first question to both files written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot.setup import config_writer as files
from bot.setup.prompt import Talk
from bot.setup.questions import Given, Questions, edition_as_is, secrets_changed
from digest.errors import ConfigError
from digest.ports import Clock
from digest.settings import Settings, StorageSettings, load

NEXT = """
Now:
  {command} digest    the first digest, at once
  {command} run       stays: publishes every day, answers commands
  {command} doctor    whether anything is wrong"""


async def set_up(path: Path, given: Given, talk: Talk, environ: Mapping[str, str], clock: Clock) -> Settings:
    """Ask, write, and give the settings as they are then.

    Raises `ConfigError` for a configuration with mistakes of its own, `InputError` for an answer that can't be.
    """
    settings, dotenv = _settings(path, environ), beside(path)
    document = files.opened(path)
    current = edition_as_is(settings, given.edition)
    is_example = _is_example(path, current.name)
    answers = await Questions(talk, given, settings, current, is_example, clock).ask()
    old = files.read(path)
    text = files.changed(document, answers)
    secrets = secrets_changed(answers.secrets, settings, environ)
    env = files.with_secrets(files.read(dotenv), secrets)
    _check(text, path, {**environ, **secrets})
    if secrets and env != files.read(dotenv):
        files.write(dotenv, env, 0o600)
        talk.say(f"written: {_shown(dotenv)}, which only you can read")
    if text != old:
        files.write(path, text, 0o644)
    talk.say(f"written: {_shown(path)}" if text != old else f"{_shown(path)} is as it was")
    return load(path, environ)


def beside(path: Path) -> Path:
    """The `.env` of a configuration."""
    return path.absolute().parent / ".env"


def _settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """What is configured already; where there is no file, what the template says."""
    if path.exists():
        return load(path, environ)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text(files.template(), encoding="utf-8")
        dotenv = Path(folder) / ".env"
        files.write(dotenv, files.read(beside(path)), 0o600)
        made = load(Path(folder) / "config.toml", environ)
    return replace(made, storage=StorageSettings(path.absolute().parent / "broadsheet.db"), source=path)


def _is_example(path: Path, name: str) -> bool:
    """Whether the edition is the one that the template comes with, which is nobody's."""
    example = files.edition_of(files.parsed(files.template()), "")
    mine = files.edition_of(files.opened(path), name)
    return mine is not None and example is not None and mine.unwrap() == example.unwrap()


def _check(text: str, path: Path, environ: Mapping[str, str]) -> None:
    """Raises `ConfigError` where the new text has mistakes: then nothing was written."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "config.toml"
        trial.write_text(text, encoding="utf-8")
        try:
            load(trial, environ)
        except ConfigError as error:
            raise ConfigError(error.mistakes, str(path)) from error


def _shown(path: Path) -> str:
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
