"""`config.toml` and the environment -> `Settings`, or every mistake at once.

schema.py          every key with its default and its checks: a frozen dataclass a table
platform_table.py  what a chat platform adds: its table, its list of chats, its secrets
validators.py      what may stand in a value
table_reader.py    a parsed TOML table -> its dataclass, collecting mistakes with their dotted keys
secrets.py         tokens and keys, from the environment only
loader.py          the file and the environment together
describe.py        the settings as `check-config` prints them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from digest.settings.describe import describe_settings
from digest.settings.platform_table import PlatformTable
from digest.settings.schema import (
    AlertSettings,
    ArchiveSettings,
    ArxivSettings,
    CommandSettings,
    EditionSettings,
    EngineSettings,
    HttpSettings,
    LlmBudget,
    LlmModel,
    LlmSettings,
    LoggingSettings,
    MetricsSettings,
    ReadingLimits,
    ScheduleSettings,
    Settings,
    StorageSettings,
    ZoteroSettings,
)
from digest.settings.secrets import Secrets

__all__ = [
    "AlertSettings",
    "ArchiveSettings",
    "ArxivSettings",
    "CommandSettings",
    "EditionSettings",
    "EngineSettings",
    "HttpSettings",
    "LlmBudget",
    "LlmModel",
    "LlmSettings",
    "LoggingSettings",
    "MetricsSettings",
    "PlatformTable",
    "ReadingLimits",
    "ScheduleSettings",
    "Secrets",
    "Settings",
    "StorageSettings",
    "ZoteroSettings",
    "describe_settings",
    "load",
]


def load(path: Path, environ: Mapping[str, str], platforms: Sequence[PlatformTable] = ()) -> Settings:
    """The settings of the file at `path` with the secrets of `environ`, for these platforms. Raises `ConfigError` with
    every mistake. `bot.platforms.registry.load_settings` is the same with every platform there is."""
    from digest.settings.loader import load as load_file  # here: child processes need the classes only

    return load_file(path, environ, platforms)
