"""The platforms that Broadsheet can write to. A new one is a folder beside this file and a line in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.chat.platform_spec import Platforms
from bot.platforms.slack.spec import SlackSpec
from bot.platforms.telegram.spec import TelegramSpec
from digest.settings import Settings, load

PLATFORMS: Platforms = {
    spec.platform: spec
    for spec in (
        TelegramSpec(),
        SlackSpec(),
    )
}


def load_settings(path: Path, environ: Mapping[str, str], platforms: Platforms = PLATFORMS) -> Settings:
    """The settings of the file at `path` with the secrets of `environ`. Raises `ConfigError` with every mistake."""
    return load(path, environ, [spec.table for spec in platforms.values()])
