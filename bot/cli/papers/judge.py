"""`broadsheet judge`: the labelled set of the package, judged by the configured model."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digest.analysis.judge.judge_trial import TrialRow
    from digest.settings import Settings

_WITHIN = 900.0  # seconds


@click.command("judge")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Show how good your model is as a judge.

    Asks the model of [llm.judge], or of [llm], about a labelled set: a made-up paper and statements that are honest or
    wrong in many ways, Chinese and English. It costs about 15,000 tokens, and nothing is stored. Switch the judge on if
    it flags most of the wrong statements and next to none of the honest ones.
    """
    from bot.cli.main import load_settings
    from digest.analysis.judge.judge_trial import trial_table

    rows = asyncio.run(_tried(load_settings(ctx)))
    table = trial_table(rows)
    judged = sum(row.judged for row in rows)
    if as_json:
        keys = ("kind", "statements", "rules", "judge", "either")
        document = {"judged": judged, "of": len(rows), "kinds": [dict(zip(keys, line, strict=True)) for line in table]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    click.echo(f"{'':16}{'n':>4}{'rules':>7}{'judge':>7}{'either':>8}")
    for kind, count, rules, judge, either in table:
        click.echo(f"{kind:16}{count:>4}{rules:>7}{judge:>7}{either:>8}")
    click.echo(
        f"The judge's answers counted for {judged} of {len(rows)} statements. Honest ones should not be flagged."
    )


async def _tried(settings: Settings) -> list[TrialRow]:
    from bot.clock import SystemClock
    from digest.analysis.judge.judge_trial import judge_trial
    from digest.analysis.judge.statement_judge import Judge, JudgeAccount
    from digest.analysis.llm.budget import BudgetTracker, ReadingDepth
    from digest.analysis.llm.model_client import ModelClient
    from digest.errors import InputError
    from digest.models.spending import ModelSpending
    from digest.settings import LlmBudget

    model = settings.llm.judging_model
    if model is None:
        raise InputError("no model is configured: set llm.model, or llm.judge.model, in config.toml")
    clock = SystemClock()
    judge = Judge(ModelClient(model, settings.llm, settings.secrets.get(model.key_env), clock))
    tracker = BudgetTracker(LlmBudget(), None, clock, None)
    _, reservation = tracker.open("", {ReadingDepth.FULL: ModelSpending()})
    try:
        return await judge_trial(judge, JudgeAccount(tracker, reservation, clock.monotonic() + _WITHIN))
    finally:
        tracker.close(reservation)
        await judge.aclose()
