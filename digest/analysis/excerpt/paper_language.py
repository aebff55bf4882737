"""The language in which a text is written, from its letters and its shortest words."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import resources

WITH_CUES = ("en", "zh", "fr", "de", "es", "ru")  # languages whose sentences an excerpt can choose from

_LETTERS = {
    "ja": re.compile(r"[\u3041-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7a3]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "uk": re.compile(r"[іїєґ]", re.IGNORECASE),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "el": re.compile(r"[\u0370-\u03ff]{3,}"),
}
_SHARES = {"ja": 0.1, "ko": 0.2, "zh": 0.3, "uk": 0.02, "ru": 0.4, "ar": 0.4, "el": 0.4}
_LATIN_SHARE = 0.12  # of all words that are among the frequent ones of a language; English prose has 0.3 and more
_FEWEST = 2  # of these words, below which nothing can be said
_LEAD = 2  # frequent words that a sentence of another language has more of than of the paper's


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language that most of `text` is in; "" where it cannot be known."""
    letters = sum(c.isalpha() for c in text) or 1
    for language, pattern in _LETTERS.items():
        if sum(len(match) for match in pattern.findall(text)) >= _SHARES[language] * letters:
            return language
    counts, total = _counts(text)
    language, count = max(counts.items(), key=lambda entry: entry[1], default=("", 0))
    return language if count >= max(_FEWEST, _LATIN_SHARE * total) else ""


def is_in_language(sentence: str, language: str) -> bool:
    """Whether a sentence may be in that language: False only where it clearly is in another one."""
    in_letters = [name for name in ("zh", "ru") if len(_LETTERS[name].findall(sentence)) > 0.3 * len(sentence)]
    if in_letters or language in ("zh", "ru"):
        return language in in_letters or (language == "ru" and "uk" in in_letters)
    counts, _ = _counts(sentence)
    return max(counts.values(), default=0) < counts.get(language, 0) + _LEAD


def _counts(text: str) -> tuple[Mapping[str, int], int]:
    """How many frequent words of each language a text has, and how many words in all."""
    counted = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    by_language = {name: sum(counted[word] for word in words) for name, words in _frequent_words().items()}
    return by_language, sum(counted.values())


@cache
def _frequent_words() -> Mapping[str, frozenset[str]]:
    text = resources.files("digest.analysis.excerpt").joinpath("languages.toml").read_text(encoding="utf-8")
    return {name: frozenset(words.split()) for name, words in tomllib.loads(text)["words"].items()}
