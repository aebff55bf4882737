"""Text as matching sees it, and the way back to where it came from."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.text.normalised_text import BREAK, NormalisedText, exact_key, folded_key, name_words
from digest.text.plurals import singular

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
        ("at WWW.EXAMPLE.ORG/VLA or www.example.org", "at . or ."),
    ],
)
def test_streams(text: str, folded: str) -> None:
    """Links fall away, every other sign is a break, addresses hold no words."""
    assert NormalisedText(text).folded.split() == folded.split()


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
    place = NormalisedText(text).find(f" {needle} ")

    assert place is not None
    assert text[slice(*place)] == found


@pytest.mark.parametrize("text", ["vision. Language action", "vision, language action", "vision (language) action"])
def test_a_phrase_ends_at_a_sign(text: str) -> None:
    """Punctuation stands between phrases, not in them."""
    assert NormalisedText(text).find(" vision language action ") is None


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


PROSE = [
    "VLAs",
    "models",
    "pre-training",
    "robot's",
    "roß’s",
    "SARS",
    "C++",
    " ",
    " ",
    ", ",
    ". ",
    "\n",
    " - ",
    "---",
    "/",
]
TEXTS = st.text() | st.text(alphabet="aB7é粗-‐ .,'’/_$\\{}^\u0301π₀\n3+#C")


@given(TEXTS)
@example("0-C#")
def test_streams_and_places_agree(text: str) -> None:
    """Every word of every stream can be found, and its place lies in the text."""
    words = NormalisedText(text)
    for stream, exact in ((words.folded, False), (words.exact, True), (words.joined, False)):
        for key in set(stream.split()):
            place = words.find(f" {key} ", exact=exact)
            assert place is not None
            assert 0 <= place[0] < place[1] <= len(text)


@given(st.text(alphabet="aB7é粗-‐ .,'’/_\n3+#C") | st.lists(st.sampled_from(PROSE)).map("".join))
def test_a_place_holds_the_words_that_were_sought(text: str) -> None:
    """Read by itself, what stands at a phrase's place is that phrase, for every phrase of up to three words."""
    words = NormalisedText(text)
    keys = words.folded.split()
    for first, last in ((n, n + count) for count in (1, 2, 3) for n in range(len(keys) + 1 - count)):
        if BREAK not in keys[first:last] and all(key.isalpha() for key in keys[first:last]):
            needle = f" {' '.join(keys[first:last])} "
            start, end = words.find(needle) or (0, 0)
            assert NormalisedText(text[start:end]).folded == needle


@given(TEXTS)
def test_the_first_place_is_found(text: str) -> None:
    """Places come in the order of the stream: no word is found behind one that comes after it."""
    words = NormalisedText(text)
    keys = words.folded.split()
    starts = [(words.find(f" {key} ") or (0, 0))[0] for key in dict.fromkeys(keys)]
    assert starts == sorted(starts)


@given(TEXTS)
@example("0-C#")
def test_compounds_are_what_joining_adds(text: str) -> None:
    """What decides in advance whether a text may have a word knows each of them."""
    words = NormalisedText(text)
    folded = set(words.folded.split())

    assert folded | set(words.joined.split()) == folded | words.compounds


def test_hyphens_behind_accents_join_too() -> None:
    """Also where the accent is a sign of its own."""
    assert "cafepolicy" in NormalisedText("cafe\u0301-policy").compounds


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
    words = NormalisedText("?! --")
    assert {*words.folded.split(), *words.compounds} <= {BREAK}


@given(st.text(alphabet="abYZ .-", max_size=20))
def test_plain_names_are_read_as_all_others(name: str) -> None:
    """The short way for names of letters, dots and hyphens gives what the long one does, which brackets ask for."""
    assert name_words(name) == name_words(f"{name} (X)")
