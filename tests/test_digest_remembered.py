"""A function that remembers what it gave."""

import pytest

from digest.remembered import remembered


def test_each_text_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was given is given again, until there are too many: then all is forgotten, and nothing is given wrongly."""
    monkeypatch.setattr("digest.remembered.LIMIT", 2)
    asked: list[str] = []
    upper = remembered(lambda text: asked.append(text) or text.upper())

    assert [upper(text) for text in ("a", "a", "b", "a")] == ["A", "A", "B", "A"]
    assert asked == ["a", "b"]
    assert [upper(text) for text in ("c", "c", "a")] == ["C", "C", "A"]
    assert asked == ["a", "b", "c", "a"]
