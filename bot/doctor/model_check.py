"""The models: each is asked about a made-up paper of the usual length, once."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor.findings import Finding, skipped, well, wrong
from bot.doctor.sample_paper import sample_paper, sample_text
from digest.analysis.llm.model_errors import Trouble
from digest.analysis.llm.model_probe import Trial, price_of_a_paper, try_model
from digest.i18n.translator import LANGUAGES
from digest.ports import Clock
from digest.settings import LlmModel, LlmSettings, Settings
from digest.settings import validators as checks

AREA = "model"
_ENOUGH = 0.25  # of the quotations must be in the paper: below it, cards are made from excerpts
_CODES = {
    Trouble.DENIED: "model.key",
    Trouble.UNPAID: "model.unpaid",
    Trouble.UNKNOWN: "model.unknown",
    Trouble.TOO_LONG: "model.context",
    Trouble.CUT_PROMPT: "model.context",
    Trouble.FILTERED: "model.answer",
    Trouble.REFUSED: "model.answer",
}  # every other trouble: the server gives no answer


async def models(settings: Settings, clock: Clock, *, ask: bool = True) -> list[Finding]:
    """How each model is. `ask` False: none is asked, because each question costs money."""
    llm = settings.llm
    if not llm.preference:
        return [well(AREA, "none: cards are made of the papers' own sentences")]
    found = list(_prices(llm))
    spoken = settings.editions[0].language if settings.editions else "en"
    for model in llm.preference:
        key = settings.secrets.get(model.key_env)
        if key is None and not checks.is_loopback(model.base_url or "https://api.openai.com"):
            found.append(wrong(AREA, "model.key_missing", f"{model.key_env}, for {model.model}"))
        elif not ask:
            found.append(skipped(AREA, f"{model.model} was not asked"))
        else:
            trial = await tried(model, llm, key, clock, spoken)
            found += [wrong(AREA, code, why) for code, why in faults(trial)] or [well(AREA, _how(trial, model, llm))]
    return found


async def tried(model: LlmModel, llm: LlmSettings, key: str | None, clock: Clock, language: str) -> Trial:
    spoken = language if language in LANGUAGES else "en"
    return await try_model(model, llm, key, clock, sample_paper(), sample_text(), spoken)


def faults(trial: Trial) -> Iterator[tuple[str, str]]:
    """What is wrong with a model: codes of `advice.toml`, each with what was found."""
    name = trial.model
    if trial.trouble is not None:
        code = _CODES.get(trial.trouble, "model.unreachable")
        limit = f", it takes {trial.window:,} tokens" if code == "model.context" and trial.window else ""
        said = f" ({trial.detail[:200]})" if trial.detail else ""
        yield code, f"{name}: {trial.trouble.replace('_', ' ')}{limit}{said}"
    elif trial.flaw:
        yield "model.answer", f"{name}: {trial.flaw} ({trial.detail})"
    elif trial.found < _ENOUGH * trial.claims:
        yield "model.unfounded", f"{name}: {trial.found} of {trial.claims} found"


def _prices(llm: LlmSettings) -> Iterator[Finding]:
    if not (llm.budget.money_a_day or llm.budget.money_a_month):
        return
    for model in llm.preference:
        if not model.price_prompt and not model.price_completion:
            yield wrong(AREA, "model.no_price", model.model)


def _how(trial: Trial, model: LlmModel, llm: LlmSettings) -> str:
    spent = price_of_a_paper(model)
    price = f", {spent.money:.4f} {llm.budget.currency} a paper" if spent.money else ""
    read = f", read {trial.read_tokens:,} tokens" if trial.read_tokens else ", does not say how much it read"
    return (
        f"{trial.model}: {trial.found} of {trial.claims} quotations found in {trial.seconds:.0f} s, answers as"
        f" {trial.answer_format}{read}{price}"
    )
