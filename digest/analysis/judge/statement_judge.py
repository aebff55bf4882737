"""The judge: one question for all statements of a card, and a second, shuffled, for what the first flagged.

    pairs + two canaries  --first call-->  flags  --second call-->  what is flagged twice is a doubt

The judge can only flag. Whatever goes wrong (a server that fails, nonsense, a canary, no money, no time) leaves the
statements as they were.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.analysis.judge.judge_exchange import JudgedPair, Ruling, judge_prompt, read_rulings
from digest.analysis.judge.labelled_set import LabelledStatement, labelled_set
from digest.analysis.llm import budget
from digest.analysis.llm.budget import BudgetTracker, Reservation
from digest.analysis.llm.model_client import ModelClient
from digest.analysis.llm.model_errors import ModelError
from digest.analysis.llm.openai_payloads import ReportedUsage
from digest.analysis.llm.token_estimate import estimate_tokens
from digest.models.analysis import Compared, Doubt, DoubtCode, Statement

_ID_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
_TOKENS_A_PAIR = 60  # of an answer
_TOKENS_AT_LEAST = 600


@dataclass(frozen=True, slots=True)
class JudgeAccount:
    """Who pays for a judge's calls, and until when they may take."""

    tracker: BudgetTracker
    reservation: Reservation
    deadline: float


class Judge:
    """Asks one model. `chance` orders pairs and makes ids; tests seed it."""

    def __init__(self, client: ModelClient, chance: random.Random | None = None) -> None:
        self._client = client
        self._chance = chance or random.SystemRandom()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def review(self, title: str, statements: Sequence[Statement], account: JudgeAccount) -> list[Statement]:
        """The statements, in order, with a doubt where the judge flagged one twice. Never raises for what a server or a
        model does."""
        judged = {i: s for i, s in enumerate(statements) if s.is_found}
        first = await self.rule(title, {i: _as_pair(s) for i, s in judged.items()}, account)
        if first is None:
            return list(statements)
        flagged = {i: _as_pair(judged[i]) for i, ruling in first.items() if ruling.is_flag}
        second = await self.rule(title, flagged, account) if flagged else {}
        return [_with_ruling(s, first.get(i), (second or {}).get(i)) for i, s in enumerate(statements)]

    async def rule(self, title: str, pairs: dict[int, JudgedPair], account: JudgeAccount) -> dict[int, Ruling] | None:
        """One call: the rulings by place, None where the answer can't be believed or did not come."""
        if not pairs:
            return None
        ids = {key: self._new_id() for key in pairs}
        canaries = {self._new_id(): row for row in self._canaries()}
        questions = [replace(pair, id=ids[key]) for key, pair in pairs.items()]
        questions += [JudgedPair(i, row.statement, row.quotation, row.section) for i, row in canaries.items()]
        self._chance.shuffle(questions)
        text = await self._ask(title, questions, account)
        rulings = read_rulings(text, questions) if text is not None else {}
        if any(i not in rulings or rulings[i].is_flag is row.is_honest for i, row in canaries.items()):
            return None
        return {key: rulings[i] for key, i in ids.items() if i in rulings}

    def _canaries(self) -> list[LabelledStatement]:
        """One statement that is wrong for sure and one that is right, of the made-up paper."""
        rows = labelled_set().statements
        wrong = [r for r in rows if r.kind in ("number", "direction", "negation")]
        return [self._chance.choice(wrong), self._chance.choice([r for r in rows if r.kind == "honest"])]

    def _new_id(self) -> str:
        return "".join(self._chance.choice(_ID_LETTERS) for _ in range(8))

    async def _ask(self, title: str, pairs: Sequence[JudgedPair], account: JudgeAccount) -> str | None:
        """The text of an answer; its cost is recorded. None where there is none."""
        prompt = judge_prompt(title, pairs, self._new_id())
        answer_tokens = max(_TOKENS_AT_LEAST, _TOKENS_A_PAIR * len(pairs), self._client.model.answer_tokens)
        estimate, model = estimate_tokens(prompt.text), self._client.model
        if not account.tracker.allows(account.reservation, budget.of_call(model, estimate, answer_tokens)):
            return None
        try:
            reply = await self._client.complete(prompt, answer_tokens=answer_tokens, deadline=account.deadline)
        except ModelError as error:
            if error.usage:
                account.tracker.record(account.reservation, model, error.usage)
            return None
        usage = reply.usage or ReportedUsage(estimate, 0, estimate_tokens(reply.text), reported=False)
        account.tracker.record(account.reservation, model, usage)
        return reply.text


def _as_pair(statement: Statement) -> JudgedPair:
    evidence = statement.evidence
    assert evidence is not None, "only statements that were found are judged"
    passages = [p.passage or p.quote for p in evidence.passages]
    return JudgedPair("", statement.text, " … ".join(passages), evidence.section or "")


def _with_ruling(statement: Statement, first: Ruling | None, second: Ruling | None) -> Statement:
    """A statement that was judged; with a doubt in its own words where both calls flagged it."""
    if first is None or statement.evidence is None:
        return statement
    doubts = statement.evidence.doubts
    if first.is_flag and second is not None and second.is_flag:
        code = DoubtCode.CONTRADICTED if first.against else DoubtCode.BEYOND
        doubts = (*doubts, Doubt(code, first.against or first.beyond))
    return replace(statement, evidence=replace(statement.evidence, doubts=doubts, compared=Compared.RULES_AND_JUDGE))
