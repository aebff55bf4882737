"""What model servers were paid: `digest.ports.SpendingStore`."""

from __future__ import annotations

from datetime import date

from digest.models.spending import ModelSpending, SpendingRow
from storage.database.connection import Database

_SUMS = (
    "coalesce(sum(prompt_tokens), 0), coalesce(sum(cached_tokens), 0), coalesce(sum(completion_tokens), 0),"
    " coalesce(sum(money), 0.0), count(*)"
)


class SqliteSpendingStore:
    """The spending of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(
        self,
        day: date,
        model: str,
        paper_id: str,
        prompt_tokens: int,
        cached_tokens: int,
        completion_tokens: int,
        money: float,
    ) -> None:
        self._db.run(
            "INSERT INTO spending (day, model, paper_id, prompt_tokens, cached_tokens, completion_tokens, money)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (day.isoformat(), model, paper_id, prompt_tokens, cached_tokens, completion_tokens, money),
        )

    def spent(self, first: date, last: date) -> ModelSpending:
        row = self._db.row(
            f"SELECT {_SUMS} FROM spending WHERE day BETWEEN ? AND ?", (first.isoformat(), last.isoformat())
        )
        return ModelSpending(*row) if row else ModelSpending()

    def rows(self, days: int) -> list[SpendingRow]:
        rows = self._db.rows(
            f"SELECT day, model, count(DISTINCT nullif(paper_id, '')), {_SUMS} FROM spending"
            " WHERE day IN (SELECT DISTINCT day FROM spending ORDER BY day DESC LIMIT ?)"
            " GROUP BY day, model ORDER BY day DESC, sum(money) DESC,"
            " sum(prompt_tokens + completion_tokens) DESC, model",
            (days,),
        )
        return [
            SpendingRow(date.fromisoformat(day), model, papers, ModelSpending(*sums))
            for day, model, papers, *sums in rows
        ]
