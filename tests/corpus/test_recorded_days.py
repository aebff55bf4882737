"""The recorded corpus through the real pipeline: 56 days of announcements, 19 real papers. Runs where ../shared is."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from bot.app import App, open_app
from bot.platforms.slack.settings import SlackSettings
from bot.platforms.telegram.settings import TelegramSettings
from digest.models.analysis import AnalysisPartKey, AnalysisSource
from digest.models.digest import Digest
from digest.models.edition import Edition, Platform, Target, UpdatePolicy
from digest.models.paper import AnnouncementKind
from digest.pdf.result import READER_VERSION
from digest.ports import Clock
from digest.report import digest_json, html_report, markdown_report
from digest.settings import (
    ArxivSettings,
    ReadingLimits,
    Secrets,
    Settings,
    StorageSettings,
)
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.slack.server import FakeSlack
from tests.fakes.telegram.server import FakeTelegram
from tests.shared import SHARED, needs_shared

pytestmark = [*needs_shared, pytest.mark.slow]

CATEGORIES = ("cs.AI", "cs.LG", "cs.RO", "cs.CV")
SAMPLE = {"2601.03309", "2601.04061", "2601.03467", "2511.00088"}


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHARED / "corpus/expected-matches.json").read_text(encoding="utf-8"))
    return found


@contextmanager
def mirror(day: str, *options: str) -> Iterator[str]:
    """The stand-in for arXiv, turned to that day."""
    command = [sys.executable, str(SHARED / "arxiv-mirror/mirror.py"), "--days", str(SHARED / "corpus/days")]
    with subprocess.Popen([*command, "--day", day, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def turn(base_url: str, day: str) -> None:
    body = json.dumps({"day": day}).encode()
    urlopen(Request(f"{base_url}/_day", body, {"Content-Type": "application/json"})).close()


@asynccontextmanager
async def app_on(
    base_url: str, folder: Path, edition: Edition, clock: Clock | None = None, **platforms: Any
) -> AsyncIterator[App]:
    arxiv = ArxivSettings(f"{base_url}/rss", f"{base_url}/api/query", f"{base_url}/pdf", "tests", 0.0)
    storage = StorageSettings(folder / "days.db")
    reading = ReadingLimits(cpu_seconds=600, wall_seconds=600)  # the slowest machine reads them as well
    settings = Settings(arxiv=arxiv, storage=storage, reading=reading, editions=(edition,), **platforms)
    async with open_app(settings, clock) as app:
        yield app


def edition(keywords: list[str], categories: tuple[str, ...] = CATEGORIES, **values: Any) -> Edition:
    return Edition("vla", categories, tuple(keywords), language="zh", **values)


def faults(digest: Digest) -> list[str]:
    """The defects of the system that Broadsheet replaces, wherever one shows in a digest."""
    data = digest_json(digest)
    found = []
    for card in data["cards"]:
        text = json.dumps(card, ensure_ascii=False)
        found += [f"{card['id']}: oai" for _ in re.findall(r"oai:arXiv", text)]
        found += [f"{card['id']}: prefix" for _ in re.findall(r"Announce Type", text)]
        found += [f"{card['id']}: author {a!r}" for a in card["authors"] if not a.strip(" :")]
        found += [f"{card['id']}: no authors"] * (not card["authors"])
        found += [f"{card['id']}: pleasantry" for _ in re.findall(r"好的，|作为一名", text)]
        url = card["code_url"]
        if url is not None and not re.fullmatch(r"https?://[\w.-]+(/[\w.~%+/#?=&@:()-]*)?(?<![.,;:])", url):
            found.append(f"{card['id']}: link {url!r}")
    return found


async def test_the_sample_reports_day(tmp_path: Path, expected: dict[str, Any]) -> None:
    """2026-01-09 gives exactly the papers that must match by kind new and cross; Alpamayo-R1 is an update."""
    day = expected["days"]["2026-01-09"]["matches"]
    with mirror("2026-01-09") as base_url:
        async with app_on(base_url, tmp_path, edition(expected["keywords"], updates=UpdatePolicy.ALL)) as app:
            digest = await app.collect_and_build_digest(app.settings.editions[0], date(2026, 1, 9), publish=False)
            again = await app.collect_and_build_digest(app.settings.editions[0], date(2026, 1, 9), publish=False)

    assert {c.paper.id for c in digest.cards} == {i for i, m in day.items() if m["kind"] in ("new", "cross")}
    assert {u.paper.id for u in digest.updates} == {i for i, m in day.items() if m["kind"].startswith("replace")}
    assert "2601.03309" in {c.paper.id for c in digest.cards}
    assert "2511.00088" in {u.paper.id for u in digest.updates}
    assert faults(digest) == []
    assert again == digest


async def test_all_days_in_order(tmp_path: Path, expected: dict[str, Any]) -> None:
    """Every expected match is carded once, no trap is matched, and newer versions only ever are updates."""
    carded: dict[str, int] = {}
    updates: list[tuple[str, int]] = []
    found: list[str] = []
    days = sorted(expected["days"])
    with mirror(days[0]) as base_url:
        async with app_on(base_url, tmp_path, edition(expected["keywords"])) as app:
            for day in days:
                turn(base_url, day)
                digest = await app.collect_and_build_digest(
                    app.settings.editions[0], date.fromisoformat(day), publish=False
                )
                found += faults(digest)
                for card in digest.cards:
                    assert card.paper.id not in carded, f"{card.paper.id} was carded twice"
                    assert card.paper.id not in expected["days"][day]["traps"]
                    carded[card.paper.id] = card.paper.version
                for update in digest.updates:
                    assert update.paper.version > carded[update.paper.id]
                    updates.append((update.paper.id, update.paper.version))
    wanted = {
        paper_id
        for day in expected["days"].values()
        for paper_id, match in day["matches"].items()
        if AnnouncementKind(match["kind"]) in (AnnouncementKind.NEW, AnnouncementKind.CROSS)
    }

    assert carded.keys() == wanted
    assert len(updates) == len(set(updates))
    assert updates
    assert found == []


async def test_nineteen_real_papers(tmp_path: Path) -> None:
    """Each is read in full; six parts each; every excerpt stands verbatim in the paper on the page that it names."""
    papers = [
        json.loads(line) for line in (SHARED / "corpus/days/2026-01-13.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    categories = tuple(sorted({paper["categories"][0] for paper in papers}))
    everything = edition([f"cat:{category}" for category in categories], categories)
    with mirror("2026-01-13", "--pdfs", str(SHARED / "corpus/pdf")) as base_url:
        async with app_on(base_url, tmp_path, everything) as app:
            digest = await app.collect_and_build_digest(app.settings.editions[0], date(2026, 1, 13), publish=False)
            texts = {
                c.paper.id: app.stores.papers.text(c.paper.id, c.paper.version, READER_VERSION) for c in digest.cards
            }

    assert {c.paper.id for c in digest.cards} == {paper["id"] for paper in papers}
    counts = {card.paper.id: len(card.analysis.parts) for card in digest.cards}
    assert min(counts.values()) >= 1
    assert sum(count >= 4 for count in counts.values()) >= 15, counts  # a part for which nothing fits is left out
    for card in digest.cards:
        text = texts[card.paper.id]
        assert card.analysis.made_from is AnalysisSource.FULL_TEXT, card.paper.id
        assert text is not None
        keys = [part.key for part in card.analysis.parts]
        assert keys == [key for key in AnalysisPartKey if key in keys], card.paper.id
        pages: dict[int, str] = {}
        for section in text.sections:
            for paragraph in section.paragraphs:
                for page in {paragraph.page, *(page for _, page in paragraph.breaks)}:
                    pages[page] = pages.get(page, "") + " " + paragraph.text
        for part in card.analysis.parts:
            assert part.statements, f"{card.paper.id}: {part.key} is empty"
            for statement in part.statements:
                assert statement.is_found
                assert statement.evidence is not None
                assert statement.evidence.page is not None
                assert " ".join(statement.evidence.quote.split()) in " ".join(pages[statement.evidence.page].split())
    assert faults(digest) == []
    assert markdown_report(digest)
    assert html_report(digest)


@pytest.mark.parametrize("day", ["2026-01-09", "2026-01-13"])
async def test_every_message_is_taken(tmp_path: Path, expected: dict[str, Any], day: str) -> None:
    """By strict fakes of both platforms, at their pace, each once; the same day again sends nothing."""
    clock = FakeClock(datetime(2026, 1, 14, 12, tzinfo=UTC))
    announced = date.fromisoformat(day)
    targets = (Target(Platform("telegram"), "-1001"), Target(Platform("slack"), "C0001"))
    papers = (SHARED / f"corpus/days/{day}.jsonl").read_text(encoding="utf-8").splitlines()
    categories = CATEGORIES if day == "2026-01-09" else tuple({json.loads(p)["categories"][0] for p in papers})
    keywords = expected["keywords"] if day == "2026-01-09" else [f"cat:{category}" for category in categories]
    with mirror(day, "--pdfs", str(SHARED / "corpus/pdf")) as base_url:
        async with FakeTelegram(clock) as telegram, FakeSlack(clock) as slack:
            telegram.channel(-1001, "News", "news")
            slack.channel("C0001", "papers")
            one = edition(keywords, categories, targets=targets)
            platforms = {
                "platforms": {
                    Platform("telegram"): TelegramSettings(base_url=telegram.url),
                    Platform("slack"): SlackSettings(base_url=slack.url),
                },
                "secrets": Secrets({"TELEGRAM_BOT_TOKEN": telegram.token, "SLACK_BOT_TOKEN": slack.token}),
            }
            async with app_on(base_url, tmp_path, one, clock, **platforms) as app:
                digest = await app.collect_and_build_digest(one, announced)
                failed = await app.deliver()
                sent = len(telegram.calls), len(slack.calls)
                await app.collect_and_build_digest(one, announced)
                failed += await app.deliver()
            messages = [m for _, m in telegram.chats.by_id[-1001].in_order()]

    assert failed == []
    assert telegram.remarks == slack.remarks == []
    assert (len(telegram.calls), len(slack.calls)) == sent
    posted = digest.cards[: one.max_cards]
    assert len(messages) >= 1 + len(posted)
    assert all(card.paper.versioned_id in str(messages) for card in posted)
