"""A person who answers the set-up's questions: by what is asked, in the order of the answers."""

from __future__ import annotations

from collections.abc import Callable


class Answering:
    """`answers` maps the beginning of a question to its answers, in order; anything else gets Enter. `on` is called
    with each line that is said. `asked` has every question, `said` every line."""

    def __init__(self, answers: dict[str, list[str]], on: Callable[[str], None] = lambda line: None) -> None:
        self.answers = {begins: list(lines) for begins, lines in answers.items()}
        self.asked: list[str] = []
        self.said: list[str] = []
        self._on = on

    @property
    def is_live(self) -> bool:
        return True

    def say(self, text: str = "") -> None:
        self.said.append(text)
        self._on(text)

    def ask(self, question: str, default: str = "", *, secret: bool = False) -> str:
        self.asked.append(question)
        for begins, lines in self.answers.items():
            if question.startswith(begins) and lines:
                return lines.pop(0) or default
        return default

    @property
    def heard(self) -> str:
        return "\n".join(self.said)
