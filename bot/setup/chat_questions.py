"""Telegram and Slack in the set-up: a token is tried, the chat found, and what the bot may do there is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from bot.doctor.advice import advice
from bot.platforms.slack import diagnostics as slack_diagnostics
from bot.platforms.slack.diagnostics import SlackDiagnosticError
from bot.platforms.telegram import diagnostics as telegram_diagnostics
from bot.platforms.telegram.diagnostics import TelegramDiagnosticError
from bot.setup.prompt import Prompter
from digest.ports import Clock

LISTEN = 300.0  # seconds in which a message in the chat is waited for
_SHOWN = 20  # channels

BOTFATHER = """\
Telegram. In the app, open @BotFather and send it /newbot; it asks for a name and gives you a token.
(Already have a bot? /mybots shows its token.) For a channel, make the bot an administrator who may post messages."""
SLACK_APP = """\
Slack. `broadsheet slack-manifest` prints the manifest of the app; at https://api.slack.com/apps: Create New App, From a
manifest, paste it, Install to Workspace. Bot token: OAuth & Permissions, xoxb-…. App token, for commands: Basic
Information, App-Level Tokens, Generate with the scope connections:write, xapp-…."""


@dataclass(frozen=True, slots=True)
class ChatCandidate:
    """A chat that an edition can be published to."""

    address: str
    title: str
    kind: str = ""


async def telegram_chat(
    talk: Prompter, clock: Clock, base_url: str, token: str, given: str
) -> tuple[str, ChatCandidate | None]:
    """The token that works (asked for anew until it does), and the chat. Empty and None where Telegram is left out."""
    while token:
        try:
            async with telegram_diagnostics.inspecting(token, base_url, clock) as look:
                talk.say(f"  the token is that of {await look.name()}")
                return token, await _telegram_place(talk, look, given)
        except TelegramDiagnosticError as trouble:
            _tell(talk, trouble.code, trouble.why)
            if trouble.code != "telegram.token" or not talk.is_live:
                return token, ChatCandidate(given, given) if given else None
            token = talk.ask("Telegram token (Enter: leave Telegram out)", secret=True)
    return "", None


async def _telegram_place(
    talk: Prompter, look: telegram_diagnostics.TelegramDiagnostics, given: str
) -> ChatCandidate | None:
    """The chat that was named, or the first from which anything comes."""
    name = await look.name()
    while True:
        wanted = given or talk.ask("Chat: @channel or a number; Enter: I find it from a message")
        given = ""
        try:
            if wanted:
                place = await look.place(wanted)
            elif not talk.is_live:
                return None
            else:
                talk.say(
                    f"  Post anything in the channel of which {name} is an administrator, or write to {name} itself."
                )
                heard = await _first(look)
                if heard is None:
                    talk.say("  Nothing came. Is the bot in that chat? Channels need it as an administrator.")
                    continue
                place = heard
        except TelegramDiagnosticError as trouble:
            _tell(talk, trouble.code, trouble.why)
            if (
                trouble.code in ("telegram.other_poller", "telegram.webhook", "telegram.unreachable")
                or not talk.is_live
            ):
                return ChatCandidate(wanted, wanted) if wanted else None
            continue
        talk.say(f"  {place.shown}")
        if place.problem:
            _tell(talk, "telegram.rights", place.problem)
        shown = wanted if wanted.startswith("@") else place.address
        return ChatCandidate(shown, place.title, place.kind)


async def _first(look: telegram_diagnostics.TelegramDiagnostics) -> telegram_diagnostics.TelegramChatInfo | None:
    async for place in look.heard(LISTEN):
        return place
    return None


async def slack_channel(
    talk: Prompter, base_url: str, bot_token: str, app_token: str, given: str
) -> tuple[str, str, ChatCandidate | None]:
    """Both tokens that work, and the channel. Empty and None where Slack is left out."""
    while bot_token:
        try:
            async with slack_diagnostics.inspecting(bot_token, base_url) as look:
                who = await look.who()
                talk.say(f"  the token is that of {who.user} in {who.team}")
                if who.missing:
                    _tell(talk, "slack.scopes", ", ".join(who.missing))
                if app_token:
                    await _try_socket(talk, look, app_token)
                return bot_token, app_token, await _slack_channel(talk, look, given)
        except SlackDiagnosticError as trouble:
            _tell(talk, trouble.code, trouble.why)
            if trouble.code != "slack.token" or not talk.is_live:
                return bot_token, app_token, ChatCandidate(given, given) if given else None
            bot_token, app_token = split_tokens(talk.ask("Slack tokens (Enter: leave Slack out)", secret=True))
    return "", "", None


async def _try_socket(talk: Prompter, look: slack_diagnostics.SlackDiagnostics, app_token: str) -> None:
    try:
        await look.socket(app_token)
    except SlackDiagnosticError as trouble:
        _tell(talk, trouble.code, trouble.why)
    else:
        talk.say("  the app's token opens Socket Mode: commands will work")


async def _slack_channel(talk: Prompter, look: slack_diagnostics.SlackDiagnostics, given: str) -> ChatCandidate | None:
    """The channel that was named, by name or id."""
    channels = await look.channels()
    if not given and talk.is_live:
        for one in channels[:_SHOWN]:
            talk.say(f"  {one.shown}" + ("" if one.is_member else "   (the app is not in it yet)"))
    while True:
        wanted = given or talk.ask("Channel: #name or id")
        given = ""
        if not wanted:
            return None
        found = next((c for c in channels if wanted.lstrip("#") in (c.id, c.name)), None)
        if found is None:
            _tell(talk, "slack.channel", wanted)
            if not talk.is_live:
                return ChatCandidate(wanted, wanted)
            continue
        if not found.is_member:
            _tell(talk, "slack.not_in_channel", f"#{found.name}")
        return ChatCandidate(found.id, found.name)


def split_tokens(text: str) -> tuple[str, str]:
    """The bot's token and the app's, pasted in any order with anything between them."""
    words = text.replace(",", " ").split()
    bot = next((w for w in words if w.startswith("xox")), "")
    app = next((w for w in words if w.startswith("xapp-")), "")
    return bot or next((w for w in words if w != app), ""), app


def _tell(talk: Prompter, code: str, why: str) -> None:
    what, to_do = advice(code, why)
    talk.say(f"  ! {what}")
    talk.say(f"    {to_do}")


async def private_chat(talk: Prompter, clock: Clock, base_url: str, token: str) -> ChatCandidate | None:
    """The private chat of whoever writes to the bot first."""
    try:
        async with telegram_diagnostics.inspecting(token, base_url, clock) as look:
            talk.say(f"  Write anything to {await look.name()} in Telegram.")
            async for place in look.heard(LISTEN):
                if place.kind == "private":
                    talk.say(f"  {place.shown}")
                    return ChatCandidate(place.address, place.title, place.kind)
    except TelegramDiagnosticError as trouble:
        _tell(talk, trouble.code, trouble.why)
    return None
