"""Text as matching sees it, and the way back to where it came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.words import BREAK, WordText, exact_key, folded_key, name_words, singular

SAME = [
    ("models", "model"),
    ("policies", "policy"),
    ("VLAs", "VLA"),
    ("caches", "cache"),
    ("sizes", "size"),
    ("classes", "class"),
    ("matrices", "matrix"),
    ("analyses", "analysis"),
    ("Erdős", "erdos"),
    ("Łukasz", "lukasz"),
    ("Straße", "strasse"),
    ("π₀", "pi0"),
    ("𝒪", "o"),
    ("ﬁne", "fine"),
    ("transformer's", "transformer"),
]
DIFFERENT = [("news", "new"), ("robotics", "robotic"), ("SARS", "sar"), ("bias", "bia"), ("class", "clas")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_words_that_are_the_same(one: str, other: str) -> None:
    """Case, accents, alphabets, ligatures and plurals do not matter."""
    assert folded_key(one) == folded_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_words_that_are_not_the_same(one: str, other: str) -> None:
    """An s at the end makes no plural of every word."""
    assert folded_key(one) != folded_key(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Vision/Language-Action models; VLAs", "vision language action model . vla"),
        ("the models’ “world” view", "the model world view"),
        ("扩散策略用VLA模型", "扩 散 策 略 用 vla 模 型"),
        ("C++ and C# (v2.5).", "c++ and c# . v2.5 ."),
        ("code: https://github.com/cvlab/VLA.", "code . ."),
        ("$\\pi_{0.5}$ and $\\pi_0$-FAST at 5\\%", "pi0.5 and pi0 fast at 5 ."),
        ("A---B, c--d", "a . b . c d"),
    ],
)
def test_streams(text: str, folded: str) -> None:
    """Links fall away, every other sign is a break, addresses hold no words."""
    assert WordText(text).folded.split() == folded.split()


@pytest.mark.parametrize(
    ("text", "needle", "found"),
    [
        ("A Vision--Language--Action model", "vision language action", "Vision--Language--Action"),
        ("The \\textbf{V}LA", "vla", "\\textbf{V}LA"),
        ("$\\pi_0$-FAST", "pi0 fast", "$\\pi_0$-FAST"),
        ("of $\\pi_{0.5}$", "pi0.5", "$\\pi_{0.5}$"),
        ("reinforcement pre-training", "reinforcement pretraining", "reinforcement pre-training"),
        ("the robot's policy", "robot policy", "robot's policy"),
        ("the robot's", "robot", "robot"),
        ("P. Erd\\H{o}s", "erdo", "Erd\\H{o}s"),
        ("用VLA模型", "模 型", "模型"),
    ],
)
def test_places(text: str, needle: str, found: str) -> None:
    """A phrase is found where it stands in the raw text, with the markup that belongs to it."""
    place = WordText(text).find(f" {needle} ")

    assert place is not None
    assert text[slice(*place)] == found


@pytest.mark.parametrize("text", ["vision. Language action", "vision, language action", "vision (language) action"])
def test_a_phrase_ends_at_a_sign(text: str) -> None:
    """Punctuation stands between phrases, not in them."""
    assert WordText(text).find(" vision language action ") is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Sergey Levine", ("sergey", "levine")),
        ('J.-P. M\\"uller', ("j", "p", "muller")),
        ("Jian-Ke Zhang (Univ. A, B)", ("jianke", "zhang")),
        ("O'Neill", ("oneill",)),
    ],
)
def test_names(name: str, words: tuple[str, ...]) -> None:
    """Names lose their dots, hyphens, accents and affiliations."""
    assert name_words(name) == words


TEXTS = st.text() | st.text(alphabet="aB7é粗-‐ .,'’/_$\\{}^\u0301π₀\n3+#C")


@given(TEXTS)
def test_streams_and_places_agree(text: str) -> None:
    """Every word of every stream can be found, and its place lies in the text."""
    words = WordText(text)
    for stream, exact in ((words.folded, False), (words.exact, True), (words.joined, False)):
        for key in set(stream.split()):
            place = words.find(f" {key} ", exact=exact)
            assert place is not None
            assert 0 <= place[0] < place[1] <= len(text)


@given(TEXTS)
def test_keys_are_those_of_the_streams(text: str) -> None:
    """What decides in advance whether a text may have a word knows each of them."""
    words = WordText(text)

    assert set(words.folded.split()) | set(words.joined.split()) == words.keys


@given(st.text(min_size=1))
def test_keys_hold_no_space(token: str) -> None:
    """Keys can be joined by spaces and taken apart again."""
    assert len(exact_key(token).split()) == 1
    assert len(folded_key(token).split()) == 1


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_the_plural_is_taken_off_once(word: str) -> None:
    """A regular plural has its singular's key."""
    if not word.endswith(("s", "x", "z", "h", "y", "o", "i", "u")) and len(word) > 3:
        assert singular(word + "s") == singular(word)


def test_breaks_are_no_words() -> None:
    """A text of signs has no words."""
    assert WordText("?! --").keys <= {BREAK}
