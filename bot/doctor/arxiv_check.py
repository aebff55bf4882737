"""arXiv: whether its feeds come, and how old they are. One request a category, at arXiv's pace."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.console.findings import CheckResult, failed, passed
from digest.arxiv.calendar import newest_expected_day, turns_over_at
from digest.arxiv.client import ArxivClient
from digest.arxiv.errors import FeedError, FetchError
from digest.arxiv.http_client import ArxivHttpClient
from digest.ports import Clock
from digest.settings import Settings, validators

AREA = "arXiv"
_NOT_THERE = ("fetch.status", "fetch.too_large")  # an answer came: arXiv can be reached


@dataclass(slots=True)
class FeedCheck:
    """What was found; `their_time` is the server's clock, with `our_time` at that moment."""

    findings: list[CheckResult] = field(default_factory=list)
    their_time: datetime | None = None
    our_time: datetime | None = None


async def check_feeds(settings: Settings, clock: Clock) -> FeedCheck:
    """The feed of each category of any edition, once."""
    arxiv_settings, feed_check = settings.arxiv, FeedCheck()
    categories = dict.fromkeys(c for edition in settings.editions for c in edition.categories)
    public = not all(
        validators.is_loopback(url) for url in (arxiv_settings.rss_url, arxiv_settings.api_url, arxiv_settings.pdf_url)
    )
    if public and not arxiv_settings.contact:
        feed_check.findings.append(failed(AREA, "arxiv.contact"))
    patience = replace(settings.http, max_attempts=min(2, settings.http.max_attempts))
    fetcher = ArxivHttpClient(patience, clock, contact=arxiv_settings.contact, min_interval=arxiv_settings.min_interval)
    arxiv = ArxivClient(
        fetcher,
        arxiv_settings.rss_url,
        arxiv_settings.api_url,
        arxiv_settings.pdf_url,
        max_feed_bytes=settings.http.max_feed_bytes,
    )
    try:
        for category in categories:
            finding = await _feed(arxiv, category, clock.now())
            feed_check.findings.append(finding)
            if finding.code == "arxiv.unreachable":
                break  # the others would only wait for the same
        feed_check.their_time, feed_check.our_time = fetcher.their_time, fetcher.our_time
    finally:
        await fetcher.aclose()
    return feed_check


async def _feed(arxiv: ArxivClient, category: str, now: datetime) -> CheckResult:
    try:
        feed = await arxiv.feed(category)
    except FetchError as error:
        reached = error.notice.code in _NOT_THERE
        return failed(AREA, "arxiv.feed" if reached else "arxiv.unreachable", f"{category}: {error}")
    except FeedError as error:
        return failed(AREA, "arxiv.feed", f"{category}: {error}")
    expected = newest_expected_day(now)
    if feed.day < expected:
        hours = (now - turns_over_at(expected)).total_seconds() / 3600
        return failed(AREA, "arxiv.late", f"{category} shows {feed.day}, {expected} is {hours:.0f} hours late")
    return passed(AREA, f"{category}: {len(feed.announcements)} entries of {feed.day}")
