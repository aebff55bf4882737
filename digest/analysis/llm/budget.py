"""What a model may still cost, and what a paper is worth then. Decisions are pure; `BudgetTracker` keeps the figures.

    up to `full_until` of the limit    the body of the paper
    up to `body_until`                 without the rows of tables
    up to the limit                    the abstract
    at the limit                       no model: only the title, or what costs nothing

The limit is the tightest of four: tokens and money, a day and a month (UTC). What was spent is what the servers said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from digest.analysis.llm.openai_payloads import ReportedUsage
from digest.models.notice import Notice
from digest.models.spending import ModelSpending
from digest.ports import Clock, SpendingStore
from digest.settings import LlmBudget, LlmModel

ANSWER_TOKENS = 500  # what a part usually comes to, for estimates
SAFETY = 1.25  # estimates of tokens are this much too low at worst


class ReadingDepth(IntEnum):
    """What a model reads of a paper, the dearest first."""

    FULL = 0
    BODY = 1  # without the rows of tables
    ABSTRACT = 2
    NOTHING = 3

    @property
    def notice(self) -> Notice | None:
        codes = {
            ReadingDepth.BODY: "llm.budget_body",
            ReadingDepth.ABSTRACT: "llm.budget_abstract",
            ReadingDepth.NOTHING: "llm.budget_spent",
        }
        return Notice.of(codes[self]) if self in codes else None


def money(model: LlmModel, usage: ReportedUsage) -> float:
    """What a call cost by the configured prices."""
    cached = model.price_cached or model.price_prompt
    fresh = usage.prompt_tokens - usage.cached_tokens
    prompt = fresh * model.price_prompt + usage.cached_tokens * cached
    return (prompt + usage.completion_tokens * model.price_completion) / 1_000_000


def of_call(model: LlmModel, prompt_tokens: int, answer_tokens: int) -> ModelSpending:
    """What one call costs at most, by an estimate of its prompt."""
    usage = ReportedUsage(int(prompt_tokens * SAFETY), 0, answer_tokens)
    return ModelSpending(usage.prompt_tokens, 0, usage.completion_tokens, money(model, usage), 1)


def of_paper(model: LlmModel, prompt_tokens: int, calls: int, written: int) -> ModelSpending:
    """What a paper will cost: after the first call the prompt is in the cache, where the model has a price for that.

    `written` is what all answers together come to, in tokens.
    """
    cached = prompt_tokens * (calls - 1) if model.price_cached else 0
    usage = ReportedUsage(prompt_tokens * calls, cached, written)
    return ModelSpending(usage.prompt_tokens, cached, written, money(model, usage), calls)


def is_used_up(budget: LlmBudget, day: ModelSpending, month: ModelSpending) -> float:
    """The share of the tightest limit that is used: 1 is all of it, 0 where there is no limit."""
    pairs = (
        (day.tokens, budget.tokens_a_day),
        (month.tokens, budget.tokens_a_month),
        (day.money, budget.money_a_day),
        (month.money, budget.money_a_month),
    )
    return max((spent / limit for spent, limit in pairs if limit), default=0.0)


def is_limited(budget: LlmBudget) -> bool:
    """Whether there is any limit at all."""
    limits = (budget.tokens_a_day, budget.tokens_a_month, budget.money_a_day, budget.money_a_month)
    return any(limits)


def fits(budget: LlmBudget, day: ModelSpending, month: ModelSpending, planned: ModelSpending) -> bool:
    """Whether the planned work stays within every limit."""
    return is_used_up(budget, day + planned, month + planned) <= 1


def choose_depth(
    budget: LlmBudget, day: ModelSpending, month: ModelSpending, plans: Mapping[ReadingDepth, ModelSpending]
) -> ReadingDepth:
    """The best step that the budget still allows, of those that are planned."""
    share = is_used_up(budget, day, month)
    until = {ReadingDepth.FULL: budget.full_until, ReadingDepth.BODY: budget.body_until, ReadingDepth.ABSTRACT: 1.0}
    for step in sorted(plans):
        if share < until[step] and fits(budget, day, month, plans[step]):
            return step
    return ReadingDepth.NOTHING


@dataclass(slots=True, eq=False)
class Reservation:
    """What is set aside for one paper while it is worked on."""

    paper_id: str
    reserved: ModelSpending


class BudgetTracker:
    """The budget with its figures: what the store says was spent, and what is set aside for papers in work.

    Without a store the figures of this process are kept. `money` is a limit to what this purse may spend in all, on
    whichever days: papers are not shortened as it is neared, but not begun where it would be passed.
    """

    def __init__(
        self, budget: LlmBudget, store: SpendingStore | None, clock: Clock, money: float | None = None
    ) -> None:
        self._budget, self._store, self._clock, self._money = budget, store, clock, money
        self._accounts: list[Reservation] = []
        self._own: dict[date, ModelSpending] = {}

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit at all."""
        return self._money is not None or is_limited(self._budget)

    def open(self, paper_id: str, plans: Mapping[ReadingDepth, ModelSpending]) -> tuple[ReadingDepth, Reservation]:
        """The step for a paper, and the account on which its cost is set aside. To be closed."""
        day, month = self._figures() if is_limited(self._budget) else (ModelSpending(), ModelSpending())
        step = choose_depth(self._budget, day, month, plans)
        if not self._affords(plans.get(step, ModelSpending())):
            step = ReadingDepth.NOTHING
        account = Reservation(paper_id, plans.get(step, ModelSpending()))
        self._accounts.append(account)
        return step, account

    def close(self, account: Reservation) -> None:
        """Give back what was not needed."""
        if account in self._accounts:
            self._accounts.remove(account)

    def allows(self, account: Reservation, call: ModelSpending) -> bool:
        """Whether one more call for that paper stays within the limits."""
        if not is_limited(self._budget):
            return self._affords(call, account)
        day, month = self._figures(without=account)
        return fits(self._budget, day, month, call) and self._affords(call, account)

    def _affords(self, planned: ModelSpending, without: Reservation | None = None) -> bool:
        """Whether what is planned stays within the purse's own limit."""
        if self._money is None:
            return True
        reserved = sum(a.reserved.money for a in self._accounts if a is not without)
        return sum(spent.money for spent in self._own.values()) + reserved + planned.money <= self._money

    def record(self, account: Reservation, model: LlmModel, usage: ReportedUsage) -> ModelSpending:
        """Store what a call cost."""
        today = self._clock.now().date()
        cost = money(model, usage)
        spent = ModelSpending(usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens, cost, 1)
        self._own[today] = self._own.get(today, ModelSpending()) + spent
        if self._store is not None:
            tokens = (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens)
            self._store.record(today, model.model, account.paper_id, *tokens, cost)
        account.reserved = _less(account.reserved, spent)
        return spent

    def _figures(self, without: Reservation | None = None) -> tuple[ModelSpending, ModelSpending]:
        """Today's and this month's, with what is set aside."""
        today = self._clock.now().date()
        reserved = sum((a.reserved for a in self._accounts if a is not without), ModelSpending())
        return self._sum(today, today) + reserved, self._sum(today.replace(day=1), today) + reserved

    def _sum(self, first: date, last: date) -> ModelSpending:
        if self._store is not None:
            return self._store.spent(first, last)
        return sum((spent for day, spent in self._own.items() if first <= day <= last), ModelSpending())


def _less(reserved: ModelSpending, spent: ModelSpending) -> ModelSpending:
    return ModelSpending(
        max(0, reserved.prompt_tokens - spent.prompt_tokens),
        max(0, reserved.cached_tokens - spent.cached_tokens),
        max(0, reserved.completion_tokens - spent.completion_tokens),
        max(0.0, reserved.money - spent.money),
        max(0, reserved.calls - spent.calls),
    )
