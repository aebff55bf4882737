"""Databases as released versions left them: `python -m tests.builders.old_databases 0.1.0` writes one, before a
release.

What a file holds is `fill`'s, through the stores of that version; it is never made anew by a later one.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.delivery.planner import plan_messages
from bot.platforms.registry import PLATFORMS
from digest.models.edition import Edition, Platform, Target
from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind
from digest.models.people import Actor, AuditEvent
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from tests.builders import papers
from tests.builders.digests import rich_day

FOLDER = Path(__file__).parents[1] / "data" / "databases"
NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
DAY = date(2026, 1, 9)
CHAT = Target(Platform("telegram"), "-1001")
EDITION = Edition("robots", ("cs.RO",), ("vla",), targets=(CHAT,))
PERSON = Actor("telegram:7", "Ada")


def fill(db: Database) -> None:
    """Something in every table."""
    stores, digest = SqliteStores.of(db), rich_day("zh")
    listed = [Announcement(card.paper, DAY, AnnouncementKind.NEW, "cs.RO") for card in digest.cards]
    stores.papers.save_day(CategoryDay("cs.RO", DAY, FeedState.FRESH, len(listed)), listed)
    stores.papers.search("vision")  # so that the index is there
    stores.papers.save_paper(papers.paper())
    stores.papers.save_text(papers.paper().id, 1, papers.text())
    for card in digest.cards:
        stores.analyses.save_analysis(card.analysis)
    stores.digests.save_digest(digest)
    first, second, *_ = stores.deliveries.add(plan_messages(digest, EDITION, PLATFORMS))
    stores.deliveries.mark_sending(first.id, None)
    stores.deliveries.mark_sent(first.id, "100")
    stores.deliveries.mark_sending(second.id, "100")
    stores.deliveries.mark_unknown(second.id, "the connection was lost")
    stores.chats.mute(Target(Platform("slack"), "C1"), NOW + timedelta(days=1))
    stores.editions.add_keyword(EDITION, "world model", PERSON)
    stores.editions.save_personal("telegram:7", Edition("ada", ("cs.CV",), ("radiance field",)))
    stores.editions.run_began("robots", DAY)
    stores.editions.run_ended("robots", DAY, "published")
    stores.people.save("telegram:7", papers.paper().id)
    stores.events.record(AuditEvent("keyword added", PERSON, "robots", "world model"))
    stores.seen.first_time("telegram", "5")
    stores.spending.record(DAY, "m", papers.paper().versioned_id, 100, 50, 10, 0.5)


def unpacked(path: Path, into: Path) -> Path:
    """A released version's database, to be opened by this one."""
    with gzip.open(path) as packed, into.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return into


def main() -> None:
    """Write the database of this version."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        with Database.open(path, now=lambda: NOW) as db:
            fill(db)
            db.connection.execute("VACUUM")
            db.connection.execute("PRAGMA journal_mode = DELETE")
        FOLDER.mkdir(exist_ok=True)
        target = FOLDER / f"{sys.argv[1]}.db.gz"
        target.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        sys.stdout.write(f"{target}: {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
