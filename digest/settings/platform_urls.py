"""The addresses of the platforms, in the form that their libraries take, from every form that people write."""

from __future__ import annotations

from urllib.parse import urlsplit


def telegram_api(url: str) -> str:
    """python-telegram-bot puts the token right behind the address: `http://host`, `http://host/` and
    `http://host/bot/` are all `http://host/bot`."""
    bare = url.rstrip("/")
    return bare if bare.endswith("/bot") or not bare else f"{bare}/bot"


def slack_api(url: str) -> str:
    """slack_sdk puts the method right behind the address: `http://host` and `http://host/api` are `http://host/api/`.
    Any other path is kept."""
    bare = url.rstrip("/")
    if not bare:
        return ""
    return f"{bare}/" if urlsplit(bare).path else f"{bare}/api/"
