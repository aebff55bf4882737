"""A long report into Telegram's messages, beside telegramify-markdown."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, seconds, skipped, spread
from benchmarks.peers import PeerError, ask
from bot.platforms.telegram.renderer import render_telegram
from digest.rendering.cards import digest_documents
from digest.report import markdown_report
from tests.builders.digests import rich_day

ROUNDS = 15
LIMIT = 4096  # UTF-16 code units in a message


def figures() -> Iterator[Figure]:
    """The made-up day of five long cards: as our documents, and as the Markdown report."""
    digest = rich_day("en")
    documents = [shown.document for shown in digest_documents(digest)]
    payloads = [payload for document in documents for payload in render_telegram(document)]
    longest = max(len(str(payload["text"]).encode("utf-16-le")) // 2 for payload in payloads)
    times = [seconds(lambda: [render_telegram(document) for document in documents]) for _ in range(ROUNDS)]
    yield Figure(
        "a day of long cards into Telegram messages", spread([1e3 * s for s in times], " ms", 1), "each <= 4,096 units",
        longest <= LIMIT, f"{len(payloads)} messages, longest {longest:,}",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.md"
        report.write_text(markdown_report(digest), encoding="utf-8")
        try:
            peer = ask("telegramify", ["telegramify-markdown"], str(report), str(ROUNDS))
        except PeerError as error:
            yield skipped("telegramify-markdown: the same day's Markdown report", str(error))
            return
    yield Figure(
        f"telegramify-markdown {peer['version']}: the same day's Markdown report",
        spread([1e3 * s for s in peer["seconds"]], " ms", 1),
        note=f"{peer['messages']} messages, longest {peer['longest']:,}; {peer['sentences']} end with a sentence",
    )
