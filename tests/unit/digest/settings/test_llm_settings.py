"""[llm] of config.toml: models in order of preference, budget, glossary."""

from pathlib import Path

import pytest

from bot.platforms.registry import load_settings as load
from digest.errors import ConfigError
from digest.settings import LlmSettings


def read(tmp_path: Path, text: str) -> LlmSettings:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, {}).llm


def test_without_a_model_nobody_is_asked(tmp_path: Path) -> None:
    """The default is the excerpt analyst."""
    assert read(tmp_path, "").preference == ()


def test_models_come_in_order_and_inherit_server_and_key(tmp_path: Path) -> None:
    """The keys of [llm] are the first choice; each further table may name its own server and key."""
    llm = read(
        tmp_path,
        """
        [llm]
        base_url = "https://one.example/v1"
        model = "first"
        price_prompt = 0.15
        [[llm.models]]
        model = "second"
        [[llm.models]]
        model = "third"
        base_url = "http://localhost:11434/v1"
        key_env = "OTHER_KEY"
        """,
    )

    assert [(m.model, m.base_url, m.key_env) for m in llm.preference] == [
        ("first", "https://one.example/v1", "LLM_API_KEY"),
        ("second", "https://one.example/v1", "LLM_API_KEY"),
        ("third", "http://localhost:11434/v1", "OTHER_KEY"),
    ]
    assert [m.price_prompt for m in llm.preference] == [0.15, 0, 0]
    assert llm.key_names == ("LLM_API_KEY", "OTHER_KEY")


def test_extra_body_may_hold_anything(tmp_path: Path) -> None:
    """It is the server's own, whatever its form."""
    llm = read(tmp_path, '[llm]\nmodel = "m"\nextra_body = { thinking = { type = "disabled" }, top_k = 5 }')

    assert llm.preference[0].extra_body == {"thinking": {"type": "disabled"}, "top_k": 5}


def test_a_glossary_may_speak_of_tokens_and_keys(tmp_path: Path) -> None:
    """Its words are terms, not names of secrets."""
    llm = read(tmp_path, '[llm.glossary]\nzh = { token = "词元 | 令牌", key = "键" }')

    assert llm.glossary == {"zh": {"token": "词元 | 令牌", "key": "键"}}


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[[llm.models]]\nbase_url = 'http://x/v1'", "llm.models[0].model: is missing"),
        ("[llm]\nbase_url = 'http://x/v1'", "llm.model: is empty"),
        ("[llm.budget]\nfull_until = 0.9\nbody_until = 0.5", "llm.budget.full_until: must not be above body_until"),
        ("[llm.glossary]\nchinese = { a = 'b' }", "llm.glossary.chinese: no language 'chinese'"),
        ("[llm]\nmodel = 'm'\nprice_promt = 1", "llm.price_promt: unknown key; did you mean 'price_prompt'?"),
        ("[llm]\nmodel = 'm'\napi = 'responses'\nstream = true", "llm.stream: is for api"),
        ("[[llm.models]]\nmodel = 'm'\napi = 'responses'\nstream = true", "llm.models[0].stream: is for api"),
        ("[llm]\nmodel = 'm'\nextra_body = 5", "llm.extra_body: must be a table"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str, mistake: str) -> None:
    """Each with its dotted key."""
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text)

    assert raised.value.mistakes[0].startswith(mistake)
