"""Codes of TeX's own fonts that come through as other characters: ligatures of bitmap fonts, large signs.

The encodings are those of OT1, T1 and OMX (cmex), which The TeXbook prints in its appendix F.
"""

from __future__ import annotations

import re

_EXTENSION = re.compile(r"cmex|lmex|.*mathext|txex|pxex|mtex", re.IGNORECASE)
_LIGATURES = {first + i: text for first in (0x0B, 0x1B) for i, text in enumerate(("ff", "fi", "fl", "ffi", "ffl"))}
_LARGE = {
    "∑": "PX", "∏": "QY", "∫": "RZ", "⋃": "S[", "⋂": "T\\", "⊎": "U]", "⋀": "V^", "⋁": "W_", "∐": "`a", "∮": "HI",
    "⊙": "JK", "⊕": "LM", "⊗": "NO", "√": "pqrs", "ˆ": "bcd", "˜": "efg",
    "(": "\x00\x10\x12\x200", ")": "\x01\x11\x13!1", "[": "\x02\x14h\"2", "]": "\x03\x15i#3",
    "{": "\x08\x1an(8", "}": "\x09\x1bo)9", "⟨": "\x0aD\x1c*", "⟩": "\x0bE\x1d+", "|": "\x0c", "∥": "\x0d",
}  # fmt: skip
_SIGNS = {ord(code): sign for sign, codes in _LARGE.items() for code in codes}
_EXTENSION_TABLE = {**dict.fromkeys(range(0x80), ""), **_SIGNS}  # the rest are pieces of braces and bars


def is_extension(font: str) -> bool:
    """Whether a font holds TeX's large signs."""
    return _EXTENSION.match(font) is not None


def large_signs(text: str) -> str:
    """Text of the extension font, whose codes come through as letters: a sum as `X`, a bracket as `h`."""
    return text.translate(_EXTENSION_TABLE)


def with_ligatures(text: str) -> str:
    """Text of a bitmap font without a map to Unicode, whose ligatures have the codes of control characters."""
    return text.translate(_LIGATURES)
