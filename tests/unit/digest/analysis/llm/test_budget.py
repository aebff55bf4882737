"""What a model may still cost, and what a paper is worth then."""

from datetime import UTC, date, datetime

import pytest

from digest.analysis.llm.budget import (
    BudgetTracker,
    ReadingDepth,
    choose_depth,
    fits,
    is_used_up,
    money,
    of_call,
    of_paper,
)
from digest.analysis.llm.openai_payloads import ReportedUsage
from digest.models.notice import Notice
from digest.models.spending import ModelSpending
from digest.settings import LlmBudget, LlmModel
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.stores import FakeSpending

PRICED = LlmModel(model="m", price_prompt=0.15, price_cached=0.003, price_completion=0.60)
PLANS = {
    ReadingDepth.FULL: ModelSpending(7000),
    ReadingDepth.BODY: ModelSpending(5000),
    ReadingDepth.ABSTRACT: ModelSpending(1000),
}
TODAY = date(2026, 1, 9)


def test_money_follows_the_price_list() -> None:
    """Fresh, cached and written tokens each have their price, for a million."""
    assert money(PRICED, ReportedUsage(1_000_000, 0, 0)) == pytest.approx(0.15)
    assert money(PRICED, ReportedUsage(1_000_000, 900_000, 0)) == pytest.approx(0.015 + 0.0027)
    assert money(PRICED, ReportedUsage(0, 0, 500_000)) == pytest.approx(0.30)


def test_without_a_price_for_cached_tokens_they_cost_the_same() -> None:
    """Not every server has a discount."""
    assert money(LlmModel(model="m", price_prompt=1.0), ReportedUsage(1_000_000, 400_000, 0)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("budget", "share"),
    [
        (LlmBudget(), 0.0),
        (LlmBudget(tokens_a_day=1000), 0.5),
        (LlmBudget(tokens_a_month=1000), 0.9),
        (LlmBudget(money_a_day=4.0), 0.25),
        (LlmBudget(money_a_month=2.5), 0.8),
        (LlmBudget(tokens_a_day=1000, tokens_a_month=1000, money_a_day=4.0, money_a_month=2.5), 0.9),
    ],
)
def test_the_tightest_limit_counts(budget: LlmBudget, share: float) -> None:
    """Of tokens and money, a day and a month; without a limit nothing is used up."""
    assert is_used_up(
        budget, day=ModelSpending(400, 0, 100, 1.0), month=ModelSpending(800, 0, 100, 2.0)
    ) == pytest.approx(share)


@pytest.mark.parametrize(
    ("spent", "step"),
    [
        (0, ReadingDepth.FULL),
        (69_000, ReadingDepth.FULL),
        (70_000, ReadingDepth.BODY),
        (84_000, ReadingDepth.BODY),
        (85_000, ReadingDepth.ABSTRACT),
        (98_900, ReadingDepth.ABSTRACT),
        (99_500, ReadingDepth.NOTHING),
        (100_000, ReadingDepth.NOTHING),
        (250_000, ReadingDepth.NOTHING),
    ],
)
def test_the_work_degrades_in_steps(spent: int, step: ReadingDepth) -> None:
    """Full text, body without tables, abstract, nothing: by the share that is used."""
    assert choose_depth(LlmBudget(tokens_a_day=100_000), ModelSpending(spent), ModelSpending(spent), PLANS) is step


def test_a_step_must_fit_into_what_is_left() -> None:
    """A small limit is not passed by one large paper."""
    budget = LlmBudget(tokens_a_day=6000)

    assert choose_depth(budget, ModelSpending(), ModelSpending(), PLANS) is ReadingDepth.BODY
    assert choose_depth(LlmBudget(tokens_a_day=900), ModelSpending(), ModelSpending(), PLANS) is ReadingDepth.NOTHING


def test_only_planned_steps_are_taken() -> None:
    """A paper without a text has only its abstract."""
    assert (
        choose_depth(LlmBudget(), ModelSpending(), ModelSpending(), {ReadingDepth.ABSTRACT: ModelSpending(1000)})
        is ReadingDepth.ABSTRACT
    )


def test_each_step_but_the_first_is_told() -> None:
    """The reader sees how the text was made."""
    assert [step.notice for step in ReadingDepth] == [
        None,
        Notice.of("llm.budget_body"),
        Notice.of("llm.budget_abstract"),
        Notice.of("llm.budget_spent"),
    ]


