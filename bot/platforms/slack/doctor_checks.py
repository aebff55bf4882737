"""Slack: both tokens, what the app may do, each channel, Socket Mode."""

from __future__ import annotations

from collections.abc import Sequence

from bot.console.findings import CheckResult, failed, passed, skipped
from bot.platforms.slack.diagnostics import SlackDiagnosticError, SlackDiagnostics, inspecting
from bot.platforms.slack.settings import APP_TOKEN, BOT_TOKEN, SlackSettings
from digest.settings import Settings

AREA = "Slack"
_OF_A_CHANNEL = ("slack.channel", "slack.not_in_channel", "slack.archived")


async def check_slack(settings: Settings, addresses: Sequence[str]) -> list[CheckResult]:
    """The tokens and the channels at `addresses`. No Socket Mode connection is opened, so that a running bot keeps all
    its events."""
    token = settings.secrets.get(BOT_TOKEN)
    if not token:
        return [skipped(AREA, "no token is set")] if addresses else []
    try:
        async with inspecting(token, settings.platform_table(SlackSettings).base_url) as look:
            identity = await look.who()
            results = [passed(AREA, f"the token is that of {identity.user} in {identity.team}")]
            if identity.missing:
                results.append(failed(AREA, "slack.scopes", ", ".join(identity.missing)))
            results += [await _channel(look, address) for address in addresses]
            if app_token := settings.secrets.get(APP_TOKEN):
                results.append(await _socket(look, app_token))
            return results
    except SlackDiagnosticError as trouble:
        return [failed(AREA, trouble.code, trouble.why)]


async def _channel(look: SlackDiagnostics, address: str) -> CheckResult:
    try:
        channel = await look.channel(address)
    except SlackDiagnosticError as trouble:
        if trouble.code not in _OF_A_CHANNEL:
            raise
        return failed(AREA, trouble.code, address)
    if channel.is_archived:
        return failed(AREA, "slack.archived", channel.shown)
    if not channel.is_member:
        return failed(AREA, "slack.not_in_channel", channel.shown)
    return passed(AREA, f"is in {channel.shown}")


async def _socket(look: SlackDiagnostics, app_token: str) -> CheckResult:
    try:
        await look.socket(app_token)
    except SlackDiagnosticError as trouble:
        return failed(AREA, trouble.code, trouble.why)
    return passed(AREA, "Socket Mode opens: commands and buttons work")
