"""Logs: one event a line, readable or JSON, and never a secret."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from telegram.error import TelegramError
from telegram.request import BaseRequest

from bot import logs
from digest.settings import LoggingSettings, Secrets

TOKEN = "123456789:AAFakeTokenThatNobodyKnows_0123456789"
SECRETS = Secrets({"TELEGRAM_BOT_TOKEN": TOKEN, "LLM_API_KEY": "plain-words-as-a-key"})


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_elsewhere_a_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With its time in UTC, its level and its facts; a library's line has the same form."""
    logs.set_up(LoggingSettings(format="json"), SECRETS)
    logs.log("broadsheet").info("digest: published", edition="交通", cards=5)
    logging.getLogger("some.library").warning("careful: %s", "now")
    ours, theirs = (json.loads(line) for line in lines(capsys))

    assert (ours["event"], ours["edition"], ours["cards"], ours["level"]) == ("digest: published", "交通", 5, "info")
    assert ours["timestamp"].endswith("Z")
    assert theirs["event"] == "careful: now"


def test_on_a_terminal_a_line_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Event first, facts after it."""
    logs.set_up(LoggingSettings(format="text"), SECRETS)
    logs.log("broadsheet").warning("digest: given up", edition="vla")
    (line,) = lines(capsys)

    assert "digest: given up" in line
    assert "edition" in line
    assert not line.startswith("{")


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_line_has_a_secret(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """Wherever it stands: in a fact, deep inside one, in a message, in an error or in the variables around it."""
    logs.set_up(LoggingSettings(format=form, level="debug"), SECRETS)
    logger = logs.log("broadsheet")
    logger.info(f"polling bot{TOKEN}", url=f"https://api.telegram.org/bot{TOKEN}/getMe", inner={"list": [TOKEN]})
    logging.getLogger("library").error("Bearer plain-words-as-a-key", extra={"key": TOKEN})
    try:
        local = TOKEN
        raise ValueError(f"bad token {local}")
    except ValueError as error:
        logger.exception("fault", error=error)
    written = capsys.readouterr().err

    assert "fault" in written
    assert "ValueError" in written
    assert TOKEN not in written
    assert "plain-words" not in written


def test_noisy_libraries_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Every poll would be a line otherwise, with the token in its address."""
    logs.set_up(LoggingSettings(format="json", level="debug"), SECRETS)
    logging.getLogger("httpx").info("HTTP Request: POST")
    logging.getLogger("telegram.ext").debug("update")

    assert lines(capsys) == []


def test_a_library_is_heard_when_it_warns(capsys: pytest.CaptureFixture[str]) -> None:
    """Whichever it is: the model's client may bring another one with its next version. With "debug" it tells all."""
    logs.set_up(LoggingSettings(format="json"), SECRETS)
    logging.getLogger("some.library").info("HTTP Request: POST")
    logs.log("broadsheet").info("ours")
    logs.set_up(LoggingSettings(format="json", level="debug"), SECRETS)
    logging.getLogger("some.library").info("all of it")

    assert [json.loads(line)["event"] for line in lines(capsys)] == ["ours", "all of it"]


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_the_clients_of_the_model_are_noisy(name: str) -> None:
    """The SDK has had both; each request would be a line."""
    assert name in logs.NOISY


def test_an_answer_that_is_no_json_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Telegram's library logs it with a traceback and raises it: the outcome of the message says it all."""
    logs.set_up(LoggingSettings(format="json"), SECRETS)
    with pytest.raises(TelegramError):
        BaseRequest.parse_json_payload(b"<html>")

    assert lines(capsys) == []


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """What is below it is not written."""
    logs.set_up(LoggingSettings(format="json", level="warning"), SECRETS)
    logs.log("broadsheet").info("unseen")

    assert lines(capsys) == []
