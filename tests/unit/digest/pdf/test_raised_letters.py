"""Raised and lowered letters keep what they mean, in text and in formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.pdf.extract.characters import unspaced
from digest.pdf.extract.scripts import lowered, raised
from digest.pdf.extract.tex_fonts import is_extension, large_signs, with_ligatures
from tests.builders.pdfs import Press, read_here


@pytest.mark.parametrize(
    ("before", "text", "written"),
    [
        ("10", "5", "⁵"),
        ("10", "-4", "⁻⁴"),
        ("10", "–4", "⁻⁴"),
        ("10", "−4", "⁻⁴"),
        ("m s", "-1", "⁻¹"),
        ("x", "n+1", "ⁿ⁺¹"),
        ("e", "-kt", "^{−kt}"),
        ("A", "T", "^T"),
        ("words", "12,14", "¹²,¹⁴"),
        ("words.", "3–5", "³–⁵"),
        ("Author", "*", "*"),
        ("the 1", "st", "st"),
        ("", "1", "1"),
    ],
)
def test_raised_letters(before: str, text: str, written: str) -> None:
    """Powers, marks of notes and ordinals are told apart; at a line's start there is nothing to raise them from."""
    assert raised(text, before) == written


@pytest.mark.parametrize(
    ("before", "text", "written"),
    [("CO", "2", "₂"), ("x", "i", "_i"), ("BERT", "BASE", "_BASE"), ("x", "i,j", "_{i,j}"), ("x", "t−1", "_{t−1}")],
)
def test_lowered_letters(before: str, text: str, written: str) -> None:
    """Digits have signs of their own; letters get an underscore, and braces where it would be unclear what it holds."""
    assert lowered(text, before) == written


@given(st.integers(min_value=0, max_value=10**9))
def test_a_power_never_becomes_another_number(value: int) -> None:
    """No digit of an exponent is left that could be read as one of the base."""
    assert not any(c in "0123456789" for c in raised(str(value), "10"))


def set_line(press: Press, *runs: tuple[str, float, float]) -> None:
    """One line of runs: the text, its size and how far below the baseline it stands."""
    press.y += 14
    x = 72.0
    for text, size, below in runs:
        x = press.put(x, press.y + below, text, size)


def test_a_power_is_read_as_one() -> None:
    """And so are an index and the mark of a note."""
    press = Press()
    press.title("On Powers")
    press.heading("1 Introduction")
    press.prose(4)
    set_line(
        press, ("The archive holds 10", 10, 0), ("5", 7, -3.6), (" pages and CO", 10, 0), ("2", 7, 2), (".", 10, 0)
    )
    set_line(
        press, ("The lamp is warm in every test of ours", 10, 0), ("3", 7, -3.6), (" and in those of others.", 10, 0)
    )
    press.prose(4)
    text = " ".join(p.text for s in read_here(press.pdf()).sections for p in s.paragraphs)

    assert "holds 10⁵ pages and CO₂." in text
    assert "of ours³ and in those" in text


def test_a_small_fraction_keeps_its_slash() -> None:
    """A raised and a lowered part behind an operator are no power with an index."""
    press = Press()
    press.title("On Fractions")
    press.heading("1 Introduction")
    press.prose(4)
    press.y += 14
    x = press.put(72, press.y, "The share of the light that is left is at most (")
    after = press.put(x, press.y - 4, "1", 7)
    press.put(x, press.y + 3, "16", 7)
    press.put(after + 3.6, press.y, ") of what the lamp sends out in a day.")
    press.prose(4)
    text = " ".join(p.text for s in read_here(press.pdf()).sections for p in s.paragraphs)

    assert "at most (1⁄16) of what" in text


def test_a_line_printed_twice_is_read_once() -> None:
    """Some writers print a line twice, a little apart, to make it bold."""
    press = Press()
    press.title("On Bold Letters")
    press.heading("1 Introduction")
    press.prose(4)
    press.y += 14
    for shift in (0.0, 0.4):
        press.put(72 + shift, press.y, "The share rises from 41 to 67 per cent in this one experiment.")
    press.prose(4)
    text = " ".join(p.text for s in read_here(press.pdf()).sections for p in s.paragraphs)

    assert text.count("rises from 41 to 67") == 1


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("2   R E L A T E D   W O R K", "2 RELATED WORK"),
        ("R e s u l t s", "Results"),
        ("Plan B is a good plan", "Plan B is a good plan"),
        ("x y", "x y"),
    ],
)
def test_letterspaced_words(printed: str, words: str) -> None:
    """Wider spaces part the words; ordinary text stays as it is."""
    assert unspaced(printed) == words


def test_codes_of_tex() -> None:
    """Ligatures of both encodings, and the large signs of the extension font."""
    assert with_ligatures("di\x0ecult \x0crst e\x1bect") == "difficult first effect"
    assert is_extension("CMEX10")
    assert not is_extension("CMR10")
    assert large_signs("Xhi") == "∑[]"
