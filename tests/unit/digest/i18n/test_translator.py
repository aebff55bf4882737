"""The catalogue: both languages, whole, and nothing of one in the other."""

import ast
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from digest.i18n.translator import LANGUAGES, Translator, catalogue
from digest.models.notice import Notice

ROOT = Path(__file__).parents[4]
CHINESE = re.compile(r"[\u3400-\u9fff]")
NAMES_OF_LANGUAGES = ("language.usage", "usage.language")  # a language is called by its own name


def forms(key: str, language: str) -> list[str]:
    form = catalogue()[key][language]
    return [form] if isinstance(form, str) else list(form.values())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", catalogue())
def test_each_text_is_there_in_both_languages(key: str) -> None:
    """With the same parameters (a plural's `n` may go without saying), and with no third language."""
    entry = catalogue()[key]
    needed = {language: set().union(*map(fields, forms(key, language))) - {"n"} for language in LANGUAGES}

    assert set(entry) == set(LANGUAGES)
    assert needed["zh"] == needed["en"]
    if not isinstance(entry["en"], str):
        assert {"one", "other"} == set(entry["en"])


@pytest.mark.parametrize("key", [key for key in catalogue() if key not in NAMES_OF_LANGUAGES])
def test_no_chinese_stands_in_an_english_text(key: str) -> None:
    assert not any(CHINESE.search(text) for text in forms(key, "en"))


@pytest.mark.parametrize("key", catalogue())
def test_a_chinese_text_of_words_is_chinese(key: str) -> None:
    """Names, signs and parameters alone need no Chinese; a sentence does."""
    for text in forms(key, "zh"):
        words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\{.*?\}|`.*?`|https?://\S+|/\w+", "", text))
        assert CHINESE.search(text) or len(words) <= 2, text


def notices() -> Iterator[tuple[str, str]]:
    """Every notice that is made with a literal code, and where."""
    for room in ("bot", "digest", "storage"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or ast.unparse(node.func) != "Notice.of" or not node.args:
                    continue
                if isinstance(node.args[0], ast.Constant):
                    yield str(node.args[0].value), f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize(("code", "place"), sorted(set(notices())))
def test_every_notice_has_its_words(code: str, place: str) -> None:
    """Expected failures are values; each can be put into words."""
    assert f"notice.{code}" in catalogue(), place


def test_dates_numbers_and_plurals_are_the_languages_own() -> None:
    zh, en = Translator("zh"), Translator("en")

    assert zh.date(date(2026, 1, 9)) == "2026年1月9日 星期五"
    assert en.date(date(2026, 1, 9)) == "Friday, January 9, 2026"
    assert en("overview.updated", n=1) == "1 update"
    assert en("overview.updated", n=1200) == "1,200 updates"
    assert zh.list(["a", "b"]) == "a、b"


def test_a_language_without_a_catalogue_is_served_in_english() -> None:
    assert Translator("fr")("overview.updated", n=2) == "2 updates"
    assert Translator("fr").notice(Notice.of("pipeline.mistake")) == Translator("en").notice(
        Notice.of("pipeline.mistake")
    )
