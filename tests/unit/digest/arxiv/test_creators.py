"""Authors out of the one string in which a feed gives them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.arxiv.creators import creator_names


@pytest.mark.parametrize(
    ("creator", "names"),
    [
        ("Ada Lovelace", ("Ada Lovelace",)),
        ("NVIDIA,  :, Yan Wang, Wenjie Luo", ("NVIDIA", "Yan Wang", "Wenjie Luo")),
        ("KBTG Labs, :, Ada Lovelace", ("KBTG Labs", "Ada Lovelace")),
        ("Ada Lovelace (Univ A, Univ B), Emmy Noether (Univ C)", ("Ada Lovelace", "Emmy Noether")),
        ("Ada Lovelace (Univ A (North), Univ B), Emmy Noether", ("Ada Lovelace", "Emmy Noether")),
        (r"O\u{g}uz Akif T\"ufekcio\u{g}lu, K{\i}z{\i}ltepe", ("Oğuz Akif Tüfekcioğlu", "Kızıltepe")),
        (r"Ada ({\O}rsted, Denmark), Emmy", ("Ada", "Emmy")),
        (r"{\O}rsted {Team, North}, Emmy", ("Ørsted Team, North", "Emmy")),
        ("Lukas Z (Brian), Ji Woong (Brian),  Kim, Axel K", ("Lukas Z", "Ji Woong Kim", "Axel K")),
        ("Ali S (Steve),  Ke (Steve),  Ren, Kieran P", ("Ali S", "Ke Ren", "Kieran P")),
        ("Ada Lovelace (CERN),  ATLAS, Emmy Noether", ("Ada Lovelace", "ATLAS", "Emmy Noether")),
        ("Ada Lovelace (Univ A, Emmy Noether, Blaise Pascal", ("Ada Lovelace", "Emmy Noether", "Blaise Pascal")),
        ("Ada Lovelace), Emmy Noether", ("Ada Lovelace)", "Emmy Noether")),
        ("", ()),
        (" , :, ,,", ()),
    ],
)
def test_names_are_split_where_arxiv_joined_them(creator: str, names: tuple[str, ...]) -> None:
    """Affiliations, colons and empty names go; accents are decoded; a comma inside of brackets parts nothing."""
    assert creator_names(creator) == names


@given(st.lists(st.text(alphabet="abcdefgh XYZ.éß", min_size=1).map(str.strip).filter(bool), max_size=6))
def test_joined_names_come_apart_again(names: list[str]) -> None:
    """Plain names survive, whatever their number."""
    once_spaced = [" ".join(name.split()) for name in names]

    assert creator_names(", ".join(once_spaced)) == tuple(once_spaced)


@given(st.text(max_size=100))
def test_no_string_breaks_the_splitter(creator: str) -> None:
    """Whatever comes, no author is empty or only a colon."""
    assert all(name.strip(" :;,") for name in creator_names(creator))


@given(st.text(alphabet="abXY .,:;-é\u00ad") | st.text(alphabet="aX ,'`\\\"~-"))
def test_names_without_brackets_are_read_as_those_with(creator: str) -> None:
    """The short way for creators without affiliations gives what the long one does, which an affiliation asks for."""
    assert creator_names(creator) == creator_names(f"{creator},(X)")
