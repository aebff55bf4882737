"""The model in the set-up: named, asked about a made-up paper, and what a typical day costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.console.advice import advice
from bot.console.prompt import Prompter, SilentPrompter
from bot.doctor.model_check import check_model, model_faults
from bot.setup.config_writer import Value
from bot.setup.setup_answers import SetupAnswers
from digest.analysis.llm.model_probe import price_of_a_paper
from digest.ports import Clock
from digest.settings import LlmModel, LlmSettings, Settings, validators

_TYPICAL = 5  # papers a day, where the keywords could not be tried


@dataclass(slots=True)
class ModelQuestions:
    """Asks for a model. Without one, cards are made of the paper's own sentences."""

    talk: Prompter
    settings: Settings
    clock: Clock

    async def ask(
        self,
        answers: SetupAnswers,
        language: str,
        matching: int,
        tables: dict[str, dict[str, Value]],
        secrets: dict[str, str],
    ) -> None:
        """What was answered goes into `tables` and `secrets`."""
        llm = self.settings.llm
        talk = SilentPrompter(self.talk) if answers.llm_model else self.talk
        had = f"{llm.base_url} {llm.model}".strip()
        if talk.is_live:
            talk.say(
                "A model that writes the analyses: any OpenAI-compatible server, or none: then cards quote the paper."
            )
        while True:
            default = f"{answers.llm_url} {answers.llm_model}".strip() or had
            typed = talk.ask(
                "Model: address, name and key, a space between each (Enter: " + (f"{had})" if had else "none)"), default
            )
            url, name, key = split_model(typed)
            problem = validators.url(url) if url else None
            if not name:
                return
            if problem is None:
                break
            talk.say(f"  {problem}")
        stored_key = self.settings.secrets.get(llm.key_env) or ""
        if not key and not stored_key and talk.is_live and not (url and validators.is_loopback(url)):
            key = talk.ask(f"Key of {url or 'OpenAI'} (Enter: it needs none)", secret=True)
        values: dict[str, Value] = {"base_url": url, "model": name}
        if answers.prices is not None:
            values |= dict(zip(("price_prompt", "price_cached", "price_completion"), answers.prices, strict=True))
        tables.setdefault("llm", {}).update(values)
        if key:
            secrets[llm.key_env] = key
        await self._try(replace(llm, **values), key or stored_key, language, matching)  # type: ignore[arg-type]

    async def _try(self, llm: LlmSettings, key: str, language: str, matching: int) -> None:
        model = llm.preference[0]
        self.talk.say(f"  … asking {model.model} about a made-up paper")
        trial = await check_model(model, llm, key or None, self.clock, language)
        for code, why in model_faults(trial):
            problem, to_do = advice(code, why)
            self.talk.say(f"  ! {problem}")
            self.talk.say(f"    {to_do}")
        if trial.claims:
            self.talk.say(
                f"  {trial.found} of {trial.claims} statements borne out by the paper, in {trial.seconds:.0f} s,"
                f" answers as {trial.answer_format}"
            )
        self.talk.say(f"  {typical_day(model, matching or _TYPICAL, llm.budget.currency)}")


def typical_day(model: LlmModel, papers: int, currency: str) -> str:
    """What a day of so many papers costs."""
    spent = price_of_a_paper(model)
    read, written = spent.prompt_tokens * papers, spent.completion_tokens * papers
    day = f"a day of {papers} papers: about {read:,} tokens read (most of them again and again), {written:,} written"
    if not spent.money:
        return f"{day}; with the prices in [llm] (or --prices) it would say what that costs"
    return f"{day}: {spent.money * papers:.2f} {currency}"


def split_model(typed: str) -> tuple[str, str, str]:
    """Address, name and key of an answer; the address may be missing (OpenAI's own), and the key."""
    words = typed.split()
    url = next((w for w in words if w.startswith(("http://", "https://"))), "")
    model_words = [w for w in words if w != url]
    return url, model_words[0] if model_words else "", model_words[1] if len(model_words) > 1 else ""
