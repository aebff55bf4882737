"""Changes to quotations: honest ones that a checker must accept, doctored ones that it must refuse.

Each takes a sentence of a paper, a source of chance and the paper's own names, and gives the changed sentence, or None
where it does not apply. They share no word list with the checker that they measure.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

Change = Callable[[str, random.Random, Sequence[str]], str | None]

# --- honest


def case(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    return chance.choice([text.lower(), text.upper(), text[0].swapcase() + text[1:]])


def hyphens(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    compounds = list(re.finditer(r"(?<=[a-z]{2})-(?=[a-z]{2})", text))
    if compounds:
        place = chance.choice(compounds)
        return text[: place.start()] + chance.choice(["", " ", "‐", "- "]) + text[place.end() :]
    words = list(re.finditer(r"[a-z]{9,}", text))
    if not words:
        return None
    at = chance.choice(words).start() + chance.randint(3, 6)
    return text[:at] + chance.choice(["-", "- ", "\u00ad", "-\n"]) + text[at:]


def ligatures(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    for plain, joined in (("ffi", "ﬃ"), ("fi", "ﬁ"), ("fl", "ﬂ"), ("ff", "ﬀ"), ("'", "’"), ('"', "“")):
        text = text.replace(plain, joined)
    return text if re.search("[ﬀ-ﬆ’“]", text) else None


def citations(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    bare = re.sub(r"\s*\[\d+(?:\s*[,–-]\s*\d+)*\]", "", text)
    bare = re.sub(r"\s*\([^()]*(?:et al\.?,?|[A-Z]\w+,)\s+\(?(?:19|20)\d\d[a-z]?\)?[^()]*\)", "", bare)
    return bare if bare != text and len(bare) > 50 else None


_SPELLINGS = (
    ("behavior", "behaviour"),
    ("model", "modell"),
    ("color", "colour"),
    ("neighbor", "neighbour"),
    ("izes ", "ises "),
    ("ization", "isation"),
    ("ized ", "ised "),
    ("izing", "ising"),
    ("ize ", "ise "),
    ("center", "centre"),
    ("analyze", "analyse"),
    ("favor", "favour"),
    ("labeled", "labelled"),
    ("modeling", "modelling"),
    ("behaviour", "behavior"),
    ("ise ", "ize "),
    ("isation", "ization"),
    ("naive", "naïve"),
    ("while ", "whilst "),
    ("toward ", "towards "),
    ("catalog ", "catalogue "),
)


def respelling(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    usable = [(a, b) for a, b in _SPELLINGS if a in text and (a != "model" or "modeling" in text or "modeled" in text)]
    if usable and chance.random() < 0.5:
        plain, other = chance.choice(usable)
        return (
            text.replace(plain + "ing", other + "ing").replace(plain + "ed", other + "ed")
            if plain == "model"
            else text.replace(plain, other, 1)
        )
    words = list(re.finditer(r"(?<![\w-])[a-z]{7,}(?![\w-])", text))
    if not words:
        return None
    word = chance.choice(words)
    at = word.start() + chance.randint(2, len(word.group()) - 3)
    if chance.random() < 0.5:
        slip = text[at + 1] + text[at] if text[at] != text[at + 1] else text[at]
        return text[:at] + slip + text[at + 2 :]
    return text[:at] + text[at + 1 :]


def ellipsis(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    words = text.split()
    if len(words) < 16:
        return None
    length = chance.randint(2, 6)
    at = chance.randint(5, len(words) - length - 5)
    if {"not", "no", "never", "without", "only", "cannot"} & set(words[at : at + length]):
        return None
    return " ".join([*words[:at], chance.choice(["…", "...", "[...]", "[…]"]), *words[at + length :]])


# --- doctored


def digit(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    cited = [m.span() for m in re.finditer(r"\[[^\]]*\]|\([^)]*\d{4}[^)]*\)", text)]
    digits = [m.start() for m in re.finditer(r"\d", text) if not any(a <= m.start() < b for a, b in cited)]
    if not digits:
        return None
    at = chance.choice(digits)
    return text[:at] + chance.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]


def sign(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    for old, new in (("−", ""), ("<", ">"), (">", "<"), ("≤", "≥"), ("≥", "≤"), ("+", "−")):
        if re.search(rf"{re.escape(old)}\s?\d", text):
            return re.sub(rf"{re.escape(old)}(?=\s?\d)", new, text, count=1)
    number = re.search(r"(?<=[a-z=(] )\d+(?:\.\d+)?|(?<=[=(])\d+(?:\.\d+)?", text)
    return text[: number.start()] + "-" + text[number.start() :] if number else None


_OTHER_UNIT = {
    "%": "‰",
    "ms": "s",
    "seconds": "minutes",
    "hours": "days",
    "days": "hours",
    "minutes": "hours",
    "million": "billion",
    "billion": "million",
    "thousand": "million",
    "M": "B",
    "B": "M",
    "K": "M",
    "k": "M",
    "GB": "MB",
    "MB": "GB",
    "points": "percent",
    "percent": "points",
    "x": "%",
    "times": "percent",
    "layers": "blocks",
    "epochs": "steps",
    "steps": "epochs",
    "weeks": "days",
    "words": "sentences",
    "tokens": "words",
    "years": "months",
    "km": "m",
    "Hz": "kHz",
    "dimensions": "layers",
    "iterations": "epochs",
}


def unit(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    places = [
        m
        for m in re.finditer(r"(?<=\d)(\s?)(%|[A-Za-z]+)(?![\w-])", text)
        if m[2] in _OTHER_UNIT and m[2] not in ("x", "B")
    ]
    if not places:
        return None
    place = chance.choice(places)
    return text[: place.start(2)] + _OTHER_UNIT[place[2]] + text[place.end(2) :]


def not_inserted(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    places = list(re.finditer(r"\b(is|are|was|were|does|do|can|could|will|has|have|should|may)\b(?! not)", text))
    if not places:
        return None
    at = chance.choice(places).end()
    return text[:at] + " not" + text[at:]


_OPPOSITES = {
    "more": "less",
    "less": "more",
    "higher": "lower",
    "lower": "higher",
    "increase": "decrease",
    "increases": "decreases",
    "decrease": "increase",
    "decreases": "increases",
    "better": "worse",
    "worse": "better",
    "larger": "smaller",
    "smaller": "larger",
    "faster": "slower",
    "slower": "faster",
    "improves": "degrades",
    "improve": "degrade",
    "most": "least",
    "least": "most",
    "above": "below",
    "below": "above",
    "best": "worst",
    "outperforms": "underperforms",
    "fewer": "more",
    "increasing": "decreasing",
    "before": "after",
    "after": "before",
    "maximum": "minimum",
    "minimum": "maximum",
    "longer": "shorter",
}


def direction(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    places = [m for m in re.finditer(r"\b[a-z]+\b", text) if m.group() in _OPPOSITES]
    if not places:
        return None
    place = chance.choice(places)
    return text[: place.start()] + _OPPOSITES[place.group()] + text[place.end() :]


def name(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    places = [m for m in re.finditer(r"(?<=[a-z,] )[A-Z][\w-]*[A-Za-z]", text) if m.group() in names]
    others = [n for n in names if n.lower() not in text.lower()]
    if not places or not others:
        return None
    place, other = chance.choice(places), chance.choice(others)
    return text[: place.start()] + other + text[place.end() :]


def not_dropped(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    found = re.search(r"\b(?:not|never|no|without)\s", text)
    return text[: found.start()] + text[found.end() :] if found else None


def only_dropped(text: str, chance: random.Random, names: Sequence[str]) -> str | None:
    found = re.search(r"(?<!not )\b(?:only|solely|merely|just)\s", text)
    return text[: found.start()] + text[found.end() :] if found else None


HONEST: dict[str, Change] = {
    "case": case,
    "hyphens": hyphens,
    "ligatures": ligatures,
    "citations dropped": citations,
    "respelling": respelling,
    "ellipsis": ellipsis,
}
DOCTORED: dict[str, Change] = {
    "a digit": digit,
    "a sign": sign,
    "a unit": unit,
    "not inserted": not_inserted,
    "more for less": direction,
    "a name swapped": name,
    "not dropped": not_dropped,
    "only dropped": only_dropped,
}
