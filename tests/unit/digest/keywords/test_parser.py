"""The grammar of keywords, and where its mistakes are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import KeywordError
from digest.i18n.translator import LANGUAGES, Translator
from digest.keywords import AllOf, AnyOf, AuthorTerm, CategoryTerm, Keyword, Not, Phrase, parse_keyword
from digest.models.match import MatchField


def hint(mistake: KeywordError, language: str) -> str:
    return Translator(language)(f"keyword.{mistake.code}", **mistake.params)


def shape(text: str) -> str:
    """What a keyword says, in brackets."""
    return _shape(parse_keyword(text).node)


def _shape(node: object) -> str:
    match node:
        case AllOf(parts):
            return f"({' + '.join(map(_shape, parts))})"
        case AnyOf(parts):
            return f"({' | '.join(map(_shape, parts))})"
        case Not(part):
            return f"-{_shape(part)}"
        case AuthorTerm(words):
            return f"au:{' '.join(words)}"
        case CategoryTerm(name, whole):
            return f"cat:{name}{'.*' if whole else ''}"
        case Phrase(fields, needles):
            field = "" if len(fields) == 2 else "ti:" if fields == (MatchField.TITLE,) else "abs:"
            sign = '"' if needles[0].exact else "'"
            return f"{field}{sign}{needles[0].text.strip()}{sign}"
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vla", "'vla'"),
        ("Vision-Language/Action  models", "'vision language action model'"),
        ('"graph models"', '"graph models"'),
        ("diffusion policy -survey", "('diffusion policy' + -'survey')"),
        ("diffusion policy -literature review", "('diffusion policy' + -'literature review')"),
        ("-survey + diffusion", "(-'survey' + 'diffusion')"),
        ("a + b", "('a' + 'b')"),
        ("a+b|c", "(('a' + 'b') | 'c')"),
        ("a | b + c -d", "('a' | ('b' + 'c' + -'d'))"),
        ("(a | b) -c", "(('a' | 'b') + -'c')"),
        ("a -(b | c)", "('a' + -('b' | 'c'))"),
        ('robot "exact words" hand', "('robot' + \"exact words\" + 'hand')"),
        ("ti:world model", "ti:'world model'"),
        ('abs: "as written"', 'abs:"as written"'),
        ("ti:(a | b)", "(ti:'a' | ti:'b')"),
        ("a -ti:survey", "('a' + -ti:'survey')"),
        ('au:"Sergey Levine"', "au:sergey levine"),
        ("au:Levine, Sergey", "au:sergey levine"),
        ("AU:S. Levine + vla", "(au:s levine + 'vla')"),
        ("cat:cs.RO", "cat:cs.ro"),
        ("cat:cs.* + cat:hep-th", "(cat:cs.* + cat:hep-th.*)"),
        ("cat:cs.RO robot hand", "(cat:cs.ro + 'robot hand')"),
        ("robot -cat:cs.RO hand", "('robot' + -cat:cs.ro + 'hand')"),
        ("3d: scenes", "'3d . scene'"),
        ("scenes:", "'scene'"),
        ("16:9 video", "'16 . 9 video'"),
        ("C++ | C#", "('c++' | 'c#')"),
        ("SEARCH AND RESCUE", "'search and rescue'"),
        ("search and rescue", "'search and rescue'"),
        ("$\\pi_0$", "'pi0'"),
        ("扩散策略", "'扩 散 策 略'"),
        ("“smart words”　－survey", "(\"smart words\" + -'survey')"),
        ("机器人｜标题：", "('机 器 人' | '标 题')"),
        ("作者 + au：Müller", "('作 者' + au:muller)"),
    ],
)
def test_what_keywords_say(text: str, expected: str) -> None:
    """Words side by side are a phrase; a minus and a field hold for the phrase after them; then +, then |."""
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "empty", "▸"),
        ("  ", "empty", "▸  "),
        ("x" * 201, "too_long", "x" * 200 + "▸x"),
        (" | ".join("a" * 31), "too_many", " | ".join("a" * 30) + " | ▸a"),
        ('robot "hand', "unclosed_quote", 'robot ▸"hand'),
        ('robot ""', "empty_quote", 'robot ▸""'),
        ("+ a", "nothing_before", "▸+ a"),
        ("a +", "nothing_after", "a ▸+"),
        ("a | | b", "nothing_after", "a ▸| | b"),
        ("a + -", "lone_minus", "a + ▸-"),
        ("a - b", "lone_minus", "a ▸- b"),
        ("-survey", "only_exclusions", "▸-survey"),
        ("a | -b", "only_exclusions", "a | ▸-b"),
        ("a -(-b)", "only_exclusions", "a -(▸-b)"),
        ("vla tit:world", "unknown_field_meant", "vla ▸tit:world"),
        ("title: world", "unknown_field_meant", "▸title: world"),
        ("foo:bar", "unknown_field", "▸foo:bar"),
        ("https://arxiv.org", "url", "▸https://arxiv.org"),
        ("ti:", "empty_field", "▸ti:"),
        ("au: + b", "empty_field", "▸au: + b"),
        ("???", "no_words", "▸???"),
        ("au:…", "no_words", "au:▸…"),
        ("vla AND robot", "spelled_operator", "vla ▸AND robot"),
        ("cat:robots!", "bad_category", "cat:▸robots!"),
        ("(a | b", "open_bracket", "▸(a | b"),
        ("a) b", "extra_bracket", "a▸) b"),
        ("()", "nothing_after", "▸()"),
        ("(" * 99 + "a", "too_deep", "(" * 10 + "▸" + "(" * 89 + "a"),
    ],
)
def test_mistakes_are_pointed_at(text: str, code: str, place: str) -> None:
    """A mistake says what is wrong and where, and what to do, in the reader's language."""
    with pytest.raises(KeywordError) as caught:
        parse_keyword(text)

    assert caught.value.code == code
    at = caught.value.position
    assert f"{text[:at]}▸{text[at:]}" == place
    assert all(hint(caught.value, language) for language in LANGUAGES)


def test_a_near_field_is_suggested() -> None:
    """`tit:` was perhaps meant to be `ti:`."""
    with pytest.raises(KeywordError, match="did you mean ti:"):
        parse_keyword("tit:world")


def test_a_keyword_keeps_its_text() -> None:
    """What a person wrote is what is shown."""
    assert parse_keyword("VLA  | World-Model") == Keyword("VLA  | World-Model", parse_keyword("vla | world-model").node)


@given(st.text() | st.text(alphabet='ab -+|()":\\$粗“”－：.au,tics*'))
def test_every_text_is_a_keyword_or_a_mistake_within_it(text: str) -> None:
    """Parsing ends in a keyword or in an error whose place lies in the text."""
    try:
        parsed = parse_keyword(text)
    except KeywordError as error:
        mistake = error
    else:
        assert parsed.text == text
        return
    assert 0 <= mistake.position <= len(text)
    assert hint(mistake, "zh")
