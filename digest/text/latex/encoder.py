"""Unicode text -> LaTeX, for files that BibTeX reads: the way back from `readable`."""

from __future__ import annotations

from functools import cache

from pylatexenc.latexencode import UnicodeToLatexEncoder  # type: ignore[attr-defined]

# BibTeX counts a brace behind a backslash as one, so that these would never be closed.
_BRACES = {"{\\{}": "{\\textbraceleft}", "{\\}}": "{\\textbraceright}"}


def text_to_latex(text: str) -> str:
    """The text with accents, mathematical letters and LaTeX's own signs in markup, its braces in pairs. What has no
    markup, such as Chinese, stays as it is: today's engines take it."""
    latex = str(_encoder().unicode_to_latex(text))  # type: ignore[no-untyped-call]
    for brace, word in _BRACES.items():
        latex = latex.replace(brace, word)
    return latex


@cache
def _encoder() -> UnicodeToLatexEncoder:
    return UnicodeToLatexEncoder(  # type: ignore[no-untyped-call]
        unknown_char_policy="keep", unknown_char_warning=False, replacement_latex_protection="braces-all"
    )
