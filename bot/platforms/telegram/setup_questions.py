"""Telegram in the set-up: the token is tried, the chat found, and the bot's rights there checked."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.platform_spec import SetupContext, SetupResult
from bot.console.prompt import Prompter, SilentPrompter, show_advice
from bot.platforms.telegram.diagnostics import (
    TelegramChatInfo,
    TelegramDiagnosticError,
    TelegramDiagnostics,
    inspecting,
)
from bot.platforms.telegram.settings import BOT_TOKEN, TELEGRAM, TelegramSettings
from digest.errors import InputError
from digest.ports import Clock

LISTEN = 300.0  # seconds in which a message in the chat is waited for

BOTFATHER = """\
Telegram. In the app, open @BotFather and send it /newbot; it asks for a name and gives you a token.
(Already have a bot? /mybots shows its token.) For a channel, make the bot an administrator who may post messages."""


@dataclass(frozen=True, slots=True)
class TelegramChat:
    """A chat that an edition can be published to."""

    address: str
    title: str
    kind: str = ""


async def ask_about_telegram(context: SetupContext) -> SetupResult:
    """The token, the chat, and on request the log chat. Raises `InputError` for an option that can't be."""
    base_url = context.settings.platform_table(TelegramSettings).base_url
    stored = context.settings.secrets.get(BOT_TOKEN) or ""
    chosen, log_chat = context.options.get("telegram", ""), context.options.get("log-chat", "")
    talk = SilentPrompter(context.prompter) if chosen and stored else context.prompter
    if talk.is_live and not stored:
        talk.say(BOTFATHER)
    hint = "Enter keeps the one that is there" if stored else "Enter: no Telegram"
    token = talk.ask(f"Telegram token ({hint})", stored, secret=True)
    addresses = context.addresses(TELEGRAM)
    chosen = chosen or (addresses[0] if addresses and token == stored else "")
    token, chat = await telegram_chat(talk, context.clock, base_url, token, chosen)
    if not token:
        return SetupResult()
    table = {"log_chat": await _log_chat(context, base_url, token, log_chat)} if log_chat else {}
    chats = tuple(map(_number, dict.fromkeys([*addresses, chat.address]))) if chat else ()
    title = chat.title if chat and chat.kind != "private" else ""
    return SetupResult(chats, table, {BOT_TOKEN: token}, title)


async def _log_chat(context: SetupContext, base_url: str, token: str, option: str) -> str:
    if option != "find":
        return option
    chat = await private_chat(context.prompter, context.clock, base_url, token)
    if chat is None:
        raise InputError("nobody wrote to the bot in a private chat")
    return chat.address


def _number(address: str) -> str | int:
    return address if address.startswith("@") else int(address)


async def telegram_chat(
    talk: Prompter, clock: Clock, base_url: str, token: str, preset: str
) -> tuple[str, TelegramChat | None]:
    """The token that works (asked for anew until it does), and the chat. Empty and None where Telegram is left out."""
    while token:
        try:
            async with inspecting(token, base_url, clock) as look:
                talk.say(f"  the token is that of {await look.name()}")
                return token, await _telegram_place(talk, look, preset)
        except TelegramDiagnosticError as trouble:
            show_advice(talk, trouble.code, trouble.why)
            if trouble.code != "telegram.token" or not talk.is_live:
                return token, TelegramChat(preset, preset) if preset else None
            token = talk.ask("Telegram token (Enter: leave Telegram out)", secret=True)
    return "", None


async def _telegram_place(talk: Prompter, look: TelegramDiagnostics, preset: str) -> TelegramChat | None:
    """The chat that was named, or the first from which anything comes."""
    name = await look.name()
    while True:
        address = preset or talk.ask("Chat: @channel or a number; Enter: I find it from a message")
        preset = ""
        try:
            if address:
                chat_info = await look.place(address)
            elif not talk.is_live:
                return None
            else:
                talk.say(
                    f"  Post anything in the channel of which {name} is an administrator, or write to {name} itself."
                )
                chat_heard = await _first(look)
                if chat_heard is None:
                    talk.say("  Nothing came. Is the bot in that chat? Channels need it as an administrator.")
                    continue
                chat_info = chat_heard
        except TelegramDiagnosticError as trouble:
            show_advice(talk, trouble.code, trouble.why)
            if (
                trouble.code in ("telegram.other_poller", "telegram.webhook", "telegram.unreachable")
                or not talk.is_live
            ):
                return TelegramChat(address, address) if address else None
            continue
        talk.say(f"  {chat_info.shown}")
        if chat_info.problem:
            show_advice(talk, "telegram.rights", chat_info.problem)
        chat_name = address if address.startswith("@") else chat_info.address
        return TelegramChat(chat_name, chat_info.title, chat_info.kind)


async def _first(look: TelegramDiagnostics) -> TelegramChatInfo | None:
    async for chat_info in look.heard(LISTEN):
        return chat_info
    return None


async def private_chat(talk: Prompter, clock: Clock, base_url: str, token: str) -> TelegramChat | None:
    """The private chat of whoever writes to the bot first."""
    try:
        async with inspecting(token, base_url, clock) as look:
            talk.say(f"  Write anything to {await look.name()} in Telegram.")
            async for chat_info in look.heard(LISTEN):
                if chat_info.kind == "private":
                    talk.say(f"  {chat_info.shown}")
                    return TelegramChat(chat_info.address, chat_info.title, chat_info.kind)
    except TelegramDiagnosticError as trouble:
        show_advice(talk, trouble.code, trouble.why)
    return None
