"""Characters as a person reads them: ligatures, control and private-use characters, mathematical alphabets, accents.

Only what is safe is normalised: superscripts, fractions and full-width punctuation keep their meaning.
"""

from __future__ import annotations

import re
import unicodedata

_DROPPED = {
    **{i: None for i in (*range(0x20), *range(0x7F, 0xA0)) if i not in (0x09, 0x0A)},
    **dict.fromkeys(
        (173, 8203, 8204, 8205, 8288, 65279, *range(8206, 8208), *range(8234, 8239), *range(0xE000, 0xF900))
    ),
    **dict.fromkeys(range(8294, 8298)),
}
_SPACES = dict.fromkeys((9, 10, 160, 5760, *range(8192, 8203), 8232, 8233, 8239, 8287, 12288), " ")
_LETTERS = {i: unicodedata.normalize("NFKC", chr(i)) for i in (*range(0xFB00, 0xFB07), *range(0x1D400, 0x1D800))}
_TABLE = {**_LETTERS, **_DROPPED, **_SPACES, 0x2010: "-", 0x2011: "-"}

# TeX's old fonts print an accent and a letter as two characters: "Erd˝os", "na¨ıve".
_ACCENTS = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "˝": "\u030b", "ˇ": "\u030c",
            "˚": "\u030a", "˘": "\u0306", "¯": "\u0304", "˙": "\u0307", "¸": "\u0327"}  # fmt: skip
_ACCENTED = re.compile(rf"([{''.join(_ACCENTS)}]) ?([A-Za-zıȷ])")


def clean_characters(text: str) -> str:
    """The text with harmless normalisation; ASCII text comes back as it is, but for control characters."""
    if text.isascii():
        return text if text.isprintable() else text.translate(_TABLE)
    text = text.translate(_TABLE)
    if _ACCENTED.search(text):
        text = _ACCENTED.sub(_composed, text)
    return unicodedata.normalize("NFC", text)


def _composed(match: re.Match[str]) -> str:
    letter = {"ı": "i", "ȷ": "j"}.get(match[2], match[2])
    both = unicodedata.normalize("NFC", letter + _ACCENTS[match[1]])
    return both if len(both) == 1 else match[0]


_SPREAD = re.compile(r"(?:[^\W_] ){2,}[^\W_](?=$|\s|[:.])")
_WIDE = re.compile(r" {2,}")


def unspaced(text: str) -> str:
    """Letterspaced words as words: `R E L A T E D   W O R K` -> `RELATED WORK`. Wider spaces part the words."""
    parts = [part for part in _WIDE.split(text.strip()) if part]
    joined = [_SPREAD.sub(lambda match: match[0].replace(" ", ""), part) for part in parts]
    return " ".join(joined) if sum(map(len, joined)) < sum(map(len, parts)) else text
