"""arXiv's categories: known by code, found by name."""

import pytest

from digest.categories import ARCHIVES, CATEGORIES, NAMES, search


def test_every_category_has_a_name() -> None:
    """As the taxonomy lists them, and the archives that can be asked for whole."""
    assert len(ARCHIVES) == 20
    assert len(CATEGORIES - ARCHIVES) == 146
    assert all(name and name == name.strip() and "  " not in name for name in NAMES.values())


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("cs.ro", "cs.RO"),
        ("Robotics", "cs.RO"),
        ("computer vision", "cs.CV"),
        ("machine learning", "cs.LG"),
        ("quantum physics", "quant-ph"),
        ("human computer", "cs.HC"),
        ("neurons", "q-bio.NC"),
    ],
)
def test_a_category_is_found_by_the_words_of_its_name(words: str, first: str) -> None:
    assert search(words)[0] == first


def test_what_fits_nowhere_finds_nothing() -> None:
    assert search("cooking") == []
    assert search("") == []
