"""Stage 4: what was read of a paper -> an Analysis in six parts, each statement with its evidence.

    Request (Paper + PaperText | None)  --Analyst-->  Analysis

Two analysts stand behind one seam: `excerpt` (the paper's own sentences, no model) and `llm` (any OpenAI-compatible
server). Whatever wrote a statement, `grounding.check` says whether its quotation and numbers are in the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from digest.models.analysis import Analysis, AnalysisSource, Statement
from digest.models.digest import VersionChange
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import PaperText


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """One paper version to be analysed for readers of `language`.

    `text` None: the paper's PDF could not be had or read, and the analysis is made from the abstract. `unsupported`
    says what becomes of statements whose evidence was not found: "mark" or "drop". `notices` are what is known
    already (no PDF, budget used up, ...); an analyst puts them before its own.
    """

    paper: Paper
    text: PaperText | None
    language: str
    unsupported: str = "mark"
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """What was found on a question. The quotation of each statement was found in the paper; without statements nothing
    was found in the pages `pages_read`, all that the answer was looked for in. `analyst` is the model's name, or
    `digest.models.analysis.EXCERPT` where the statements are passages of the paper itself. `notices` say why it is not
    better."""

    statements: tuple[Statement, ...]
    analyst: str
    made_from: AnalysisSource
    notices: tuple[Notice, ...] = ()
    pages_read: tuple[int, ...] = ()


class AnalystError(Exception):
    """An analyst could not make an analysis. `notice` says why; the pipeline falls back to the excerpt and shows it."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        super().__init__(notice.code)


class Analyst(Protocol):
    """Makes analyses. `name` and `prompt_version` identify how: stored analyses are looked up by both."""

    @property
    def name(self) -> str:
        """`digest.models.analysis.EXCERPT` or the model's name."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which one of its analyses may be stored, `name` first."""
        ...

    @property
    def prompt_version(self) -> int: ...

    async def analyse(self, request: AnalysisRequest) -> Analysis:
        """The analysis. Raises `AnalystError` when it can't be made; never returns a cut-off one."""
        ...


class ChangeSummariser(Protocol):
    """Puts the changes of a paper's version into words."""

    async def __call__(self, changes: Sequence[VersionChange], language: str, paper: Paper) -> Statement | None:
        """A sentence in `language` that passes the check, or None."""
        ...


class QuestionAnswerer(Protocol):
    """Answers a question from a paper with a model."""

    async def __call__(self, request: AnalysisRequest, question: str) -> PaperAnswer:
        """The answer, with checked statements. Raises `AnalystError` where no model answers."""
        ...
