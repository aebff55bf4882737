"""Raised and lowered letters as linear text: 10⁵, m s⁻¹, CO₂, x_i, e^{-kt}.

A power that loses its place is another number. Digits and signs have Unicode forms; whatever has none is written with
`^` or `_`, in braces where it is longer than one character.
"""

from __future__ import annotations

import re

_MINUS = dict.fromkeys(map(ord, "-‐‑‒–—−"), "−")
_RAISED = dict(zip("0123456789+−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True))
_LOWERED = dict(zip("0123456789+−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
FRACTION = "⁄"  # the fraction slash, between a numerator and a denominator
_OPERATORS = frozenset("=<>≤≥≈∼+−±×·⋅,(→≡∝|")
_MARKS = frozenset("*∗†‡§¶‖′″'°◦•")  # printed high in any case
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th|er|re|e|ème|o|a)", re.IGNORECASE)
_NOTE = re.compile(r"\d{1,3}(?:\s?[,–-]\s?\d{1,3})*,?")
_BEFORE_NOTE = re.compile(r"(?:[^\W\d_]{2}|[.,;:!?)\]”\"’])$")


def raised(text: str, before: str) -> str:
    """Raised letters as they follow `before` on their line."""
    inner = text.strip()
    if not inner or not before.strip() or all(c in _MARKS for c in inner):
        return text
    if _ORDINAL.fullmatch(before[-1:] + inner):
        return text
    if _NOTE.fullmatch(inner) and _BEFORE_NOTE.search(before.rstrip()):
        return _like(text, "".join(_RAISED.get(c, c) for c in inner))  # a footnote's mark, or citations: ¹²,¹⁴–¹⁶
    return _like(text, _written(inner, _RAISED, "^"))


def lowered(text: str, before: str) -> str:
    """Lowered letters as they follow `before` on their line."""
    inner = text.strip()
    if not inner or not before.strip() or all(c in ".,;:…" for c in inner):
        return text
    return _like(text, _written(inner, _LOWERED, "_"))


def is_free(before: str) -> bool:
    """Whether nothing that could be raised to a power stands before raised letters: they are a numerator."""
    return before.rstrip()[-1:] in _OPERATORS and bool(before.strip())


def denominator(text: str) -> str:
    """The lower part of a fraction, in brackets where it is more than one word."""
    inner = text.strip()
    return _like(text, inner if inner.isalnum() else f"({inner})")


def _written(inner: str, signs: dict[str, str], sign: str) -> str:
    tail = inner[len(inner.rstrip(",.;:")) :]
    inner = inner.rstrip(",.;:").translate(_MINUS)
    if not inner:
        return tail
    if all(c in signs for c in inner):
        return "".join(signs[c] for c in inner) + tail
    simple = len(inner) == 1 or (sign == "_" and inner.isalpha())
    return (f"{sign}{inner}" if simple else f"{sign}{{{inner}}}") + tail


def _like(text: str, written: str) -> str:
    """With the space behind it that the letters had; there is none before."""
    return written + (" " if text[-1:] == " " else "")
