"""What models have written of an analysis so far, and the whole of it in the end. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from digest.analysis.analyst import AnalysisRequest
from digest.analysis.llm.budget import ReadingDepth
from digest.analysis.llm.model_errors import FaultKind, ModelError
from digest.analysis.llm.prompt_context import PromptContext
from digest.analysis.llm.prompts import PIECES, PROMPT_VERSION, TAKEAWAY
from digest.analysis.llm.response_parser import ResponseError
from digest.analysis.llm.writer import AnalysisWriter
from digest.models.analysis import Analysis, AnalysisPart, AnalysisPartKey, AnalysisSource, Statement
from digest.models.notice import Notice


@dataclass(slots=True)
class AnalysisDraft:
    """Statements by piece, and which model wrote them from what. `troubles`: why pieces did not come, first things
    first."""

    request: AnalysisRequest
    statements: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    readings: dict[str, PromptContext] = field(default_factory=dict)  # by model
    notices: list[Notice] = field(default_factory=list)
    troubles: list[Notice] = field(default_factory=list)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(piece for piece in PIECES if piece not in self.statements)

    @property
    def missing_parts(self) -> tuple[AnalysisPartKey, ...]:
        return tuple(key for key in AnalysisPartKey if key not in self.statements)

    @property
    def found(self) -> float:
        """The share of statements whose evidence was found, 0 to 1."""
        statements = [statement for key in AnalysisPartKey for statement in self.statements.get(key, ())]
        return sum(statement.is_found for statement in statements) / len(statements) if statements else 0.0

    def add(self, writer: AnalysisWriter, step: ReadingDepth) -> None:
        """Take what a model wrote, as far as it may be shown, and what the reader should know of it."""
        name, reading = writer.server.name, writer.questions.reading
        for piece, checked in writer.written.items():
            presentable = tuple(self._shown(c.statement) for c in checked if self._may_be_shown(piece, c.statement))
            if presentable:
                self.statements[piece], self.models[piece] = presentable, name
        if writer.written and not writer.found_anything:
            self.troubles.append(Notice.of("llm.unfounded", model=name))
        self.troubles += [reason(name, error) for error in writer.errors.values()]
        if name in self.models.values():
            self.readings[name] = reading
            self.notices += [*reading.notices, *([step.notice] if step.notice else [])]

    def _may_be_shown(self, piece: str, statement: Statement) -> bool:
        """A takeaway stands alone, without a place for doubts."""
        if piece == TAKEAWAY:
            return statement.is_found and not statement.doubts
        return statement.is_found or self.request.unsupported == "mark"

    def _shown(self, statement: Statement) -> Statement:
        """An abstract that stands alone has no pages."""
        if self.request.text is None and statement.evidence is not None:
            return replace(statement, evidence=replace(statement.evidence, page=None))
        return statement

    def finished(self, excerpt: Analysis | None) -> Analysis:
        """The analysis whole. The parts that are missing come from `excerpt`, which has all six."""
        request = self.request
        wrote = Counter(self.models[key] for key in AnalysisPartKey if key in self.models)
        main = wrote.most_common(1)[0][0]
        reading = self.readings[main]
        full = request.text if reading.made_from is AnalysisSource.FULL_TEXT else None
        parts = {part.key: part for part in excerpt.parts} if excerpt else {}
        parts |= {key: AnalysisPart(key, self.statements[key]) for key in AnalysisPartKey if key in self.statements}
        notices = [*request.notices, *self.notices]
        notices += [Notice.of("llm.written_by", model=name, n=n) for name, n in wrote.items() if name != main]
        notices += [Notice.of(f"llm.excerpted.{key}") for key in self.missing_parts]
        return Analysis(
            paper_id=request.paper.id,
            version=request.paper.version,
            language=request.language,
            analyst=main,
            made_from=reading.made_from,
            parts=tuple(parts[key] for key in AnalysisPartKey),
            takeaway=self._takeaway(excerpt),
            pages_read=len(reading.pages) if full else 0,
            pages=full.pages if full else 0,
            prompt_version=PROMPT_VERSION,
            notices=tuple(dict.fromkeys(notices)),
        )

    def _takeaway(self, excerpt: Analysis | None) -> Statement | None:
        """The model's, else the first sentence of its overview that was found and has no doubt, else the excerpt's."""
        candidates = (*self.statements.get(TAKEAWAY, ()), *self.statements.get(AnalysisPartKey.OVERVIEW, ()))
        takeaway = next((s for s in candidates if s.is_found and not s.doubts), None)
        return (
            takeaway or (excerpt.takeaway if excerpt else None) or next((s for s in candidates if not s.doubts), None)
        )


def reason(model: str, error: ModelError | ResponseError) -> Notice:
    """Why nothing came of a question to a model."""
    if isinstance(error, ModelError):
        return Notice.of("llm.budget_spent") if error.trouble is FaultKind.OVER_BUDGET else error.notice
    return Notice.of(f"llm.answer_{error.flaw.name.lower()}", model=model)
