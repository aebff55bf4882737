"""How a person is asked. The command line implements it with click, tests with a list of answers."""

from __future__ import annotations

from typing import Protocol

from bot.console.advice import advice


class Prompter(Protocol):
    """A conversation. Where nobody can answer, `ask` gives the default."""

    def say(self, text: str = "") -> None: ...

    def ask(self, question: str, default: str = "", *, secret: bool = False) -> str:
        """What was typed, without blanks around it; the default for an empty line. `secret`: it is not shown."""
        ...

    @property
    def is_live(self) -> bool:
        """Whether somebody is there to answer."""
        ...


class SilentPrompter:
    """Nobody is there: every question has its default."""

    def __init__(self, talk: Prompter) -> None:
        self._talk = talk

    def say(self, text: str = "") -> None:
        self._talk.say(text)

    def ask(self, question: str, default: str = "", *, secret: bool = False) -> str:
        return default

    @property
    def is_live(self) -> bool:
        return False


def show_advice(talk: Prompter, code: str, why: str) -> None:
    """A fault of `advice.toml` and what to do about it, two indented lines."""
    fault, remedy = advice(code, why)
    talk.say(f"  ! {fault}")
    talk.say(f"    {remedy}")
