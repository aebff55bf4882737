"""More changes to quotations, beyond the 14 of `benchmarks.quotation_changes`, in good faith and in bad."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from benchmarks.quotation_changes import Change

_NAME = r"(?<=[a-z,] )[A-Z][\w-]*[A-Za-z]"
_NUMBER = r"(?<![\w.\[(])\d+(?:\.\d+)?(?![\w\])])"

# --- honest


def part_of_it(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    words = text.split()
    if len(words) < 16:
        return None
    at = chance.randint(1, len(words) - 12)
    inside = " ".join(words[at : at + chance.randint(10, len(words) - at)])
    turned = words[at - 1].lower() in {"not", "no", "only", "without", "never", "cannot"}
    return None if turned or len(inside) < 40 else inside


def line_breaks(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    return "".join(word + chance.choice([" ", " ", "\n", "  ", "\u00a0"]) for word in text.split())


def marks_around(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    return chance.choice(["“%s”", '"%s"', "「%s」", "**%s**", "> %s", "…%s", "_%s_"]) % text.rstrip(".")


def per_cent(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    changed = re.sub(r"(?<=\d)\s?%", " percent", text)
    return changed if changed != text else re.sub(r" percent(?!age)", "%", text)


def thousands(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)


def article_dropped(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    places = list(re.finditer(r"(?<=[a-z,] )(?:the|a|an) ", text))
    if not places:
        return None
    place = chance.choice(places)
    return text[: place.start()] + text[place.end() :]


def typed_minus(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    return text.replace("−", "-")


# --- doctored


def words_swapped(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    words = text.split()
    places = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 4]
    if len(places) < 4:
        return None
    one, other = chance.sample(places, 2)
    if words[one] == words[other]:
        return None
    words[one], words[other] = words[other], words[one]
    return " ".join(words)


def _swapped(text: str, pattern: str, chance: random.Random) -> str | None:
    places = list(re.finditer(pattern, text))
    if len(places) < 2:
        return None
    a, b = sorted(chance.sample(places, 2), key=lambda m: m.start())
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def numbers_swapped(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    return _swapped(text, _NUMBER, chance)


def names_swapped(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    return _swapped(text, _NAME, chance)


def word_inserted(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    words = text.split()
    new = ("significantly", "only", "always", "never", "all", "largely", "best", "almost", "consistently", "novel")
    words.insert(chance.randint(1, len(words) - 1), chance.choice(new))
    return " ".join(words)


def hedge_dropped(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    hedges = (
        "up to|at least|at most|about|roughly|nearly|almost|may|might|some|more than|less than|often|usually|mainly"
    )
    found = re.search(rf"\b(?:{hedges}|sometimes|partially|potentially|likely)\s", text)
    return text[: found.start()] + text[found.end() :] if found else None


def points_for_per_cent(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    if "percentage points" in text:
        return text.replace("percentage points", "percent")
    return re.sub(r"(?<=\d)\s?%", " percentage points", text, count=1)


_OPPOSITE = {
    "supervised": "unsupervised", "encoder": "decoder", "decoder": "encoder", "training": "test",
    "positive": "negative", "with": "without", "all": "some", "many": "few", "simple": "complex",
    "similar": "dissimilar", "always": "never",
    "large": "small", "small": "large", "input": "output", "output": "input", "same": "different", "high": "low",
    "linear": "nonlinear", "possible": "impossible", "strong": "weak", "effective": "ineffective", "first": "last",
}  # fmt: skip


def opposite(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    places = [m for m in re.finditer(r"\b[a-z]+\b", text) if m.group() in _OPPOSITE]
    if not places:
        return None
    place = chance.choice(places)
    return text[: place.start()] + _OPPOSITE[place.group()] + text[place.end() :]


def other_count(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    counts = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    found = re.search(rf"\b(?:{'|'.join(counts)})\b", text)
    if not found:
        return None
    other = chance.choice([count for count in counts if count != found.group()])
    return text[: found.start()] + other + text[found.end() :]


def scale(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    found = re.search(r"(?<=\d)(\s?)(K|M|B|k|million|billion|thousand)\b", text)
    if not found:
        return None
    other = {"million": "billion", "billion": "million", "thousand": "million", "K": "M", "k": "M", "M": "B", "B": "M"}
    return text[: found.start(2)] + other[found[2]] + text[found.end(2) :]


MORE_HONEST: dict[str, Change] = {
    "part of it": part_of_it, "line breaks": line_breaks, "marks around": marks_around, "per cent": per_cent,
    "thousands": thousands, "article dropped": article_dropped, "typed minus": typed_minus,
}  # fmt: skip
MORE_DOCTORED: dict[str, Change] = {
    "words swapped": words_swapped, "numbers swapped": numbers_swapped, "names swapped": names_swapped,
    "word inserted": word_inserted, "hedge dropped": hedge_dropped, "points for per cent": points_for_per_cent,
    "the opposite": opposite, "another count": other_count, "another scale": scale,
}  # fmt: skip
