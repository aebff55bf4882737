"""Slack: both tokens, what the app may do, each channel, Socket Mode."""

from __future__ import annotations

from bot.doctor.findings import CheckResult, failed, passed, skipped
from bot.platforms.slack.diagnostics import SlackDiagnosticError, SlackDiagnostics, inspecting
from digest.models.model import Platform
from digest.settings import Settings

AREA = "Slack"
_OF_A_CHANNEL = ("slack.channel", "slack.not_in_channel", "slack.archived")


async def check_slack(settings: Settings) -> list[CheckResult]:
    """How it is. No connection of Socket Mode is opened, so that a running bot keeps all its events."""
    token, addresses = settings.secrets.slack_bot_token, _addresses(settings)
    if not token:
        return [skipped(AREA, "no token is set")] if addresses else []
    try:
        async with inspecting(token, settings.slack.base_url) as look:
            who = await look.who()
            found = [passed(AREA, f"the token is that of {who.user} in {who.team}")]
            if who.missing:
                found.append(failed(AREA, "slack.scopes", ", ".join(who.missing)))
            found += [await _channel(look, address) for address in addresses]
            if app_token := settings.secrets.slack_app_token:
                found.append(await _socket(look, app_token))
            return found
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


def _addresses(settings: Settings) -> list[str]:
    """Every channel that anything is sent to."""
    targets = [t.address for e in settings.editions for t in e.targets if t.platform is Platform.SLACK]
    platform, _, alerts = settings.alerts.chat.partition(":")
    return list(dict.fromkeys([*targets, *([alerts] if platform == Platform.SLACK else [])]))
