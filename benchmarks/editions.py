"""Keywords and editions as they grow (benchmarks.matching has the measuring)."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.matching import differences, growth, many_editions


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
