"""`broadsheet init`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from bot.platforms.registry import PLATFORMS

PLATFORM_OPTIONS = [option for spec in PLATFORMS.values() for option in spec.setup_options]


class TerminalPrompter:
    """Implements `bot.console.prompt.Talk`. Questions go to standard error, as all that is no result."""

    def __init__(self, is_live: bool) -> None:
        self._is_live = is_live
        self.asked = 0

    @property
    def is_live(self) -> bool:
        return self._is_live

    def say(self, text: str = "") -> None:
        click.echo(text, err=True)

    def ask(self, question: str, default: str = "", *, secret: bool = False) -> str:
        if not self._is_live:
            return default
        self.asked += 1
        hidden = secret and sys.stdin.isatty()  # what comes through a pipe is shown nowhere anyway
        typed: str = click.prompt(
            question, default=default, show_default=bool(default) and not secret, hide_input=hidden, err=True
        )
        return typed.strip()


def platform_options(function: Callable[..., None]) -> Callable[..., None]:
    """An option for each of the platforms' own, in the order of the registry."""
    for option in reversed(PLATFORM_OPTIONS):
        function = click.option(f"--{option.name}", default="", metavar=option.metavar, help=option.help)(function)
    return function


@click.command("init")
@click.option("--edition", default="", metavar="NAME", help="The edition; a new name adds one. By default the first.")
@click.option("--title", default="", help="What readers see at the top of a digest.")
@click.option("--category", "categories", multiple=True, metavar="CODE", help="A category of arXiv; may be repeated.")
@click.option("--keyword", "keywords", multiple=True, help="What to look for; may be repeated.")
@click.option("--language", default="", metavar="CODE", help="zh, en, or another language for the analyses alone.")
@click.option("--at", "publish_at", default="", metavar="HH:MM", help="When the digest is published.")
@click.option("--timezone", default="", metavar="ZONE", help="The time zone of that, such as Asia/Shanghai.")
@platform_options
@click.option("--llm-url", default="", metavar="URL", help="The model's server.")
@click.option("--llm-model", default="", metavar="NAME", help="The model.")
@click.option(
    "--prices",
    type=(float, float, float),
    default=None,
    metavar="READ CACHED WRITTEN",
    help="Money for a million tokens of the model.",
)
@click.option("--contact", default="", help="Your mail address or page, told to arXiv with each request.")
@click.option("--no-input", is_flag=True, help="Ask nothing: what is not given stays as it is.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    edition: str,
    title: str,
    categories: tuple[str, ...],
    keywords: tuple[str, ...],
    language: str,
    publish_at: str,
    timezone: str,
    llm_url: str,
    llm_model: str,
    prices: tuple[float, float, float] | None,
    contact: str,
    no_input: bool,
    **chats: str,
) -> None:
    """Set Broadsheet up: a few questions, and a working config.toml and .env.

    Categories and keywords, tried at once on the newest papers; time and language; Telegram and Slack, whose tokens and
    rights are tried; a model, if you want one. Safe to run again: Enter keeps what is there, comments stay, and nothing
    is written before the last answer. Tokens for scripts come from the environment: TELEGRAM_BOT_TOKEN,
    SLACK_BOT_TOKEN, SLACK_APP_TOKEN, LLM_API_KEY.
    """
    from bot.clock import SystemClock
    from bot.setup.setup_answers import SetupAnswers
    from bot.setup.wizard import NEXT, set_up

    answers = SetupAnswers(
        edition, title, categories, keywords, language, publish_at, timezone,
        {name.replace("_", "-"): value for name, value in chats.items()}, llm_url, llm_model, prices, contact,
    )  # fmt: skip
    talk = TerminalPrompter(is_live=not no_input)
    asyncio.run(set_up(ctx.obj, answers, talk, os.environ, SystemClock(), PLATFORMS))
    name = Path(sys.argv[0]).name or "broadsheet"
    talk.say(NEXT.format(command=sys.argv[0] if "/" in sys.argv[0] and not _on_path(name) else name))


def _on_path(name: str) -> bool:
    import shutil

    return shutil.which(name) is not None
