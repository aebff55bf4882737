"""Text as matching sees it: words without case, accents, LaTeX markup or plural, which know where they came from.

    raw field  --digest.latex-->  plain text  --patterns-->  words  --key-->  one string of keys a stream

A `WordText` holds its words as a string of keys, ` vision language action . vla `, in which a phrase is found by a
plain substring search; a dot stands where a phrase can't run on. There are three such streams:

    folded   singular forms:   models -> model
    exact    words as written: models -> models
    joined   as folded, the first two parts of a hyphenated word made one: pre-training -> pretraining
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise

from digest import latex

BREAK = "."
SHORT = 4  # letters of an acronym, whose last one may be an S that is no plural: SARS

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_LINKS = r"\s\-‐‑‒–−/∕_·\"“”„«»‘’'`*~"  # what may stand between the words of a phrase: any other sign ends it
_MARKS = "\u0300-\u036f\u20d0-\u20ff"
_REST = rf"(?:['’]s(?![^\W_]))?|[^\w{_LINKS}](?:[^\w\s]|_)*"
_HYPHENS = "-‐‑"
_HYPHEN = f"[{_HYPHENS}]"


def _patterns(letters: str, decimals: str, single: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words and breaks, and the same with hyphenated words joined."""
    word = rf"(?:{single}[CcFf](?:\+\+|#)|{letters}{decimals})"
    return re.compile(word + _REST), re.compile(f"(?:{letters}{_HYPHEN}{letters}{decimals}|{word}){_REST}")


_ASCII = _patterns(r"[^\W_]+", r"(?:(?<=\d)\.\d+)*", "")  # the same as _ANY for ASCII, and five times as fast
_ANY = _patterns(rf"(?:(?![{_CJK}])[^\W_]|[{_MARKS}])+", r"(?:(?<=[\d₀-₉⁰-⁹])\.[\d₀-₉]+)*", f"[{_CJK}]|")
_INNER_HYPHEN = re.compile(rf"\w{_HYPHEN}")
_URL = re.compile(r"(?:https?://|www\.)[!-#%-;=?-z|~]+", re.IGNORECASE)
_MARKUP = re.compile(r"\\(?!%)|[${}^]")  # what makes reading as LaTeX worth its time
_BRACKETED = re.compile(r"\([^)]*\)?")
_NAME_ENDS = re.compile(r"[\s.,;]+")
_OPENING = re.compile(r"(?:\\[a-zA-Z]+)?\{$")
_POSSESSIVES = ("'s", "’s")
_COMBINING = re.compile(f"[{_MARKS}]+")
_NOT_IN_KEYS = re.compile(r"[^\w.+#]|_")

_TRANSLITERATED = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h",
        "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
        "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
        "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi",
        "ω": "omega",
    }
)  # fmt: skip

_IRREGULAR = {
    "matrices": "matrix", "vertices": "vertex", "indices": "index", "appendices": "appendix", "simplices": "simplex",
    "criteria": "criterion", "phenomena": "phenomenon", "corpora": "corpus", "automata": "automaton",
    "hypotheses": "hypothesis", "syntheses": "synthesis", "theses": "thesis", "analyses": "analysis",
    "biases": "bias", "lenses": "lens", "aliases": "alias", "children": "child", "mice": "mouse", "leaves": "leaf",
    "halves": "half", "wolves": "wolf", "viruses": "virus", "buses": "bus", "gases": "gas",
}  # fmt: skip
# Ends in "s" but is no plural, so that "robotic" and "new" are other words.
_NO_PLURAL = (
    "ss", "us", "is", "news", "series", "species", "lens", "bias", "alias", "atlas", "canvas", "dynamics", "physics",
    "robotics", "mechanics", "matics", "linguistics", "graphics", "analytics", "semantics", "nomics", "ethics",
    "optics", "electronics", "acoustics", "photonics",
)  # fmt: skip


