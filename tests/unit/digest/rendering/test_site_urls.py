"""Where the pages of the archive lie."""

from datetime import date

import pytest

from digest.rendering import site_urls


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
    filed = site_urls.author_entry(name)

    assert (filed.bucket, filed.family) == (bucket, family)
    assert filed.address == f"authors/{bucket}.html#{filed.key}"
    assert filed.group == bucket[:2].rstrip("-")
    assert site_urls.authors(filed.group) != site_urls.authors(bucket)


def test_spellings_of_a_name_meet() -> None:
    assert site_urls.author_entry("Tomás Lindqvist").key == site_urls.author_entry("Tomas Lindqvist").key


def test_an_empty_name_has_a_place() -> None:
    assert site_urls.author_entry("").bucket == "0-"


def test_no_two_keywords_share_a_page() -> None:
    """Signs are part of the keyword language: `a + b` is not `a | b`, though both look alike in a file name."""
    keywords = ["vla", "VLA", "a + b", "a | b", "扩散 策略", "扩散", 'au:"Sergey Levine"', "x" * 300]

    assert len({site_urls.keyword(k) for k in keywords}) == len(keywords)
    assert all(len(site_urls.keyword(k)) < 80 and site_urls.keyword(k).isascii() for k in keywords)


def test_an_old_id_makes_no_folder() -> None:
    assert site_urls.paper("hep-th/9901001") == "papers/hep-th-9901001.html"
    assert site_urls.figure("hep-th/9901001", 2) == "figures/hep-th-9901001v2.png"


def test_a_paper_has_an_address_on_the_web() -> None:
    """With one slash, whether the configured address ends with one or not."""
    expected = "https://papers.example.org/a/robots/papers/2601.03309.html"

    assert site_urls.public_paper("https://papers.example.org/a/", "robots", "2601.03309") == expected
    assert site_urls.public_paper("https://papers.example.org/a", "robots", "2601.03309") == expected


def test_days_and_months_do_not_meet() -> None:
    day = date(2026, 1, 9)

    assert site_urls.day(day) == "2026-01-09.html"
    assert site_urls.month(site_urls.month_of(day)) == "2026-01.html"
