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

from digest.analysis.llm import budget, prompts
from digest.analysis.llm import response_parser as answers
from digest.analysis.llm.budget import Account, Purse
from digest.analysis.llm.model_client import ModelServer
from digest.analysis.llm.model_errors import ServerError, Trouble
from digest.analysis.llm.openai_payloads import Usage
from digest.analysis.llm.prompts import ANSWER, Prompt, Questions
from digest.analysis.llm.response_parser import AnswerError, Claim, Finish, Flaw
from digest.analysis.llm.token_estimate import tokens
from digest.analysis.verification.statements import check
from digest.models.model import Statement
from digest.text.paper_index import Passages

ASKS = 3  # how often a piece is asked for in all
LONGEST_ANSWER = 8000  # tokens


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim and what its check came to."""

    claim: Claim
    statement: Statement


@dataclass(slots=True)
class Writer:
    """Writes pieces with one model. `written` has what came of each, `errors` why others did not come."""

    server: ModelServer
    questions: Questions
    passages: Passages
    links: tuple[str, ...]
    purse: Purse
    account: Account
    deadline: float
    together: bool = False  # one question for all pieces
    written: dict[str, tuple[Checked, ...]] = field(default_factory=dict)
    errors: dict[str, ServerError | AnswerError] = field(default_factory=dict)

    @property
    def must_shorten(self) -> bool:
        """Whether the server can't take so long a prompt, and nothing was written."""
        troubles = (e.trouble for e in self.errors.values() if isinstance(e, ServerError))
        return not self.written and any(t in (Trouble.TOO_LONG, Trouble.CUT_PROMPT) for t in troubles)

    @property
    def makes_no_sense(self) -> bool:
        """Whether nothing usable came, however often it was asked for. A filter, or a limit, may spare other pieces."""
        flaws = {e.flaw for e in self.errors.values() if isinstance(e, AnswerError)}
        return not self.written and bool(flaws - {Flaw.FILTERED, Flaw.CUT})

    @property
    def found_anything(self) -> bool:
        """Whether any statement passed the check."""
        return any(_found(checked) for own in self.written.values() for checked in own)

    async def write(self, pieces: Sequence[str]) -> None:
        """Write these pieces as far as they can be had. Never raises for what a server or a model does."""
        groups = [tuple(pieces)] if self.together else [(piece,) for piece in pieces]
        await self._write(groups.pop(0))
        if self.together:
            groups = [(piece,) for piece in pieces if self._lacks(piece)]
        if self.makes_no_sense and groups:
            await self._write(groups.pop(0))
        failed = any(isinstance(error, ServerError) for error in self.errors.values())
        if not failed and not self.makes_no_sense:
            await asyncio.gather(*(self._write(group) for group in groups))
        await self._repair()

    async def answer(self, question: str) -> tuple[Checked, ...]:
        """The sentences of an answer to a reader's question, checked, and repaired once; none where the model says that
        the paper does not tell. Raises `ServerError` or `AnswerError`."""
        complaint, answer_tokens = "", self._answer_tokens((ANSWER,))
        for left in reversed(range(ASKS)):
            try:
                checked = await self._ask(self.questions.answer(question, complaint), answer_tokens)
                break
            except AnswerError as error:
                if error.flaw is Flaw.SILENT:
                    return ()
                if error.flaw is Flaw.FILTERED or not left:
                    raise
                complaint = error.detail
                answer_tokens = min(answer_tokens * 2, LONGEST_ANSWER) if error.flaw is Flaw.CUT else answer_tokens
        self.written[ANSWER] = tuple(_of_part(one, ANSWER) for one in checked)
        await self._repair()
        return self.written[ANSWER]

    async def _write(self, group: tuple[str, ...]) -> None:
        """Ask for a group of pieces until each has enough statements, or has been asked for often enough."""
        missing, complaint, answer_tokens = group, "", self._answer_tokens(group)
        for _ in range(ASKS):
            try:
                checked = await self._ask(self._question(missing, complaint), answer_tokens)
            except AnswerError as error:
                complaint = "" if error.flaw is Flaw.FILTERED else error.detail
                answer_tokens = min(answer_tokens * 2, LONGEST_ANSWER) if error.flaw is Flaw.CUT else answer_tokens
                self.errors |= dict.fromkeys(missing, error)
                if len(missing) > 1:
                    return  # each is asked for by itself now
                continue
            except ServerError as error:
                self.errors |= dict.fromkeys(missing, error)
                return
            self._keep(missing, checked)
            missing = tuple(piece for piece in missing if self._lacks(piece))
            if not missing or len(group) > 1:
                return
            least = self._size(missing[0]).enough
            complaint = self.questions.thin(len(self.written.get(missing[0], ())), least)

    def _question(self, pieces: tuple[str, ...], complaint: str) -> Prompt:
        if len(pieces) > 1:
            return self.questions.whole(pieces, complaint)
        return self.questions.piece(pieces[0], complaint)

    def _answer_tokens(self, pieces: tuple[str, ...]) -> int:
        return min(self.server.model.answer_tokens * len(pieces), max(LONGEST_ANSWER, self.server.model.answer_tokens))

    def _keep(self, pieces: tuple[str, ...], checked: Sequence[Checked]) -> None:
        """Keep what an answer came to, unless an earlier one had more for the piece."""
        for piece in pieces:
            own = [c for c in checked if len(pieces) == 1 or c.claim.part == piece][: self._size(piece).most]
            if len(own) > len(self.written.get(piece, ())):
                self.written[piece] = tuple(_of_part(one, piece) for one in own)
                self.errors.pop(piece, None)

    def _lacks(self, piece: str) -> bool:
        return len(self.written.get(piece, ())) < self._size(piece).enough

    def _size(self, piece: str) -> prompts.Size:
        return prompts.size(piece, self.questions.reading.made_from)

    async def _repair(self) -> None:
        """One call for all that failed the check; what comes back is taken where it passes."""
        failed = [(piece, i) for piece, own in self.written.items() for i, c in enumerate(own) if not _found(c)]
        if not failed:
            return
        numbered = dict(enumerate(failed, start=1))
        told = []
        for number, (piece, i) in numbered.items():
            checked = self.written[piece][i]
            assert checked.statement.evidence is not None
            told.append((replace(checked.claim, number=number), checked.statement.evidence.verdict))
        try:
            again = await self._ask(self.questions.repair(told), self._answer_tokens(("",) * min(4, len(told))))
        except (AnswerError, ServerError):
            return
        for one in again:
            piece, i = numbered.pop(one.claim.number, ("", 0))
            if piece and _found(one):
                self._replace(piece, i, _of_part(one, piece))

    def _replace(self, piece: str, i: int, mended: Checked) -> None:
        others = self.written[piece]
        if all(mended.claim.text != c.claim.text for c in others[:i] + others[i + 1 :]):
            self.written[piece] = (*others[:i], mended, *others[i + 1 :])

    def _checked(self, claim: Claim) -> Checked:
        text = self.questions.glossary.applied(claim.text)
        evidence = check(text, claim.quote, self.passages)
        return Checked(claim, Statement(text, evidence, claim.kind == answers.INTERPRETATION))

    async def _ask(self, prompt: Prompt, answer_tokens: int) -> tuple[Checked, ...]:
        """The claims of one answer, checked; its cost recorded. Raises `ServerError` or `AnswerError`."""
        model = self.server.model
        estimate = tokens(prompt.text)
        if not self.purse.allows(self.account, budget.of_call(model, estimate, answer_tokens)):
            raise ServerError(Trouble.OVER_BUDGET, self.server.name)
        try:
            reply = await self.server.ask(prompt, answer_tokens=answer_tokens, deadline=self.deadline)
        except ServerError as error:
            if error.usage:
                self.purse.record(self.account, model, error.usage)
            if error.trouble is Trouble.FILTERED:
                raise AnswerError(Flaw.FILTERED, "the answer was filtered") from None
            raise
        usage = reply.usage or Usage(estimate, 0, tokens(reply.text), reported=False)
        self.purse.record(self.account, model, usage)
        assert reply.finish is not None
        return await asyncio.to_thread(self._read, reply.text, reply.finish)

    def _read(self, text: str, finish: Finish) -> tuple[Checked, ...]:
        claims = answers.read(text, finish, self.questions.language, self.links)
        return tuple(map(self._checked, claims))


def _of_part(checked: Checked, part: str) -> Checked:
    """The same as one of a part, whatever part the model took it for."""
    return replace(checked, claim=replace(checked.claim, part=part))


def _found(checked: Checked) -> bool:
    return checked.statement.is_found
