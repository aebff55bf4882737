"""One question to a model about a made-up paper of the usual length: whether it answers, how well, and at what price.

For the set-up and the doctor. It costs about a cent at most; nothing of it is stored or published.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest.analysis.llm import budget, response_parser
from digest.analysis.llm.model_client import ModelClient
from digest.analysis.llm.model_errors import FaultKind, ModelError
from digest.analysis.llm.prompt_context import context_from_text
from digest.analysis.llm.prompts import PIECES, Glossary, PromptBuilder
from digest.analysis.llm.response_parser import ResponseError
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import AnalysisPartKey, Verdict
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import PaperText
from digest.models.spending import ModelSpending
from digest.ports import Clock
from digest.settings import LlmModel, LlmSettings
from digest.text.paper_index import PaperIndex

TYPICAL_TOKENS = 10_300  # of a paper's body: the median of 57 papers of January 2026
WRITTEN = 400  # tokens of one answer, as a rule
ANSWER_WITHIN = 180.0  # seconds


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What came of it. `trouble`: why there was no answer; `flaw`: what was wrong with the one there was."""

    model: str
    seconds: float = 0.0
    prompt_tokens: int = 0
    read_tokens: int = 0  # as the server counts them; 0: it does not say
    answer_format: str = ""  # the strictest form in which the server takes questions: json_schema, json_object, text
    claims: int = 0
    found: int = 0  # of the claims, whose quotation is in the paper
    trouble: FaultKind | None = None
    flaw: str = ""
    detail: str = ""
    window: int | None = None  # tokens that the server says it can take
    notice: Notice | None = None


async def probe_model(
    model: LlmModel, settings: LlmSettings, key: str | None, clock: Clock, paper: Paper, text: PaperText, language: str
) -> ProbeResult:
    """Ask for one part of an analysis. Never raises for what a server or a model does; tries nothing twice."""
    server = ModelClient(model, replace(settings, max_attempts=1), key, clock)
    reading = context_from_text(paper, text)
    prompt = PromptBuilder(reading, language, Glossary.of(language, {})).piece(AnalysisPartKey.OVERVIEW)
    began = clock.monotonic()
    try:
        reply = await server.complete(prompt, answer_tokens=model.answer_tokens, deadline=began + ANSWER_WITHIN)
    except ModelError as error:
        return ProbeResult(
            model.model, clock.monotonic() - began, reading.tokens, trouble=error.trouble, detail=error.detail,
            window=error.limit, notice=error.notice,
        )  # fmt: skip
    finally:
        await server.aclose()
    seconds = clock.monotonic() - began
    read = reply.usage.prompt_tokens if reply.usage and reply.usage.reported else 0
    result = ProbeResult(model.model, seconds, reading.tokens, read, server.answer_format)
    assert reply.finish is not None, "the server's promise"
    try:
        claims = response_parser.parse_response(reply.text, reply.finish, language)
    except ResponseError as error:
        return replace(result, flaw=str(error.flaw), detail=error.detail)
    passages = PaperIndex(text)
    found_count = sum(verify_statement(claim.text, claim.quote, passages).verdict is Verdict.FOUND for claim in claims)
    return replace(result, claims=len(claims), found=found_count)


def price_of_a_paper(model: LlmModel) -> ModelSpending:
    """What a paper of the usual length costs with this model: tokens, and money where the prices are known."""
    return budget.of_paper(model, TYPICAL_TOKENS, len(PIECES), WRITTEN * len(PIECES))
