"""A parsed TOML table -> the dataclass that describes it, collecting every mistake with its dotted key.

Not pydantic: its models drop the checks of a table as soon as one key has the wrong type, and its messages would be
rewritten one by one. Here a wrong key takes its default, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from digest.settings.validators import quoted, suggestion

T = TypeVar("T")

_NAMES = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}
_EMPTY = object()  # what a value that can't be used turns into


@dataclass(slots=True)
class TableReader:
    """Reads tables of one file. `mistakes` grows: (dotted key, what is wrong)."""

    base: Path  # relative paths start here
    mistakes: list[tuple[str, str]] = field(default_factory=list)

    def table(self, cls: type[T], data: object, key: str = "") -> T:
        """`data` as an instance of `cls`; keys that can't be used have their default."""
        if not isinstance(data, Mapping):
            self._wrong(key, f"must be a table, is {quoted(data)}")
            data = {}
        field_types = hints(cls)
        for name in (name for name in data if name not in field_types):
            self._wrong(_dotted(key, name), f"unknown key{suggestion(name, field_types) or _nearby(field_types)}")
        for name in getattr(cls, "required", ()):
            if name not in data:
                self._wrong(_dotted(key, name), "is missing")
        raw_table = {name: {} for name, hint in field_types.items() if is_dataclass(hint)} | dict(data)
        values = {name: self._value(cls, name, raw_table[name], key) for name in field_types if name in raw_table}
        instance = cls(
            **{name: value for name, value in values.items() if value is not _EMPTY} | self._defaults(cls, values)
        )
        for name, problem in getattr(instance, "problems", list)():
            self._wrong(_dotted(key, name), problem)
        return instance

    def _defaults(self, cls: type, table: Mapping[str, object]) -> dict[str, Path]:
        """Paths that were not given: their defaults are relative too."""
        return {
            f.name: self.base / f.default
            for f in fields(cls)
            if isinstance(f.default, Path) and table.get(f.name, _EMPTY) is _EMPTY
        }

    def _value(self, cls: type, name: str, raw: object, key: str) -> object:
        dotted = _dotted(key, name)
        value = self._convert(hints(cls)[name], raw, dotted)
        if value is _EMPTY:
            return _EMPTY
        good = True
        for check in checks_of(cls, name):
            for where, item in _items(dotted, value):
                if problem := check(item):
                    self._wrong(where, problem)
                    good = False
        if name in getattr(cls, "required", ()) and not value and good:
            self._wrong(dotted, "must not be empty")
        return value if good else _EMPTY

    def _convert(self, hint: Any, raw: object, key: str) -> Any:
        origin, args = get_origin(hint), get_args(hint)
        if hint is object:  # handed on to a server as it is
            return raw
        if isinstance(hint, type) and is_dataclass(hint):
            return self.table(hint, raw, key)
        if origin is tuple:
            return self._list(args[0], raw, key)
        if origin is UnionType:
            return raw if type(raw) in args else self._not_a(args[0], raw, key)
        if origin is not None and issubclass(origin, Mapping):
            return self._mapping(args[1], raw, key)
        if issubclass(hint, StrEnum):
            return self._choice(hint, raw, key)
        return self._plain(hint, raw, key)

    def _list(self, hint: Any, raw: object, key: str) -> Any:
        if not isinstance(raw, list):
            return self._wrong(key, f"must be a list in square brackets, is {quoted(raw)}")
        items = [self._convert(hint, item, f"{key}[{i}]") for i, item in enumerate(raw)]
        return tuple(item for item in items if item is not _EMPTY)

    def _mapping(self, hint: Any, raw: object, key: str) -> Any:
        if not isinstance(raw, Mapping):
            return self._wrong(key, f"must be a table, is {quoted(raw)}")
        items = {name: self._convert(hint, item, _dotted(key, name)) for name, item in raw.items()}
        return {name: item for name, item in items.items() if item is not _EMPTY}

    def _choice(self, hint: type[StrEnum], raw: object, key: str) -> Any:
        choices = [str(choice) for choice in hint]
        if raw in choices:
            return hint(raw)
        return self._wrong(
            key, f"{quoted(raw)} is not one of {', '.join(map(repr, choices))}{suggestion(str(raw), choices)}"
        )

    def _plain(self, hint: type, raw: object, key: str) -> Any:
        if hint is float and type(raw) is int:
            return float(raw)
        if hint is str and isinstance(raw, time):  # 09:00:00 without quotes is a time to TOML
            return raw.strftime("%H:%M")
        if hint is Path and isinstance(raw, str):
            return self.base / Path(raw).expanduser() if raw else raw
        return raw if type(raw) is hint else self._not_a(hint, raw, key)

    def _not_a(self, hint: type, raw: object, key: str) -> Any:
        return self._wrong(key, f"must be {_NAMES.get(hint, hint.__name__)}, is {quoted(raw)}")

    def _wrong(self, key: str, problem: str) -> Any:
        self.mistakes.append((key, problem))
        return _EMPTY


def hints(cls: type) -> dict[str, Any]:
    """The keys of a table with their types."""
    types = get_type_hints(cls)
    return {f.name: types[f.name] for f in fields(cls)}


def checks_of(cls: type, name: str) -> tuple[Any, ...]:
    return next(tuple(f.metadata.get("checks", ())) for f in fields(cls) if f.name == name)


def _items(key: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, tuple):
        return [(f"{key}[{i}]", item) for i, item in enumerate(value)]
    return [(key, value)]


def _dotted(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _nearby(choices: Mapping[str, object]) -> str:
    return f"; known here: {', '.join(choices)}"
