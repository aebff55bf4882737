"""What the model is told: fixed instructions, then the paper as data, then the task.

    instructions | PAPER mark BEGINS … PAPER mark ENDS | task        all but the task is the same for a whole paper

The words are data (`prompts.toml`). The mark is made of the paper's own content, so that no paper can hold it.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from digest.analysis.llm.prompt_context import PromptContext
from digest.analysis.llm.response_parser import INTERPRETATION, REPORTED, DraftClaim
from digest.analysis.question_answering import BesidePassage
from digest.i18n.doubt_phrases import doubt_lines
from digest.i18n.translator import Translator
from digest.models.analysis import AnalysisPartKey, AnalysisSource, Evidence
from digest.models.digest import VersionChange

PROMPT_VERSION = 2

TAKEAWAY = "takeaway"
CHANGES = "changes"
ANSWER = "answer"
_LONGEST_PASSAGE = 600  # characters of the paper in a repair
PIECES: tuple[str, ...] = (*AnalysisPartKey, TAKEAWAY)


@dataclass(frozen=True, slots=True)
class PartSize:
    """How many statements are asked for, and with how many a part is complete."""

    least: int
    most: int
    enough: int


_SIZES: Mapping[str, PartSize] = {
    AnalysisPartKey.OVERVIEW: PartSize(3, 5, 2),
    AnalysisPartKey.MOTIVATION: PartSize(2, 4, 2),
    AnalysisPartKey.CONTRIBUTIONS: PartSize(3, 5, 2),
    AnalysisPartKey.METHOD: PartSize(4, 7, 3),
    AnalysisPartKey.EXPERIMENTS: PartSize(4, 7, 3),
    AnalysisPartKey.LIMITATIONS: PartSize(2, 4, 1),
    TAKEAWAY: PartSize(1, 1, 1),
}
_OF_AN_ABSTRACT = PartSize(1, 3, 1)


def size(piece: str, made_from: AnalysisSource) -> PartSize:
    """What is asked for of a piece; an abstract has little to tell."""
    return _SIZES[piece] if made_from is AnalysisSource.FULL_TEXT or piece == TAKEAWAY else _OF_AN_ABSTRACT


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to a model. `system` and `paper` are the same for all questions about a paper."""

    system: str
    paper: str
    task: str
    schema: Mapping[str, Any] | None = None  # of the answer; None: `SCHEMA`

    @property
    def user(self) -> str:
        return f"{self.paper}\n\n{self.task}"

    @property
    def text(self) -> str:
        """All of it, in the order in which a server reads it."""
        return f"{self.system}\n\n{self.user}"


