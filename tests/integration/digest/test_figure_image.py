"""The picture for a card: Figure 1 with its caption, else the first page."""

import random

import pytest

from digest.pdf.figure_image import draw_first_figure
from digest.pdf.reader import draw_figure, read_bytes
from digest.settings import ReadingLimits
from tests.builders.hostile_pdfs import nested_forms
from tests.builders.pdfs import SANS, Press, pymupdf, small_paper


def with_figure(page: int = 1, columns: int = 2) -> bytes:
    press = Press(columns=columns)
    press.running_head, press.page_numbers = "A running head of the paper", True
    press.document.delete_page(0)
    press.new_page()
    for _ in range(page - 1):
        press.prose(10)
        press.new_page()
    press.heading("1 Introduction")
    press.prose(8)
    left, right = press.columns[0]
    press.page.draw_rect((left + 5, press.y + 10, right - 5, press.y + 110), color=(0, 0, 1), fill=(0.8, 0.9, 1))
    press.put(left + 40, press.y + 60, "Encoder", 8, SANS)
    press.y += 118
    press.text("Figure 1: The encoder of the paper, drawn as a box with a word in it.", size=9)
    press.space(10)
    press.prose(30)
    return press.pdf()


@pytest.mark.parametrize("page", [1, 3])
@pytest.mark.parametrize("columns", [1, 2])
def test_figure_1_is_cropped_with_its_caption(page: int, columns: int) -> None:
    """The crop has the drawing and the caption, and no running text or page number."""
    found = draw_first_figure(with_figure(page, columns))

    assert found is not None
    about, png = found
    assert about["caption"] == "Figure 1: The encoder of the paper, drawn as a box with a word in it."
    assert (about["page"], about["is_thumbnail"]) == (page, False)
    width = 468 if columns == 1 else 225
    ratio = int(about["width"]) / int(about["height"])
    assert width / 150 * 0.8 < ratio < width / 115 * 1.3
    assert len(png) <= 400_000


def test_a_paper_without_figures_gives_its_first_page() -> None:
    """A thumbnail of page 1, without a caption."""
    found = draw_first_figure(small_paper())

    assert found is not None
    about, png = found
    assert (about["is_thumbnail"], about["page"], about["caption"]) == (True, 1, "")
    assert (int(about["width"]), int(about["height"])) == (928, 1200)
    assert png.startswith(b"\x89PNG")


def test_a_picture_that_is_too_large_is_made_smaller() -> None:
    """Noise does not compress: the picture shrinks until it is 400 KB."""
    press = Press()
    noise = pymupdf.Pixmap(pymupdf.csRGB, 700, 700, random.Random(1).randbytes(700 * 700 * 3), False)
    press.page.insert_image(pymupdf.Rect(0, 0, 612, 792), pixmap=noise, keep_proportion=False)
    found = draw_first_figure(press.pdf())

    assert found is not None
    assert len(found[1]) <= 400_000


@pytest.mark.slow
def test_the_picture_is_drawn_in_a_child() -> None:
    """The same from outside; a file that can't be drawn gives none, and harms nothing."""
    limits = ReadingLimits(memory_mb=400, cpu_seconds=1, wall_seconds=8)
    data = with_figure()
    picture = draw_figure(data, ReadingLimits())

    assert picture is not None
    assert (picture.page, picture.is_thumbnail) == (1, False)
    assert max(picture.width, picture.height) <= 1200
    assert draw_figure(nested_forms(), limits) is None
    assert draw_figure(b"<html>", limits) is None
    assert draw_figure(b"", limits) is None


@pytest.mark.slow
def test_reading_and_drawing_agree() -> None:
    """The caption of the picture is the caption that the text has."""
    data = with_figure()
    picture, text = draw_figure(data, ReadingLimits()), read_bytes(data, ReadingLimits())

    assert picture is not None
    assert [c.text for c in text.captions] == [picture.caption]  # type: ignore[union-attr]
