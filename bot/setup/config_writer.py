"""The answers -> `config.toml` and `.env`. Only what was answered is changed: comments, order and all else stay."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table

from digest.errors import ConfigError

Value = str | int | float | bool | Sequence[str | int]
_WIDE = 100  # columns from which a list is written with a line for each entry


@dataclass(frozen=True, slots=True)
class ConfigChanges:
    """What was answered, and nothing else: `edition` are keys of the edition, `tables` those of other tables by name,
    `secrets` variables of `.env`. `name` is the edition's, `new_name` the one that it gets."""

    name: str
    edition: Mapping[str, Value] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    new_name: str = ""


def config_template() -> str:
    """The `config.toml` with every key and its comment that Broadsheet comes with. It lies in the package, and nothing
    writes it: a person's own file is another one."""
    return (resources.files("bot.setup") / "config.toml").read_text(encoding="utf-8")


def open_config(path: Path) -> TOMLDocument:
    """The configuration at `path`, or where there is none the template. Raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = config_template()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"can't be read: {error}"], str(path)) from error
    return parse_config(text, str(path))


def parse_config(text: str, source: str = "config.toml") -> TOMLDocument:
    """A configuration with its comments. Raises `ConfigError`."""
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError([f"not TOML: {error}; mend it, or move it away and begin anew"], source) from error


def edition_of(document: TOMLDocument, name: str) -> Table | None:
    """The edition of that name; without a name the first."""
    editions = document.get("editions")
    if not isinstance(editions, AoT):
        return None
    editions_by_name = (
        table for table in editions.body if not name or str(table.get("name", "")).lower() == name.lower()
    )
    return next(editions_by_name, None)


def apply_changes(document: TOMLDocument, answers: ConfigChanges) -> str:
    """The text of the configuration with the answers in it."""
    edition = edition_of(document, answers.name)
    if edition is None:
        edition = _new_edition(document, answers.name)
    if answers.new_name:
        _put(edition, "name", answers.new_name)
    for key, value in answers.edition.items():
        _put(edition, key, value)
    for name, values in answers.tables.items():
        table: Any = document
        for part in name.split("."):
            if part not in table:
                table.add(part, tomlkit.table())
            table = table[part]
        for key, value in values.items():
            _put(table, key, value)
    return tomlkit.dumps(document)


def _new_edition(document: TOMLDocument, name: str) -> Table:
    """An edition after the others, and before the comments that lead over to the next table."""
    edition = tomlkit.table()
    edition.add("name", name)
    if isinstance(editions := document.get("editions"), AoT) and editions.body:
        before: list[Any] = editions.body[-1].value.body
        tail: list[Any] = []
        while before and before[-1][0] is None:
            tail.insert(0, before.pop())
        editions.body[-1].add(tomlkit.nl())
        editions.append(edition)
        editions.body[-1].value.body.extend(tail)
    else:
        array = tomlkit.aot()
        array.append(edition)
        document.add("editions", array)
    existing = edition_of(document, name)
    assert existing is not None, "it was just added"
    return existing


def _put(table: Any, key: str, value: Value) -> None:
    """A value in its place; the comment beside an old one stays, and what is the same already is not touched."""
    item = _item(value)
    if key not in table:
        _add(table, key, item)
        return
    old = table[key]
    if (old.unwrap() if hasattr(old, "unwrap") else old) == (item.unwrap() if hasattr(item, "unwrap") else item):
        return
    width = len(old.as_string()) if hasattr(old, "as_string") else 0
    table[key] = item  # tomlkit keeps the comment of the line
    trivia = table[key].trivia
    if trivia.comment and "\n" not in item.as_string():  # and its column, where there is room
        trivia.comment_ws = " " * max(2, len(trivia.comment_ws) + width - len(item.as_string()))


def _add(table: Any, key: str, item: Any) -> None:
    """A new key, before the blank lines and comments that lead over to the next table."""
    last = next((name for name in reversed(list(table)) if not isinstance(table[name], Table | AoT)), None)
    if last is None or not isinstance(table, Table):
        table.add(key, item)
    else:
        table.value._insert_after(last, key, item)


def _item(value: Value) -> Any:
    if isinstance(value, str | bool | int | float):
        return tomlkit.item(value)
    array: Array = tomlkit.array()
    array.extend(value)
    return array.multiline(len(array.as_string()) > _WIDE)


# --- .env ---------------------------------------------------------------------------------------------------------


def update_dotenv(text: str, secrets: Mapping[str, str]) -> str:
    """The text of `.env` with these variables; lines of others, and comments, stay as they are."""
    missing_secrets = dict(secrets)
    lines = list(_lines(text, missing_secrets))
    return "".join(f"{line}\n" for line in [*lines, *(f"{name}={value}" for name, value in missing_secrets.items())])


def _lines(text: str, missing_secrets: dict[str, str]) -> Iterator[str]:
    for line in text.splitlines():
        match = re.match(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", line)
        if match and match[1] in missing_secrets:
            yield f"{match[1]}={missing_secrets.pop(match[1])}"
        else:
            yield line


def write_file(path: Path, text: str, mode: int) -> None:
    """The file whole or not at all, with that mode. Raises `ConfigError`."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            part.unlink()
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), mode)
        part.replace(path.resolve())
    except OSError as error:
        raise ConfigError([f"can't be written: {error.strerror}"], str(path)) from error


def read_file_or_empty(path: Path) -> str:
    """The text of a file, empty where there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"can't be read: {error}"], str(path)) from error