def singular(word: str) -> str:
    """One form for the singular and the plural of an English word; not always a word itself (`caches` -> cach)."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("s") and not word.endswith(_NO_PLURAL):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return word[:-1] if word.endswith(("sse", "che", "she", "xe", "ze", "oe")) else word


@lru_cache(maxsize=1 << 14)
def exact_key(token: str) -> str:
    """A word without case, accents and markup, spelled in one way; `BREAK` for what is no word."""
    key = token
    if not token.isascii():
        key = _COMBINING.sub("", unicodedata.normalize("NFKD", token)).casefold().translate(_TRANSLITERATED)
        key = unicodedata.normalize("NFC", key)
    else:
        key = key.lower()
    if key.endswith(_POSSESSIVES):
        key = key[:-2]
    return _NOT_IN_KEYS.sub("", key).strip(".") or BREAK


@lru_cache(maxsize=1 << 16)
def folded_key(token: str) -> str:
    """The same in the singular. Short words in capitals are acronyms that keep their last letter: SARS."""
    key = exact_key(token)
    return key if token.isupper() and len(token) <= SHORT else singular(key)


@lru_cache(maxsize=1 << 16)
def _folded_keys(stretch: str) -> str:
    """The folded keys of a stretch without white space, single-spaced."""
    if stretch.isalpha() and stretch.isascii():
        return folded_key(stretch)
    return " ".join(map(folded_key, _pattern(stretch)[0].findall(stretch)))


@lru_cache(maxsize=1 << 14)
def _joined_keys(stretch: str) -> str:
    """The same with hyphenated words joined."""
    if _INNER_HYPHEN.search(stretch):
        return " ".join(map(folded_key, _pattern(stretch)[1].findall(stretch)))
    return _folded_keys(stretch)


@lru_cache(maxsize=1 << 14)
def _exact_keys(stretch: str) -> str:
    """The keys of a stretch as it is written."""
    return " ".join(map(exact_key, _pattern(stretch)[0].findall(stretch)))


def _stream(stretches: Iterable[str], keys: Callable[[str], str]) -> str:
    """A stream of a text: its keys, single-spaced, with a space at both ends."""
    return f" {' '.join(filter(None, map(keys, stretches)))} "


def _pattern(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return _ASCII if text.isascii() else _ANY


def has_markup(raw: str) -> bool:
    """Whether the words of a text are only seen after its LaTeX is read. The backslash of a per cent sign is none."""
    if "$" in raw or "{" in raw or "^" in raw:
        return True
    return "\\" in raw and _MARKUP.search(raw) is not None


@lru_cache(maxsize=1 << 14)
def _compounds(stretch: str) -> tuple[str, ...]:
    """The folded keys of a stretch's hyphenated words, each as one word."""
    tokens = _pattern(stretch)[1].findall(stretch)
    return tuple(folded_key(token) for token in tokens if _INNER_HYPHEN.search(token))


