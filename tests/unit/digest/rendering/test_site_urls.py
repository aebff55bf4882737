"""Where the pages of the archive lie."""

from datetime import date

import pytest

from digest.rendering import site_urls as places


@pytest.mark.parametrize(
    ("name", "bucket", "family"),
    [
        ("Yue Zhang", "zha-y", "Zhang"),
        ("Ludwig van Beethoven", "bee-l", "van Beethoven"),
        ("Łukasz Kaiser", "kai-l", "Kaiser"),
        ("Joaquín Núñez de la Peña", "pen-j", "de la Peña"),
        ("Martin Luther King Jr.", "kin-m", "King"),
        ("Plato", "pla-", "Plato"),
        ("王小明", "0-", "王小明"),
        ("Xi O", "o-x", "O"),
    ],
)
def test_an_author_is_filed_by_family_name_and_initial(name: str, bucket: str, family: str) -> None:
    """Whatever accents, particles and suffixes the name has; a name without Latin letters has a page too."""
    filed = places.filed(name)

    assert (filed.bucket, filed.family) == (bucket, family)
    assert filed.address == f"authors/{bucket}.html#{filed.key}"
    assert filed.group == bucket[:2].rstrip("-")
    assert places.authors(filed.group) != places.authors(bucket)


def test_spellings_of_a_name_meet() -> None:
    assert places.filed("Tomás Lindqvist").key == places.filed("Tomas Lindqvist").key


def test_an_empty_name_has_a_place() -> None:
    assert places.filed("").bucket == "0-"


def test_no_two_keywords_share_a_page() -> None:
    """Signs are part of the keyword language: `a + b` is not `a | b`, though both look alike in a file name."""
    keywords = ["vla", "VLA", "a + b", "a | b", "扩散 策略", "扩散", 'au:"Sergey Levine"', "x" * 300]

    assert len({places.keyword(k) for k in keywords}) == len(keywords)
    assert all(len(places.keyword(k)) < 80 and places.keyword(k).isascii() for k in keywords)


def test_an_old_id_makes_no_folder() -> None:
    assert places.paper("hep-th/9901001") == "papers/hep-th-9901001.html"
    assert places.figure("hep-th/9901001", 2) == "figures/hep-th-9901001v2.png"


def test_a_paper_has_an_address_on_the_web() -> None:
    """With one slash, whether the configured address ends with one or not."""
    expected = "https://papers.example.org/a/robots/papers/2601.03309.html"

    assert places.public_paper("https://papers.example.org/a/", "robots", "2601.03309") == expected
    assert places.public_paper("https://papers.example.org/a", "robots", "2601.03309") == expected


def test_days_and_months_do_not_meet() -> None:
    day = date(2026, 1, 9)

    assert places.day(day) == "2026-01-09.html"
    assert places.month(places.month_of(day)) == "2026-01.html"
