"""Analyses, never made twice: `digest.ports.AnalysisStore`."""

from __future__ import annotations

from digest.codec import to_json
from digest.models.analysis import EXCERPT, Analysis, AnalysisSource
from storage.database.columns import compress_text, encode_moment
from storage.database.connection import Database


class SqliteAnalysisStore:
    """The analyses of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def analysis(
        self, paper_id: str, version: int, language: str, analyst: str, prompt_version: int
    ) -> Analysis | None:
        data = self._db.value(
            "SELECT data FROM analyses"
            " WHERE paper_id = ? AND language = ? AND version = ? AND analyst = ? AND prompt_version = ?",
            (paper_id, language, version, analyst, prompt_version),
        )
        return None if data is None else self._db.load(Analysis, data)

    def best_analysis(self, paper_id: str, language: str) -> Analysis | None:
        data = self._db.value(
            "SELECT data FROM analyses WHERE paper_id = ? AND language = ?"
            " ORDER BY version DESC, made_from = ? DESC, analyst <> ? DESC, prompt_version DESC, stored DESC LIMIT 1",
            (paper_id, language, AnalysisSource.FULL_TEXT, EXCERPT),
        )
        return None if data is None else self._db.load(Analysis, data)

    def save_analysis(self, analysis: Analysis) -> None:
        """Store an analysis, replacing one by the same analyst and prompt of the same version. The next
        synchronous write (the cost of the next answer, or the digest) makes it safe from a power cut.
        """
        row = (
            analysis.paper_id,
            analysis.version,
            analysis.language,
            analysis.analyst,
            analysis.prompt_version,
            analysis.made_from,
            encode_moment(self._db.now()),
            compress_text(to_json(analysis)),
        )
        with self._db.quick_transaction():
            self._db.run(
                "INSERT OR REPLACE INTO analyses"
                " (paper_id, version, language, analyst, prompt_version, made_from, stored, data)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
