"""Faults of the doctor that depend on the machine, from made-up limits."""

from dataclasses import replace

import pytest

from bot.doctor import machine_check, pdf_check
from digest.settings import CommandSettings, LlmSettings, Settings

MEGABYTE = 1024 * 1024


def codes(settings: Settings) -> set[str]:
    return {result.code for result in machine_check.check_configuration(settings)}


@pytest.mark.parametrize(("limit_mb", "is_told"), [(1024, True), (64_000, False), (None, False)])
def test_a_service_with_too_little_memory_for_its_readers_is_named(limit_mb: int | None, is_told: bool) -> None:
    limit = None if limit_mb is None else limit_mb * MEGABYTE
    results = list(pdf_check._check_memory(2048, limit))

    assert [result.code for result in results] == (["reading.memory"] if is_told else [])


async def test_missing_confinement_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that cannot even say what is missing counts as unconfined."""
    monkeypatch.setattr(pdf_check.sys, "executable", "/bin/false")

    assert (await pdf_check._check_confinement()).code == "reading.unconfined"


def test_personal_editions_without_a_budget_for_models_are_named() -> None:
    open_ended = Settings(
        commands=CommandSettings(personal_editions=True), llm=LlmSettings(base_url="http://127.0.0.1:9/v1", model="m")
    )
    budget = replace(open_ended.llm.budget, tokens_a_day=1000)

    assert "config.personal_budget" in codes(open_ended)
    assert "config.personal_budget" not in codes(replace(open_ended, llm=replace(open_ended.llm, budget=budget)))
