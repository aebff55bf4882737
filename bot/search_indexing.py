"""The full-text index of the papers, brought up to date step by step: a month of a large category takes seconds."""

from __future__ import annotations

import asyncio

from digest.ports import PaperStore

AT_ONCE = 100  # papers, about 5 ms


async def index_papers(papers: PaperStore) -> None:
    """Index every stored paper for the search, in small steps that let other tasks run in between."""
    some = AT_ONCE
    while some:
        some = papers.index_some(AT_ONCE)
        await asyncio.sleep(0)
