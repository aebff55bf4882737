"""Figures in the folder beside the database."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.pdf.result import FigureImage
from storage.stores.figures import FigureFolder, figure_folder

FIGURE = FigureImage(b"png", "Figure 1: Arms.", 3, 640, 480, is_thumbnail=False)


@pytest.fixture
def figures(tmp_path: Path) -> FigureFolder:
    return FigureFolder(figure_folder(tmp_path / "broadsheet.db"))


def test_what_was_saved_comes_back(figures: FigureFolder) -> None:
    """For that version only; an old id makes no folder."""
    figures.save("hep-th/9901001", 2, FIGURE)

    assert figures.figure("hep-th/9901001", 2) == FIGURE
    assert figures.is_known("hep-th/9901001", 2)
    assert figures.figure("hep-th/9901001", 1) is None


def test_that_there_is_none_is_remembered(figures: FigureFolder) -> None:
    """So that no PDF is fetched a second time for nothing."""
    assert not figures.is_known("2601.00001", 1)
    figures.save("2601.00001", 1, None)

    assert figures.is_known("2601.00001", 1)
    assert figures.figure("2601.00001", 1) is None


def test_a_lost_or_broken_file_is_no_figure(figures: FigureFolder, tmp_path: Path) -> None:
    figures.save("2601.00001", 1, FIGURE)
    figures.save("2601.00002", 1, FIGURE)
    (tmp_path / "broadsheet.db.figures/2601.00001v1.png").unlink()
    (tmp_path / "broadsheet.db.figures/2601.00002v1.json").write_text("{", encoding="utf-8")

    assert figures.figure("2601.00001", 1) is None
    assert figures.figure("2601.00002", 1) is None


def test_old_ones_go(figures: FigureFolder, tmp_path: Path) -> None:
    """After so many days; 0 keeps all, and a folder that is not there yet is no trouble."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert figures.tidy(now, 30) == 0
    for number, age in ((1, 40), (2, 20)):
        figures.save(f"2601.0000{number}", 1, FIGURE)
        moment = (now - timedelta(days=age)).timestamp()
        os.utime(tmp_path / f"broadsheet.db.figures/2601.0000{number}v1.json", (moment, moment))

    assert figures.tidy(now, 0) == 0
    assert figures.tidy(now, 30) == 1
    assert not figures.is_known("2601.00001", 1)
    assert figures.figure("2601.00002", 1) == FIGURE
