"""Keywords that can never match what was meant are refused with our own sign; those that look alike are not."""

import pytest

from digest.errors import KeywordError
from digest.keywords import hopeless_keywords, parse_keyword, split_keywords

REFUSED = [
    ("robot*", "wildcard", 0),
    ("tactile -gripp*", "wildcard", 8),
    ("*bot", "wildcard", 0),
    ("glove or mitten", "or_word", 6),
    ("glove/or/mitten", "or_word", 6),
    ("(glove) or (mitten)", "or_word", 8),
    ("glove && mitten", "doubled_sign", 6),
    ("glove || mitten", "doubled_sign", 6),
    ("!glove", "exclamation", 0),
    ("glove + !mitten", "exclamation", 8),
    ("glove, mitten", "comma", 5),
    ("glove；mitten", "comma", 5),
    ("手套、机器人", "comma", 2),
    ("2601.03309", "paper_id", 0),
    ("https://arxiv.org/abs/2601.03309v2", "paper_id", 0),
    ("hep-th/9901001", "paper_id", 0),
    ("www.example.org/gloves", "url", 0),
    ("github.com/gloves", "url", 0),
    ("cs.RO", "bare_category", 0),
    ("glove cat:cs.XX", "no_such_category", 0),
    ("tactile glove -glove", "contradiction", 0),
    ("glove -glove", "contradiction", 0),
    ("glove | (tactile mitten -mitten)", "contradiction", 0),
]
KEPT = [
    "A* search",
    "RRT*",
    "R&D",
    "Q&A",
    "pick and place",
    '"make or break"',
    '"grounding, planning and acting"',
    '"robot*"',
    "1,000 gloves",
    "au:Levine, Sergey",
    'au:"Levine, Sergey"',
    "what's new!",
    "color | colour",
    "glove cat:cs.*",
    "glove cat:cs",
    "tactile glove -mitten",
    "ti:glove -abs:glove",
    '"gloves" -"glove"',
    "Node.js",
    "ORB-SLAM",
    "C++ | C#",
]


@pytest.mark.parametrize(("text", "code", "position"), REFUSED)
def test_what_can_never_match_is_refused(text: str, code: str, position: int) -> None:
    """The hint names our own sign, and the mark stands below the place."""
    with pytest.raises(KeywordError) as refusal:
        parse_keyword(text)

    assert (refusal.value.code, refusal.value.position) == (code, position)


@pytest.mark.parametrize("text", KEPT)
def test_what_looks_alike_is_taken(text: str) -> None:
    assert parse_keyword(text).text == text


@pytest.mark.parametrize("text", ["glove or mitten", "glove, mitten", "glove -glove", "cs.RO"])
def test_what_an_older_version_took_goes_on(text: str) -> None:
    """A stored keyword stops no digest; `check-config` explains it."""
    assert parse_keyword(text, stored=True).text == text
    assert [mistake.keyword for mistake in hopeless_keywords(["tactile", text])] == [text]


def test_commas_separate_keywords_where_several_may_be_typed() -> None:
    typed = 'glove，mitten , "one, two", au:"Levine, Sergey",, '

    assert split_keywords(typed) == ("glove", "mitten", '"one, two"', 'au:"Levine, Sergey"')


def test_a_long_keyword_is_not_echoed_whole() -> None:
    """Sixty characters around the mistake say enough."""
    with pytest.raises(KeywordError) as refusal:
        parse_keyword("glove " * 100)

    assert all(len(line) < 80 for line in str(refusal.value).splitlines()[1:])
    excerpt, position = refusal.value.excerpt()
    assert len(excerpt) <= 62
    assert 0 <= position <= len(excerpt)
