"""Characters that no output of ours may carry: invisible ones, marks of direction, and what XML forbids. Pure."""

from __future__ import annotations

import re

_NONCHARACTERS = "\ufdd0-\ufdef\ufffe\uffff" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17)
)
_UNSAFE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    rf"{_NONCHARACTERS}]"
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def without_unsafe(text: str) -> str:
    """The text without control characters, zero-width signs, marks of direction, lone surrogates and noncharacters.
    White space stays."""
    return text if text.isprintable() else _UNSAFE.sub("", text)


def xml_safe(text: str, replacement: str = "") -> str:
    """The text with `replacement` for each character that XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets)."""
    return _NOT_XML.sub(replacement, text)
