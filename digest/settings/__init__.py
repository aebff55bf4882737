"""`config.toml` and the environment -> `Settings`, or every mistake at once.

schema.py    every key with its default and its checks: a frozen dataclass a table
checks.py    what may stand in a value
tables.py    a parsed TOML table -> its dataclass, collecting mistakes with their dotted keys
secrets.py   tokens and keys, from the environment only
loading.py   the file and the environment together
showing.py   the settings as `check-config` prints them
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from digest.settings.describe import describe_settings
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
    SlackSettings,
    StorageSettings,
    TelegramSettings,
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
    "ReadingLimits",
    "ScheduleSettings",
    "Secrets",
    "Settings",
    "SlackSettings",
    "StorageSettings",
    "TelegramSettings",
    "ZoteroSettings",
    "describe_settings",
    "load",
]


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the file at `path` with the secrets of `environ`. Raises `ConfigError` with every mistake."""
    from digest.settings.loader import load as load_file  # here: child processes need the classes only

    return load_file(path, environ)
