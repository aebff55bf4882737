"""The figures of cards, in a folder beside the database: `digest.ports.FigureStore`.

Not in the database: they are large, no query asks for them, and they can be made again from the PDFs, so that backups
do without. A figure is two files, `2601.03309v1.json` and `.png`; the first alone says that there was none to show.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from digest.errors import StorageError
from digest.pdf.result import FigureImage


def figure_folder(database: Path) -> Path:
    return database.with_name(database.name + ".figures")


class FigureFolder:
    """The figures in a folder, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_known(self, paper_id: str, version: int) -> bool:
        """Return whether the paper was searched for a figure."""
        return self._about(paper_id, version).exists()

    def figure(self, paper_id: str, version: int) -> FigureImage | None:
        """Return the figure; None if there is none, or it was dropped."""
        description = self._about(paper_id, version)
        try:
            described = json.loads(description.read_bytes())
            return FigureImage(png=description.with_suffix(".png").read_bytes(), **described) if described else None
        except (FileNotFoundError, ValueError, TypeError):
            return None
        except OSError as error:
            raise StorageError(f"the figure {description} can't be read: {error.strerror}") from error

    def save(self, paper_id: str, version: int, figure: FigureImage | None) -> None:
        """Save a figure, or that the paper has none."""
        description = self._about(paper_id, version)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if figure is None:
                _write(description, b"{}")
                return
            described = asdict(figure)
            png = described.pop("png")
            _write(description.with_suffix(".png"), png)
            _write(description, json.dumps(described).encode())
        except OSError as error:
            raise StorageError(f"the figure {description} can't be written: {error.strerror}") from error

    def drop_before(self, moment: datetime) -> int:
        """Delete older figures; return how many were deleted."""
        dropped = 0
        for description in list(self._folder.glob("*.json")) if self._folder.exists() else []:
            if description.stat().st_mtime < moment.timestamp():
                description.with_suffix(".png").unlink(missing_ok=True)
                description.unlink(missing_ok=True)
                dropped += 1
        return dropped

    def tidy(self, now: datetime, days: int) -> int:
        """Delete figures older than that number of days; 0 keeps all."""
        return self.drop_before(now - timedelta(days=days)) if days else 0

    def _about(self, paper_id: str, version: int) -> Path:
        return self._folder / f"{paper_id.replace('/', '-')}v{version}.json"


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
