"""The models: each is asked about a made-up paper of the usual length, once."""

from __future__ import annotations

from collections.abc import Iterator

from bot.console.findings import CheckResult, failed, passed, skipped
from bot.doctor.sample_paper import sample_paper, sample_text
from digest.analysis.llm.model_errors import FaultKind
from digest.analysis.llm.model_probe import ProbeResult, price_of_a_paper, probe_model
from digest.i18n.translator import LANGUAGES
from digest.ports import Clock
from digest.settings import LlmModel, LlmSettings, Settings, validators

AREA = "model"
_ENOUGH = 0.25  # of the quotations must be in the paper: below it, cards are made from excerpts
_CODES = {
    FaultKind.DENIED: "model.key",
    FaultKind.UNPAID: "model.unpaid",
    FaultKind.UNKNOWN: "model.unknown",
    FaultKind.TOO_LONG: "model.context",
    FaultKind.CUT_PROMPT: "model.context",
    FaultKind.FILTERED: "model.answer",
    FaultKind.REFUSED: "model.answer",
}  # every other trouble: the server gives no answer


async def check_models(settings: Settings, clock: Clock, *, ask: bool = True) -> list[CheckResult]:
    """How each model is. `ask` False: none is asked, because each question costs money."""
    llm = settings.llm
    if not llm.preference:
        return [passed(AREA, "none: cards are made of the papers' own sentences")]
    results = list(_prices(llm))
    spoken = settings.editions[0].language if settings.editions else "en"
    for model in llm.preference:
        key = settings.secrets.get(model.key_env)
        if key is None and not validators.is_loopback(model.base_url or "https://api.openai.com"):
            results.append(failed(AREA, "model.key_missing", f"{model.key_env}, for {model.model}"))
        elif not ask:
            results.append(skipped(AREA, f"{model.model} was not asked"))
        else:
            trial = await check_model(model, llm, key, clock, spoken)
            results += [failed(AREA, code, why) for code, why in model_faults(trial)] or [
                passed(AREA, _how(trial, model, llm))
            ]
    return results


async def check_model(model: LlmModel, llm: LlmSettings, key: str | None, clock: Clock, language: str) -> ProbeResult:
    spoken = language if language in LANGUAGES else "en"
    return await probe_model(model, llm, key, clock, sample_paper(), sample_text(), spoken)


def model_faults(trial: ProbeResult) -> Iterator[tuple[str, str]]:
    """What is wrong with a model: codes of `advice.toml`, each with what was found."""
    name = trial.model
    if trial.trouble is not None:
        code = _CODES.get(trial.trouble, "model.unreachable")
        limit = f", it takes {trial.window:,} tokens" if code == "model.context" and trial.window else ""
        detail = f" ({trial.detail[:200]})" if trial.detail else ""
        yield code, f"{name}: {trial.trouble.replace('_', ' ')}{limit}{detail}"
    elif trial.flaw:
        yield "model.answer", f"{name}: {trial.flaw} ({trial.detail})"
    elif trial.found < _ENOUGH * trial.claims:
        yield "model.unfounded", f"{name}: {trial.found} of {trial.claims} found"


def _prices(llm: LlmSettings) -> Iterator[CheckResult]:
    if not (llm.budget.money_a_day or llm.budget.money_a_month):
        return
    for model in llm.preference:
        if not model.price_prompt and not model.price_completion:
            yield failed(AREA, "model.no_price", model.model)


def _how(trial: ProbeResult, model: LlmModel, llm: LlmSettings) -> str:
    spent = price_of_a_paper(model)
    price = f", {spent.money:.4f} {llm.budget.currency} a paper" if spent.money else ""
    read = f", read {trial.read_tokens:,} tokens" if trial.read_tokens else ", does not say how much it read"
    return (
        f"{trial.model}: {trial.found} of {trial.claims} quotations found in {trial.seconds:.0f} s, answers as"
        f" {trial.answer_format}{read}{price}"
    )