# One schema for every question: some servers put it before the prompt, and another one would cost the cached prefix.
# Plain on purpose: servers refuse or ignore patterns, formats, references and lengths.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["statements"],
    "properties": {
        "statements": {
            "type": "array",
            "maxItems": 40,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["number", "part", "claim", "quotes", "kind"],
                "properties": {
                    "number": {"type": "integer"},
                    "part": {"type": "string", "enum": [*PIECES, CHANGES, ANSWER]},
                    "claim": {"type": "string"},
                    "quotes": {"type": "array", "items": {"type": "string"}},
                    "kind": {"type": "string", "enum": [REPORTED, INTERPRETATION]},
                },
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A claim that is to be repaired, what its check came to, and the paper's nearest passage ("" for none)."""

    claim: DraftClaim
    evidence: Evidence
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class PromptBuilder:
    """Makes every question about one reading of a paper, for readers of one language. `glossary`: its terms alone.
    `focused`: where the paper does not fit, the text that matters most to a piece, by piece."""

    reading: PromptContext
    language: str
    glossary: Glossary
    focused: Mapping[str, PromptContext] = field(default_factory=dict)

    def piece(self, key: str, complaint: str = "") -> Prompt:
        """A part, or the takeaway."""
        form = "takeaway" if key == TAKEAWAY else "part"
        return self._prompt(_task(self.language, form).format(**self._fields(key)), complaint, key)

    def whole(self, keys: Sequence[str], complaint: str = "") -> Prompt:
        """Several pieces in one answer, for servers that do not cache prompts."""
        line = _task(self.language, "paper_part")
        parts = "\n".join(line.format(**self._fields(key)) for key in keys)
        return self._prompt(_task(self.language, "paper").format(language=self._name, parts=parts), complaint)

    def answer(self, question: str, complaint: str = "", extra_passages: Sequence[BesidePassage] = ()) -> Prompt:
        """A reader's question. It is somebody's words too: put as data, in one line; so is what stands `beside` the
        reading, passages of the appendix, of footnotes and captions, and the paper's links."""
        task, lines = _task(self.language, "answer"), ""
        if extra_passages:
            lines = "\n".join(json.dumps({"page": p.page, "text": p.text}, ensure_ascii=False) for p in extra_passages)
            task += _task(self.language, "answer_beside")
        question_json = json.dumps(" ".join(question.split()), ensure_ascii=False)
        return self._prompt(
            task.format(language=self._name, question=question_json, key=ANSWER, passages=lines), complaint
        )

    def repair(self, failed: Sequence[Failure]) -> Prompt:
        """The claims that did not pass the check or have a doubt, to be corrected or given up."""
        failures = "\n".join(map(self._failure, failed))
        parts = {failure.claim.part for failure in failed}
        part = parts.pop() if len(parts) == 1 else ""
        return self._prompt(_task(self.language, "repair").format(language=self._name, failed=failures), part=part)

    def thin(self, usable: int, least: int) -> str:
        """The complaint about an answer with too few statements."""
        return _task(self.language, "thin").format(n=usable, least=least)

    def rest(self, claims_read: Sequence[DraftClaim], lost: str, most: int) -> str:
        """The complaint about an answer of which some statements could not be read."""
        claims = json.dumps([claim.text for claim in claims_read], ensure_ascii=False)
        return _task(self.language, "rest").format(kept=claims, lost=lost, most=most)

    def _failure(self, failure: Failure) -> str:
        """One claim as data, with what exactly is wrong and what the paper says there."""
        claim, evidence = failure.claim, failure.evidence
        texts = Translator(_spoken(self.language))
        problems = [texts.notice(evidence.why)] if evidence.why else []
        problems += doubt_lines(evidence.doubts, texts)
        entry = {"number": claim.number, "part": claim.part, "claim": claim.text, "quotes": list(claim.quotes)}
        entry["problem"] = "; ".join(problems)
        if failure.nearest and not evidence.doubts:
            entry["paper"] = failure.nearest[:_LONGEST_PASSAGE]
        return json.dumps(entry, ensure_ascii=False)

    @property
    def _name(self) -> str:
        return language_name(self.language, _spoken(self.language))

    def _fields(self, key: str) -> dict[str, Any]:
        part_size = size(key, self.reading.made_from)
        words = _words()[_spoken(self.language)]
        heading = key if key == TAKEAWAY else Translator(_spoken(self.language))(f"part.{key}")
        return {
            "key": str(key),
            "heading": heading,
            "language": self._name,
            "about": words["about"][key],
            "least": part_size.least,
            "most": part_size.most,
        }

    def _prompt(self, task: str, complaint: str = "", part: str = "") -> Prompt:
        lines = [task.strip()]
        if self.reading.made_from is AnalysisSource.ABSTRACT:
            lines.append(_task(self.language, "abstract_only"))
        if self.glossary.entries:
            lines.append(_task(self.language, "terms").format(terms=self.glossary))
        if complaint:
            lines.append(_task(self.language, "again").format(problem=complaint))
        lines.append(_task(self.language, "close").format(language=self._name))
        reading = self.focused.get(part, self.reading)
        return Prompt(instructions(), between_marks(reading.text), "\n".join(lines))


def about_changes(changes: Sequence[VersionChange], language: str, glossary: Glossary) -> Prompt:
    """The question what is new in a version, from the differences that were found by comparison."""
    lines = [line for change in changes for line in _change(change)]
    reading = PromptContext("\n".join(lines), AnalysisSource.FULL_TEXT)
    questions = PromptBuilder(reading, language, glossary.within(reading.text))
    return questions._prompt(_task(language, "changes").format(language=language_name(language, _spoken(language))))


def _change(change: VersionChange) -> list[str]:
    lines = [f"## {change.kind}: {change.section}"]
    lines += [f"OLD: {change.old}"] if change.old else []
    return lines + ([f"NEW: {change.new}"] if change.new else [])


def instructions() -> str:
    """What is said first, the same for every paper, language and task."""
    return str(_words()["instructions"]).strip()


def between_marks(text: str) -> str:
    """The paper as data, between two lines that no paper can hold: the mark is a hash of what is between them."""
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    words = _words()
    return "\n".join([words["begins"].format(mark=mark), text, words["ends"].format(mark=mark)])


def language_name(code: str, spoken: str) -> str:
    """How a language is called in the language that the task is written in: 简体中文, English, Japanese."""
    if code == "zh":
        return "简体中文" if spoken == "zh" else "Simplified Chinese"
    return str(Translator("en").locale.languages.get(code, code))


@dataclass(frozen=True, slots=True)
class Glossary:
    """How terms are put in one language: term of the paper -> the form to use, then forms that are replaced by it."""

    entries: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, language: str, configured: Mapping[str, Mapping[str, str]]) -> Glossary:
        """Broadsheet's own terms of the language, and those of the configuration before them."""
        built_in = _words().get(language, {}).get("glossary", {})
        merged = {term.lower(): forms for term, forms in (built_in | dict(configured.get(language, {}))).items()}
        split = {term: tuple(f.strip() for f in forms.split("|") if f.strip()) for term, forms in merged.items()}
        return cls({term: forms for term, forms in split.items() if forms})

    def within(self, text: str) -> Glossary:
        """The terms that stand in the text; case, hyphens and plurals do not matter."""
        loose_text = _loose(text)
        return Glossary(
            {term: forms for term, forms in self.entries.items() if f" {_loose(term).strip()}" in loose_text}
        )

    def __str__(self) -> str:
        return "; ".join(f"{term} = {forms[0]}" for term, forms in sorted(self.entries.items()))

    def applied(self, statement: str) -> str:
        """The statement with every term put the one way."""
        for form, *variants in self.entries.values():
            if variants:
                statement = _unified(statement, form, variants)
        return statement


def _loose(text: str) -> str:
    return " " + re.sub(r"[\s/-]+", " ", text.lower()) + " "


def _unified(text: str, form: str, variants: Sequence[str]) -> str:
    """Each of the other forms replaced, but not within the right one: 基准 stays in 基准测试."""
    alternatives = sorted(map(re.escape, (form, *variants)), key=len, reverse=True)
    edge = r"\b" if form.isascii() and all(variant.isascii() for variant in variants) else ""
    return re.sub(
        f"{edge}(?:{'|'.join(alternatives)}){edge}", lambda m: form if m.group() in variants else m.group(), text
    )


def _spoken(language: str) -> str:
    """The language of the task's own words."""
    return language if language in ("zh", "en") else "en"


def _task(language: str, form: str) -> str:
    return str(_words()[_spoken(language)]["task"][form])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files("digest.analysis.llm").joinpath("prompts.toml").read_text(encoding="utf-8"))