class WordText:
    """The words of one text. Cheap to make; what only few texts need is worked out when it is asked for."""

    __slots__ = ("_exact", "_joined", "_pieces", "_spans", "compounds", "folded", "plain", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._pieces: tuple[list[int], Sequence[latex.Piece]] | None = None
        self.plain = self._without_markup(raw) if has_markup(raw) else raw
        if "://" in self.plain or "www." in self.plain:
            self.plain = _URL.sub(lambda url: BREAK * len(url.group()), self.plain)
        if "---" in self.plain:
            self.plain = self.plain.replace("---", "—  ")  # of the same length
        stretches = self.plain.split()
        self.folded = _stream(stretches, _folded_keys)
        hyphens = [hyphen for hyphen in _HYPHENS if hyphen in self.plain]
        hyphenated = [stretch for stretch in stretches for hyphen in hyphens if hyphen in stretch]
        self.compounds = frozenset(chain.from_iterable(map(_compounds, hyphenated)))
        self._exact: str | None = None
        self._joined: str | None = None
        self._spans: dict[bool, list[tuple[int, int]]] = {}

    @property
    def keys(self) -> frozenset[str]:
        """Every key of the folded and the joined streams."""
        return self.compounds.union(self.folded.split())

    @property
    def exact(self) -> str:
        """The words as they are written, in keys."""
        if self._exact is None:
            self._exact = _stream(self.plain.split(), _exact_keys)
        return self._exact

    @property
    def joined(self) -> str:
        """As `folded`, with the first two parts of hyphenated words made one."""
        if self._joined is None:
            self._joined = _stream(self.plain.split(), _joined_keys)
        return self._joined

    def find(self, needle: str, *, exact: bool = False) -> tuple[int, int] | None:
        """Where a phrase first stands in the raw text, as offsets of code points. `needle` is keys, single-spaced,
        with a space at both ends; without `exact` it is looked for in the folded and joined streams."""
        if exact:
            return self._span(self.exact, needle, joined=False)
        found = self._span(self.folded, needle, joined=False)
        return self._span(self.joined, needle, joined=True) if found is None and self._may_join(needle) else found

    def has(self, needle: str, *, exact: bool = False) -> bool:
        """Whether `find` finds it."""
        if exact:
            return needle in self.exact
        return needle in self.folded or (self._may_join(needle) and needle in self.joined)

    def _may_join(self, needle: str) -> bool:
        return bool(self.compounds) and not self.compounds.isdisjoint(needle.split())

    def _without_markup(self, raw: str) -> str:
        pieces = [piece for piece in latex.pieces(raw) if not piece.mark and piece.text]
        starts, length = [], 0
        for piece in pieces:
            starts.append(length)
            length += len(piece.text)
        self._pieces = starts, pieces
        return "".join(piece.text for piece in pieces)

    def _tokens(self, joined: bool) -> Iterator[re.Match[str]]:
        return _pattern(self.plain)[joined].finditer(self.plain)

    def _span(self, stream: str, needle: str, *, joined: bool) -> tuple[int, int] | None:
        at = stream.find(needle)
        if at < 0:
            return None
        if joined not in self._spans:
            self._spans[joined] = [token.span() for token in self._tokens(joined)]
        spans = self._spans[joined]
        first = stream.count(" ", 0, at)
        last = first + needle.count(" ") - 2
        start, end = spans[first][0], spans[last][1]
        if end - start > 2 and self.plain[end - 2 : end] in _POSSESSIVES:
            end -= 2
        return widened(self.raw, self._raw_place(start)[0], self._raw_place(end - 1)[1])

    def _raw_place(self, at: int) -> tuple[int, int]:
        """The stretch of raw text that the character at `at` of the plain text stands for."""
        if self._pieces is None:
            return at, at + 1
        starts, pieces = self._pieces
        found = bisect_right(starts, at) - 1
        piece = pieces[found]
        if piece.end - piece.start == len(piece.text):
            return piece.start + at - starts[found], piece.start + at - starts[found] + 1
        return piece.start, piece.end


def word_links(text: str) -> tuple[list[str], list[str]]:
    """The words of a text as they are written, and what stands between each and the next."""
    tokens = [token for token in _pattern(text)[0].finditer(text) if exact_key(token.group()) != BREAK]
    words = [token.group() for token in tokens]
    return words, [text[a.end() : b.start()] for a, b in pairwise(tokens)]


def name_words(name: str) -> tuple[str, ...]:
    """A person's name in words: without what stands in brackets, dots and hyphens; J.-P. Müller -> j, p, muller."""
    plain = _BRACKETED.sub(" ", latex.readable(name))
    keys = (exact_key(part.strip("-")) for part in _NAME_ENDS.split(plain))
    return tuple(key for key in keys if key != BREAK)


def widened(raw: str, start: int, end: int) -> tuple[int, int]:
    """A span with the dollar signs and braces that belong to it, where they stand directly beside it: a formula whole,
    and no sign of its inside left open."""
    inside = raw[start:end]
    while (missing := raw.count("{", start, end) - raw.count("}", start, end)) > 0 and raw[end : end + 1] == "}":
        end += 1
    if missing < 0 and (opening := _OPENING.search(raw[:start])):
        start = opening.start()
    if "\\" not in inside and "$" not in inside:
        return start, end
    before, after = raw[start - 1 : start] == "$", raw[end : end + 1] == "$"
    if before and after:
        return start - 1, end + 1
    if inside.count("$") % 2:
        return start - before, end + after
    return start, end
