"""The full-text index, brought up to date while others are answered."""

import asyncio
from datetime import date

from bot.search_indexing import AT_ONCE, index_papers
from storage.database.connection import IN_MEMORY, Database
from storage.stores.papers import SqlitePaperStore
from tests.fakes.arxiv import made_paper

DAY = date(2026, 1, 9)


async def test_others_get_their_turn_between_two_steps() -> None:
    """The first search after a large collection holds nobody up."""
    with Database.open(IN_MEMORY) as db:
        papers, turns = SqlitePaperStore(db), 0
        with db.transaction():
            for number in range(3 * AT_ONCE):
                papers.save_paper(made_paper(number, DAY, id=f"2601.{number:05}"))
        work = asyncio.create_task(index_papers(papers))
        while not work.done():
            turns += 1
            await asyncio.sleep(0)

        assert turns > 3
        assert papers.index_new() == 0