def test_a_paper_costs_its_prompt_once_where_prompts_are_cached() -> None:
    """With a price for cached tokens the later calls are nearly free; without one each costs the same."""
    uncached = of_paper(LlmModel(model="m", price_prompt=0.15), 10_000, 7, 3_500)
    cached = of_paper(PRICED, 10_000, 7, 3_500)

    assert cached.money == pytest.approx((10_000 * 0.15 + 60_000 * 0.003 + 3_500 * 0.60) / 1e6)
    assert uncached.money == pytest.approx(70_000 * 0.15 / 1e6)
    assert cached.tokens == uncached.tokens == 73_500


def test_a_call_is_estimated_at_its_worst() -> None:
    """The whole prompt fresh, with a margin, and the longest answer."""
    assert of_call(PRICED, 8_000, 2_000) == ModelSpending(10_000, 0, 2_000, (10_000 * 0.15 + 2_000 * 0.60) / 1e6, 1)


def test_fitting_is_exact() -> None:
    """Up to the limit, not beyond."""
    assert fits(LlmBudget(tokens_a_day=100), ModelSpending(60), ModelSpending(60), ModelSpending(40))
    assert not fits(LlmBudget(tokens_a_day=100), ModelSpending(60), ModelSpending(60), ModelSpending(41))


# --- the purse --------------------------------------------------------------------------------------------------


def test_calls_are_recorded_as_the_server_counted_them() -> None:
    """By day of UTC, model and paper."""
    store = FakeSpending()
    purse = BudgetTracker(LlmBudget(tokens_a_day=100_000), store, FakeClock(datetime(2026, 1, 9, 23, 59, tzinfo=UTC)))
    _, account = purse.open("2601.00042v1", PLANS)

    purse.record(account, PRICED, ReportedUsage(5000, 4000, 300))

    assert store.spent(TODAY, TODAY) == ModelSpending(5000, 4000, 300, money(PRICED, ReportedUsage(5000, 4000, 300)), 1)


def test_papers_in_work_are_set_aside() -> None:
    """Eight papers at once can't each be promised the last tokens."""
    purse = BudgetTracker(LlmBudget(tokens_a_day=10_000), FakeSpending(), FakeClock())
    first, one = purse.open("a", PLANS)
    second, two = purse.open("b", PLANS)

    assert (first, second) == (ReadingDepth.FULL, ReadingDepth.ABSTRACT)
    purse.close(one)
    purse.close(two)
    assert purse.open("c", PLANS)[0] is ReadingDepth.FULL


def test_what_was_recorded_is_no_longer_set_aside() -> None:
    """Nothing counts twice."""
    purse = BudgetTracker(LlmBudget(tokens_a_day=20_000), FakeSpending(), FakeClock())
    _, account = purse.open("a", PLANS)
    purse.record(account, PRICED, ReportedUsage(7000, 0, 0))

    assert purse.allows(account, ModelSpending(13_000))
    assert not purse.allows(account, ModelSpending(13_001))


def test_a_new_day_and_a_new_month_begin_at_nothing() -> None:
    """In UTC."""
    clock, store = FakeClock(datetime(2026, 1, 31, 12, tzinfo=UTC)), FakeSpending()
    purse = BudgetTracker(LlmBudget(tokens_a_day=8000, tokens_a_month=8000), store, clock)
    _, account = purse.open("a", PLANS)
    purse.record(account, PRICED, ReportedUsage(8000, 0, 0))
    purse.close(account)

    assert purse.open("b", PLANS)[0] is ReadingDepth.NOTHING
    clock.advance(24 * 3600)
    assert purse.open("b", PLANS)[0] is ReadingDepth.FULL


def test_without_a_store_the_process_keeps_count() -> None:
    """A limit holds all the same."""
    purse = BudgetTracker(LlmBudget(tokens_a_day=8000), None, FakeClock())
    _, account = purse.open("a", PLANS)
    purse.record(account, PRICED, ReportedUsage(8000, 0, 0))
    purse.close(account)

    assert purse.open("b", PLANS)[0] is ReadingDepth.NOTHING


def test_shares_of_cached_tokens_are_shown() -> None:
    """For `broadsheet spending`."""
    assert ModelSpending(1000, 850, 10).cached_share == 0.85
    assert ModelSpending().cached_share == 0.0
