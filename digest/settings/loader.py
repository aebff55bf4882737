"""The file and the environment -> `Settings`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from digest.errors import ConfigError
from digest.settings.platform_table import PlatformTable, chat_problem, person_problem, tables_class
from digest.settings.schema import Sections, Settings, Tables
from digest.settings.secrets import looks_secret, masked, read_secrets
from digest.settings.table_reader import TableReader

_SECRET_KEY = re.compile(r"(^|_)(token|secret|password|passwd|api_?key|key)$", re.IGNORECASE)


def load(path: Path, environ: Mapping[str, str], platforms: Sequence[PlatformTable]) -> Settings:
    """The settings of the file at `path`. Raises `ConfigError` with every mistake of file and environment."""
    data = _parse(path)
    reader = TableReader(base=path.absolute().parent)
    reader.mistakes += _take_secrets_out(data)
    _name_numbers(data)
    tables = reader.table(tables_class(platforms), data)
    reader.mistakes += _chat_mistakes(tables, platforms)
    tokens = tuple(name for platform in platforms for name in platform.secrets)
    names = (*tokens, *tables.llm.key_names, tables.zotero.key_env)
    secrets, trouble = read_secrets(tuple(dict.fromkeys(names)), environ, path.absolute().parent / ".env")
    mistakes = [f"{key}{_edition_of(data, key)}: {masked(problem)}" for key, problem in reader.mistakes] + trouble
    if mistakes:
        raise ConfigError(mistakes, str(path))
    values: dict[str, Any] = {f.name: getattr(tables, f.name) for f in fields(Sections)}
    values["editions"] = tuple(edition.edition() for edition in tables.editions)
    values["platforms"] = {p.platform: getattr(tables, p.platform) for p in platforms}
    return Settings(**values, platform_secrets=tokens, secrets=secrets, source=path)


def _chat_mistakes(tables: Tables, platforms: Sequence[PlatformTable]) -> Iterator[tuple[str, str]]:
    """People and chats that are named as no platform names them."""
    if problem := chat_problem(tables.alerts.chat, platforms):
        yield "alerts.chat", problem
    for name in ("admins", "slack_editors"):
        for i, person in enumerate(getattr(tables.commands, name)):
            if problem := person_problem(person, platforms):
                yield f"commands.{name}[{i}]", problem


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(["there is no such file; `broadsheet --config FILE` names another"], str(path)) from None
    except UnicodeDecodeError as error:
        raise ConfigError([f"not UTF-8 at byte {error.start}; save the file as UTF-8"], str(path)) from None
    except OSError as error:
        raise ConfigError([f"can't be read: {error.strerror}"], str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax(str(error))], str(path)) from None


def _syntax(message: str) -> str:
    """tomllib's message with its place in front: "Expected '=' (at line 3, column 5)"."""
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|(end of document))\)", message, re.DOTALL)
    if not match:
        return masked(message)
    position = f"line {match[2]}, column {match[3]}" if match[2] else match[4]
    return f"{position}: not TOML: {masked(match[1])}"


def _name_numbers(data: dict[str, Any]) -> None:
    """A chat or person of Telegram may be written as a number, wherever one is named."""
    prefixes = {("telegram", "log_chat"): "", ("alerts", "chat"): "telegram:", ("commands", "admins"): "telegram:"}
    for (table, name), prefix in prefixes.items():
        values = data.get(table)
        if not isinstance(values, dict):
            continue
        value = values.get(name)
        if isinstance(value, list):
            values[name] = [_named(one, prefix) for one in value]
        elif name in values:
            values[name] = _named(value, prefix)


def _named(value: Any, prefix: str) -> Any:
    return f"{prefix}{value}" if isinstance(value, int) and not isinstance(value, bool) else value


def _take_secrets_out(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Removes what is or looks like a secret, so that no later message can show it, and says where it stood."""
    mistakes = []
    for table, name, key in list(_leaves(data, "")):
        value = table[name]
        if key.startswith("llm.glossary.") and not looks_secret(str(value)):
            continue  # "token" and "key" are words there
        if (isinstance(value, str) and looks_secret(value)) or (
            isinstance(name, str) and _SECRET_KEY.search(name) and isinstance(value, str) and value
        ):
            mistakes.append((key, "a secret does not belong in this file: put it into the environment or .env"))
            table[name] = ""
            if isinstance(name, str):
                del table[name]
    return mistakes


def _leaves(node: Any, key: str) -> Iterator[tuple[Any, Any, str]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for name, value in pairs:
        child_key = f"{key}[{name}]" if isinstance(name, int) else f"{key}.{name}" if key else str(name)
        if isinstance(value, dict | list):
            yield from _leaves(value, child_key)
        else:
            yield node, name, child_key


def _edition_of(data: Mapping[str, Any], key: str) -> str:
    """The name of the edition that a dotted key is in, so that nobody has to count."""
    match = re.match(r"editions\[(\d+)\]", key)
    editions = data.get("editions")
    if not match or not isinstance(editions, list) or not isinstance(editions[int(match[1])], dict):
        return ""
    name = editions[int(match[1])].get("name")
    return f" ({name})" if isinstance(name, str) and name and not key.endswith(".name") else ""
