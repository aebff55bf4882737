"""Text -> the tokens by which quotations and papers are compared.

What does not change a statement's meaning falls away here, the same on both sides: case, accents, ligatures, styled
letters, most punctuation, hyphens, markup. What does change it stays a token of its own: digits, signs, comparisons,
per cent, units glued to their number. Offsets are into the text as given.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

CJK = "\u2e80-\u2fff\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_LETTERS = (
    "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u1fff\u2100-\u2134\ufb00-\ufb06"
    "\U0001d400-\U0001d7cb\u0300-\u036f\u00ad\u200b-\u200d\u2060"
)
_DIACRITICS = "\u00a8\u00b4`\u02c6\u02dc\u00b8"  # set apart from their letter by some PDFs: na¨ıve

_TOKEN = re.compile(
    rf"""
      (?P<plain> [A-Za-z]{{2,}}+(?![{_LETTERS}{_DIACRITICS}'’]) )
    | (?P<power> (?<![\d.,])10 (?: \s?\^\s?\{{?\s?[-−–+]?\s?\d{{1,3}}\}}? | [⁻⁺]?[⁰¹²³⁴-⁹]+ | −\s?\d{{1,2}} )(?!\d) )
    | (?P<times_power> (?<=[×·⋅]\s)10\d{{1,2}}(?![\d.,]\d) | (?<=[×·⋅])10\d{{1,2}}(?![\d.,]\d) )
    | (?P<science> \d+(?:\.\d+)?[eE][-−–+]?\d{{1,3}}(?![\w]) )
    | (?P<number> \d{{1,3}}(?:(?:[,\u2009\u202f'’]\d{{3}})+|(?:,\s000)+)(?![\d])(?:\.\d+)?
                | \d+(?:\.\d+)* | (?<![\w)\]])\.\d+ )
    | (?P<script> [⁰¹²³⁴-⁹₀-₉]+ )
    | (?P<by> (?<=\d)[xX](?![{_LETTERS}]) | (?<=\d\s)[xX](?=\s\d) )
    | (?P<nt> [A-Za-z]+[nN]['’][tT]\b )
    | (?P<possessive> (?<=\w)['’][sS]\b )
    | (?P<han> [{CJK}] )
    | (?P<word> [{_LETTERS}](?:[{_LETTERS}]|[{_DIACRITICS}](?=[{_LETTERS}]))* )
    | (?P<minus> − | (?<![\w)\]])[-–](?=[.\d]) | (?<=[=<>≤≥(\[,])\s?[-–](?=\s?\d) )
    | (?P<symbol> <=|>=|!=|\+/-|[%‰％<>≤≥⩽⩾≦≧＜＞≪≫≠=≈∼~～≃±∓+＋×✕÷∞√∂∇∈∉∀∃¬£€¥°] | \$(?=\s?\d) )
    """,
    re.VERBOSE,
)

# Marks that a quotation may leave out and must not change: citations, acronyms, pointers to figures, years.
_NAME = r"[A-Z][\w’'.\-]+"
_YEARS = r"(?:19|20)\d{2}[a-z]?(?:\s*[,;]\s*(?:(?:19|20)\d{2})?[a-z]?)*"
# Every way begins with a bracket in so many words: the regex engine then looks at nothing but brackets.
_OPTIONAL = re.compile(
    rf"""
      \((?:\d{{1,2}}[a-z]?|[a-z]|[ivx]{{1,4}})\)
    | \[\s*\d{{1,3}}[a-z]?(?:\s*[,;–\-]\s*\d{{1,3}}[a-z]?)*\s*\]
    | \[\s*\d{{1,3}}\s*,\s*[A-Za-z§][^\[\]]{{0,30}}\]
    | \[[A-Z][\w+]{{0,12}}\d{{2}}[a-z]?(?:\s*[,;]\s*[A-Z][\w+]{{0,12}}\d{{2}}[a-z]?)*\]
    | \({_YEARS}[)\]] | \[{_YEARS}[)\]]
    | \((?=[^()]*(?:{_NAME}|al\.?),?\s+(?:19|20)\d{{2}}[a-z]?\b)[^()]{{0,400}}\)
    | \[(?=[^\[\]]*(?:{_NAME}|al\.?),?\s+(?:19|20)\d{{2}}[a-z]?\b)[^\[\]]{{0,400}}\]
    | \((?=[^()]*\((?:19|20)\d{{2}}[a-z]?\))(?:[^()]|\((?:19|20)\d{{2}}[a-z]?\)){{0,400}}\)
    | \([A-Z][A-Za-z0-9\-]{{1,9}}\)
    | \((?:see|cf\.?|e\.g\.,?|also|\s)*(?:Fig|Tab|Sec|§|App|Eq|Alg|Thm|Theorem|Lemma|Chap)[^()]{{0,40}}\)
    """,
    re.VERBOSE,
)
# A footnote or citation number set high: glued to a plain word, or behind its full stop or comma.
# It begins with its first digit, for which the regex engine looks quickly; only then comes what stands before that.
_MARK = re.compile(
    r"[⁰¹²³⁴-⁹\d](?:(?<=[a-z]{3}.)|(?<=arXiv.)|(?<=[a-z][.,;:)”\"].)|(?<=[a-z]{2}\s.))"
    r"(?:(?<=[⁰¹²³⁴-⁹])[⁰¹²³⁴-⁹]*(?:[,–⁻][⁰¹²³⁴-⁹]+)*|(?<=\d)(?<!\s.)\d?(?:[,–-]\d{1,2})*)(?=[\s,.;:)]|$)"
)

_SPELLED = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "percent": "%",
    "pct": "%",
}
_SYMBOLS = {
    "％": "%",
    "<=": "≤",
    "⩽": "≤",
    "≦": "≤",
    ">=": "≥",
    "⩾": "≥",
    "≧": "≥",
    "＜": "<",
    "＞": ">",
    "!=": "≠",
    "+/-": "±",
    "∼": "≈",
    "~": "≈",
    "～": "≈",
    "≃": "≈",
    "✕": "×",
    "＋": "+",
}
_GREEK = {
    chr(code): unicodedata.name(chr(code)).rsplit(" ", 1)[-1].lower().replace("lamda", "lambda")
    for code in range(0x3B1, 0x3CA)
    if code != 0x3C2
}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄₅₆₇₈₉−–", "0123456789-+0123456789--")
_IRREGULAR = {"can't": "can", "cannot": "can", "won't": "will", "shan't": "shall"}
SYMBOLS = frozenset("%‰<>≤≥≪≫≠=≈±∓+-×÷∞√∂∇∈∉∀∃¬£€¥°$")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel lists: what a token compares by, where it stands, and whether a quotation may leave it out."""

    norms: list[str]
    starts: list[int]
    ends: list[int]
    optional: list[bool]

    def __len__(self) -> int:
        return len(self.norms)

    def cut(self, first: int, last: int) -> Tokens:
        """The tokens from `first` up to, not including, `last`."""
        return Tokens(self.norms[first:last], self.starts[first:last], self.ends[first:last], self.optional[first:last])


def is_number(norm: str) -> bool:
    """Whether a token is a number in digits (powers as in 10^-3 included)."""
    return norm[:1].isdigit()


def fold(word: str) -> str:
    """A word without case, accents, ligatures and styles: `Naïve`, `naive`, `𝑛𝑎𝑖𝑣𝑒` are one."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word)
    plain = "".join(c for c in letters if c.isalnum()).replace("ı", "i").casefold()
    return _GREEK.get(plain, plain)


def tokenise(text: str) -> Tokens:
    """The tokens of `text` in order."""
    norms: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    tokens_by_word: dict[
        str, tuple[str, ...]
    ] = {}  # plain words that came before: half of a paper's words do again and again
    for match in _TOKEN.finditer(text):
        word_tokens = tokens_by_word.get(match.group())
        if word_tokens is None:
            word_tokens = _norms(match)
            if match.lastgroup == "plain" and match.group() != "cent":  # which depends on the word before it
                tokens_by_word[match.group()] = word_tokens
        for norm in word_tokens:
            if norm == "%" and norms and norms[-1] == "per":  # per cent
                norms[-1], ends[-1] = "%", match.end()
                continue
            norms.append(norm)
            starts.append(match.start())
            ends.append(match.end())
    return Tokens(norms, starts, ends, _optional(text, starts))


def without_marks(text: str) -> str:
    """A text with blanks where it has citations, enumerations and pointers: every offset stays what it was."""
    return _OPTIONAL.sub(lambda match: " " * len(match.group()), text)


def _norms(match: re.Match[str]) -> tuple[str, ...]:
    kind, raw = match.lastgroup, match.group()
    if kind in ("plain", "word"):
        norm = fold(raw)
        if norm == "cannot":
            return ("can", "not")
        return (
            (_SPELLED.get(norm, "%" if norm == "cent" and raw == "cent" and _after_per(match) else norm),)
            if norm
            else ()
        )
    if kind == "number":
        return (_digits(raw),)
    if kind == "han":
        return (unicodedata.normalize("NFKC", raw),)
    if kind == "symbol":
        return (_SYMBOLS.get(raw, raw),)
    return _rare(kind, raw)


def _after_per(match: re.Match[str]) -> bool:
    return match.string[max(0, match.start() - 4) : match.start()].lower().rstrip().endswith("per")


def _rare(kind: str | None, raw: str) -> tuple[str, ...]:
    if kind == "power":
        exponent = re.sub(r"[\s^{}+]", "", raw.translate(_SUPERSCRIPTS))[2:]
        return (f"10^{exponent}",)
    if kind == "times_power":
        return (f"10^{raw[2:]}",)
    if kind == "science":
        return (raw.lower().replace("−", "-").replace("–", "-").replace("+", ""),)
    if kind == "script":
        return (raw.translate(_SUPERSCRIPTS),)
    if kind == "nt":
        word = raw.lower().replace("’", "'")
        return (_IRREGULAR.get(word, word[:-3]), "not")
    return {"by": ("×",), "minus": ("-",)}.get(kind or "", ())


def _digits(raw: str) -> str:
    digits = re.sub(r"[,\s'’]", "", raw)
    if not digits.isascii():
        digits = unicodedata.normalize("NFKC", digits)
    return "0" + digits if digits.startswith(".") else digits


def _optional(text: str, starts: list[int]) -> list[bool]:
    flags = [False] * len(starts)
    for pattern in (_OPTIONAL, _MARK):
        for match in pattern.finditer(text):
            for i in range(bisect_left(starts, match.start()), bisect_left(starts, match.end())):
                flags[i] = True
    return flags
