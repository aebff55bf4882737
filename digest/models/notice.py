"""An expected failure as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know, in no language yet: a code of the catalogue and its parameters.

    Expected failures are values, and this is the value. `digest.i18n.translator.Texts.notice` puts it into words.
    """

    code: str
    params: tuple[tuple[str, str | int | float], ...] = ()

    @classmethod
    def of(cls, code: str, **params: str | int | float) -> Notice:
        return cls(code, tuple(sorted(params.items())))
