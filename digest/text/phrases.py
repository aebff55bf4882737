"""Sentences that are told by their form alone: a model's manners, and a paper's words to the machine that reads it.

The patterns are data (`phrases.toml`). They judge no intent: a paper about prompt injection quotes such sentences in
good faith, and loses them from what the model reads all the same.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_LEFT_OUT = "[…]"


@cache
def _data() -> dict[str, list[str]]:
    return tomllib.loads(resources.files("digest.text").joinpath("phrases.toml").read_text(encoding="utf-8"))


@cache
def _phrases() -> dict[str, re.Pattern[str]]:
    patterns = {name: words for name, words in _data().items() if name != "hints"}
    joined = {name: "|".join(f"(?:{p})" for p in words) for name, words in patterns.items()}
    joined["opener"] = rf"^(?:{joined['opener']})\s*[,，.。!！:：]+\s*"
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in joined.items()}


def strip_pleasantries(text: str) -> str:
    """The statement without "Sure," before it; empty where all of it is a greeting, an apology or an error."""
    text = _phrases()["opener"].sub("", text.strip(), count=1)
    return "" if _phrases()["talk"].search(text) else text


def is_instruction(text: str) -> bool:
    """Whether a sentence tells a machine that reads the paper what to do."""
    small = text.lower()
    return any(hint in small for hint in _data()["hints"]) and _phrases()["instruction"].search(text) is not None


def without_instructions(text: str) -> tuple[str, int]:
    """A paragraph with such sentences, and a chat template's control tokens, replaced by […]; how many sentences."""
    text = _phrases()["control"].sub(f" {_LEFT_OUT} ", text)
    if not is_instruction(text):
        return text, 0
    sentences = [s.strip() for s in _SENTENCE.split(text) if s and s.strip()]
    count = sum(is_instruction(s) for s in sentences)
    if not count:
        return _LEFT_OUT, 1  # the instruction runs over the ends of sentences
    return " ".join(_LEFT_OUT if is_instruction(s) else s for s in sentences), count
