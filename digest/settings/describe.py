"""The settings as `check-config` prints them: a line a key, secrets as set or missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from digest.models.edition import Edition, Target
from digest.settings.schema import Settings


def describe_settings(settings: Settings) -> list[tuple[str, str]]:
    """Every key with the value in force, in the order of the file; then every secret as "set" or "missing"."""
    lines = [
        line
        for f in fields(settings)
        if f.name not in ("secrets", "source", "platform_secrets")
        for line in _lines(f.name, getattr(settings, f.name))
    ]
    names = dict.fromkeys((*settings.platform_secrets, *settings.llm.key_names))
    return lines + [(name, "set" if settings.secrets.get(name) else "missing") for name in names]


def _lines(key: str, value: object) -> Iterator[tuple[str, str]]:
    if key == "platforms" and isinstance(value, Mapping):
        for platform, table in value.items():
            yield from _lines(platform, table)
        return
    if is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            yield from _lines(f"{key}.{f.name}", getattr(value, f.name))
    elif isinstance(value, tuple) and value and all(isinstance(v, Edition) or is_dataclass(v) for v in value):
        if isinstance(value[0], Target):
            yield key, ", ".join(t.name for t in value)
        else:
            for i, item in enumerate(value):
                yield from _lines(f"{key}[{i}]", item)
    elif isinstance(value, tuple):
        yield key, ", ".join(str(v) for v in value)
    else:
        yield key, "" if value is None else str(value)
