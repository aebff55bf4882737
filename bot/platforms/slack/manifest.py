"""Slack's app manifest, made from the command table (https://docs.slack.dev/reference/app-manifest)."""

from __future__ import annotations

from typing import Any

from bot.chat.request import Role
from bot.commands.command_table import command_menu
from digest.i18n.translator import Translator

SCOPES = (
    *("chat:write", "commands", "files:write"),
    *("channels:history", "groups:history", "channels:read", "groups:read"),  # to find what may have arrived
)
_LONGEST = 100  # characters of a hint or description


def manifest(language: str = "en") -> dict[str, Any]:
    """What to paste at https://api.slack.com/apps -> Create New App -> From a manifest."""
    texts = Translator(language)
    commands = [
        {
            "command": f"/{c.name}",
            "description": texts(f"help.{c.name}")[:_LONGEST],
            "usage_hint": texts(f"usage.{c.name}")[:_LONGEST],
            "should_escape": False,
        }
        for c in command_menu("channel", Role.EDITOR)
        if c.name not in ("help", "status", "search", "start", "about")  # names that other apps have, or Slack itself
    ]
    umbrella = {
        "command": "/broadsheet",
        "description": texts("slack.umbrella")[:_LONGEST],
        "usage_hint": "help",
        "should_escape": False,
    }
    return {
        "display_information": {"name": "Broadsheet", "description": texts("slack.description")},
        "features": {
            # Work that takes its time is followed in the app's direct messages.
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Broadsheet", "always_online": True},
            "slash_commands": [umbrella, *[{k: v for k, v in c.items() if v != ""} for c in commands]],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
