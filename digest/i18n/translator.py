"""Every text that a person sees, from one catalogue: the `.toml` files of this folder, one an area.

A key holds both languages side by side, so that a missing one is seen at once::

    ["card.updates"]
    zh = "{n} 篇更新"
    en = { one = "{n} update", other = "{n} updates" }

A table instead of a string is a plural: its form is chosen by the parameter `n` (CLDR rules, by babel).
A key that starts with `notice.` puts a `digest.models.notice.Notice` into words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from digest.models.notice import Notice

LANGUAGES = ("zh", "en")
_LOCALES = {"zh": "zh_Hans_CN", "en": "en_US"}


@cache
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    """Every key with its forms by language, read once from the package's own files."""
    entries: dict[str, Mapping[str, Any]] = {}
    for file in sorted(resources.files("digest.i18n").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            for key, forms in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if key in entries:
                    raise ValueError(f"the text {key!r} is in the catalogue twice")
                entries[key] = forms
    return entries


@dataclass(frozen=True, slots=True)
class Translator:
    """The catalogue in one language. A language that it does not have is served in English. `slash` is what people type
    before a command's name; in the texts it stands as {slash}."""

    language: str
    slash: str = "/"

    @property
    def interface(self) -> str:
        """The language in which texts come: the one asked for, or English."""
        return self.language if self.language in LANGUAGES else "en"

    @property
    def locale(self) -> Locale:
        return Locale.parse(_LOCALES[self.interface])

    def __call__(self, key: str, **params: Any) -> str:
        """The text of `key` with its parameters filled in; an unknown key is a `KeyError`."""
        form = catalogue()[key][self.interface]
        if isinstance(form, Mapping):
            form = form.get(self.locale.plural_form(params["n"]), form["other"])
        return str(form).format_map({"slash": self.slash} | {k: self._show(v) for k, v in params.items()})

    def notice(self, notice: Notice) -> str:
        """A notice in words."""
        return self(f"notice.{notice.code}", **dict(notice.params))

    def short_date(self, day: date) -> str:
        """A day for a list: 1月9日 周五, Fri, Jan 9."""
        return format_date(day, "M月d日 EEE" if self.interface == "zh" else "EEE, MMM d", self.locale)

    def month(self, day: date) -> str:
        """The month of a day: 2026年1月, January 2026."""
        return format_date(day, "y年M月" if self.interface == "zh" else "MMMM y", self.locale)

    def date(self, day: date) -> str:
        """A day with its weekday: 2026年1月9日 星期五, Friday, January 9, 2026."""
        form = "y年M月d日 EEEE" if self.interface == "zh" else "EEEE, MMMM d, y"
        return format_date(day, form, self.locale)

    def number(self, value: float) -> str:
        """A number with the language's separators."""
        return format_decimal(value, locale=self.locale)

    def list(self, items: list[str]) -> str:
        """Items joined as the language joins them in a line."""
        return ("、" if self.interface == "zh" else ", ").join(items)

    def sentences(self, *sentences: str) -> str:
        """Sentences one after another: in Chinese there is no space between them."""
        return ("" if self.interface == "zh" else " ").join(sentences)

    def _show(self, value: Any) -> str:
        return self.number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
