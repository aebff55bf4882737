"""Slack in the set-up: the tokens are tried, the channel found, and the app's rights there checked."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.platform_spec import SetupContext, SetupResult
from bot.console.prompt import Prompter, SilentPrompter, show_advice
from bot.platforms.slack.diagnostics import SlackDiagnosticError, SlackDiagnostics, inspecting
from bot.platforms.slack.settings import APP_TOKEN, BOT_TOKEN, SLACK, SlackSettings, check_chat
from digest.errors import InputError

_SHOWN = 20  # channels

SLACK_APP = """\
Slack. `broadsheet slack-manifest` prints the manifest of the app; at https://api.slack.com/apps: Create New App, From a
manifest, paste it, Install to Workspace. Bot token: OAuth & Permissions, xoxb-…. App token, for commands: Basic
Information, App-Level Tokens, Generate with the scope connections:write, xapp-…."""


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """A channel that an edition can be published to."""

    address: str
    name: str


async def ask_about_slack(context: SetupContext) -> SetupResult:
    """Both tokens and the channel. Raises `InputError` for a channel that can't be."""
    base_url = context.settings.platform_table(SlackSettings).base_url
    stored = context.settings.secrets.get(BOT_TOKEN) or ""
    chosen = context.options.get("slack", "")
    talk = SilentPrompter(context.prompter) if chosen and stored else context.prompter
    if talk.is_live and not stored:
        talk.say(SLACK_APP)
    hint = "Enter keeps those that are there" if stored else "Enter: no Slack"
    typed = talk.ask(f"Slack tokens, xoxb-… and xapp-…, a space between ({hint})", "", secret=True)
    bot, app = split_tokens(typed) if typed else (stored, "")
    app = app or context.settings.secrets.get(APP_TOKEN) or ""
    addresses = context.addresses(SLACK)
    chosen = chosen or (addresses[0] if addresses and bot == stored else "")
    bot, app, channel = await slack_channel(talk, base_url, bot, app, chosen)
    if not bot:
        return SetupResult()
    secrets = {BOT_TOKEN: bot} | ({APP_TOKEN: app} if app else {})
    if channel is None:
        return SetupResult(secrets=secrets)
    if problem := check_chat(channel.address):
        raise InputError(problem)
    return SetupResult(tuple(dict.fromkeys([*addresses, channel.address])), secrets=secrets)


async def slack_channel(
    talk: Prompter, base_url: str, bot_token: str, app_token: str, preset: str
) -> tuple[str, str, SlackChannel | None]:
    """Both tokens that work, and the channel. Empty and None where Slack is left out."""
    while bot_token:
        try:
            async with inspecting(bot_token, base_url) as look:
                identity = await look.who()
                talk.say(f"  the token is that of {identity.user} in {identity.team}")
                if identity.missing:
                    show_advice(talk, "slack.scopes", ", ".join(identity.missing))
                if app_token:
                    await _try_socket(talk, look, app_token)
                return bot_token, app_token, await _slack_channel(talk, look, preset)
        except SlackDiagnosticError as trouble:
            show_advice(talk, trouble.code, trouble.why)
            if trouble.code != "slack.token" or not talk.is_live:
                return bot_token, app_token, SlackChannel(preset, preset) if preset else None
            bot_token, app_token = split_tokens(talk.ask("Slack tokens (Enter: leave Slack out)", secret=True))
    return "", "", None


async def _try_socket(talk: Prompter, look: SlackDiagnostics, app_token: str) -> None:
    try:
        await look.socket(app_token)
    except SlackDiagnosticError as trouble:
        show_advice(talk, trouble.code, trouble.why)
    else:
        talk.say("  the app's token opens Socket Mode: commands will work")


async def _slack_channel(talk: Prompter, look: SlackDiagnostics, preset: str) -> SlackChannel | None:
    """The channel that was named, by name or id."""
    channels = await look.channels()
    if not preset and talk.is_live:
        for channel_info in channels[:_SHOWN]:
            talk.say(f"  {channel_info.shown}" + ("" if channel_info.is_member else "   (the app is not in it yet)"))
    while True:
        channel_name = preset or talk.ask("Channel: #name or id")
        preset = ""
        if not channel_name:
            return None
        channel = next((c for c in channels if channel_name.lstrip("#") in (c.id, c.name)), None)
        if channel is None:
            show_advice(talk, "slack.channel", channel_name)
            if not talk.is_live:
                return SlackChannel(channel_name, channel_name)
            continue
        if not channel.is_member:
            show_advice(talk, "slack.not_in_channel", f"#{channel.name}")
        return SlackChannel(channel.id, channel.name)


def split_tokens(text: str) -> tuple[str, str]:
    """The bot's token and the app's, pasted in any order with anything between them."""
    words = text.replace(",", " ").split()
    bot = next((w for w in words if w.startswith("xox")), "")
    app = next((w for w in words if w.startswith("xapp-")), "")
    return bot or next((w for w in words if w != app), ""), app
