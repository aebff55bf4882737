"""Runs with telegramify-markdown: messages and seconds for a Markdown report, and how long messages are."""

import asyncio
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import telegramify_markdown

text, rounds = Path(sys.argv[1]).read_text("utf-8"), int(sys.argv[2])
taken, parts = [], []
for _ in range(rounds):
    start = time.perf_counter()
    parts = asyncio.run(telegramify_markdown.telegramify(text, render_mermaid=False))
    taken.append(time.perf_counter() - start)
contents = [getattr(part, "text", getattr(part, "content", "")) for part in parts]
sizes = [len(one.encode("utf-16-le")) // 2 for one in contents]
ends = sum(one.rstrip()[-1:] in "。.!?！？:：)）]」”|" for one in contents if one.strip())
print(json.dumps({
    "version": version("telegramify-markdown"), "seconds": taken, "messages": len(parts), "longest": max(sizes),
    "sentences": ends,
}))  # fmt: skip
