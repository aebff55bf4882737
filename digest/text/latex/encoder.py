"""Unicode text -> LaTeX, for files that BibTeX reads: the way back from `readable`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from pylatexenc.latexencode import UnicodeToLatexEncoder  # type: ignore[attr-defined]

# BibTeX counts a brace behind a backslash as one, so that these would never be closed.
_BRACES = {"{\\{}": "{\\textbraceleft}", "{\\}}": "{\\textbraceright}"}
# Combining accents and the commands that set them, innermost first: ễ is {\\~{\\^e}}.
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
    "\u0331": "b",
}  # fmt: skip
_LATIN_LETTER = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_SPECIAL = {
    "\\": "{\\textbackslash}", "{": "{\\textbraceleft}", "}": "{\\textbraceright}", "~": "{\\textasciitilde}",
    "^": "{\\textasciicircum}", **{sign: f"{{\\{sign}}}" for sign in "#$%&_"},
}  # fmt: skip
_WORD = re.compile(r"\S+")


def text_to_latex(text: str) -> str:
    """The text with accents, mathematical letters and LaTeX's own signs in markup, its braces in pairs. What has no
    markup, such as Chinese, stays as it is: today's engines take it. A word with a Latin letter that has none stays
    whole, so that no word is half markup."""
    return _WORD.sub(lambda word: _encoded(word[0]) if has_latex_form(word[0]) else escaped(word[0]), text)


def has_latex_form(text: str) -> bool:
    """Whether every Latin letter of a text can be written in ASCII markup."""
    return all(_encoded(char).isascii() for char in _LATIN_LETTER.findall(text))


def escaped(text: str) -> str:
    """The text with LaTeX's own signs in markup, and every letter as it is."""
    return "".join(_SPECIAL.get(char, char) for char in text)


def _encoded(text: str) -> str:
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=4096)
def _character(char: str) -> str:
    latex = str(_encoder().unicode_to_latex(char))  # type: ignore[no-untyped-call]
    if latex == char and _LATIN_LETTER.match(char):
        base, *marks = list(unicodedata.normalize("NFD", char))
        return f"{{{_accented(base, marks)}}}" if base.isascii() and set(marks) <= _ACCENTS.keys() else char
    return _BRACES.get(latex, latex)


def _accented(base: str, marks: Sequence[str]) -> str:
    """A letter under its accents, as commands around each other."""
    for mark in marks:
        command = _ACCENTS[mark]
        base = f"\\{command}{{{base}}}" if command.isalpha() or "\\" in base else f"\\{command}{base}"
    return base


@cache
def _encoder() -> UnicodeToLatexEncoder:
    return UnicodeToLatexEncoder(  # type: ignore[no-untyped-call]
        unknown_char_policy="keep", unknown_char_warning=False, replacement_latex_protection="braces-all"
    )
