"""What the configuration must know of a chat platform. The platforms themselves describe it, in `bot.platforms`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, make_dataclass
from typing import Any

from digest.models.edition import Platform
from digest.settings import validators
from digest.settings.schema import EditionSettings, Tables, key
from digest.settings.validators import Validator


@dataclass(frozen=True, slots=True)
class PlatformTable:
    """`platform` names the table in the file, and the list of chats in `[[editions]]`. `settings` is the frozen
    dataclass of the table, `check_chat` the check of an address, `person_id` a regular expression for a person's id.
    The examples appear in error messages. `numeric_chats`: an address may be a number as well as text."""

    platform: Platform
    settings: type[Any]
    secrets: tuple[str, ...]
    check_chat: Validator
    person_id: str
    example_chats: tuple[str, ...]
    example_person: str
    numeric_chats: bool = False


def tables_class(platforms: Sequence[PlatformTable]) -> type[Tables]:
    """`Tables` with the table of each platform, and with each platform's list of chats in `[[editions]]`."""
    editions = make_dataclass(
        "EditionSettings",
        [
            (p.platform, tuple[str | int, ...] if p.numeric_chats else tuple[str, ...], key((), p.check_chat))
            for p in platforms
        ],
        bases=(EditionSettings,),
        namespace={"chat_lists": tuple(p.platform for p in platforms)},
        frozen=True,
    )
    return make_dataclass(
        "Tables",
        [
            *((p.platform, p.settings, field(default_factory=p.settings)) for p in platforms),
            ("editions", tuple[editions, ...], ()),  # type: ignore[valid-type]  # made above, so that mypy can't see it
        ],
        bases=(Tables,),
        frozen=True,
    )


def chat_problem(value: str, platforms: Sequence[PlatformTable]) -> str | None:
    """What is wrong with the name of a chat, such as `telegram:-100…`; None where nothing is. Empty is no chat."""
    platform, _, address = value.partition(":")
    if not value:
        return None
    for table in platforms:
        if table.platform == platform:
            return table.check_chat(address)
    examples = [f"'{example}'" for table in platforms for example in table.example_chats]
    return f"{validators.quoted(value)} names no chat: write {_either(examples)}"


def person_problem(value: str, platforms: Sequence[PlatformTable]) -> str | None:
    """What is wrong with the name of a person, such as `telegram:12345`; None where nothing is."""
    platform, _, number = value.partition(":")
    if any(table.platform == platform and re.fullmatch(table.person_id, number) for table in platforms):
        return None
    examples = [f"'{table.example_person}'" for table in platforms]
    return f"{validators.quoted(value)} names nobody: write {_either(examples)}"


def _either(examples: Sequence[str]) -> str:
    """'a', 'b' or 'c'."""
    return " or ".join(part for part in (", ".join(examples[:-1]), *examples[-1:]) if part)
