"""The trends of a week -> messages in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.chat.message_sender import Picture
from bot.chat.platform_spec import Platforms
from bot.delivery.planner import reachable_targets
from bot.logs import log
from bot.scheduling.digest_services import DigestServices
from digest.models.delivery import Message
from digest.models.edition import Edition, Target
from digest.trends.aggregation import WeeklyTrends
from digest.trends.chart_process import render_chart
from digest.trends.queries import load_trends
from digest.trends.summary import alt, caption, summary


class ChartRenderer(Protocol):
    """Draws an edition's trends as a PNG."""

    async def __call__(self, weekly: WeeklyTrends, /) -> bytes: ...


async def add_trends(app: DigestServices, edition: Edition, day: date, draw: ChartRenderer = render_chart) -> None:
    """The trends of the day's week, for those chats of the edition that don't have them yet. A picture that can't be
    drawn costs the picture alone."""
    chats, outbox = app.stores.chats, app.stores.deliveries
    served = {chats.migrated_target(delivery.target) for delivery in outbox.deliveries(trends_key(edition.name, day))}
    targets = [t for t in reachable_targets(edition.targets, chats, app.clock.now()) if t not in served]
    if not targets:
        return
    weekly = await load_trends(app.stores, edition, day, await app.preference_model(edition))
    try:
        png = await draw(weekly)
    except (OSError, ValueError, TimeoutError) as error:
        log("trends").error("not drawn", why=str(error))
        png = None
    outbox.add(plan_trends_messages(weekly, png, day, targets, app.platforms))


def trends_key(edition: str, day: date) -> str:
    """What `Delivery.digest` says of the messages."""
    return f"{edition}/{day.isoformat()}/trends"


def plan_trends_messages(
    weekly: WeeklyTrends, png: bytes | None, day: date, targets: Sequence[Target], platforms: Platforms
) -> list[Message]:
    """The picture, where it could be drawn, and what it tells in words below it."""
    name = f"{weekly.edition}-{day}.png".replace(":", "-")
    picture = Picture(png, name, caption(weekly), alt(weekly)).payload if png else None
    why, words = trends_key(weekly.edition, day), summary(weekly)
    messages: list[Message] = []
    for target in targets:
        first = len(messages)
        if picture is not None:
            messages.append(Message(why, target, "picture", picture))
        for index, payload in enumerate(platforms[target.platform].render(words)):
            parent = first if first < len(messages) else None
            messages.append(Message(why, target, "part" if index else "overview", payload, parent=parent))
    return messages
