"""Keywords and editions as they grow (benchmarks.matching has the measuring)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from benchmarks.figure import Figure, spread
from benchmarks.matching import differences, growth, many_editions
from benchmarks.parts.archive import EDITION, Press
from bot.delivery.planner import plan_messages
from bot.platforms.registry import PLATFORMS
from digest.models.edition import Platform, Target
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores

ROUNDS, CARDS = 40, 5


def figures() -> Iterator[Figure]:
    """10 to 10,000 keywords, and 1,000 and 10,000 editions, on 2,000 papers."""
    steps = growth((10, 10_000))
    few, many = steps[0], steps[-1]
    times = many.median / few.median
    yield Figure(
        "keywords 10 -> 10,000 on 2,000 papers: matching", f"x {times:.2f}", "<= x 3", times <= 3,
        f"{few.median * 1e3:,.0f} ms ({min(few.matching) * 1e3:,.0f}–{max(few.matching) * 1e3:,.0f}) to "
        f"{many.median * 1e3:,.0f} ms ({min(many.matching) * 1e3:,.0f}–{max(many.matching) * 1e3:,.0f}) of processor",
    )  # fmt: skip
    wrong = differences()
    yield Figure("papers for which pool and plain matcher differ", str(wrong), "0", wrong == 0, "of 300, 300 keywords")
    thousand = many_editions(1_000)
    most = many_editions(10_000)
    yield Figure(
        "10,000 editions, 2,000 papers: match and compose all", f"{most.seconds:.1f} s, {most.peak_mb:,.0f} MB",
        "<= 60 s, <= 600 MB", most.seconds <= 60 and most.peak_mb <= 600,
        f"{most.cards:,} cards; 1,000 editions {thousand.seconds:.1f} s with {thousand.cards:,} cards",
    )  # fmt: skip
    yield Figure(
        "a card with its full analysis: saved, and planned for a channel", spread(_cards(), " ms", 1), "", None,
        f"{ROUNDS} editions of {CARDS} cards with 20 statements each",
    )  # fmt: skip


def _cards() -> list[float]:
    """Milliseconds a card, for each of some editions that show the same ones."""
    made, took = next(Press().digests(1)), []
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder) / "b.db") as db:
        stores = SqliteStores.of(db)
        for number in range(ROUNDS):
            edition = replace(EDITION, name=f"e{number}", targets=(Target(Platform("telegram"), "-1001"),))
            digest = replace(made, edition=edition.name, cards=made.cards[:CARDS])
            begun = perf_counter()
            messages = plan_messages(digest, edition, PLATFORMS)
            with db.transaction():
                stores.digests.save_digest(digest)
                stores.deliveries.add(messages)
            took.append(1e3 * (perf_counter() - begun) / CARDS)
    return took
