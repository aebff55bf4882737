"""What a good model would answer: it reads the prompt as a model does, and quotes the paper that stands in it.

Used by `tests.fakes.model.server`. Claims are stock sentences in the language of the task; quotations are real
sentences of the paper, so that the check finds them, unless the model is told to doctor some.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

_PAPER = re.compile(r"PAPER (\w+) BEGINS\n(.*)\nPAPER \1 ENDS", re.DOTALL)
_ORDINALS = {"zh": "甲乙丙丁戊己庚辛", "en": "ABCDEFGH"}


@dataclass
class Model:
    """`doctored` holds (part, number) whose quotation gets words that are not in the paper. `mends`: whether it puts
    them right when it is told. `preface` stands before the JSON, `claim` replaces every claim."""

    doctored: Collection[tuple[str, int]] = ()
    mends: bool = False
    preface: str = ""
    claim: str = ""
    asked: list[str] = field(default_factory=list)  # the parts, in order; "repair" and "paper" are questions too

    def answer(self, prompt: str) -> str:
        """The text of the answer to a whole prompt."""
        match = _PAPER.search(prompt)
        assert match, "the paper is not between its marks"
        task = prompt[match.end() :]
        sentences = quotable(match[2])
        language = "zh" if re.search(r"[\u4e00-\u9fff]", task.replace("…", "")) else "en"
        return self.preface + json.dumps(
            {"statements": self._statements(task, sentences, language)}, ensure_ascii=False
        )

    def _statements(self, task: str, sentences: list[str], language: str) -> list[dict[str, Any]]:
        if failed := re.findall(r"^\{.*\}$", task, re.MULTILINE):
            self.asked.append("repair")
            return self._mended([json.loads(line) for line in failed], sentences)
        if whole := re.findall(r'^- "(\w+)".*?(\d+) (?:到|to) (\d+)', task, re.MULTILINE):
            self.asked.append("paper")
            pieces = [(key, int(least)) for key, least, _ in whole]
        else:
            key = re.search(r'"?part"? ?(?:为|is|and "part") "(\w+)"', task)
            assert key, f"no part is asked for: {task}"
            least = re.search(r"(\d+) (?:到|to) \d+", task)
            self.asked.append(key[1])
            pieces = [(key[1], int(least[1]) if least else 1)]
        made: list[dict[str, Any]] = []
        for key, count in pieces:
            for i in range(count):
                made.append(self._statement(key, i + 1, len(made) + 1, sentences, language))
        return made

    def _statement(self, part: str, place: int, number: int, sentences: list[str], language: str) -> dict[str, Any]:
        quote = sentences[(crc32(part.encode()) + place) % len(sentences)]
        mark = _ORDINALS[language][(place - 1) % 8]
        claim = (
            f"论文在 {part} 方面的要点{mark}见于所引原文。"
            if language == "zh"
            else f"Point {mark} on its {part} is in these words."
        )
        if (part, place) in self.doctored:
            quote = f"Contrary to all expectations {quote} on Mars"
        return {"number": number, "part": part, "claim": self.claim or claim, "quote": quote, "kind": "reported"}

    def _mended(self, failed: list[dict[str, Any]], sentences: list[str]) -> list[dict[str, Any]]:
        keys = ("number", "part", "claim")
        told = [{key: item[key] for key in keys} | {"quote": item["quotes"][0], "kind": "reported"} for item in failed]
        return [item | {"quote": sentences[0]} for item in told] if self.mends else told


def quotable(paper: str) -> list[str]:
    """Whole sentences of the paper's prose, 8 to 45 words each."""
    lines = (line for line in paper.splitlines() if not line.startswith(("##", "Title:", "[")))
    sentences = (s.strip() for line in lines for s in re.split(r"(?<=[a-z)][.!?])\s+(?=[A-Z])", line))
    found = [
        s for s in sentences if 8 <= len(s.split()) <= 45 and s[0].isupper() and s.endswith(".") and "[…]" not in s
    ]
    return found or [paper.strip()[:200]]
