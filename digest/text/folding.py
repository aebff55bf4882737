"""The one folding of letters: words compare without case, accents, ligatures and width. Pure.

Keywords (digest.text.normalised_text), the full-text index (storage.database.full_text) and the archive's search box
(search.js, whose table a test holds equal to `LETTERS`) ask the same question and must give the same answer:
lukasiewicz finds Łukasiewicz, pi0 finds π₀, strasse Straße, and "beta decay" β-decay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# Small letters that no decomposition of Unicode takes apart, and what is written for them.
LETTERS: Mapping[str, str] = {
    "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h", "ŋ": "ng",
    "ŧ": "t", "ƒ": "f", "ȷ": "j",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
COMBINING = "\u0300-\u036f\u20d0-\u20ff"

_TABLE = str.maketrans(dict(LETTERS))
_CAPITALS = {letter.upper(): name for letter, name in LETTERS.items() if len(letter.upper()) == 1}
_BOTH_CASES = str.maketrans(
    {letter: name for letter, name in {**_CAPITALS, **LETTERS, "ẞ": "ss"}.items() if letter > "z"}
)
_COMBINING = re.compile(f"[{COMBINING}]+")


def fold(text: str) -> str:
    """The text in small letters without accents, with Greek letters by name and digits on the line."""
    if text.isascii():
        return text.lower()
    plain = _COMBINING.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_TABLE)
    return unicodedata.normalize("NFC", plain)


def spell_out(text: str) -> str:
    """The text with only those letters spelled out that an index of Unicode words does not fold by itself."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_BOTH_CASES)
