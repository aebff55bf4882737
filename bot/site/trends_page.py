"""The trends of an edition as a page of the archive: what its chats get on Friday, always up to date."""

from __future__ import annotations

import asyncio
from datetime import date

from bot.logs import log
from digest.models.edition import Edition
from digest.site.pages import SitePages
from digest.trends.aggregation import WeeklyTrends
from digest.trends.chart_process import render_chart
from digest.trends.queries import load_trends
from storage.stores.all_stores import SqliteStores

PICTURE = "trends.svg"


def trends_files(stores: SqliteStores, edition: Edition, newest: date) -> dict[str, str | bytes]:
    """The page and its picture, of the week of `newest`. Blocks; call it where no event loop runs. A picture that can't
    be drawn costs the picture alone."""
    weekly = asyncio.run(load_trends(stores, edition, newest))
    picture = _drawn(weekly)
    files: dict[str, str | bytes] = {"trends.html": SitePages(edition).trends(weekly, PICTURE if picture else "")}
    return files | ({PICTURE: picture} if picture else {})


def _drawn(weekly: WeeklyTrends) -> bytes:
    try:
        return asyncio.run(render_chart(weekly, "svg"))
    except (OSError, ValueError, TimeoutError) as error:
        log("archive").error("the trends could not be drawn", why=str(error))
        return b""
