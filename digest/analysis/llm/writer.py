"""One paper, one model: the pieces of an analysis are asked for, checked, and repaired once.

    ask the first piece | ask the others at the same time | check each claim | one repair for what failed

The first question goes alone: it puts the paper into the server's cache, and the others begin with the same bytes. What
is missing, cut, filtered or thin is asked again; a piece that does not come costs that piece only. Answers are read and
checked in a thread: one about a whole paper takes ten milliseconds or more, in which commands are answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from digest.analysis.judge.statement_judge import Judge, JudgeAccount
from digest.analysis.llm import budget, prompts, response_parser
from digest.analysis.llm.budget import BudgetTracker, Reservation
from digest.analysis.llm.model_client import ModelClient
from digest.analysis.llm.model_errors import FaultKind, ModelError
from digest.analysis.llm.openai_payloads import ReportedUsage
from digest.analysis.llm.prompts import ANSWER, Prompt, PromptBuilder
from digest.analysis.llm.response_parser import DraftClaim, FinishReason, ResponseError, ResponseFlaw
from digest.analysis.llm.token_estimate import estimate_tokens
from digest.analysis.question_answering import BesidePassage
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import Statement
from digest.text.paper_index import PaperIndex

ASKS = 3  # how often a piece is asked for in all
LONGEST_ANSWER = 8000  # tokens


@dataclass(frozen=True, slots=True)
class VerifiedClaim:
    """A claim and what its check came to."""

    claim: DraftClaim
    statement: Statement


@dataclass(slots=True)
class AnalysisWriter:
    """Writes pieces with one model. `written` has what came of each, `errors` why others did not come."""

    server: ModelClient
    questions: PromptBuilder
    passages: PaperIndex
    links: tuple[str, ...]
    purse: BudgetTracker
    account: Reservation
    deadline: float
    together: bool = False  # one question for all pieces
    judge: Judge | None = None
    title: str = ""  # of the paper, for the judge
    written: dict[str, tuple[VerifiedClaim, ...]] = field(default_factory=dict)
    errors: dict[str, ModelError | ResponseError] = field(default_factory=dict)

    @property
    def must_shorten(self) -> bool:
        """Whether the server can't take so long a prompt, and nothing was written."""
        troubles = (e.trouble for e in self.errors.values() if isinstance(e, ModelError))
        return not self.written and any(t in (FaultKind.TOO_LONG, FaultKind.CUT_PROMPT) for t in troubles)

    @property
    def makes_no_sense(self) -> bool:
        """Whether nothing usable came, however often it was asked for. A filter, or a limit, may spare other pieces."""
        flaws = {e.flaw for e in self.errors.values() if isinstance(e, ResponseError)}
        return not self.written and bool(flaws - {ResponseFlaw.FILTERED, ResponseFlaw.CUT})

    @property
    def found_anything(self) -> bool:
        """Whether any statement passed the check."""
        return any(_found(checked) for piece_claims in self.written.values() for checked in piece_claims)

    async def write(self, pieces: Sequence[str]) -> None:
        """Write these pieces as far as they can be had. Never raises for what a server or a model does."""
        groups = [tuple(pieces)] if self.together else [(piece,) for piece in pieces]
        await self._write(groups.pop(0))
        if self.together:
            groups = [(piece,) for piece in pieces if self._lacks(piece)]
        if self.makes_no_sense and groups:
            await self._write(groups.pop(0))
        failed = any(isinstance(error, ModelError) for error in self.errors.values())
        if not failed and not self.makes_no_sense:
            await asyncio.gather(*(self._write(group) for group in groups))
        await self._review()
        await self._repair()

    async def answer(self, question: str, extra_passages: Sequence[BesidePassage] = ()) -> tuple[VerifiedClaim, ...]:
        """The sentences of an answer to a reader's question, checked, and repaired once; none where the model says that
        nothing in it answers. `beside` are passages that
        the reading left out. Raises `ModelError` or `ResponseError`."""
        complaint, answer_tokens = "", self._answer_tokens((ANSWER,))
        for tries_left in reversed(range(ASKS)):
            try:
                checked = await self._ask(self.questions.answer(question, complaint, extra_passages), answer_tokens)
                break
            except ResponseError as error:
                if error.flaw is ResponseFlaw.SILENT:
                    return ()
                if error.flaw is ResponseFlaw.FILTERED or not tries_left:
                    raise
                complaint = error.detail
                answer_tokens = (
                    min(answer_tokens * 2, LONGEST_ANSWER) if error.flaw is ResponseFlaw.CUT else answer_tokens
                )
        self.written[ANSWER] = tuple(_of_part(claim, ANSWER) for claim in checked)
        await self._review()
        await self._repair()
        return self.written[ANSWER]

    async def _write(self, group: tuple[str, ...]) -> None:
        """Ask for a group of pieces until each has enough statements, or has been asked for often enough."""
        missing, complaint, answer_tokens = group, "", self._answer_tokens(group)
        for _ in range(ASKS):
            try:
                checked, lost = await self._ask_with_losses(self._question(missing, complaint), answer_tokens)
            except ResponseError as error:
                complaint = "" if error.flaw is ResponseFlaw.FILTERED else error.detail
                answer_tokens = (
                    min(answer_tokens * 2, LONGEST_ANSWER) if error.flaw is ResponseFlaw.CUT else answer_tokens
                )
                self.errors |= dict.fromkeys(missing, error)
                if len(missing) > 1:
                    return  # each is asked for by itself now
                continue
            except ModelError as error:
                self.errors |= dict.fromkeys(missing, error)
                return
            self._keep(missing, checked)
            if lost and len(missing) == 1 and len(checked) < self._size(missing[0]).least:
                await self._write_rest(missing[0], lost, answer_tokens)
                return
            missing = tuple(piece for piece in missing if self._lacks(piece))
            if not missing or len(group) > 1:
                return
            least = self._size(missing[0]).enough
            complaint = self.questions.thin(len(self.written.get(missing[0], ())), least)

    async def _write_rest(self, piece: str, lost: str, answer_tokens: int) -> None:
        """Ask once more, for the statements of an answer that could not be read."""
        piece_claims, most = self.written.get(piece, ()), self._size(piece).most
        complaint = self.questions.rest([c.claim for c in piece_claims], lost, most)
        try:
            checked = await self._ask(self.questions.piece(piece, complaint), answer_tokens)
        except (ResponseError, ModelError):
            return
        texts = {c.claim.text for c in piece_claims}
        more = [_of_part(c, piece) for c in checked if c.claim.text not in texts]
        self.written[piece] = (*piece_claims, *more)[:most]

    def _question(self, pieces: tuple[str, ...], complaint: str) -> Prompt:
        if len(pieces) > 1:
            return self.questions.whole(pieces, complaint)
        return self.questions.piece(pieces[0], complaint)

    def _answer_tokens(self, pieces: tuple[str, ...]) -> int:
        return min(self.server.model.answer_tokens * len(pieces), max(LONGEST_ANSWER, self.server.model.answer_tokens))

    def _keep(self, pieces: tuple[str, ...], checked: Sequence[VerifiedClaim]) -> None:
        """Keep what an answer came to, unless an earlier one had more for the piece."""
        for piece in pieces:
            piece_claims = [c for c in checked if len(pieces) == 1 or c.claim.part == piece][: self._size(piece).most]
            if len(piece_claims) > len(self.written.get(piece, ())):
                self.written[piece] = tuple(_of_part(claim, piece) for claim in piece_claims)
                self.errors.pop(piece, None)

    def _lacks(self, piece: str) -> bool:
        return len(self.written.get(piece, ())) < self._size(piece).enough

    def _size(self, piece: str) -> prompts.PartSize:
        return prompts.size(piece, self.questions.reading.made_from)

    async def _review(self) -> None:
        """Have the judge, if there is one, look at all that was written; it can only add doubts."""
        if self.judge is None or not self.written:
            return
        positions = [(piece, i) for piece, piece_claims in self.written.items() for i in range(len(piece_claims))]
        statements = [self.written[piece][i].statement for piece, i in positions]
        account = JudgeAccount(self.purse, self.account, self.deadline)
        reviewed = dict(zip(positions, await self.judge.review(self.title, statements, account), strict=True))
        for piece, piece_claims in self.written.items():
            self.written[piece] = tuple(replace(c, statement=reviewed[piece, i]) for i, c in enumerate(piece_claims))

    async def _repair(self) -> None:
        """One call for all that failed the check or has a doubt; one a piece where each piece has a text of its own."""
        failed = [
            (piece, i)
            for piece, piece_claims in self.written.items()
            for i, c in enumerate(piece_claims)
            if not _is_clear(c)
        ]
        groups = [failed] if failed else []
        if self.questions.focused:
            groups = [[position for position in failed if position[0] == piece] for piece in dict(failed)]
        await asyncio.gather(*(self._repair_group(group) for group in groups))

    async def _repair_group(self, failed: Sequence[tuple[str, int]]) -> None:
        """One call, each statement with its reason. What comes back is taken where it passes without a doubt and is of
        the same part; otherwise the statement stays as it was, marked."""
        numbered = dict(enumerate(failed, start=1))
        failures = []
        for number, (piece, i) in numbered.items():
            checked = self.written[piece][i]
            assert checked.statement.evidence is not None
            near = await asyncio.to_thread(self._nearest, checked)
            failures.append(prompts.Failure(replace(checked.claim, number=number), checked.statement.evidence, near))
        try:
            again = await self._ask(self.questions.repair(failures), self._answer_tokens(("",) * min(4, len(failures))))
        except (ResponseError, ModelError):
            return
        for repaired in again:
            piece, i = numbered.get(repaired.claim.number, ("", 0))
            if piece and repaired.claim.part in (piece, "") and _is_clear(repaired):
                del numbered[repaired.claim.number]
                self._replace(piece, i, _of_part(repaired, piece))

    def _replace(self, piece: str, i: int, mended: VerifiedClaim) -> None:
        piece_claims = self.written[piece]
        if all(mended.claim.text != c.claim.text for c in piece_claims[:i] + piece_claims[i + 1 :]):
            self.written[piece] = (*piece_claims[:i], mended, *piece_claims[i + 1 :])

    def _nearest(self, checked: VerifiedClaim) -> str:
        """The passage of the paper that reads most like a quotation that was not found."""
        evidence = checked.statement.evidence
        if evidence is None or evidence.passage:
            return (evidence.passage or "") if evidence else ""
        match = self.passages.find(evidence.quote)
        return match.passage if match else ""

    def _checked(self, claim: DraftClaim) -> VerifiedClaim:
        text = self.questions.glossary.applied(claim.text)
        is_conclusion = claim.kind == response_parser.INTERPRETATION
        evidence = verify_statement(text, claim.quotes, self.passages, guard_names=not is_conclusion)
        return VerifiedClaim(claim, Statement(text, evidence, is_conclusion))

    async def _ask(self, prompt: Prompt, answer_tokens: int) -> tuple[VerifiedClaim, ...]:
        """The claims of one answer, checked; its cost recorded. Raises `ModelError` or `ResponseError`."""
        return (await self._ask_with_losses(prompt, answer_tokens))[0]

    async def _ask_with_losses(self, prompt: Prompt, answer_tokens: int) -> tuple[tuple[VerifiedClaim, ...], str]:
        """The same, and which statements of the answer could not be read, in words for the model."""
        model = self.server.model
        estimate = estimate_tokens(prompt.text)
        answer_tokens = self.server.room_for_answer(estimate, answer_tokens)
        if not self.purse.allows(self.account, budget.of_call(model, estimate, answer_tokens)):
            raise ModelError(FaultKind.OVER_BUDGET, self.server.name)
        try:
            reply = await self.server.complete(prompt, answer_tokens=answer_tokens, deadline=self.deadline)
        except ModelError as error:
            if error.usage:
                self.purse.record(self.account, model, error.usage)
            if error.trouble is FaultKind.FILTERED:
                raise ResponseError(ResponseFlaw.FILTERED, "the answer was filtered") from None
            raise
        usage = reply.usage or ReportedUsage(estimate, 0, estimate_tokens(reply.text), reported=False)
        self.purse.record(self.account, model, usage)
        assert reply.finish is not None
        return await asyncio.to_thread(self._read, reply.text, reply.finish)

    def _read(self, text: str, finish: FinishReason) -> tuple[tuple[VerifiedClaim, ...], str]:
        answer = response_parser.read_answer(text, finish, self.questions.language, self.links)
        return tuple(map(self._checked, answer.claims)), answer.lost


def _of_part(checked: VerifiedClaim, part: str) -> VerifiedClaim:
    """The same as one of a part, whatever part the model took it for."""
    return replace(checked, claim=replace(checked.claim, part=part))


def _found(checked: VerifiedClaim) -> bool:
    return checked.statement.is_found


def _is_clear(checked: VerifiedClaim) -> bool:
    """Whether a statement was found and nothing in it stands against its quotations."""
    return checked.statement.is_found and not checked.statement.doubts
