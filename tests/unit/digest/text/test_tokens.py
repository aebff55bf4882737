"""The tokens by which quotations and papers are compared."""

import pytest

from digest.text.tokens import tokenise, without_marks


def norms(text: str) -> list[str]:
    return tokenise(text).norms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Eﬃcient naïve na¨ıve", "efficient naive naive"),
        ("pre-training", "pre training"),
        ("𝑎 and α", "a and alpha"),
        ("the model's weights", "the model’s weights"),
        ("It doesn't and can't", "It does not and can not"),
        ("cannot", "can not"),
        ("5 %", "5 percent"),
        ("5 per cent", "5%"),
        ("1,024 or 10,000", "1024 or 10000"),
        ("10^{-3}, 10⁻³, 10−3", "10^-3 10^-3 10^-3"),
        ("3 × 105", "3 × 10^5"),
        ("−0.5", "-0.5"),
        ("≤ 5, ∼3", "<= 5 ~3"),
        ("16x16", "16 × 16"),
        ("three heads", "3 heads"),
        ("“quoted” – and — *marked*", "quoted and marked"),
        ("视觉，编码器", "视觉编码器"),
    ],
)
def test_what_does_not_change_a_statement_falls_away(one: str, other: str) -> None:
    """Looks, spacing, punctuation and the ways to write one sign or number compare as the same."""
    assert norms(one) == norms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.5", "-0.5"),
        ("x−5", "x5"),
        ("p < 0.05", "p > 0.05"),
        ("10^-3", "10^3"),
        ("5%", "5"),
        ("9.1", "91"),
        ("GPT-3", "GPT-4"),
    ],
)
def test_what_changes_a_statement_stays(one: str, other: str) -> None:
    """Digits, signs, comparisons and per cent are tokens of their own."""
    assert norms(one) != norms(other)


def test_ranges_have_no_minus() -> None:
    """A hyphen or dash between two numbers is no sign."""
    assert norms("3-5 and 10–20") == ["3", "5", "and", "10", "20"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("as shown [3, 7] here", ["3", "7"]),
        ("as shown (Okafor et al., 2021) here", ["okafor", "et", "al", "2021"]),
        ("Okafor et al. (2021) show", ["2021"]),
        ("learning (RL) works", ["rl"]),
        ("it holds (see Fig. 2) here", ["see", "fig", "2"]),
        ("our code1 is here", ["1"]),
        ("of the problem.12 However", ["12"]),
        ("a layer of size 12 here", []),
        ("ResNet50 is here", []),
        ("in 2015 it was (in fact) new", []),
    ],
)
def test_marks_may_be_left_out(text: str, marks: list[str]) -> None:
    """Citations, footnote numbers, acronyms and pointers in brackets are told from the words of the sentence."""
    tokens = tokenise(text)

    assert [norm for norm, optional in zip(tokens.norms, tokens.optional, strict=True) if optional] == marks


def test_offsets_are_into_the_text_as_given() -> None:
    """Each token knows where it stands, whatever was folded."""
    text = "Eﬃcient, 1,024 tokens"
    tokens = tokenise(text)

    assert [text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)] == ["Eﬃcient", "1,024", "tokens"]


def test_blanking_marks_keeps_every_offset() -> None:
    """Without its marks a text is as long as before."""
    text = "as shown [3, 7] by 12%"

    assert without_marks(text) == "as shown        by 12%"
